"""Words that are looked for in texts: each can be found, and a short Latin one is pointed out."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, find
from shared.words.match import SHORT, faults, short_latin

_WORDS = ("categories.*.keywords.*", "routing.rules.*.when.words.*")


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Words that no text can hold."""
    for path in _WORDS:
        for location, word in find(data, path):
            if reason := faults(str(word)):
                yield location, f"word {str(word)!r} {reason}"


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Words that may well be meant, and often are not."""
    for path in _WORDS:
        for location, word in find(data, path):
            if short_latin(str(word)):
                yield location, f"word {str(word)!r} has fewer than {SHORT} letters: write an abbreviation in capitals"
