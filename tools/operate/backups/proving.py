"""What is known of a backup before anything is destroyed for it: it is this town's, whole, and opens with the key."""

from collections.abc import Sequence

from tools.operate.backups.chain import Chain
from tools.operate.backups.sealed import check, read
from tools.operate.backups.settings import Identity
from tools.operate.failures import NotDone


def prove(chain: Chain, identities: Sequence[Identity], prefix: str, *, rehearsal: bool) -> None:
    """Raises `NotDone` unless the chain can become the databases of that prefix; on a `rehearsal`, of any.

    Every file is as it was written. Only the smallest of each step is opened, for all of a step are sealed for the
    same keys: to open everything takes as long as the restoration does, and is what `onestop verify` is for.
    """
    for step in chain.steps:
        if step.manifest.prefix != prefix and not rehearsal:
            raise NotDone(
                f"{step.folder} was taken from {step.manifest.prefix}_… and would become {prefix}_…: is this the right "
                "BACKUP_DIR and MONGODB_PREFIX? To try a restoration under another name, say --rehearsal"
            )
    for step in chain.steps:
        if parts := sorted(step.manifest.parts, key=lambda part: part.bytes):
            read(step.folder, parts[0], identities, lambda _: None)
        for part in parts[1:]:
            check(step.folder, part)
