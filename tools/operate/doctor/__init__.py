"""What the doctor looks at: settings, the town's files, database, broker, what lies outside, backups; a file each."""

from tools.operate.doctor.command import main

__all__ = ["main"]
