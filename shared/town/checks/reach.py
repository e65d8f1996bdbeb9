"""Which routing rules can ever decide: a rule behind others that take everything that it would take is a mistake.

A rule takes a box: the categories, zones, channels, kinds, hours and sides of the border that it names, all of those of
which it names none. Each of its words is looked at by itself. What earlier rules leave of the box is found by cutting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from shared.events.reports import Channel, ReportKind
from shared.town.checks.raw import Finding, entries, find, strings, text
from shared.town.source import Location
from shared.words.match import Wider, faults

ELSE = "…"  # a category that the profile does not know, and a place in no zone
_BOXES_MOST = 64  # pieces of one box: where it falls into more, the rule counts as reached
# Of one file, some seconds each: what is not looked at by then counts as reached too.
_CUTS_MOST = 500_000
_COMPARISONS_MOST = 4_000_000  # of a rule's word with a rule before it
_NUMBERS = ("reports", "days", "radius_m")

Box = dict[str, frozenset[str]]


@dataclass(frozen=True)
class _Rule:
    """One rule: where it stands, the box it takes, and what else it asks of a report."""

    at: Location
    code: str
    box: Box
    words: Sequence[str]
    word_set: frozenset[str]
    spared: frozenset[str]  # phrases behind which its words do not count
    answers: dict[str, frozenset[str]]
    recurrence: dict[str, Any]
    is_open: bool  # it has no conditions


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Rules that never decide; after one that takes everything nothing else is looked at."""
    search = _Search([*_rules(data)])
    for number, rule in enumerate(search.rules):
        after = len(search.rules) - number - 1
        hiding = search.list_hiding(number, rule)
        if hiding:
            yield rule.at, f"rule {rule.code!r} is never reached: {_before(hiding)} everything that it would take"
        elif rule.is_open and after:
            said = f"rule {rule.code!r} has no conditions and takes everything: {after} after it are never reached"
            yield rule.at, said
            return


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Words, categories and zones of a rule that never decide, though the rule does."""
    search = _Search([*_rules(data)])
    for number, rule in enumerate(search.rules):
        if search.list_hiding(number, rule):
            continue
        for index, word in enumerate(rule.words):
            if hiding := search.list_hiding(number, replace(rule, words=[word])):
                said = f"word {word!r} decides nothing: {_before(hiding)} all that holds it"
                yield (*rule.at, "when", "words", index), said
        for side in ("categories", "zones"):
            yield from _idle(search, number, rule, side)


def _idle(search: "_Search", number: int, rule: _Rule, side: str) -> Iterator[Finding]:
    named = sorted(rule.box[side] - {ELSE})
    if ELSE in rule.box[side] or len(named) < 2:
        return
    for code in named:
        if hiding := search.list_hiding(number, replace(rule, box={**rule.box, side: frozenset({code})})):
            yield (*rule.at, "when", side), f"{code!r} decides nothing here: {_before(hiding)} all of it"


def _before(hiding: Sequence[str]) -> str:
    named = ", ".join(map(repr, hiding))
    return f"{named} before it takes" if len(hiding) == 1 else f"{named} before it take between them"


class _Search:
    """Looks for what stands before a rule and leaves nothing to it."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self.rules = rules
        self._wider = Wider(word for rule in rules for word in rule.words)
        self._wider_than: dict[str, frozenset[str]] = {}
        self._cuts_left, self._comparisons_left = _CUTS_MOST, _COMPARISONS_MOST

    def list_hiding(self, number: int, rule: _Rule) -> list[str]:
        """The rules before the one of that number that leave nothing to this form of it, or one that alone does; empty
        where something is left."""
        words, before = rule.words or (None,), self.rules[:number]
        for other in before:
            if all(self._list_taking([other], rule, word) for word in words):
                return [other.code]
        found: dict[str, None] = {}
        for word in words:
            hiding = self._list_taking(before, rule, word)
            if not hiding:
                return []
            found |= dict.fromkeys(hiding)
        return [*found]

    def _list_taking(self, before: Sequence[_Rule], rule: _Rule, word: str | None) -> list[str]:
        """The rules that take whatever this one would take by that word."""
        left, hiding = [rule.box], []
        for other in before:
            self._comparisons_left -= 1
            if self._comparisons_left < 0:
                return []
            if not self._asks_less(other, rule, word):
                continue
            self._cuts_left -= len(left)
            cut = [piece for box in left for piece in _cut(box, other.box)]
            if cut != left:
                hiding.append(other.code)
            if not cut:
                return hiding
            if len(cut) > _BOXES_MOST or self._cuts_left < 0:
                return []
            left = cut
        return []

    def _asks_less(self, other: _Rule, rule: _Rule, word: str | None) -> bool:
        """Whether a report that meets `rule` by that word meets all that `other` asks, but for its box."""
        if other.word_set and (word is None or other.word_set.isdisjoint(self._than(word))):
            return False
        if other.spared - rule.spared:
            return False
        if any(not other.box[side] & rule.box[side] for side in rule.box):
            return False
        if any(not rule.answers.get(question, {None}) <= wanted for question, wanted in other.answers.items()):
            return False
        return not other.recurrence or _stricter(rule.recurrence, other.recurrence)

    def _than(self, word: str) -> frozenset[str]:
        if word not in self._wider_than:
            self._wider_than[word] = self._wider.than(word)
        return self._wider_than[word]


