"""Text that people type, made safe to store and to compare; the domain's own limits are added with `Field`."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

# C0 controls but tab and newline, DEL and C1, lone surrogates (JSON lets them in, UTF-8 does not let them out).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """NFC, newlines as \\n, trimmed; refuses control characters rather than dropping them silently."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _FORBIDDEN.search(text):
        raise PydanticCustomError("control_characters", "text holds control characters")
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str) -> str:
    """As `clean`, with each run of white space made one space."""
    return " ".join(clean(text).split())


CleanText = Annotated[str, AfterValidator(clean)]
"""Several lines of text. Lengths count after cleaning: `Annotated[CleanText, Field(min_length=1, max_length=4000)]`."""

CleanLine = Annotated[str, AfterValidator(clean_line)]
"""One line: a name, an address, a phone number."""
