"""`onestop verify`: whether every file of the backups is as it was written, and with the key whether it can be opened.

Without a key it can run where backups are kept. That a town comes back from them is shown by a restoration only: see
docs/operations/backup.md, and do it twice a year.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.operate.asking import add_json, as_json
from tools.operate.backups.chain import Step, chains, faults
from tools.operate.backups.sealed import Part, Unreadable, check, read
from tools.operate.backups.settings import BackupSettings
from tools.operate.failures import NotDone


def main(arguments: Sequence[str]) -> int:
    """Exit status 0: all is as it was; 1: something is not, and is named."""
    parser = argparse.ArgumentParser(
        prog="onestop verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the secret key: also open every file")
    add_json(parser)
    asked = parser.parse_args(arguments)
    settings = BackupSettings.with_key(asked.identity)
    steps = [step for chain in chains(settings.folder) for step in chain.steps]
    damaged = faults(settings.folder)
    if not steps and not damaged:
        raise NotDone(f"there is no backup in {settings.folder}")
    wrong = [*damaged, *_wrong(steps, _look(settings))]
    files = sum(len(step.manifest.parts) for step in steps)
    if asked.json:
        print(as_json({"files": files, "wrong": wrong}))
    else:
        print("\n".join(wrong) if wrong else f"{files} files are as they were")
    return int(bool(wrong))


def _look(settings: BackupSettings) -> Callable[[Step, Part], None]:
    """How a file is looked at: opened where there is a key."""
    if not settings.backup_identity:
        return lambda step, part: check(step.folder, part)
    identities = settings.identities
    return lambda step, part: read(step.folder, part, identities, lambda _: None)


def _wrong(steps: Sequence[Step], look: Callable[[Step, Part], None]) -> list[str]:
    found = []
    for step in steps:
        for part in step.manifest.parts:
            try:
                look(step, part)
            except Unreadable as error:
                found.append(str(error))
    return found
