"""What a work order is made of: what it knows of its report, who has it, how it waits, is split and ends."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.dispatch.domain.history import Actor
from services.dispatch.domain.states import State
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.events.work_orders import Clock, Level, PauseReason, Priority
from shared.kernel import Lenient, StoredModel


class AboutReport(StoredModel):
    """The report this work is about. `since`: sequence of the event that began this work; older ones are not ours.
    `apart`: how often it had been separated from another report when it took this work up again.

    `amended`, `followed`, `rated`: sequences of the last such event that took effect; an older one comes too late.
    """

    id: str
    since: int = 0
    amended: int = 0
    followed: int = 0
    rated: int = 0
    apart: int = 0
    state: Annotated[Literal["open", "withdrawn", "merged", "reopened"], Lenient] = "open"


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


class Assignee(StoredModel):
    """The one of the team who has it: the subject id of the sign-in, and the name as it was shown then."""

    sub: str
    name: str = ""

    @property
    def shown(self) -> str:
        """As people read it."""
        return self.name or self.sub


class Material(StoredModel):
    """What was used up, and how much of it: 4 m of pipe."""

    name: str
    quantity: float
    unit: str


class Completion(StoredModel):
    """How it ended: the proof, and whether in time. `before`, `photos`: how it was found, and how it was left."""

    at: datetime
    late: bool
    by: Actor | None = None
    note: str | None = None
    before: list[str] = Field(default_factory=list)
    photos: list[str] = Field(default_factory=list)
    materials: list[Material] = Field(default_factory=list)
    minutes: int | None = None  # of work, all hands together


class Rework(StoredModel):
    """Whoever checked it was not satisfied: why, how often by now, and what had been done until then."""

    at: datetime
    by: Actor | None = None
    reason: str
    times: int = 1
    done: Completion | None = None


class Child(StoredModel):
    """One team's share of work that was split; the work on it is an order of its own, under this id.

    `settled`: what came of it counted when the whole was finished, and does not count again.
    """

    id: str
    team: str  # to which it was given
    task: str
    priority: Annotated[Priority, Lenient]
    by: Actor | None = None
    state: Annotated[Literal["planned", "open", "completed", "cancelled"], Lenient] = "planned"
    outcome: Annotated[Outcome, Lenient] | None = None
    completion: Completion | None = None
    settled: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the whole waits for it."""
        return self.state in ("planned", "open")


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
