"""Which reports may be one thing: of one category, within the distance and the time that the profile says for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians

from services.intake.domain.report import Location, Report
from shared.events.public import COARSE_DECIMALS
from shared.town.models import Duplicates

METRES_PER_DEGREE = 111_320.0  # of latitude; good to 0.5 % over a town
COARSE_METRES = METRES_PER_DEGREE * 10**-COARSE_DECIMALS  # a place that is stored coarsely lies at most so far off


@dataclass(frozen=True)
class Around:
    """Where and when to look for what is like a report; `reach_m` takes in places that are stored coarsely."""

    category: str
    latitude: float
    longitude: float
    reach_m: float
    since: datetime
    until: datetime


def around(category: str, where: Location | None, at: datetime, alike: Duplicates) -> Around | None:
    """What may be the same as a report that came then; None: without degrees nobody knows what is near."""
    place = where.place() if where else None
    if place is None:
        return None
    days = timedelta(days=alike.age_days)
    reach = alike.radius_m + COARSE_METRES
    return Around(category, place.latitude, place.longitude, reach, at - days, at + days)


def metres_between(one: Location | None, other: Location | None) -> float | None:
    """As the crow flies, on a flat map of one town; None where one of them has no degrees."""
    a, b = (where.place() if where else None for where in (one, other))
    if a is None or b is None:
        return None
    north = (a.latitude - b.latitude) * METRES_PER_DEGREE
    east = (a.longitude - b.longitude) * METRES_PER_DEGREE * cos(radians(a.latitude))
    return hypot(north, east)


def is_near(where: Location | None, other: Report, alike: Duplicates) -> bool:
    """Whether the other is within `radius_m` by their exact places; False where one has none."""
    metres = metres_between(where, other.location)
    return metres is not None and metres <= alike.radius_m
