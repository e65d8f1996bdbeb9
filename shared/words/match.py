"""Finds a town's words in what people write. Thai has no spaces to split at; Latin words are matched whole.

How a town writes a word: `ไฟไหม้` is found anywhere in Thai; `burst` as a whole word, its plural too; `collaps*` with
any ending; `ท่อ…แตก` with something between, as in ท่อประปาแตก; `street light` with or without the space.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.words.fold import THAI_MARKS, fold_text

GAP = "…"
ANY_ENDING = "*"
_DOTS = re.compile(r"\.{2,}")
GAPS_MOST = 2  # of one word; each costs its length in time
_GAP_MOST = 24  # characters: a few Thai words, not the next sentence

_LATIN = "0-9a-z\u00df-\u024f"
_IS_LATIN = re.compile(f"[{_LATIN}]")
_LATIN_WORD = re.compile("[a-z\u00df-\u024f]+")
_THAI = "\u0e01-\u0e4e"
# People who dictate, and some keyboards, put a space between Thai words; others leave it out before a number.
_SPACE_IN_THAI = re.compile(f"(?<=[{_THAI}]) (?=[{_THAI}0-9])|(?<=[0-9]) (?=[{_THAI}])")
SHORT = 4  # Latin letters: fewer are often an abbreviation, or a word in other languages
_SPACE = r"[\s/_-]{0,3}"
_BEFORE = 48  # characters in which a phrase ends before a word
_PIECE_MOST = 24  # characters of a word by which it is looked up among others
_WIDE_SPACE = re.compile(r"[\s/_-]{4,}")  # more than `_SPACE` allows for


@dataclass(frozen=True)
class _Finder:
    """`sure`: parts that are in every text where the word is found, to leave quickly."""

    sure: tuple[str, ...]
    expression: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Made for the first text that holds those parts: of a town's thousand words most wait long for one."""
        return re.compile(self.expression)


def comparable(text: str) -> str:
    """A text as `first_found` and `covered` look through it; made once for all words of a town."""
    return _SPACE_IN_THAI.sub("", fold_text(text))


def first_found(words: Iterable[str], text: str, not_after: Sequence[str] = ()) -> str | None:
    """The first of the town's words that is in the comparable text, as the town writes it; not where one of
    `not_after` stands directly before, for who fears a fire has none."""
    for word in words:  # a report is looked through for hundreds: a generator for each would take longer than the rest
        finder = _finder(word)
        for part in finder.sure:
            if part not in text:
                break
        else:
            for match in finder.pattern.finditer(text):
                if not _follows(match.start(), text, not_after):
                    return word
    return None


def count_covered(words: Iterable[str], text: str) -> int:
    """How many characters of the comparable text are those of the town's words; what two of them hold counts once."""
    matches = (match for word in words if (match := _found(word, text)))
    return len({place for match in matches for part in _parts(match) for place in range(*part)})


def faults(word: str) -> str | None:
    """What is wrong with a word of a profile; None when it can be found in a text."""
    if _DOTS.search(word):
        return f"holds dots, which are looked for as such: for a gap write {GAP}, one character"
    parts = [comparable(part) for part in word.split(GAP)]
    if not all(any(one.isalnum() for one in part) for part in parts):
        return "holds nothing to look for" if len(parts) == 1 else f"{GAP} must stand between two words"
    if len(parts) > GAPS_MOST + 1:
        return f"has more than {GAPS_MOST} gaps"
    if any(ANY_ENDING in part[:-1] for part in parts):
        return f"{ANY_ENDING} can only stand at the end of a word"
    if any(part.endswith(ANY_ENDING) and not _IS_LATIN.match(part[-2]) for part in parts):
        return f"{ANY_ENDING} is for Latin words: Thai words are found with any ending"
    if any("\n" in part for part in parts) or not (_is_plain(parts) or is_wider(word, word.replace(GAP, " "))):
        return "is found in no text, not even in itself"
    return None


def _is_plain(parts: Sequence[str]) -> bool:
    """Whether a word of these parts must be found in itself. Almost all must, and to make a thousand patterns only
    to see it took a seventh of a service's start."""
    return all(part[0].isalnum() and not _WIDE_SPACE.search(part) for part in parts)


def is_one_letter(word: str) -> bool:
    """Whether it is a single letter, which almost every text holds."""
    return len(comparable(word).rstrip(ANY_ENDING)) == 1


def short_latin(word: str) -> bool:
    """Whether it is a Latin word so short that it means other things too; an abbreviation in capitals is meant."""
    plain = comparable(word).rstrip(ANY_ENDING)
    return len(plain) < SHORT and bool(_LATIN_WORD.fullmatch(plain)) and not word.isupper()


def is_wider(word: str, other: str) -> bool:
    """Whether `word` is found in every text in which `other` is."""
    return _found(word, comparable(other.replace(ANY_ENDING, "x"))) is not None


class Wider:
    """Which of some words are found in every text in which another is: `is_wider` for thousands at once."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_piece: dict[str, list[str]] = {}
        for word in dict.fromkeys(words):
            piece = max(_finder(word).sure, key=len, default="")[:_PIECE_MOST]
            self._by_piece.setdefault(piece, []).append(word)
        self._longest = max(map(len, self._by_piece), default=0)

    def than(self, word: str) -> frozenset[str]:
        """Those of them; itself too, if it is one."""
        text = comparable(word.replace(ANY_ENDING, "x"))
        ends = ((start, start + size) for start in range(len(text)) for size in range(1, self._longest + 1))
        pieces = {text[start:end] for start, end in ends if end <= len(text)} | {""}
        near = (wide for piece in pieces for wide in self._by_piece.get(piece, ()))
        return frozenset(wide for wide in near if _found(wide, text))


def _found(word: str, text: str) -> re.Match[str] | None:
    finder = _finder(word)
    return finder.pattern.search(text) if all(part in text for part in finder.sure) else None


def _follows(place: int, text: str, phrases: Sequence[str]) -> bool:
    """Whether one of the phrases ends there; as words do, they are found whole."""
    end = len(text[:place].rstrip())
    patterns = (_finder(phrase).pattern for phrase in phrases)
    return any(match.end() == end for one in patterns for match in one.finditer(text, max(0, end - _BEFORE), end))


def _parts(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    yield from (match.span(number) for number in range(1, (match.lastindex or 0) + 1))


@lru_cache(maxsize=8192)
def _finder(word: str) -> _Finder:
    parts = [comparable(part) for part in word.split(GAP)]
    sure = tuple(piece for part in parts for piece in re.split(r"[\s/_-]+", part.rstrip(ANY_ENDING)) if piece)
    between = rf"[^\n]{{0,{_GAP_MOST}}}?"
    return _Finder(sure, between.join(_pattern(part) for part in parts))


def _pattern(part: str) -> str:
    """One part of a word, and what must not stand beside it: nothing is found inside a Latin word or Thai syllable."""
    stem = part.rstrip(ANY_ENDING)
    begins = f"(?<![{_LATIN}])" if _IS_LATIN.match(stem[0]) else ""
    if part != stem:
        ends = ""
    elif stem[-1].isdigit():
        ends = "(?![0-9])"
    elif _IS_LATIN.match(stem[-1]):
        ends = f"(?:e?s)?(?![{_LATIN}])"
    else:
        ends = f"(?![{THAI_MARKS}])"
    words = re.split(r"[\s/_-]+", stem)
    return f"{begins}({_SPACE.join(map(re.escape, words))}){ends}"
