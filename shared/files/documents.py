"""Documents as applicants hand them in: opened whole before they are kept, by a process that may fail for ours."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.files import apart, judge
from shared.files.limited import WRITTEN_MOST
from shared.files.scanner import Scanner
from shared.files.turns import Turns
from shared.kernel import Reject

PICTURES = (judge.MEDIA_TYPES["jpeg"], judge.MEDIA_TYPES["png"])
_SEVERAL = Turns(1, waiting=20)  # pages that were judged lie on disk while the next one waits for its turn
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
async def judge_file(file: Path, scanner: Scanner) -> AsyncIterator[Document]:
    """The file as it may be kept. `Reject` says what is wrong with it; `Transient` when it cannot be judged now. The
    turn lasts as long as what was written anew of it lies on disk."""
    async with apart.room(apart.TURNS) as room:
        yield await _judge(room, file, room.path / "clean", scanner)


@asynccontextmanager
async def judge_pages(files: Sequence[Path], scanner: Scanner) -> AsyncIterator[Document]:
    """Photographed pages as one PDF, each judged like a document of its own and in a turn of its own, for others wait
    beside them. `Reject` for what is no picture."""
    async with apart.room(_SEVERAL) as room:
        pages = list[Document]()
        for number, file in enumerate(files):
            async with apart.TURNS:
                pages.append(await _judge(room, file, room.path / str(number), scanner))
            if pages[-1].media_type not in PICTURES:
                raise Reject(
                    "several-files", "several files can only be pictures, the pages of one document", status=415
                )
            if sum(page.size for page in pages) > WRITTEN_MOST:
                raise _too_large()
        bound = room.path / "bound.pdf"
        async with apart.TURNS:
            if await room.ask("shared.files.bind", bound, *(page.path for page in pages)) is None:
                raise _too_large()
        sent = hashlib.sha256("".join(page.sent for page in pages).encode()).hexdigest()
        digest = await asyncio.to_thread(digest_of, bound)
        yield Document(bound, judge.MEDIA_TYPES["pdf"], bound.stat().st_size, digest, sent, len(pages))


async def _judge(room: apart.Room, file: Path, clean: Path, scanner: Scanner) -> Document:
    """By a process of its own. One that is taken down has met a file that nobody should open."""
    told = await room.ask("shared.files.judge", file, clean) or {"fault": "unreadable"}
    if fault := told["fault"]:
        detail, status = _FAULTS[fault]
        raise Reject(f"{fault}-file", detail, status=status)
    await scanner.scan(file)
    sent = await asyncio.to_thread(digest_of, file)
    kept, sha256 = (clean, await asyncio.to_thread(digest_of, clean)) if told["clean"] else (file, sent)
    return Document(kept, told["media_type"], kept.stat().st_size, sha256, sent, int(told["pages"]) or 1)


def _too_large() -> Reject:
    """They have been judged and can be sent one by one: only together there is no room for them."""
    return Reject("too-many-pixels-file", "the pages are too large to be bound together", status=413)


def digest_of(file: Path) -> str:
    """The file's SHA-256 in hexadecimal, read piece by piece."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
