"""Files of BSON documents that only the holder of a key can read: compressed by gzip, encrypted by age.

Nothing here is needed to open one: `age -d -i key.txt FILE | gunzip | bsondump` does it too.
"""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import pyrage
from pydantic import BaseModel, ConfigDict

from tools.operate.backups.settings import Identity, Recipient
from tools.operate.failures import NotDone

SUFFIX = ".bson.gz.age"
_GZIP = 31  # zlib's number for gzip with the largest window
_LEVEL = 4  # twice as fast as the default, and within some hundredths of its size on our documents
_LENGTH = 4  # bytes: each BSON document begins with its own length
_SMALLEST = 5  # an empty one
_CHUNK = 1 << 20


class Part(BaseModel):
    """One file of a step, as its manifest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    documents: int
    bytes: int
    sha256: str


class Unreadable(NotDone):
    """A file is not what its manifest says, or the key does not open it."""


def write(folder: Path, name: str, documents: Iterable[bytes], recipients: Sequence[Recipient]) -> Part:
    """Seal them into `folder`; on the disk when it returns. What reading `documents` raises is raised."""
    source = _Compressed(iter(documents))
    file = folder / f"{name}{SUFFIX}"
    with file.open("xb") as opened:
        sink = _Counted(opened)
        try:
            pyrage.encrypt_io(source, sink, list(recipients))
        except pyrage.EncryptError:
            if source.failure is not None:
                raise source.failure from None
            raise
        opened.flush()
        os.fsync(opened.fileno())
    return Part(name=file.name, documents=source.documents, bytes=sink.bytes, sha256=sink.digest.hexdigest())


def read(folder: Path, part: Part, identities: Sequence[Identity], take: Callable[[bytes], None]) -> None:
    """Hand every document to `take`. A file that was changed or cut is found out at the latest when all of the rest
    has been handed over."""
    check(folder, part)
    sink = _Documents(take)
    with (folder / part.name).open("rb") as opened:
        try:
            pyrage.decrypt_io(opened, sink, list(identities))
        except (pyrage.DecryptError, OSError, zlib.error) as error:
            raise Unreadable(f"{folder.name}/{part.name} cannot be opened with this key: {error}") from error
    if not sink.is_whole or sink.documents != part.documents:
        raise Unreadable(f"{folder.name}/{part.name} holds {sink.documents} documents instead of {part.documents}")


def check(folder: Path, part: Part) -> None:
    """That the file is the one that was written; for this no key is needed."""
    digest = hashlib.sha256()
    try:
        with (folder / part.name).open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        raise Unreadable(f"{folder.name}/{part.name} is missing") from None
    if digest.hexdigest() != part.sha256:
        raise Unreadable(f"{folder.name}/{part.name} is not as it was written")


class _Compressed:
    """Reads as the gzip of the documents, of which it never holds more than one."""

    def __init__(self, documents: Iterator[bytes]) -> None:
        self._left = documents
        self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._ready = bytearray()
        self._ended = False
        self.documents = 0
        self.failure: Exception | None = None  # age would say only its text

    def read(self, size: int = -1) -> bytes:
        """As a file's."""
        try:
            while not self._ended and (size < 0 or len(self._ready) < size):
                self._take_one()
        except Exception as error:
            self.failure = error
            raise
        wanted = len(self._ready) if size < 0 else size
        chunk = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return chunk

    def _take_one(self) -> None:
        document = next(self._left, None)
        if document is None:
            self._ready += self._gzip.flush()
            self._ended = True
            return
        self._ready += self._gzip.compress(document)
        self.documents += 1


class _Counted:
    """Writes on, and knows what it has written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.bytes = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """As a file's."""
        self.bytes += len(data)
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        """As a file's."""
        self._file.flush()


class _Documents:
    """What is written to it is unpacked and cut into documents."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._gzip = zlib.decompressobj(_GZIP)
        self._left = bytearray()
        self.documents = 0

    @property
    def is_whole(self) -> bool:
        """It ended where a document ended."""
        return self._gzip.eof and not self._left

    def write(self, data: bytes) -> int:
        """As a file's."""
        self._left += self._gzip.decompress(data)
        while len(self._left) >= _LENGTH:
            length = int.from_bytes(self._left[:_LENGTH], "little")
            if length < _SMALLEST:
                raise Unreadable("what is inside is no BSON")
            if len(self._left) < length:
                break
            document = bytes(self._left[:length])
            del self._left[:length]
            self.documents += 1
            self._take(document)
        return len(data)

    def flush(self) -> None:
        """As a file's; nothing is held back."""
