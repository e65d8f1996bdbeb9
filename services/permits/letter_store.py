"""The letters of applications as they were sealed: each kept once, for good."""

import hashlib
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError

from services.permits.domain.letters import Seal
from services.permits.domain.signed_acts import DECISION


@dataclass(frozen=True)
class StoredLetter:
    """The one letter of a decision or of an act after it."""

    pdf: bytes
    sha256: str
    seal: Seal | None = None  # of one that an earlier release made: none


class LetterStore:
    """By case and by the turn of what was signed: the decision is the first."""

    def __init__(self, letters: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._letters = letters

    async def keep(self, case_id: str, turn: int, pdf: bytes, seal: Seal) -> StoredLetter:
        """Keep the first one for good; a second one is dropped for it."""
        kept = StoredLetter(pdf, hashlib.sha256(pdf).hexdigest(), seal)
        try:
            await self._letters.insert_one(
                {"_id": _key(case_id, turn), "pdf": kept.pdf, "sha256": kept.sha256, "seal": seal.model_dump()}
            )
        except DuplicateKeyError:
            stored = await self.get(case_id, turn)
            if stored is None:
                raise
            return stored
        return kept

    async def get(self, case_id: str, turn: int = DECISION) -> StoredLetter | None:
        """The letter as it was issued, with its seal; None before it is made."""
        if (document := await self._letters.find_one({"_id": _key(case_id, turn)})) is None:
            return None
        seal = Seal.model_validate(document["seal"]) if document.get("seal") else None
        return StoredLetter(bytes(document["pdf"]), document["sha256"], seal)


def _key(case_id: str, turn: int) -> str:
    return f"{case_id}:{turn}" if turn != DECISION else case_id
