"""An application (คำขออนุญาต): all that the office knows of it, and what every step on it shares."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.permits.domain.bill import Bill, StatedFees
from services.permits.domain.clock import CheckClock, Clock
from services.permits.domain.consultation import Consultation
from services.permits.domain.footprint import Position
from services.permits.domain.lanes import ConditionResult
from services.permits.domain.letters import LetterProgress, SignedAct
from services.permits.domain.message import Message
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.paper import Finding, Request, Upload
from services.permits.domain.permit_life import (
    AskedExtension,
    Construction,
    Inspection,
    MadeAppeal,
    PastHolder,
    Revocation,
)
from services.permits.domain.plan import LandUse
from services.permits.domain.rules import Pin
from services.permits.domain.staff_note import StaffNote
from services.permits.domain.stand_in import StandIn
from services.permits.domain.survey import Parcel
from shared.kernel import Cause, Lenient, Reject, StoredModel

State = Literal["draft", "submitted", "documents-requested", "accepted", "examined", "decided", "withdrawn"]
Standing = Literal["in-force", "expired", "completed", "revoked", "appeal-open", "appealed", "final", "set-aside"]
Level = Literal["applicant", "officer", "examiner", "signatory", "cashier", "consultee", "neighbour", "system"]

WITH_THE_OFFICE: tuple[State, ...] = ("submitted", "documents-requested", "accepted", "examined")
UNDECIDED: tuple[State, ...] = ("draft", *WITH_THE_OFFICE)


class Actor(StoredModel):
    """Who does something: an officer with subject id and name, or the applicant."""

    sub: str = ""
    name: str = ""
    level: Annotated[Level, Lenient] = "applicant"
    stand_in: StandIn | None = None  # in whose place

    @property
    def subject(self) -> str | None:
        """As events name it: the officer's id, None for the applicant and the system."""
        return self.sub or None


SYSTEM = Actor(level="system")


class Entry(StoredModel):
    """One line of the timeline. `params` are the codes and values of its words, which pages write per language."""

    at: datetime
    type: str
    level: Annotated[Level, Lenient]
    by: str = ""  # an officer's name: for staff only
    stand_in: StandIn | None = None
    note: str = ""
    params: dict[str, str] = Field(default_factory=dict)


class Applicant(StoredModel):
    """Who asks for the permit, and how to reach them."""

    name: str
    phone: str | None = None
    email: str | None = None
    line_id: str | None = None
    address: str | None = None  # where letters reach them
    language: Annotated[Literal["th", "en"], Lenient] = "th"
    consent: bool = False  # to be contacted beyond this application, whose notices are owed and need none


class Location(StoredModel):
    """The plot: a home, so it is never public. `footprint`: what is to be built, as its corners were drawn there."""

    latitude: float
    longitude: float
    address: str | None = None
    accuracy_m: float | None = None
    footprint: tuple[Position, ...] = ()


class Proposal(StoredModel):
    """What the examiner proposes to the signatory."""

    by: Actor
    proposal: Annotated[Literal["approve", "refuse"], Lenient]
    note: str
    legal_reason: str
    conditions: tuple[str, ...]
    at: datetime


class Decision(StoredModel):
    """What the signatory decided, under which number and for which office."""

    by: Actor
    office: str  # code of the offices that the application's rules name
    decision: Annotated[Literal["approved", "refused"], Lenient]
    legal_reason: str
    conditions: tuple[str, ...]
    at: datetime
    number: str | None
    verify_code: str
    on_time: bool
    seen: tuple[str, ...] = ()  # what stood open or against it and was ticked as seen: see `open_points.py`
    scanned: str = ""  # the scanned signature that its owner placed on the letter; empty: none
    valid_until: datetime | None = None
    appeal_until: datetime | None = None


