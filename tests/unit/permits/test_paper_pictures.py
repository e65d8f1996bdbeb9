"""Pictures of pages are costly and anybody may ask for those of their own draft: who waits holds nothing, who hands a
document in does not wait for them, and what takes its reader down does so once."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from services.permits import paper_pictures
from services.permits.domain.paper import Upload
from services.permits.paper_pictures import pictures_of
from shared.files import apart
from shared.kernel import Transient
from tests.support.papers import panics, paper


class Files:
    """One document, which counts how often it was read."""

    def __init__(self, content: bytes) -> None:
        self.content, self.read = content, 0

    async def read_file(self, _: str, start: int, length: int) -> AsyncIterator[bytes]:
        """In two pieces."""
        self.read += 1
        half = length // 2
        yield self.content[start:half]
        yield self.content[half:]


def upload(content: bytes) -> Upload:
    """As it is kept."""
    digest = hashlib.sha256(content).hexdigest()
    return Upload(id="a", sha256=digest, sent_sha256=digest, size=len(content), media_type="application/pdf",
                  filename="a.pdf", at=datetime(2026, 11, 27, tzinfo=UTC))  # fmt: skip


def held(folder: Path) -> list[Path]:
    """What lies in it."""
    return list(folder.iterdir())


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sound document; folders are made where a test can look."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Files(paper())


async def test_who_waits_for_a_picture_has_read_and_written_nothing(files: Any, tmp_path: Path) -> None:
    """Forty requests held forty whole documents, in memory and on disk."""
    async with apart.TURNS, apart.TURNS:
        asked = [asyncio.create_task(pictures_of(files, upload(files.content), {1: ()})) for _ in range(40)]
        done, waiting = await asyncio.wait(asked, timeout=0.5)
        assert (files.read, held(tmp_path)) == (0, [])
        assert {type(one.exception()) for one in done} == {Transient}
        for one in waiting - {asked[0]}:
            one.cancel()
    assert (await asked[0])[1].startswith(b"\x89PNG")
    assert (files.read, held(tmp_path)) == (1, [])


async def test_pictures_leave_a_turn_to_who_hands_a_document_in(files: Any) -> None:
    async with paper_pictures._TURNS:
        asked = [asyncio.create_task(pictures_of(files, upload(files.content), {1: ()})) for _ in range(20)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5), apart.TURNS, apart.TURNS:
            pass
        for one in asked:
            one.cancel()


async def test_a_page_that_takes_its_reader_down_is_left_out_and_costs_nothing_again(files: Any) -> None:
    def first_panics(pdf: pikepdf.Pdf) -> None:
        panics(pdf)
        pdf.add_blank_page()

    files.content = paper(first_panics)

    assert list(await pictures_of(files, upload(files.content), {1: (), 2: (), 3: ()})) == [2]
    assert await pictures_of(files, upload(files.content), {1: ()}) == {}
    assert files.read == 1
