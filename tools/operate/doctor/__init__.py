"""What the doctor looks at, a file each: settings, town, database, broker, what lies outside, backups, receipts."""

from tools.operate.doctor.command import main

__all__ = ["main"]
