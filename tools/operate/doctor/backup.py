"""Whether the town could come back, and soon: something is kept, it is young, its chain is not too long, and the key is
not where it is kept."""

import os
from datetime import timedelta

from shared.kernel.clock import now
from shared.settings import ServiceSettings
from tools.operate.backups.chain import chains, faults, moments
from tools.operate.backups.length import Length, length
from tools.operate.backups.settings import BackupSettings
from tools.operate.doctor.finding import POD, Finding, Grade

OLDEST = timedelta(days=1)
# A scan that is due is done by then: a run may take six hours of it, and another one follows.
SCANNED = timedelta(days=1)
RESTORED_WITHIN = timedelta(hours=4)  # half a working day: a town can live so long on paper


async def look(settings: ServiceSettings) -> list[Finding]:  # noqa: ARG001 - as the other parts
    """What `onestop backup` would obey."""
    given = BackupSettings()
    if given.backup_dir is None and POD in os.environ:
        return [_note("unseen", "cannot be seen from here, only in pods of the CronJob: `kubectl get cronjob "
                      "onestop-backup` says when one was kept last; docs/operations/alarms.md has the alarm"
                      )]  # fmt: skip
    if given.backup_dir is None:
        return [_note("unfinished", "nothing is kept: set BACKUP_DIR and BACKUP_RECIPIENTS, and let a timer run "
                      "`onestop backup take`")]  # fmt: skip
    damaged = [_note("broken", fault) for fault in faults(given.folder)]
    return [*_key(given), *_age(given), *damaged, *_length(given)]


def _key(given: BackupSettings) -> list[Finding]:
    found = []
    if not given.backup_recipients:
        found.append(_note("broken", "BACKUP_RECIPIENTS names no key: nothing can be sealed, so nothing is kept"))
    if given.backup_identity:
        found.append(_note("unsafe", "BACKUP_IDENTITY is known here: whoever takes this machine reads every backup"))
    return found


def _age(given: BackupSettings) -> list[Finding]:
    kept = moments(given.folder)
    if not kept:
        return [_note("broken", f"{given.folder} holds no backup: run `onestop backup take`")]
    age = now() - kept[-1][1].manifest.time
    if age <= OLDEST:
        return []
    return [_note("broken", f"the newest backup in {given.folder} is {age.days} days old: look at its timer's log")]


def _length(given: BackupSettings) -> list[Finding]:
    """Of the chain that would be restored: where none is begun anew it grows, and its restoration takes longer."""
    found = [length(chain) for chain in chains(given.folder) if chain.moments][-1:]
    return [one for known in found for one in (*_judge_overdue(given, known), *_slow(given, known))]


def _judge_overdue(given: BackupSettings, known: Length) -> list[Finding]:
    if known.span <= timedelta(days=given.backup_scan_days) + SCANNED:
        return []
    return [_note("broken", f"{known.moments} backups hang on what was read {known.span.days} days before the last "
                  f"of them, and BACKUP_SCAN_DAYS={given.backup_scan_days} wanted everything read anew: no scan "
                  "comes to its end. The log of `onestop backup take` says why; then run it with --anew, where "
                  "nothing ends it after some hours")]  # fmt: skip


def _slow(given: BackupSettings, known: Length) -> list[Finding]:
    """Where it is what changed that takes the time: how much there is at all is nobody's to shorten."""
    if known.restoration <= RESTORED_WITHIN or known.changes < known.scan:
        return []
    hours = known.restoration / timedelta(hours=1)
    return [_note("unfinished", f"a restoration would take some {hours:.0f} hours, for {known.moments} backups of "
                  f"{known.span.days} days are laid over what was read before them: lower BACKUP_SCAN_DAYS "
                  f"({given.backup_scan_days}), and run `onestop backup take --anew` once")]  # fmt: skip


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "backup", text)
