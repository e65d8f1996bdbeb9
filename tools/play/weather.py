"""The reports of a storm: a share of them one outage in one village, the others of all kinds all over the town.

What the town's profile knows makes them: its categories, their keywords and the rule by which incidents are found.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from services.dispatch.domain.routing import Facts, route
from shared.town import Town
from shared.town.models import Category
from shared.town.places import Zone
from tools.play.mapping import BadInput
from tools.play.rows import Row

ONE_IN = 4  # of so many reports one is of the outage
MAILED = 5  # one of so many leaves an address
SEED = 20260612  # the same storm each time
_TRIES = 200  # for a point in a zone


def storm(town: Town, count: int) -> tuple[str, list[Row]]:
    """The category of the outage, and the reports in the order in which they come."""
    dice = random.Random(SEED)  # noqa: S311 - a storm is no secret
    outage = outage_category(town)
    rule = town.categories[outage].incident
    assert rule is not None  # noqa: S101  # as chosen
    village = dice.choice(town.zones) if town.zones else None
    middle = _point_in(town, village, dice)
    weather = [code for code, one in town.categories.items() if _is_weather(one) and code != outage]
    others = [code for code in weather if _has_a_team(town, code)]
    kinds = [outage] * (count // ONE_IN) + [dice.choice(others) for _ in range(count - count // ONE_IN)]
    dice.shuffle(kinds)
    reach = rule.radius_m / 111_320 / 3  # in degrees: all of it well within the radius
    rows = []
    for number, code in enumerate(kinds, start=1):
        near = (middle[0] + dice.uniform(-reach, reach), middle[1] + dice.uniform(-reach, reach))
        point = near if code == outage else _point_in(town, dice.choice(town.zones) if town.zones else None, dice)
        rows.append(Row(number, _body(town, code, point, number, dice)))
    return outage, rows


def outage_category(town: Town) -> str:
    """The kind that becomes one incident over the widest area."""
    found = [
        (one.incident.radius_m, code) for code, one in town.categories.items() if one.incident and _is_weather(one)
    ]
    if not found:
        raise BadInput(f"no category of {town.code} says when reports are one incident: give one an `incident`")
    return max(found)[1]


def _is_weather(category: Category) -> bool:
    """A problem that everybody may read of."""
    return "problem" in category.kinds and category.public and not category.sensitive


def _has_a_team(town: Town, code: str) -> bool:
    """By the town's rules, by day and by night; what waits for an officer to choose is no matter of a storm."""
    at = datetime(2026, 6, 12, 8, tzinfo=UTC)
    facts = (Facts(category=code, at=at, working=working) for working in (True, False))
    return all(route(town, one).team != town.triage for one in facts)


def _body(town: Town, code: str, point: tuple[float, float], number: int, dice: random.Random) -> dict[str, object]:
    category = town.categories[code]
    words = dice.choice(category.keywords) if category.keywords else category.name.th
    body: dict[str, object] = {
        "category": code,
        "kind": "problem",
        "text": f"{category.name.th}: {words.replace('…', '').replace('*', '')} ({number})",
        "location": {"latitude": round(point[0], 6), "longitude": round(point[1], 6)},
    }
    if number % MAILED == 0:
        body["reporter"] = {"email": f"storm-{number}@example.org", "consent": True}
    return body


def _point_in(town: Town, zone: Zone | None, dice: random.Random) -> tuple[float, float]:
    box = zone.bounds if zone else town.bounds
    for _ in range(_TRIES):
        point = dice.uniform(box.south, box.north), dice.uniform(box.west, box.east)
        if zone is None or zone.contains(*point):
            return point
    return _corner(zone.polygons[0][0]) if zone else (town.centre.latitude, town.centre.longitude)


def _corner(outline: Sequence[tuple[float, float]]) -> tuple[float, float]:
    longitude, latitude = outline[0]
    return latitude, longitude


def pace_reports(count: int, seconds: float) -> Iterator[float]:
    """When each report comes, in seconds from the first."""
    return (number * seconds / count for number in range(count))
