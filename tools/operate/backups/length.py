"""How long a chain has become and how long its restoration would take: by its manifests alone, without a key."""

from dataclasses import dataclass
from datetime import timedelta

from tools.operate.backups.chain import Chain, Step
from tools.operate.backups.sealed import Part

# What `onestop restore` does in a second on a busy machine that also has the database (docs/operations/capacity.md says
# how that was measured). Each file takes its time, however little is in it: a chain of moments is mostly such.
_BYTES, _DOCUMENTS, _FILES = 40_000_000, 6_000, 17


@dataclass(frozen=True)
class Length:
    """Of a chain that can be restored."""

    moments: int
    span: timedelta  # from the scan to the last of them
    scan: timedelta  # to bring back what was read then
    changes: timedelta  # and to lay over it what changed since

    @property
    def restoration(self) -> timedelta:
        """All of it, as far as the databases are concerned."""
        return self.scan + self.changes


def length(chain: Chain) -> Length:
    """Of the whole steps that it has."""
    scan, *moments = chain.steps
    changes = sum((_sum_restore_time(step) for step in moments), timedelta())
    span = chain.steps[-1].manifest.time - scan.manifest.began_at
    return Length(len(moments), span, _sum_restore_time(scan), changes)


def _sum_restore_time(step: Step) -> timedelta:
    return sum((timedelta(seconds=_seconds(part)) for part in step.manifest.parts), timedelta())


def _seconds(part: Part) -> float:
    return part.bytes / _BYTES + part.documents / _DOCUMENTS + 1 / _FILES
