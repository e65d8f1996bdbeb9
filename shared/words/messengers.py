"""Finds people's names in LINE and other messengers, in a plain copy of a text: small letters, digits 0-9, no marks."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

# A person's page: what follows the host says whose.
_PAGE = re.compile(
    r"(?<![a-z0-9-])(?:line\.me|lin\.ee|facebook\.com|fb\.com|fb\.me|m\.me|wa\.me|t\.me|instagram\.com|tiktok\.com"
    r"|x\.com|twitter\.com)/[^\s<>\"]{1,200}"
)
_NAME = r"(?P<name>@?[a-z0-9][a-z0-9._-]{2,29})"
_BETWEEN = r"[\s.:=~(,\"'-]{0,4}"

# Without the marks: ไลน์, ไอดี, เฟซบุ๊ก, เฟสบุ๊ค, อินสตาแกรม, วอทส์แอป, วีแชท; then ของผม, ของฉัน, คือ, ได้ที่, ติดต่อ, ชื่อ …
_MESSENGER = r"(?:line|whatsapp|wechat|telegram|facebook|fb|messenger|instagram|ig|tiktok|twitter|skype|viber)"
_THAI_MESSENGER = r"(?:ไลน|ไอด|เฟซบก|เฟซบค|เฟสบก|เฟสบค|เฟส|อนสตาแกรม|วอทสแอป|วแชท|เทเลแกรม)"
_WHOSE = r"(?:ไอด|ของผม|ของฉน|ของหน|ของ|ผม|ฉน|หน|คอ|ไดท|มาท|ทน|ท|ตดตอ|ชอ|สวนตว)"
_THAI = re.compile(
    rf"(?:{_THAI_MESSENGER}|(?<![a-z]){_MESSENGER}{_BETWEEN}{_WHOSE}){_BETWEEN}"
    rf"(?:(?:{_WHOSE}|id|is|me|my|add){_BETWEEN}){{0,4}}{_NAME}"
)
_LATIN = re.compile(
    r"(?<![a-z])(?:"
    rf"{_MESSENGER}{_BETWEEN}(?:id|name|user|account)\b{_BETWEEN}(?:is )?"
    rf"|id{_BETWEEN}{_MESSENGER}{_BETWEEN}"
    rf"|{_MESSENGER}\s?[:=]\s?"
    rf"|{_MESSENGER}\s?(?=@)|line@\s"
    rf"|(?:{_MESSENGER}|id)\s(?=[a-z._-]{{0,29}}[0-9_])(?=[0-9._-]{{0,29}}[a-z])"  # "Line somchai99", not "line broken"
    rf"|id\s?[:=]\s?){_NAME}"
)
_IN_ANY_SCRIPT = re.compile(r"(?:ไลน|(?<![a-z])line)(?:\s?(?:id|ไอด))?\s?[:=]\s?(?P<name>[^\W\d_]\w{1,39})")
# "line" is also what carries power and water: what follows it then is no name.
_OTHER_LINES = re.compile(
    r"(?:power|water|electric|electricity|sewer|drain|pipe|gas|phone|telephone|bus|white|yellow|main|the|a|this) $"
)
_LOOK_BACK = 16


def names(text: str) -> Iterator[Span]:
    """Where a name stands of which the text says that it is one, or the address of a person's page."""
    yield from (match.span() for match in _PAGE.finditer(text))
    yield from (match.span("name") for match in _THAI.finditer(text))
    for pattern in (_LATIN, _IN_ANY_SCRIPT):
        for match in pattern.finditer(text):
            if not _OTHER_LINES.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
                yield match.span("name")
