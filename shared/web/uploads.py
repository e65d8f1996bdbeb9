"""The files of a request, on disk: a program's body, or what somebody chose in a form."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile

from shared.kernel import Reject

MEGABYTE = 1024 * 1024
FIELD_MOST = 20_000  # bytes of a field beside a file, which is held in memory: 4,000 Thai characters are 12 kB
_ENVELOPE = 100_000  # of a multipart form: its boundaries, its headers and a few short fields
_FIELDS_MOST = 20
# One after the other: a file that is copied lies on disk twice, and all that come at once would fill it. The form's own
# has no name that another process could open it by.
_COPIER = ThreadPoolExecutor(1, "onestop-copies")


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it came; `path` is there until the end of `receive_file`, `name` is what its sender calls it."""

    path: Path
    size: int
    name: str


@asynccontextmanager
async def receive_file(request: Request, *, most: int) -> AsyncIterator[ReceivedFile | None]:
    """The body, or the one file of a multipart form; None for a form without one. `Reject` above `most` bytes, where
    the request says its length before anything is read."""
    async with receive_files(request, most=most, count=1) as files:
        yield files[0] if files else None


@asynccontextmanager
async def receive_files(request: Request, *, most: int, count: int) -> AsyncIterator[list[ReceivedFile]]:
    """The body, or up to `count` files of a multipart form, of at most `most` bytes together."""
    _refuse_larger(_read_announced(request) - _ENVELOPE, most)
    with TemporaryDirectory(prefix="onestop-upload-") as room:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            files = await _from_form(request, Path(room), count)
        else:
            files = [await _from_body(request, Path(room) / "0", most)]
        _refuse_larger(sum(file.size for file in files), most)
        yield files


async def _from_form(request: Request, room: Path, count: int) -> list[ReceivedFile]:
    """In the order in which they were chosen. A field in which nothing was chosen is a file without a name."""
    async with request.form(max_files=count, max_fields=_FIELDS_MOST, max_part_size=FIELD_MOST) as form:
        sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        return [await _keep(file, room / str(number)) for number, file in enumerate(sent)]


async def _keep(file: UploadFile, path: Path) -> ReceivedFile:
    size = await asyncio.get_running_loop().run_in_executor(_COPIER, _move, file.file, path)
    return ReceivedFile(path, size, file.filename or "")


def _move(came: BinaryIO, path: Path) -> int:
    """Its size. What came is gone from the disk before the next is copied."""
    with came, path.open("wb") as kept:
        shutil.copyfileobj(came, kept)
        return kept.tell()


async def _from_body(request: Request, path: Path, most: int) -> ReceivedFile:
    size = 0
    with path.open("wb") as kept:
        async for piece in request.stream():
            size += len(piece)
            _refuse_larger(size, most)
            kept.write(piece)
    return ReceivedFile(path, size, "")


def _read_announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _refuse_larger(size: int, most: int) -> None:
    if size > most:
        raise Reject("file-too-large", f"the file may have at most {most / MEGABYTE:.3g} MB", status=413)
