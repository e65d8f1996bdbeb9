"""Words that are looked for in texts: each can be found, and a short Latin one is pointed out."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, find, strings
from shared.town.source import Location
from shared.words.match import SHORT, Wider, faults, is_one_letter, short_latin

_WORDS = ("categories.*.keywords.*", "routing.rules.*.when.words.*", "zones.*.words.*")
_PHRASES = ("routing.rules.*.when.not_after.*",)  # before a word: a short one finds nothing by itself


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Words that no text can hold."""
    for path in _WORDS + _PHRASES:
        for location, word in find(data, path):
            if reason := faults(str(word)):
                yield location, f"word {str(word)!r} {reason}"


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Words that may well be meant, and often are not."""
    for path in _WORDS:
        for location, word in find(data, path):
            if is_one_letter(str(word)):
                yield location, f"word {str(word)!r} is one letter, which almost every text holds: write a longer word"
            elif short_latin(str(word)):
                yield location, f"word {str(word)!r} has fewer than {SHORT} letters: write an abbreviation in capitals"
    for location, listed in find(data, "routing.rules.*.when.words"):
        yield from _needless(location, [word for word in strings(listed) if not faults(word)])


def _needless(location: Location, listed: list[str]) -> Iterator[Finding]:
    """Words of a rule that are found nowhere where another of its words is not; keywords may be so: they add weight."""
    wider = Wider(listed)
    than = {word: wider.than(word) for word in dict.fromkeys(listed)}
    before: set[str] = set()
    for index, word in enumerate(listed):
        others = than[word] - {word}
        # Of two that are found in the same texts the first may stay.
        needed = [other for other in others if other in before or word not in than[other]]
        if word in before or needed:
            other = min(needed, key=listed.index, default=word)
            yield (*location, index), f"word {word!r} adds nothing: {other!r} is found wherever it is"
        before.add(word)
