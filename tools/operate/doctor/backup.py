"""Whether the town could come back: something is kept, it is young, and the key is not where it is kept."""

import os
from datetime import timedelta

from shared.kernel.clock import now
from shared.settings import ServiceSettings
from tools.operate.backups.chain import faults, moments
from tools.operate.backups.settings import BackupSettings
from tools.operate.doctor.finding import POD, Finding, Grade

OLDEST = timedelta(days=1)


async def look(settings: ServiceSettings) -> list[Finding]:  # noqa: ARG001 - as the other parts
    """What `onestop backup` would obey."""
    given = BackupSettings()
    if given.backup_dir is None and POD in os.environ:
        return [_finding("unseen", "cannot be seen from here, only in pods of the CronJob: `kubectl get cronjob "
                         "onestop-backup` says when one was kept last; docs/operations/alarms.md has the alarm"
                         )]  # fmt: skip
    if given.backup_dir is None:
        return [_finding("unfinished", "nothing is kept: set BACKUP_DIR and BACKUP_RECIPIENTS, and let a timer run "
                         "`onestop backup take`")]  # fmt: skip
    return [*_key(given), *_age(given), *(_finding("broken", fault) for fault in faults(given.folder))]


def _key(given: BackupSettings) -> list[Finding]:
    found = []
    if not given.backup_recipients:
        found.append(_finding("broken", "BACKUP_RECIPIENTS names no key: nothing can be sealed, so nothing is kept"))
    if given.backup_identity:
        found.append(_finding("unsafe", "BACKUP_IDENTITY is known here: whoever takes this machine reads every backup"))
    return found


def _age(given: BackupSettings) -> list[Finding]:
    kept = moments(given.folder)
    if not kept:
        return [_finding("broken", f"{given.folder} holds no backup: run `onestop backup take`")]
    age = now() - kept[-1][1].manifest.time
    if age <= OLDEST:
        return []
    return [_finding("broken", f"the newest backup in {given.folder} is {age.days} days old: look at its timer's log")]


def _finding(grade: Grade, text: str) -> Finding:
    return Finding(grade, "backup", text)
