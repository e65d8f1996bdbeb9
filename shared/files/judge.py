"""Opens one handed-in file and says what it is, in a process of its own: `python -m shared.files.judge FILE CLEAN`.

Whatever the file makes its reader do (crash, spin, swell) ends with this process, which knows no secret of the
service's. The answer is one line of JSON. A picture is written anew to CLEAN, without what the camera noted of its
owner; a PDF stays as it is, for a new one would not bear its signatures.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from shared.files.limited import answer

Fault = Literal["unknown", "unreadable", "locked", "active", "too-many-pixels"]
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}

OBJECTS_MOST = 2_000_000  # dictionaries and lists of a PDF; the largest drawings have some hundred thousand

HEADER_WITHIN = 1024  # bytes: mail programs and scanners put a byte order mark or a line before it
# Actions that run a program, open another file or send the form away. PDF/A (ISO 19005), the archives' own rule,
# forbids the same. A link to the web is taken where a person presses it, and nowhere else.
_ACTIVE = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/RichMediaExecute",
    "/GoToR",
    "/GoToE",
    "/Thread",
}
_ACTIVE_KEYS = ("/JS", "/XFA")
_ELSEWHERE = ("/F", "/Ref")  # in a stream: what it holds lies in another file
_NAMES = ("/UF", "/F", "/DOS", "/Unix", "/Mac")  # of a file within, each for some reader
_PLAYING = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
# Documents of the state carry their data as XML (PDF/A-3), so a file within a file is no fault by itself.
_HARMLESS = (".xml", ".json", ".txt", ".csv", ".pdf", ".png", ".jpg", ".jpeg")
# qpdf looks for the objects of a damaged file at the beginnings of lines only.
_ONE_LINE = re.compile(rb"endobj[ \t](?=\d{1,10} \d{1,5} obj)")
_ENCRYPTED = re.compile(rb"/Encrypt\s{1,8}\d{1,10}\s{1,8}\d{1,5}\s{1,8}R")


@dataclass(frozen=True)
class Verdict:
    """What a file is. `fault`: why it cannot be taken; `pages`: of a PDF; `clean`: it was written anew."""

    media_type: str | None = None
    pages: int = 0
    clean: bool = False
    fault: Fault | None = None


def kind_of(head: bytes) -> str | None:
    """What the file says that it is, by its first bytes, whatever its name claims."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "pdf" if b"%PDF-" in head[:HEADER_WITHIN] else None


def judge(file: Path, clean: Path) -> Verdict:
    """The verdict on a file; a sound picture is written anew to `clean`, which else holds nothing of use."""
    with file.open("rb") as opened:
        kind = kind_of(opened.read(HEADER_WITHIN))
    if kind is None:
        return Verdict(fault="unknown")
    return judge_pdf(file, clean) if kind == "pdf" else judge_picture(file, clean)


def judge_picture(file: Path, clean: Path) -> Verdict:
    """A picture that can be decoded to its last pixel."""
    from shared.files.pixels import TooManyPixels, Unreadable, rewrite  # a PDF needs no picture library

    try:
        return Verdict(MEDIA_TYPES[rewrite(file, clean)], clean=True)
    except TooManyPixels:
        return Verdict(fault="too-many-pixels")
    except Unreadable:
        return Verdict(fault="unreadable")


def judge_pdf(file: Path, scratch: Path) -> Verdict:
    """A PDF that opens without a password, has a page, and does nothing by itself."""
    import pikepdf  # a picture needs no PDF library

    try:
        with open_pdf(file, scratch) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                return Verdict(fault="unreadable")
            if not pdf.is_encrypted and _ENCRYPTED.search(file.read_bytes()):
                return Verdict(fault="locked")
            return Verdict(MEDIA_TYPES["pdf"], pages, fault="active" if _is_active(pdf) else None)
    except pikepdf.PasswordError:
        return Verdict(fault="locked")
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, RuntimeError, RecursionError):
        return Verdict(fault="unreadable")


def open_pdf(file: Path, scratch: Path) -> Any:
    """The PDF, mended where a careless program wrote it; `scratch` is where the mended one lies."""
    import pikepdf

    try:
        return pikepdf.open(file)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        scratch.write_bytes(_ONE_LINE.sub(b"endobj\n", file.read_bytes()))
        return pikepdf.open(scratch)


def _is_active(pdf: Any) -> bool:
    return any(_acts(part) for part in _parts(pdf))


def _parts(pdf: Any) -> Iterator[Any]:
    """Every dictionary and stream: what is written within another is found there, what has a number by its number."""
    import pikepdf

    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    within: list[Any]
    seen = 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Stream | pikepdf.Dictionary):
            yield one
            within = [value for _, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            within = list(one)
        else:
            continue
        seen += 1
        if seen > OBJECTS_MOST:
            raise ValueError("more objects than any document has")
        waiting += [value for value in within if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _acts(part: Any) -> bool:
    import pikepdf

    named = {str(part.get(key, "")) for key in ("/S", "/Subtype")}
    return (
        bool(named & (_ACTIVE | _PLAYING))
        or any(key in part for key in _ACTIVE_KEYS)
        or ("/EF" in part and not _is_harmless(part))
        or (isinstance(part, pikepdf.Stream) and any(key in part for key in _ELSEWHERE))
        or isinstance(part.get("/URI"), pikepdf.Dictionary)  # where every address begins that looks like one of its own
        or any(str(action.get("/S", "")) == "/URI" for action in _list_unasked(part))
    )


def _is_harmless(part: Any) -> bool:
    names = [str(part[key]).casefold() for key in _NAMES if key in part]
    return bool(names) and all(name.endswith(_HARMLESS) for name in names)


def _list_unasked(part: Any) -> Iterator[Any]:
    """The actions that nobody presses: when the file is opened, a page shown, a field left; and what follows them."""
    import pikepdf

    events = part.get("/AA")
    waiting = [part.get("/OpenAction"), *([value for _, value in events.items()] if _has_keys(events) else ())]
    seen: set[tuple[int, int]] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Object) or one.objgen in seen:
            continue
        if one.is_indirect:
            seen.add(one.objgen)
        if isinstance(one, pikepdf.Array):
            waiting += [value for value in one if _has_keys(value)]
        elif _has_keys(one):
            yield one
            following = one.get("/Next")
            waiting += list(following) if isinstance(following, pikepdf.Array) else [following]


def _has_keys(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Dictionary)


def main() -> None:
    """One file, one verdict."""
    answer(lambda: asdict(judge(Path(sys.argv[1]), Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
