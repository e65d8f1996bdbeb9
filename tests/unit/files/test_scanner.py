"""Where a town runs a virus scanner, nothing is kept that it has not seen; where it is away, nothing gets through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.files.scanner import Scanner
from shared.kernel import Reject, Transient

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@asynccontextmanager
async def clamd(answers_with: bytes | None = None) -> AsyncIterator[Scanner]:
    """A scanner that speaks clamd's INSTREAM and knows one virus."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
        writer.write((found if answers_with is None else answers_with) + (b"\0" if answers_with != b"" else b""))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield Scanner(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")


def file_of(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


async def test_a_clean_file_passes_however_large(tmp_path: Path) -> None:
    async with clamd() as scanner:
        await scanner.scan(file_of(tmp_path, b"x" * 1_000_000))


async def test_a_virus_is_refused(tmp_path: Path) -> None:
    async with clamd() as scanner:
        with pytest.raises(Reject) as refused:
            await scanner.scan(file_of(tmp_path, b"%PDF-1.4\n" + EICAR))
    assert (refused.value.code, refused.value.status) == ("infected-file", 422)


@pytest.mark.parametrize("said", [b"", b"INSTREAM size limit exceeded. ERROR"])
async def test_a_scanner_that_does_not_judge_lets_nothing_through(tmp_path: Path, said: bytes) -> None:
    async with clamd(said) as scanner:
        with pytest.raises(Transient):
            await scanner.scan(file_of(tmp_path, b"x"))


async def test_a_scanner_that_is_away_lets_nothing_through(tmp_path: Path) -> None:
    with pytest.raises(Transient):
        await Scanner("127.0.0.1:1").scan(file_of(tmp_path, b"x"))


async def test_without_an_address_nothing_is_scanned(tmp_path: Path) -> None:
    await Scanner("").scan(tmp_path / "not even there")
