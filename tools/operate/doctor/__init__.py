"""What the doctor looks at: settings, the town's files, database, broker and what is reached outside, one file each."""

from tools.operate.doctor.command import main

__all__ = ["main"]
