"""Takes personal data out of what people write before everybody sees it; names it cannot know."""

import re

MASK = "•••"
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail
    re.compile(r"(?<![\w๐-๙])[1-9๑-๙](?:[\s-]?[0-9๐-๙]){12}(?![0-9๐-๙])"),  # citizen id: 13 digits
    re.compile(r"(?<![\w๐-๙])(?:\+?66|[0๐])(?:[\s.-]?[0-9๐-๙]){8,9}(?![0-9๐-๙])"),  # telephone number of Thailand
    re.compile(r"(?i)(?:line|ไลน์)(?:\s*id|\s*ไอดี)?\s*[:=：]\s*@?[\w.-]+"),
)


def masked(text: str | None) -> str | None:
    """The text with telephone numbers, e-mail addresses, citizen and LINE ids covered."""
    if text is None:
        return None
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text
