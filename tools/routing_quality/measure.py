"""Sends records through a town's words and rules, and judges where each would have gone."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.dispatch.domain.routing import Facts, Routed, route
from services.intake.domain.suggest import suggest_categories
from shared.town import Town
from tools.play.mapping import CategoryMap
from tools.routing_quality.records import Record

OTHER = "other"
# Of a working day: at night a town's civil defence takes what elsewhere a night shift of the same unit does.
_NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
CategoryOf = Callable[[Record], str]


@dataclass
class Suggested:
    """Of the texts of one category: how often it was suggested first, among the three, and not at all."""

    count: int = 0
    first: int = 0
    among: int = 0
    none: int = 0
    instead: Counter[str] = field(default_factory=Counter)


@dataclass
class Sent:
    """Of the reports that one unit acted on: how many went to who is right here, to triage, elsewhere."""

    count: int = 0
    right: int = 0
    triage: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)


def measure_suggested(town: Town, records: Iterable[Record], types: CategoryMap) -> dict[str, Suggested]:
    """By the category that the record's type stands for; types without one are left out."""
    found: dict[str, Suggested] = {}
    for record in records:
        wanted = types.target(record.types).category
        if wanted == OTHER:
            continue
        said, row = suggest_categories(record.text, town.categories), found.setdefault(wanted, Suggested())
        row.count += 1
        row.first += said[:1] == [wanted]
        row.among += wanted in said
        row.none += not said
        if said and said[0] != wanted:
            row.instead[said[0]] += 1
    return found


def by_text(town: Town) -> CategoryOf:
    """The category that the form suggests first: the resident takes what is offered."""
    return lambda record: next(iter(suggest_categories(record.text, town.categories)), OTHER)


def by_type(types: CategoryMap) -> CategoryOf:
    """The category that the resident's type there stands for."""
    return lambda record: types.target(record.types).category


def measure_sent(town: Town, records: Iterable[Record], category_of: CategoryOf) -> dict[str, Sent]:
    """By the unit that acted; units that a town does not have are left out."""
    found: dict[str, Sent] = {}
    for record in records:
        if record.unit is None or not record.unit.is_counted:
            continue
        category = category_of(record)
        routed = destination(town, record, category)
        row = found.setdefault(record.unit.unit, Sent())
        row.count += 1
        if is_right(record, category, routed):
            row.right += 1
        elif routed.team == town.triage:
            row.triage += 1
        else:
            row.elsewhere[routed.agency or routed.team] += 1
    return found


def is_right(record: Record, category: str, routed: Routed) -> bool:
    """Whether those who acted there are those who get it here. An agency counts by the referral, not by who watches."""
    unit = record.unit
    if unit is None:
        return False
    teams = {*unit.teams, *([unit.also[category]] if category in unit.also else [])}
    return routed.team in teams or (unit.agency is not None and routed.agency == unit.agency)


def destination(town: Town, record: Record, category: str) -> Routed:
    """Where it would have gone at noon of a working day."""
    return route(town, Facts(category=category, at=_NOON, working=True, text=record.text))
