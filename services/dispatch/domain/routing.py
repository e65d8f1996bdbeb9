"""Which team answers for a report: the town's ordered rules, and for each rule why it did or did not match."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import cos, hypot, radians
from typing import Literal

from shared.events.reports import Channel, ReportKind
from shared.events.work_orders import Priority
from shared.town import Town
from shared.town.models import Routing, RoutingConditions, RoutingOutcome, RoutingRule
from shared.words.match import comparable

Result = Literal["decided", "no_match", "not_reached"]

METRES_PER_DEGREE = 111_320.0  # of latitude; good to 0.5 % over a town


@dataclass(frozen=True)
class Sighting:
    """An earlier report of the same category: when and where."""

    at: datetime
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Facts:
    """All that a rule may look at. `at` is the moment of the report, `earlier` what recurrence is counted from."""

    category: str
    at: datetime
    working: bool  # the office was open then
    text: str = ""
    zone: str | None = None
    outside_town: bool = False
    latitude: float | None = None
    longitude: float | None = None
    channel: Channel = "web"
    kind: ReportKind = "problem"
    answers: Mapping[str, str] = field(default_factory=dict)
    earlier: Sequence[Sighting] = ()

    @cached_property
    def comparable_text(self) -> str:
        """The text as the words of rules are looked for in it."""
        return comparable(self.text)


@dataclass(frozen=True)
class Checked:
    """One condition: what the rule wants, what the report has, and whether that is enough."""

    condition: str
    wanted: Sequence[str]
    found: str | None
    holds: bool


@dataclass(frozen=True)
class Tried:
    """One rule and each of its conditions. `result`: the first rule that matches decides, later ones are unreached."""

    rule: str
    name: str | None
    outcome: RoutingOutcome
    checks: Sequence[Checked]
    result: Result


@dataclass(frozen=True)
class Routed:
    """Where a report goes and by which rule of which version; `rule` None: none matched, so it waits in triage."""

    rule: str | None
    version: str
    team: str
    agency: str | None
    priority: Priority
    service_level: str


def route(town: Town, facts: Facts) -> Routed:
    """The team, service level and priority that the town's rules give to these facts, and by which rule."""
    return decide(town.routing, facts)


def decide(rules: Routing, facts: Facts) -> Routed:
    """The first rule whose conditions all hold; the fallback (triage) when none does."""
    for rule in rules.rules:
        if all(check.holds for check in _list_checks(rule.when, facts)):
            return _make_routed(rule.code, rules.version, rule.then)
    return _make_routed(None, rules.version, rules.fallback)


def explain(town: Town, facts: Facts) -> list[Tried]:
    """Every rule in order with each of its conditions, as `route` sees them."""
    tried: list[Tried] = []
    decided = False
    for rule in town.routing.rules:
        checks = list(_list_checks(rule.when, facts))
        matches = all(check.holds for check in checks)
        result: Result = "no_match"
        if decided:
            result = "not_reached"
        elif matches:
            result, decided = "decided", True
        tried.append(_make_tried(rule, checks, result))
    return tried


def choose_public_rule(town: Town, code: str | None) -> str | None:
    """The rule as everybody may know it; None for one that looked at the answers: those are the reporter's own."""
    asking = {rule.code for rule in town.routing.rules if rule.when.answers}
    return None if code in asking else code


def find_farthest(category: str, *towns: Town) -> tuple[timedelta, float] | None:
    """How far back and how far around `earlier` must reach for this category; None when no rule asks for it."""
    asked = [
        rule.when.recurrence
        for town in towns
        for rule in town.routing.rules
        if rule.when.recurrence and (not rule.when.categories or category in rule.when.categories)
    ]
    if not asked:
        return None
    return timedelta(days=max(each.days for each in asked)), float(max(each.radius_m for each in asked))


def measure_metres(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Metres between two points of one town, on a flat map."""
    north = (a_latitude - b_latitude) * METRES_PER_DEGREE
    east = (a_longitude - b_longitude) * METRES_PER_DEGREE * cos(radians(a_latitude))
    return hypot(north, east)


def _make_routed(rule: str | None, version: str, then: RoutingOutcome) -> Routed:
    return Routed(rule, version, then.team, then.agency, then.priority, then.service_level)


def _make_tried(rule: RoutingRule, checks: Sequence[Checked], result: Result) -> Tried:
    return Tried(rule.code, rule.name.get() if rule.name else None, rule.then, checks, result)


def _list_checks(when: RoutingConditions, facts: Facts) -> Iterator[Checked]:
    """The conditions that the rule sets, cheapest first."""
    listed: tuple[tuple[str, Sequence[str], str | None], ...] = (
        ("categories", when.categories, facts.category),
        ("zones", when.zones, facts.zone),
        ("channels", when.channels, facts.channel),
        ("kinds", when.kinds, facts.kind),
    )
    for condition, wanted, found in listed:
        if wanted:
            yield Checked(condition, wanted, found, found in wanted)
    if when.hours is not None:
        now = "working" if facts.working else "off"
        yield Checked("hours", (when.hours,), now, now == when.hours)
    if when.outside_town is not None:
        yield Checked(
            "outside_town",
            (_say_yes(when.outside_town),),
            _say_yes(facts.outside_town),
            facts.outside_town == when.outside_town,
        )
    for question, wanted in when.answers.items():
        answer = facts.answers.get(question)
        yield Checked(f"answers.{question}", wanted, answer, answer in wanted)
    yield from _in_the_text(when, facts)
    yield from _check_recurrence(when, facts)


def _in_the_text(when: RoutingConditions, facts: Facts) -> Iterator[Checked]:
    if when.words:
        found = when.word_in(facts.comparable_text)
        yield Checked("words", when.words, found, found is not None)


def _check_recurrence(when: RoutingConditions, facts: Facts) -> Iterator[Checked]:
    """Reports near the place within the days, the new one included; without a place there is only the new one."""
    wanted = when.recurrence
    if wanted is None:
        return
    near = _match_near(facts, wanted.radius_m)
    since = facts.at - timedelta(days=wanted.days)
    count = 1 + sum(since <= sighting.at <= facts.at and near(sighting) for sighting in facts.earlier)
    asked = f"{wanted.reports} in {wanted.days} d within {wanted.radius_m} m"
    yield Checked("recurrence", (asked,), str(count), count >= wanted.reports)


def _match_near(facts: Facts, radius_m: float) -> Callable[[Sighting], bool]:
    latitude, longitude = facts.latitude, facts.longitude
    if latitude is None or longitude is None:
        return lambda _: False
    return lambda sighting: measure_metres(latitude, longitude, sighting.latitude, sighting.longitude) <= radius_m


def _say_yes(value: bool) -> str:
    return "yes" if value else "no"
