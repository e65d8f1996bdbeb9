"""An application (คำขออนุญาต): all that the office knows of it, and what every step on it shares."""

from datetime import datetime
from typing import Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from services.permits.domain.clock import Clock
from services.permits.domain.lanes import ConditionResult
from shared.kernel import Cause, Reject

State = Literal["draft", "submitted", "documents-requested", "accepted", "examined", "decided", "withdrawn"]
Level = Literal["applicant", "officer", "examiner", "signatory", "system"]


class Part(BaseModel):
    """A piece of the stored application."""

    model_config = ConfigDict(frozen=True)


class Actor(Part):
    """Who does something: an officer with subject id and name, or the applicant."""

    sub: str = ""
    name: str = ""
    level: Level = "applicant"

    @property
    def subject(self) -> str | None:
        """As events name it: the officer's id, None for the applicant and the system."""
        return self.sub or None


class Entry(Part):
    """One line of the timeline. `params` are the codes and values of its words, which pages write per language."""

    at: datetime
    type: str
    level: Level
    by: str = ""  # an officer's name: for staff only
    note: str = ""
    params: dict[str, str] = Field(default_factory=dict)


class Applicant(Part):
    """Who asks for the permit, and how to reach them."""

    name: str
    phone: str | None = None
    email: str | None = None
    line_id: str | None = None
    language: Literal["th", "en"] = "th"
    consent: bool = False  # to be contacted beyond this application, whose notices are owed and need none


class Location(Part):
    """The plot: a home, so it is never public."""

    latitude: float
    longitude: float
    address: str | None = None
    accuracy_m: float | None = None


class Upload(Part):
    """One handed-in file; a replaced one stays in the history."""

    id: str
    sha256: str
    size: int
    media_type: str
    filename: str
    at: datetime


class Request(Part):
    """An officer wants these documents (again), and says why."""

    requirements: tuple[str, ...]
    note: str
    at: datetime


class Proposal(Part):
    """What the examiner proposes to the signatory."""

    by: Actor
    proposal: Literal["approve", "refuse"]
    note: str
    legal_reason: str
    conditions: tuple[str, ...]
    at: datetime


class Decision(Part):
    """What the signatory decided, under which number and for which office."""

    by: Actor
    office: str  # code of the profile's signatory
    decision: Literal["approved", "refused"]
    legal_reason: str
    conditions: tuple[str, ...]
    at: datetime
    number: str | None
    verify_code: str
    on_time: bool
    valid_until: datetime | None


class Letter(Part):
    """The decision letter: made after the decision is saved, tried again until it is there."""

    sha256: str = ""  # empty: not yet made
    size: int = 0
    made_at: datetime | None = None
    attempts: int = 0
    next_at: datetime | None = None


class Application(Part):
    """The case. Numbers of the form are kept as they were written, so that 150.00 stays 150.00."""

    id: str
    reference: str
    type: str
    state: State = "draft"
    fingerprint: str
    form: dict[str, str]
    location: Location
    zone: str | None
    applicant: Applicant
    documents: dict[str, tuple[Upload, ...]] = Field(default_factory=dict)  # by requirement, the newest last
    request: Request | None = None
    clock: Clock | None = None
    conditions: tuple[ConditionResult, ...] = ()
    proposal: Proposal | None = None
    decision: Decision | None = None
    letter: Letter | None = None
    timeline: tuple[Entry, ...] = ()
    created_at: datetime
    submitted_at: datetime | None = None

    @property
    def editable(self) -> bool:
        """The form may still be changed: nobody has accepted it as complete."""
        return self.clock is None and self.state in ("draft", "documents-requested")

    @property
    def open_for_documents(self) -> bool:
        """The applicant may hand in documents."""
        return self.state in ("draft", "documents-requested")

    @property
    def due_at(self) -> datetime | None:
        """When the decision is due; None while no clock runs."""
        return None if self.clock is None or self.clock.paused_at else self.clock.due_at

    def latest(self, requirement: str) -> Upload | None:
        """The document that counts."""
        uploads = self.documents.get(requirement, ())
        return uploads[-1] if uploads else None


def told(case: Application, cause: Cause, entry_type: str, actor: Actor, note: str = "", **params: str) -> Application:
    """The case with one more line in its timeline."""
    entry = Entry(at=cause.at, type=entry_type, level=actor.level, by=actor.name, note=note, params=params)
    return case.model_copy(update={"timeline": (*case.timeline, entry)})


def changed(case: Application, **values: object) -> Application:
    """The case with these values in place of its own."""
    return case.model_copy(update=values)


def need(case: Application | None) -> Application:
    """The case, which must exist."""
    if case is None:
        raise Reject("unknown-application", "there is no such application", status=404)
    return case


def need_state(case: Application, act: str, *states: State) -> None:
    """Refuse what does not fit the state that the case is in."""
    if case.state not in states:
        raise Reject("wrong-state", f"cannot {act}: the application is {case.state}, it must be {' or '.join(states)}")


class Facts(TypedDict):
    """What every event says of its application."""

    reference: str
    permit_type: str
    zone: str | None


def facts(case: Application) -> Facts:
    """The part that is the same in each of the case's events."""
    return {"reference": case.reference, "permit_type": case.type, "zone": case.zone}