class Application(StoredModel):
    """The state of one case. Numbers of the form are kept as they were written, so that 150.00 stays 150.00."""

    id: str
    reference: str
    type: str
    state: Annotated[State, Lenient] = "draft"
    pin: Pin | None = None  # the rules that it was handed in under; a draft follows today's profile
    fingerprint: str
    form: dict[str, str]
    location: Location
    zone: str | None
    land_use: LandUse | None = None  # of the plot, as the plan was when it was handed in; None outside all zones
    parcel: Parcel | None = None  # of the plan's layer, as it was then; None where there is none
    applicant: Applicant
    documents: dict[str, tuple[Upload, ...]] = Field(default_factory=dict)  # by requirement, the newest last
    findings: dict[str, Finding] = Field(default_factory=dict)  # by requirement, of the version that was looked at
    request: Request | None = None
    clock: Clock | None = None
    conditions: tuple[ConditionResult, ...] = ()
    proposal: Proposal | None = None
    decision: Decision | None = None
    standing: Annotated[Standing, Lenient] | None = None  # what the decision is worth now
    letter: LetterProgress | None = None  # of the decision
    signed: tuple[SignedAct, ...] = ()  # since the decision, the newest last
    stated: StatedFees | None = None  # what it costs, as whoever handed it in was told
    bill: Bill | None = None  # its own invoice
    later_bills: tuple[Bill, ...] = ()  # of what was asked of the permit since: see `invoices.py`
    bank_numbers: tuple[str, ...] = ()  # of every payment that stands
    consultations: tuple[Consultation, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    construction: Construction | None = None
    extension: AskedExtension | None = None  # asked for, and not answered yet
    extended_until: datetime | None = None
    expiry_warning_at: datetime | None = None  # when its holder is warned of its last day; None: told, or never
    revocation: Revocation | None = None
    appeal: MadeAppeal | None = None
    past_holders: tuple[PastHolder, ...] = ()
    plot_keys: tuple[str, ...] = ()  # by which everybody finds it in the register: `search_keys.py`
    person_keys: tuple[str, ...] = ()  # by which the staff do
    keyed: int = 0  # in which spelling of the keys; 0: it has none yet
    timeline: tuple[Entry, ...] = ()
    messages: tuple[Message, ...] = ()
    staff_notes: tuple[StaffNote, ...] = ()
    unanswered_since: datetime | None = None  # the first of the applicant's messages that no officer has answered
    link_number: int = 0  # how often its applicant's secret link was renewed
    created_at: datetime
    submitted_at: datetime | None = None
    declared_at: datetime | None = None  # when the applicant declared that what is written is true
    check: CheckClock | None = None  # by when the office promised to check the documents
    closed_at: datetime | None = None  # from then on nothing more is expected
    forgotten_at: datetime | None = None  # contact and documents are gone
    removable_at: datetime | None = None  # a draft that nobody can hand in any more: it and its files go

    @property
    def editable(self) -> bool:
        """The form may still be changed: nobody has accepted it as complete."""
        return self.clock is None and self.state in ("draft", "documents-requested")

    @property
    def amending(self) -> bool:
        """Its applicant has taken it back to correct it, and nobody asked them to."""
        return self.state == "documents-requested" and self.request is None

    @property
    def open_for_documents(self) -> bool:
        """The applicant may hand in documents."""
        return self.state in ("draft", "documents-requested")

    @property
    def check_due_at(self) -> datetime | None:
        """By when the documents are to be looked at; None while they wait for nobody."""
        return self.check.due_at if self.check and self.state == "submitted" else None

    @property
    def due_at(self) -> datetime | None:
        """When the decision is due; None while no clock runs."""
        return None if self.clock is None or self.clock.paused_at else self.clock.due_at

    @property
    def valid_until(self) -> datetime | None:
        """The permit's last day: the decision's, or the one that it was extended to since."""
        return self.extended_until or (self.decision.valid_until if self.decision else None)

    @property
    def took_over_at(self) -> datetime | None:
        """Since when its holder has it from somebody else; None: it was always theirs."""
        return self.past_holders[-1].until if self.past_holders else None

    def theirs(self, at: datetime) -> bool:
        """Whether what was handed in or written then is its holder's to read: what the one before a transfer left is
        between them and the office."""
        return self.took_over_at is None or at >= self.took_over_at

    def latest(self, requirement: str) -> Upload | None:
        """The newest upload for that requirement, which is the one that counts; None without any."""
        uploads = self.documents.get(requirement, ())
        return uploads[-1] if uploads else None


def with_entry(
    application: Application, cause: Cause, entry_type: str, actor: Actor, note: str = "", **params: str
) -> Application:
    """The application with one more line in its timeline."""
    entry = Entry(at=cause.at, type=entry_type, level=actor.level, by=actor.name, stand_in=actor.stand_in,
                  note=note, params=params)  # fmt: skip
    return with_values(application, timeline=(*application.timeline, entry))


def with_values(application: Application, **values: object) -> Application:
    """The application with these values in place of its own."""
    return application.model_copy(update=values)


def need(application: Application | None) -> Application:
    """The application; refused (404) where there is none, as for a made-up reference."""
    if application is None:
        raise Reject("unknown-application", "there is no such application", status=404)
    return application


def need_state(application: Application, act: str, *states: State) -> None:
    """Refuse what does not fit the state that the application is in."""
    if application.state not in states:
        allowed = " or ".join(states)
        raise Reject("wrong-state", f"cannot {act}: the application is {application.state}, it must be {allowed}")
