"""Documents as applicants hand them in: opened whole before they are kept, by a process that may fail for ours."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shared.files import apart, judge
from shared.files.scanner import Scanner
from shared.kernel import Reject

PICTURES = (judge.MEDIA_TYPES["jpeg"], judge.MEDIA_TYPES["png"])
_READ_AT_ONCE = 1024 * 1024
_FAULTS: Mapping[str, tuple[str, int]] = {
    "unknown": ("this is no kind of file that is taken", 415),
    "unreadable": ("the file cannot be opened: it is damaged, or not what its first bytes say", 422),
    "locked": ("the file needs a password to be opened; save it without one", 422),
    "active": ("the file runs something when it is opened; print it into a new PDF", 422),
    "too-many-pixels": ("the picture has too many pixels", 413),
}


@dataclass(frozen=True)
class Document:
    """A file that may be kept. `path`: where it is until the end of `judged`; `sent`: the hash of what came, which is
    another file where a picture was written anew; `pages`: a picture is one."""

    path: Path
    media_type: str
    size: int
    sha256: str
    sent: str
    pages: int


async def claim_of(file: Path) -> tuple[str | None, int]:
    """What a file claims to be by its first bytes (None: of no kind that anybody takes), and how large it is."""
    return await asyncio.to_thread(_claim_of, file)


def _claim_of(file: Path) -> tuple[str | None, int]:
    with file.open("rb") as opened:
        kind = judge.kind_of(opened.read(judge.HEADER_WITHIN))
    return (judge.MEDIA_TYPES[kind] if kind else None), file.stat().st_size


@asynccontextmanager
async def judged(file: Path, scanner: Scanner) -> AsyncIterator[Document]:
    """The file as it may be kept. `Reject` says what is wrong with it; `Transient` when it cannot be judged now."""
    with TemporaryDirectory(prefix="onestop-document-") as room:
        clean = Path(room) / "clean"
        async with apart.TURNS:
            verdict = await _judge(file, clean)
            if fault := verdict["fault"]:
                detail, status = _FAULTS[fault]
                raise Reject(f"{fault}-file", detail, status=status)
            await scanner.scan(file)
        kept = clean if verdict["clean"] else file
        sent = await asyncio.to_thread(_digest, file)
        sha256 = await asyncio.to_thread(_digest, kept) if kept is clean else sent
        pages = int(verdict["pages"]) or 1
        yield Document(kept, verdict["media_type"], kept.stat().st_size, sha256, sent, pages)


@asynccontextmanager
async def judged_pages(files: Sequence[Path], scanner: Scanner) -> AsyncIterator[Document]:
    """Photographed pages as one PDF, each judged like a document of its own. `Reject` for what is no picture."""
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(judged(file, scanner)) for file in files]
        if any(page.media_type not in PICTURES for page in pages):
            raise Reject("several-files", "several files can only be pictures, the pages of one document", status=415)
        room = stack.enter_context(TemporaryDirectory(prefix="onestop-pages-"))
        bound = Path(room) / "bound.pdf"
        async with apart.TURNS:
            await _bind([page.path for page in pages], bound)
        sent = hashlib.sha256("".join(page.sent for page in pages).encode()).hexdigest()
        digest = await asyncio.to_thread(_digest, bound)
        yield Document(bound, judge.MEDIA_TYPES["pdf"], bound.stat().st_size, digest, sent, len(pages))


async def _bind(pictures: Sequence[Path], into: Path) -> None:
    """They have been judged: a process that does not bind them has no room, and the pages can be sent one by one."""
    told = await apart.ask("shared.files.bind", str(into), *map(str, pictures))
    if told is None:
        raise Reject("too-many-pixels-file", "the pages are too large to be bound together", status=413)


async def _judge(file: Path, clean: Path) -> Mapping[str, Any]:
    """The verdict of a process of its own. One that is killed has met a file that nobody should open."""
    told = await apart.ask("shared.files.judge", str(file), str(clean))
    return {"fault": "unreadable"} if told is None else told


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_READ_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
