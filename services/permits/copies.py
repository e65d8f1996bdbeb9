"""A copy of a letter, compared with the one that was issued: byte for byte, and by its seal."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from services.permits.letter_store import StoredLetter
from shared.files import apart
from shared.files.documents import digest_of
from shared.files.turns import Turns

_TURNS = Turns(1, waiting=5)  # one at a time: anybody may ask, and applicants' documents wait at the same door


@dataclass(frozen=True)
class Comparison:
    """`worth`: of the copy's electronic signature, a word of `seal_check`; empty for a letter that bears no seal. `by`:
    whom its other signatures name."""

    sha256: str = ""
    same: bool = False
    worth: str = ""
    by: tuple[str, ...] = ()
    empty: bool = False
    too_large: bool = False


async def compare_copy(copy: Path, letter: StoredLetter) -> Comparison:
    """What the copy is worth. `Transient` when it cannot be checked now."""
    sha256 = await asyncio.to_thread(digest_of, copy)
    same = sha256 == letter.sha256
    if letter.seal is None:
        return Comparison(sha256, same)
    async with apart.room(_TURNS, apart.TURNS) as room:
        issued = room.path / "letter.pdf"
        await asyncio.to_thread(issued.write_bytes, letter.pdf)
        told = await room.ask("services.permits.seal_check", copy, issued)
    if told is None:
        return Comparison(sha256, same, "unreadable")
    return Comparison(sha256, same, told["worth"], tuple(told["by"]))
