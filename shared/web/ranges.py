"""A part of a file: readers of PDFs ask for the pages on show, and a broken download goes on where it ended."""

from dataclasses import dataclass

from fastapi import Request

from shared.web.problem import Problem

_DIGITS_MOST = 15  # of a position in a file


@dataclass(frozen=True)
class Part:
    """From `start`, so many bytes of all `size`."""

    start: int
    length: int
    size: int

    @property
    def status(self) -> int:
        """200 for the whole file."""
        return 206 if self.length < self.size else 200

    @property
    def headers(self) -> dict[str, str]:
        """What a browser has to know of it."""
        said = {"Accept-Ranges": "bytes", "Content-Length": str(self.length)}
        if self.status == 206:
            said["Content-Range"] = f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"
        return said


def read_wanted_part(request: Request, size: int, etag: str) -> Part:
    """The one part that is asked for (RFC 9110, 14). The whole for several parts, for what cannot be read, and where
    the file has changed since the first part; 416 for what lies behind its end."""
    unit, _, wanted = request.headers.get("range", "").partition("=")
    first, dash, last = wanted.strip().partition("-")
    whole = Part(0, size, size)
    if unit.strip() != "bytes" or not dash or not (_is_position(first) and _is_position(last)) or not (first or last):
        return whole
    if request.headers.get("if-range", etag) != etag:
        return whole
    start = int(first) if first else max(0, size - int(last))
    end = min(size - 1, int(last)) if first and last else size - 1
    if start >= size or end < start:
        raise Problem(416, "http-416", headers={"Content-Range": f"bytes */{size}"})
    return Part(start, end - start + 1, size)


def _is_position(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MOST)
