"""One file of a request, on disk: a program's body, or what somebody chose in a form."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Request
from starlette.datastructures import UploadFile

from shared.kernel import Reject

MEGABYTE = 1024 * 1024
FIELD_MOST = 20_000  # bytes of a field beside a file, which is held in memory: 4,000 Thai characters are 12 kB
_ENVELOPE = 100_000  # of a multipart form: its boundaries, its headers and a few short fields
_FIELDS_MOST = 20


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it came; `path` is there until the end of `received_file`, `name` is what its sender calls it."""

    path: Path
    size: int
    name: str


@asynccontextmanager
async def received_file(request: Request, *, most: int) -> AsyncIterator[ReceivedFile | None]:
    """The body, or the first file of a multipart form; None for a form without one. `Reject` above `most` bytes, where
    the request says its length before anything is read."""
    _refuse_larger(_announced(request) - _ENVELOPE, most)
    with TemporaryDirectory(prefix="onestop-upload-") as room:
        path = Path(room) / "file"
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            name = await _from_form(request, path)
        else:
            name = await _from_body(request, path, most)
        if name is None:
            yield None
            return
        size = path.stat().st_size
        _refuse_larger(size, most)
        yield ReceivedFile(path, size, name)


async def _from_form(request: Request, path: Path) -> str | None:
    async with request.form(max_files=1, max_fields=_FIELDS_MOST, max_part_size=FIELD_MOST) as form:
        file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if file is None:
            return None
        with path.open("wb") as kept:
            await asyncio.to_thread(shutil.copyfileobj, file.file, kept)
        return file.filename or ""


async def _from_body(request: Request, path: Path, most: int) -> str:
    size = 0
    with path.open("wb") as kept:
        async for piece in request.stream():
            size += len(piece)
            _refuse_larger(size, most)
            kept.write(piece)
    return ""


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _refuse_larger(size: int, most: int) -> None:
    if size > most:
        raise Reject("file-too-large", f"the file may have at most {most / MEGABYTE:.3g} MB", status=413)
