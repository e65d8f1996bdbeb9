"""Contacts that people have erased since a moment, as later moments of a backup know it: they do not come back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from tools.operate.backups.chain import Step, chains
from tools.operate.backups.database import Databases
from tools.operate.backups.sealed import SUFFIX, read
from tools.operate.backups.settings import Identity

SERVICE, RECIPIENTS = "notify", "recipients"  # where a contact is, and says that it was erased


def later_erased(folder: Path, moment: Step, identities: Sequence[Identity]) -> set[str]:
    """Recipients that were empty at the end of all that was kept after the moment."""
    steps = [step for chain in chains(folder) for step in chain.steps if step.manifest.at > moment.manifest.at]
    found: dict[str, bool] = {}

    def look(raw: bytes) -> None:
        recipient = RawBSONDocument(raw)
        found[recipient["_id"]] = bool(recipient["state"]["erased"])

    for step in sorted(steps, key=lambda step: step.manifest.at):
        for part in step.manifest.parts:
            if part.name == f"{SERVICE}.{RECIPIENTS}{SUFFIX}":
                read(step.folder, part, identities, look)
    return {key for key, is_erased in found.items() if is_erased}


def still_there(client: MongoClient[dict[str, Any]], prefix: str, keys: set[str]) -> set[str]:
    """Those of them that the restored database would write to."""
    recipients = Databases(client, prefix).of(SERVICE)[RECIPIENTS]
    wanted = {"_id": {"$in": sorted(keys)}, "state.erased": False}
    return {one["_id"] for one in recipients.find(wanted, {"_id": 1})}
