"""An incident that the town knows of, as intake shows it on its pages before anybody reports it once more.

Dispatch says how it stands (`incident.opened`, `.changed`, `.closed`, `.reopened`); only what everybody may know is
kept here.
"""

from datetime import datetime
from typing import Annotated, Literal

from services.intake.domain.alike import metres_between
from services.intake.domain.report import Location
from shared.events.incidents import IncidentClosed, IncidentKnown, IncidentReopened
from shared.events.outcomes import Outcome
from shared.events.public import openness, public_place
from shared.events.work_orders import Level
from shared.kernel import Lenient, Step, StoredModel
from shared.readers import Openness, openness_of, sight_of


class Outage(StoredModel):
    """What everybody may know of an incident; the case has the incident's id."""

    category: str
    sensitive: bool = False
    shown: bool = True
    state: Annotated[Literal["open", "over"], Lenient] = "open"
    zone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int = 0
    team: str | None = None
    level: Annotated[Level, Lenient] = "crew"
    agency: str | None = None
    expected_until: datetime | None = None
    public_note: str | None = None
    outcome: Annotated[Outcome, Lenient] | None = None
    opened_at: datetime
    changed_at: datetime

    @property
    def openness(self) -> Openness:
        """How much of it everybody may know."""
        return openness_of(sensitive=self.sensitive, shown=self.shown)

    def is_at(self, latitude: float | None, longitude: float | None, zone: str | None) -> bool:
        """Whether a report from there may be of it; one that does not say where may be in any case."""
        if latitude is None or longitude is None or (zone is not None and zone == self.zone):
            return True
        middle = Location(latitude=self.latitude, longitude=self.longitude)
        metres = metres_between(Location(latitude=latitude, longitude=longitude), middle)
        return self.zone is None if metres is None else metres <= self.radius_m


def know(before: Outage | None, news: IncidentKnown, at: datetime, *, late: bool) -> Step[Outage] | None:
    """How it stands by that word; an older one says nothing, and what is over goes on only where that is said."""
    is_over = before is not None and before.state == "over" and not isinstance(news, IncidentReopened)
    if is_over or (before is not None and late):
        return None
    where = sight_of("public", openness(news)).where
    place = public_place(news.location, coarse=where == "coarse") if news.location and where != "none" else {}
    return Step(
        Outage(
            category=news.category,
            sensitive=news.sensitive,
            shown=news.shown,
            zone=news.zone,
            latitude=place.get("latitude"),
            longitude=place.get("longitude"),
            radius_m=news.radius_m if place else 0,
            team=news.team,
            level=news.level,
            agency=news.agency,
            expected_until=news.expected_until,
            public_note=news.public_note,
            opened_at=before.opened_at if before else at,
            changed_at=at,
        )
    )


def end(before: Outage | None, news: IncidentClosed, at: datetime, *, late: bool = False) -> Step[Outage] | None:
    """It is over: it stands on no page any more. That word, heard late, says nothing of one that goes on since."""
    if before is not None and late:
        return None
    known = before or Outage(category=news.category, opened_at=at, changed_at=at)
    return Step(known.model_copy(update={"state": "over", "outcome": news.outcome, "changed_at": at}))