def _stricter(asked: dict[str, Any], other: dict[str, Any]) -> bool:
    """At least as many reports, in no more days, within no more metres: that many are within the other's reach too."""
    ours: list[Any] = [asked.get(name) for name in _NUMBERS]
    theirs: list[Any] = [other.get(name) for name in _NUMBERS]
    if not all(isinstance(number, int) for number in (*ours, *theirs)):
        return False
    reports, days, radius = (a - b for a, b in zip(ours, theirs, strict=True))
    return bool(reports >= 0 >= days and radius <= 0)


def _cut(box: Box, away: Box) -> Iterator[Box]:
    """What is left of a box without the other: at most one piece for each side."""
    if any(not box[side] & away[side] for side in box):
        yield box
        return
    rest = dict(box)
    for side in box:
        outside = rest[side] - away[side]
        if outside:
            yield {**rest, side: outside}
        rest[side] &= away[side]


def _rules(data: dict[str, Any]) -> Iterator[_Rule]:
    whole = {
        "categories": frozenset({*map(str, dict(entries(data.get("categories")))), ELSE}),
        "zones": frozenset({*(text(zone, "code") for _, zone in entries(data.get("zones"))), ELSE}),
        "channels": frozenset(get_args(Channel)),
        "kinds": frozenset(get_args(ReportKind)),
        "hours": frozenset({"working", "off"}),
        "outside_town": frozenset({"True", "False"}),
    }
    for at, rule in find(data, "routing.rules.*"):
        yield _rule(at, rule, whole)


def _rule(at: Location, rule: Any, whole: Box) -> _Rule:
    when = rule.get("when") if isinstance(rule, dict) else None
    given = {key: value for key, value in when.items() if value not in (None, [], {})} if isinstance(when, dict) else {}
    asked = {
        side: frozenset(strings(given[side]) or [str(given[side])]) if side in given else everything
        for side, everything in whole.items()
    }
    recurrence = given.get("recurrence")
    return _Rule(
        at,
        text(rule, "code"),
        asked,
        [word for word in strings(given.get("words")) if not faults(word)],
        frozenset(strings(given.get("words"))),
        frozenset(strings(given.get("not_after"))),
        {str(question): frozenset(strings(values)) for question, values in entries(given.get("answers"))},
        {"radius_m": 200, **recurrence} if isinstance(recurrence, dict) else {},
        is_open=not given,
    )
