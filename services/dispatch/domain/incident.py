"""An incident: many reports that are one thing, a power cut or a burst main, whose work one work order does.

It is found (`finding.py`) and then proposed to an officer, who confirms or denies it, or an officer opens it by hand.
Its members are cases of their own (`membership.py`), never a list here: a step of the incident costs the same whatever
their number. What they must be told of it is a numbered fact, which a walk over the members takes to each of them once
(`joins.py`).
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from services.dispatch.domain.history import Actor
from services.dispatch.domain.work_order import level_for_event
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.events.work_orders import Level
from shared.kernel import Lenient, Moment, StoredModel
from shared.readers import Openness, openness_of

IncidentState = Literal["proposed", "open", "resolved", "denied"]
LIVE: tuple[IncidentState, ...] = ("proposed", "open")
TICK = timedelta(milliseconds=1)  # the database's


class Telling(StoredModel):
    """A walk over the members that is under way: it goes on after the member `after`, at `at`."""

    at: datetime
    after: str = ""
    failed: bool = False  # somebody on the way could not be told


class TakenBack(StoredModel):
    """An end that was taken back: the number of the fact that said it, and the work order by whose end it came."""

    fact: int
    work_order: str


class Middle(StoredModel):
    """Where an incident is drawn: the mean of its reports' places, in degrees."""

    latitude: float
    longitude: float

    def for_event(self) -> Place:
        """The same place, as an event has it."""
        return Place(latitude=self.latitude, longitude=self.longitude)


class Incident(StoredModel):
    """The state of one incident. `fact`: the number of the last thing that its members are to be told."""

    work_order: str  # which does the work
    report: str  # the one that this is about
    reference: str
    category: str
    sensitive: bool = False
    shown: bool = True
    zone: str | None = None
    by_zone: bool = False  # whatever lies in its zone is near
    middle: Middle | None = None
    radius_m: int = 0
    since: datetime  # the first of its reports came in
    joins_until: datetime  # so long reports join by themselves
    by_hand: bool = False

    state: Annotated[IncidentState, Lenient] = "open"
    begun_at: datetime  # found, or opened by hand
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    reopen_until: datetime | None = None  # so long that can be taken back, see `taking_back.py`
    decided_by: Actor | None = None
    outcome: Annotated[Outcome, Lenient] | None = None
    into: str | None = None  # the incident of which it is a part: there its reports are
    into_reference: str | None = None
    took_in: list[str] = Field(default_factory=list)  # incidents that are part of this one, or are about to be
    took_in_at: datetime | None = None  # the newest of them

    team: str | None = None
    level: Annotated[Level, Lenient] = "crew"
    agency: str | None = None
    expected_until: datetime | None = None
    note: str | None = None
    public_note: str | None = None
    done: str | None = None  # what was done in the end
    public_done: str | None = None

    rounds: int = 0  # how often its work had been sent back when that was last heard of

    fact: int = 0
    taken_back: list[TakenBack] = Field(default_factory=list)
    missed_since: datetime | None = None  # it was taken for over from then on: who came alone since looks around again
    telling: Telling | None = None
    lead_due: datetime | None = None  # since when another report's work order must do the work

    @property
    def is_open(self) -> bool:
        """Known to the public, and not over."""
        return self.state == "open"

    @property
    def is_over(self) -> bool:
        """Nothing joins it any more."""
        return self.state not in LIVE

    @property
    def is_dissolved(self) -> bool:
        """It ended because no report was left in it that has work to do: its end says nothing of any other."""
        return self.state == "resolved" and self.outcome == "withdrawn"

    @property
    def reopened_fact(self) -> int:
        """The number of the word that it goes on after all, the next after its end; 0: it never was over."""
        return self.taken_back[-1].fact + 1 if self.taken_back else 0

    @property
    def openness(self) -> Openness:
        """How much of it others may know."""
        return openness_of(sensitive=self.sensitive, shown=self.shown)


def incident_moments(incident: Incident) -> list[Moment]:
    """The next page of a walk, and another lead."""
    walk = [Moment("tell", incident.telling.at)] if incident.telling else []
    return [*walk, Moment("lead", incident.lead_due)] if incident.lead_due else walk


def list_incident_fields(incident_id: str, incident: Incident) -> dict[str, Any]:
    """What an event about it as a whole says."""
    place = incident.middle.for_event() if incident.middle else None
    where = {"zone": incident.zone, "location": place, "radius_m": incident.radius_m if place else 0}
    return {**list_common_fields(incident_id, incident), **list_standing_fields(incident), **where}


def list_standing_fields(incident: Incident) -> dict[str, Any]:
    """How it stands, for those who wait for its end."""
    texts = {"note": incident.note, "public_note": incident.public_note}
    return {"agency": incident.agency, "expected_until": incident.expected_until, **texts}


def list_common_fields(incident_id: str, incident: Incident) -> dict[str, Any]:
    """What each event says that is about the incident itself."""
    about = {"report_id": incident.report, "reference": incident.reference, "category": incident.category}
    marks = {"sensitive": incident.sensitive, "shown": incident.shown}
    links = {"incident_id": incident_id, "work_order_id": incident.work_order}
    return {**about, **marks, **links, "team": incident.team, "level": level_for_event(incident.level)}


def outcome_for_event(incident: Incident) -> Outcome:
    """As an event may say it; one that only a newer release knows is said as the usual one."""
    known: Outcome | None = incident.outcome if incident.outcome in get_args(Outcome) else None
    return known or "fixed"
