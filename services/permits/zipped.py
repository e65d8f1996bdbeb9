"""A ZIP written while it is sent: no more of it is in memory than one piece of one file."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


@dataclass(frozen=True)
class Member:
    """One file of it; `packed`: already small, so that packing it again is work for nothing."""

    name: str
    at: datetime
    content: AsyncIterable[bytes]
    packed: bool = True


class _Sink:
    """What `ZipFile` writes to: it cannot be gone back in, so sizes and checksums follow each file."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, content: bytes) -> int:
        self._written += content
        return len(content)

    def flush(self) -> None:
        """Whoever sends it takes what is there."""

    def close(self) -> None:
        """Nothing is left open."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


async def zip_members(members: Iterable[Member]) -> AsyncIterator[bytes]:
    """The archive, piece by piece. What fails on the way leaves it without its end: no program takes it for whole."""
    sink = _Sink()
    archive = ZipFile(sink, "w")
    for member in members:
        info = ZipInfo(member.name, member.at.timetuple()[:6])
        info.compress_type = ZIP_STORED if member.packed else ZIP_DEFLATED
        with archive.open(info, "w") as file:
            async for piece in member.content:
                file.write(piece)
                yield sink.take()
    archive.close()
    yield sink.take()


async def at_once(content: bytes) -> AsyncIterator[bytes]:
    """What is in memory already, as the content of a member."""
    yield content
