"""Takes personal data out of what people write before everybody sees it; names it cannot know.

Telephone and citizen numbers, accounts, addresses of mail and of messengers, in the forms that people really use. They
are looked for in a plain copy of the text that remembers where each character came from.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from shared.words import messengers, numbers
from shared.words.fold import plain_digits

MASK = "•••"
_WORDS_LEFT = 8  # letters: "โทรศัพท์" and "ไลน์" are how to reach somebody, not what is the matter
Span = tuple[int, int]


@dataclass(frozen=True)
class _Copy:
    """The text without marks and invisible signs, small, with digits 0-9; `origin`: where each character stood."""

    text: str
    origin: list[int]

    def back(self, span: Span, length: int) -> Span:
        """The same span in the text as it was written, with the marks that belong to its last character."""
        start, end = span
        return self.origin[start], self.origin[end] if end < len(self.origin) else length


def mask_text(text: str | None) -> str | None:
    """The text with telephone and citizen numbers, accounts, e-mail addresses and messenger names covered."""
    if not text:
        return text
    copy = _copy_of(text)
    spans = sorted(copy.back(span, len(text)) for span in _personal(copy.text))
    shown, shown_to = [], 0
    for start, end in spans:
        if start >= shown_to:
            shown += [text[shown_to:start], MASK]
        shown_to = max(shown_to, end)
    return "".join(shown) + text[shown_to:]


def first_words(text: str | None, most: int) -> str:
    """How it begins; nothing of one of which hardly a word is left but what is covered: `โทร •••`."""
    text = text or ""
    if MASK in text and len(re.sub(r"[\W\d_]", "", text.replace(MASK, ""))) < _WORDS_LEFT:
        return ""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def _copy_of(text: str) -> _Copy:
    plain = [*map(_plain, text)]
    origin = [place for place, signs in enumerate(plain) for _ in signs]
    return _Copy("".join(plain), origin)


@lru_cache(maxsize=4096)
def _plain(written: str) -> str:
    normal = unicodedata.normalize("NFKC", written)
    return "".join(plain_digits(one).casefold() for one in normal if not unicodedata.category(one).startswith("M"))


def _personal(text: str) -> Iterator[Span]:
    yield from _mail(text)
    yield from messengers.names(text)
    yield from numbers.personal(text)


# Each @ is looked at by itself, some hundred characters to either side: no pattern that starts at every letter.
_AT = re.compile(r" ?(?:@|\(at\)|\[at\]) ?")
_LOCAL_MOST = 64
# The local part is read backwards from the @.
_LATIN_LOCAL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_ANY_LOCAL = re.compile(r"[\w.+-]{1,64}")
# The last part begins with a letter, or "@ 8.30" would be a domain.
_LATIN_DOMAIN = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62}|(?:gmail|hotmail|yahoo|outlook|icloud|live)(?![a-z0-9])"
)
_ANY_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")


def _mail(text: str) -> Iterator[Span]:
    """Latin addresses end where other writing begins, for Thai puts no space between; others as far as they reach."""
    for at in _AT.finditer(text):
        backwards = text[max(0, at.start() - _LOCAL_MOST) : at.start()][::-1]
        local = _LATIN_LOCAL.match(backwards) or _ANY_LOCAL.match(backwards)
        domain = _LATIN_DOMAIN.match(text, at.end()) or _ANY_DOMAIN.match(text, at.end())
        if local and domain:
            yield at.start() - local.end(), domain.end()
