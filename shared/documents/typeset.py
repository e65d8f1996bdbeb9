"""Sets a document as PDF with Typst: Thai is shaped and broken into words as it must be, and no browser is needed.

A template is a file of ours; what people wrote comes as data, which is text to it and never its language. The same
template, data and time give the same bytes. The PDF is PDF/UA-1: a program that reads aloud finds headings, tables and
what a picture shows. A letter that no font of ours has becomes a box; it holds up no document.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from shared.files.turns import Turns

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from typst import PDFStandard  # of its stubs alone

FONTS = Path(__file__).parent / "fonts"  # Thai and Latin; Burmese, Lao and Khmer for who has moved here
_LACKS_LETTER = "could not be displayed"
# What no language breaks into words: twenty numbers with commas and no space, a path, a letter held down. Words of Thai
# and its neighbours are known to Typst; those that it does not know come out of one key.
_UNBROKEN = re.compile(
    r"[^\s\u0e01-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1780-\u17df\u2e80-\u9fff]{31,}|(\S[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*)\1{30,}"
)
_PIECE = re.compile(
    r"(?:[^,/_;:|=&?.@-][\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*){1,20}[,/_;:|=&?.@-]{0,3}|[,/_;:|=&?.@-]{1,20}"
)
_MAY_BREAK = "\u200b"
_AS_IT_IS = frozenset({"url", "content"})  # what is copied out of the document or followed; a picture's many bytes
_TURNS = Turns(2, waiting=200)  # each takes a processor, for some hundredths of a second a page


async def typeset(template: Path, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF. The template reads `json(bytes(sys.inputs.data))`; files that it names lie beside it. `at`: the time
    that the document says it was made. Raises `typst.TypstError` with place and reason where the template is wrong, and
    `Transient` where too many wait."""
    told = {"data": json.dumps(breakable(data), ensure_ascii=False)}
    async with _TURNS:
        return await asyncio.to_thread(_compile, template, told, at)


def breakable(told: Any) -> Any:
    """The same, where lines may end inside what is longer than a line: it would run off the paper."""
    match told:
        case str():
            return _UNBROKEN.sub(lambda run: _MAY_BREAK.join(piece[0] for piece in _PIECE.finditer(run[0])), told)
        case Mapping():
            return {name: one if name in _AS_IT_IS else breakable(one) for name, one in told.items()}
        case Sequence() if not isinstance(told, bytes):
            return [breakable(one) for one in told]
    return told


def picture(content: bytes) -> list[int]:
    """A picture as the template takes it, `image(bytes(…))`: it never lies in a file, so that it may be a secret."""
    return list(content)


def _compile(template: Path, told: dict[str, str], at: datetime) -> bytes:
    try:
        return _typeset(template, told, at, ["1.7", "ua-1"])
    except typst.TypstError as error:
        if _LACKS_LETTER not in error.message:
            raise
        log.warning("a document has a letter that no font of ours has", extra={"template": template.name})
        return _typeset(template, told, at, ["1.7"])  # with a box in its place: PDF/UA-1 has no such thing


def _typeset(template: Path, told: dict[str, str], at: datetime, standards: "list[PDFStandard]") -> bytes:
    try:
        made: bytes = typst.compile(
            template,
            root=template.parent,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs=told,
            timestamp=at.replace(microsecond=0),
            pdf_standards=standards,
        )
    except Exception:
        raise
    except BaseException as panic:  # of Rust, which no handler of ours would take for a failure
        raise RuntimeError(f"Typst has panicked: {panic}") from panic
    return made
