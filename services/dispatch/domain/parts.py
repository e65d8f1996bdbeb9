"""What a work order is made of: what it knows of its report, and how it waits and ends."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.dispatch.domain.states import State
from shared.events.base import Place
from shared.events.work_orders import Clock, Level, PauseReason
from shared.kernel import Lenient, StoredModel


class AboutReport(StoredModel):
    """The report this work is about. `since`: sequence of the event that began this work; older ones are not ours.

    `amended`, `followed`, `rated`: sequences of the last such event that took effect; an older one comes too late.
    """

    id: str
    since: int = 0
    amended: int = 0
    followed: int = 0
    rated: int = 0
    state: Annotated[Literal["open", "withdrawn", "merged"], Lenient] = "open"


class Rule(StoredModel):
    """By which rule of which version it came to its team; `code` None: none matched."""

    code: str | None
    version: str


class Waiting(StoredModel):
    """Why the work waits, since when, until when by plan, and where it goes on."""

    reason: Annotated[PauseReason, Lenient]
    since: datetime
    resume_at: datetime
    goes_on: Annotated[State, Lenient]


class Informed(StoredModel):
    """Who was told that time runs out: the holder of that level for that team, by which clock, and when."""

    level: Annotated[Level, Lenient]
    team: str
    clock: Annotated[Clock, Lenient]
    at: datetime


class Completion(StoredModel):
    """How it ended: the proof, and whether in time."""

    at: datetime
    late: bool
    note: str | None = None
    photos: list[str] = Field(default_factory=list)
    materials: str | None = None


class Spot(StoredModel):
    """Where it is, as the report says it."""

    latitude: float
    longitude: float
    accuracy_m: float | None = None
    address: str | None = None

    @classmethod
    def of(cls, place: Place | None) -> "Spot | None":
        """What an event says of the place."""
        return cls(**place.model_dump()) if place else None

    def for_event(self) -> Place:
        """The same, for an event of ours."""
        return Place(**self.model_dump(include=set(Place.model_fields)))
