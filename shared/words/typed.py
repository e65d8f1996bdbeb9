"""Text that people type, made safe to store and to show; the domain's own limits are added with `Field`."""

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.words.fold import is_ignorable, may_hide, plain_digits, with_fewer_marks

# C0 controls but tab and newline, DEL and C1, lone surrogates (JSON lets them in, UTF-8 does not let them out).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?|\u2028|\u2029")
_THAILAND = "66"  # before a telephone's number, in place of its 0
_JOINERS = "\u200c\u200d"
_EMOJI_STYLE = "\ufe0e\ufe0f"
_SEEN = ("L", "N", "P", "S")  # categories of which something is drawn


def clean(text: str) -> str:
    """NFC, newlines as \\n, trimmed, without what is not seen; nothing at all when nothing can be seen.

    Control characters are refused rather than dropped silently. Direction marks, zero widths and tags are dropped: they
    make one text look like another, and people do not know that they pasted them.
    """
    text = _NEWLINES.sub("\n", text)
    if _FORBIDDEN.search(text):
        raise PydanticCustomError("control_characters", "text holds control characters")
    # Normalising sorts a run of marks in the square of its length, and what is not seen would hide how long one is.
    text = unicodedata.normalize("NFC", with_fewer_marks(_visible(text))).strip()
    return text if any(map(_is_seen, text)) else ""


def clean_line(text: str) -> str:
    """As `clean`, with each run of white space made one space."""
    return " ".join(clean(text).split())


def _clear_empty(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def as_dialled(text: str) -> str:
    """A telephone number with digits 0-9 and plain dashes: a gateway for messages dials no Thai digits."""
    return plain_digits(clean_line(text))


def same_number(text: str | None) -> str:
    """A telephone number as numbers are compared: however it is written, with the country or without, it is one."""
    digits = "".join(str(unicodedata.decimal(one)) for one in text or "" if one.isdecimal())
    national = digits.removeprefix("00")
    if national.startswith(_THAILAND):
        return "0" + national.removeprefix(_THAILAND).lstrip("0")  # also of `+66 (0)81…`
    return digits


def _visible(text: str) -> str:
    if not may_hide(text):
        return text
    kept = (one for place, one in enumerate(text) if not is_ignorable(one) or _joins(text, place))
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    """Joiners shape the letters of some scripts and make one emoji of two; a style belongs to the emoji before it."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if text[place] in _JOINERS:
        return bool(before and after) and all(_is_joinable(one) for one in (before, after))
    return text[place] in _EMOJI_STYLE and bool(before) and not before.isspace() and not is_ignorable(before)


def _is_joinable(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMS" and not "\u0e00" <= character <= "\u0e7f"


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in _SEEN and not is_ignorable(character)


CleanText = Annotated[str, AfterValidator(clean)]
"""Several lines of text. Lengths count after cleaning: `Annotated[CleanText, Field(min_length=1, max_length=4000)]`."""

CleanLine = Annotated[str, AfterValidator(clean_line)]
"""One line: a name, an address."""

Phone = Annotated[
    str, AfterValidator(as_dialled), Field(min_length=4, max_length=32, pattern=r"^[+(]?[0-9][0-9 ().-]{2,30}$")
]
"""A telephone number as people write it; which ones can be called is for whoever calls."""

Empty = BeforeValidator(_clear_empty)
"""A form sends "" for what was left out: `Annotated[CleanLine | None, Empty]` is None then."""
