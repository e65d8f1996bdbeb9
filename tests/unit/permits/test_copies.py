"""A copy of a letter is opened at the same door as applicants' documents: the container has room for so many."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from services.permits.copies import compare_copy
from services.permits.letter_store import StoredLetter
from shared.files import apart
from shared.kernel import Transient
from tests.support.papers import paper
from tests.support.seals import sealed_somehow


@pytest.fixture
async def letter() -> StoredLetter:
    made = await sealed_somehow(paper())
    return StoredLetter(made.pdf, hashlib.sha256(made.pdf).hexdigest(), made.seal)


@pytest.fixture
def copy(letter: StoredLetter, tmp_path: Path) -> Path:
    (tmp_path / "copy.pdf").write_bytes(letter.pdf)
    return tmp_path / "copy.pdf"


async def test_it_waits_while_documents_have_all_the_room_and_few_wait_with_it(
    letter: StoredLetter, copy: Path
) -> None:
    """Anybody may send as many as they like: one is opened, a few wait, the others come again."""
    async with apart.TURNS, apart.TURNS:
        asked = [asyncio.create_task(compare_copy(copy, letter)) for _ in range(8)]
        done, waiting = await asyncio.wait(asked, timeout=1)
        assert [type(one.exception()) for one in done] == [Transient] * 2
        for one in waiting - {asked[0]}:
            one.cancel()
    assert (await asked[0]).worth == "sealed"
