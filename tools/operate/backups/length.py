"""How long a chain has become and how long its restoration would take: by its manifests alone, without a key."""

from dataclasses import dataclass
from datetime import timedelta

from tools.operate.backups.chain import Chain, Step
from tools.operate.backups.sealed import Part

# A second of `onestop restore`, on one core beside its database (docs/operations/capacity.md#backups has how it was
# measured). A file is opened by an exchange of keys, however little is in it.
_BYTES, _DOCUMENTS, _FILES = 60_000_000, 6_000, 250


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
    changes = sum((_restored(step) for step in moments), timedelta())
    span = chain.steps[-1].manifest.time - scan.manifest.began_at
    return Length(len(moments), span, _restored(scan), changes)


def _restored(step: Step) -> timedelta:
    return sum((timedelta(seconds=_seconds(part)) for part in step.manifest.parts), timedelta())


def _seconds(part: Part) -> float:
    return part.bytes / _BYTES + part.documents / _DOCUMENTS + 1 / _FILES
