"""A ZIP that is sent while it is written: whole, in bounded memory, and never taken for whole when it is not."""

import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest

from services.permits.zipped import Member, at_once, zip_members

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PIECE = 255 * 1024


async def large(pieces: int) -> AsyncIterator[bytes]:
    for number in range(pieces):
        yield bytes([number % 251]) * PIECE


async def broken() -> AsyncIterator[bytes]:
    yield b"half"
    raise OSError("the store is away")


async def test_every_member_is_read_back_as_it_was() -> None:
    members = [Member("ก.json", AT, at_once(b"{}" * 500), packed=False), Member("a.pdf", AT, large(3))]

    content = b"".join([piece async for piece in zip_members(members)])

    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["ก.json", "a.pdf"]
        assert archive.read("ก.json") == b"{}" * 500
        assert len(archive.read("a.pdf")) == 3 * PIECE
        assert archive.getinfo("a.pdf").date_time == (2026, 11, 23, 9, 0, 0)


async def test_no_more_than_a_few_pieces_are_in_memory() -> None:
    tracemalloc.start()
    sent = 0
    async for piece in zip_members([Member("a.pdf", AT, large(100))]):
        sent += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent > 100 * PIECE
    assert peak < 8 * PIECE


async def test_what_breaks_off_is_no_zip() -> None:
    sent = bytearray()

    async def send() -> None:
        async for piece in zip_members([Member("a.pdf", AT, broken())]):
            sent.extend(piece)

    with pytest.raises(OSError, match="away"):
        await send()
    with pytest.raises(BadZipFile):
        ZipFile(BytesIO(bytes(sent)))
