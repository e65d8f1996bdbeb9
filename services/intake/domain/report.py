"""A report as the town remembers it, and its public timeline; the decisions about it are in the files beside."""

from bisect import insort
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import Field

from services.intake.domain.states import STATES, LineType, State, StateRow
from services.intake.domain.transfer import Transfer
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.events.public import COARSE_DECIMALS
from shared.events.report_base import ReportEvent
from shared.events.reports import Channel, ReportClosed, ReportKind
from shared.events.work_orders import Level, PauseReason, Priority
from shared.kernel import Lenient, StoredModel
from shared.people import Person
from shared.readers import Openness, least_open, openness_of

E = TypeVar("E", bound=ReportEvent)
By = Literal["reporter", "follower", "staff", "public"]
Language = Literal["th", "en"]
REPORTER = "reporter"  # the party under which a reporter's contact travels
NEWEST_LINES = 100  # of the timeline stay in the report (up to twice as many); the kernel keeps older ones beside it
ORDERS_REMEMBERED = 20  # ended work orders whose late events change nothing; nobody reopens a report so often


class Location(StoredModel):
    """Where, as the resident gave it; degrees may be missing when only an address was written."""

    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    address: str | None = None

    def place(self) -> Place | None:
        """As it travels in events; an address alone has no place there."""
        if self.latitude is None or self.longitude is None:
            return None
        return Place(latitude=self.latitude, longitude=self.longitude, accuracy_m=self.accuracy_m, address=self.address)

    def public_point(self, *, coarse: bool) -> list[float] | None:
        """`[longitude, latitude]` as everybody may know it; searching must not tell more than looking does."""
        if self.latitude is None or self.longitude is None:
            return None
        if coarse:
            return [round(self.longitude, COARSE_DECIMALS), round(self.latitude, COARSE_DECIMALS)]
        return [self.longitude, self.latitude]


class Actor(StoredModel):
    """A member of the staff: the subject of the sign-in, and the name as it was shown then."""

    sub: str
    name: str = ""

    @classmethod
    def of(cls, who: Person | None) -> "Actor | None":
        """Whoever acts as staff."""
        return cls(sub=who.sub, name=who.name) if who else None


def actor_fields(actor: Actor | None) -> dict[str, str | None]:
    """Who did it, as an event says it."""
    return {"actor": actor.sub, "actor_name": actor.name or None} if actor else {}


class Entry(StoredModel):
    """One line of the timeline: what happened, at which level, and what is worth knowing about it."""

    at: datetime  # when the town's services heard of it
    happened_at: datetime | None = None  # by the clock of a device that told it later
    type: Annotated[LineType, Lenient]
    level: Annotated[Level, Lenient] | None = None  # None: the resident or the one-stop centre's intake
    team: str | None = None
    by: Annotated[By, Lenient] | None = None
    actor: Actor | None = None  # who of the staff, for staff only
    openness: Annotated[Openness, Lenient] = "open"  # of the report when it was written
    note: str | None = None  # what somebody wrote
    public_note: str | None = None  # the same as everybody may read it; None: only reporter and staff may
    private_note: str | None = None  # for the reporter and staff only
    photos: list[int] = Field(default_factory=list)  # numbers of the report's own photos
    pictures: list[str] = Field(default_factory=list)  # a crew's proof: paths under the town's own origin
    pictures_before: list[str] = Field(default_factory=list)  # and how the crew found it
    rule: str | None = None
    public_rule: str | None = None  # the same as everybody may know it
    priority: Annotated[Priority, Lenient] | None = None
    due_at: datetime | None = None
    reason: Annotated[PauseReason, Lenient] | None = None
    resume_at: datetime | None = None
    agency: str | None = None
    expected_at: datetime | None = None  # when an agency says that it will be done
    status: str | None = None  # of a referral, what an agency says, a notice, a question: as their events say it
    percent: int | None = None
    outcome: Annotated[Outcome, Lenient] | None = None
    stars: int | None = None
    category: str | None = None
    reference: str | None = None  # of the other report when two became one
    channels: list[str] = Field(default_factory=list)  # of a notice
    why: str | None = None  # why a notice was not sent
    about: str | None = None  # of a notice: the type of the event it told of
    about_at: datetime | None = None  # and when that happened
    expected_until: datetime | None = None  # an incident is expected to last so long

    def when(self) -> datetime:
        """Its place in the timeline: when it happened, where that is known, else when we heard of it."""
        return self.happened_at or self.at


class Merging(StoredModel):
    """This report is about to be closed as a duplicate of that one; see `merging.py`."""

    into: str
    reference: str
    since: datetime
    actor: Actor | None = None


class Separation(StoredModel):
    """This report is no duplicate of that one after all, which still counts its people; see `separating.py`."""

    into: str
    people: int
    since: datetime


class Report(StoredModel):
    """The case. `ended_orders`: work orders whose events no longer move this report."""

    reference: str
    fingerprint: str
    kind: Annotated[ReportKind, Lenient]
    channel: Annotated[Channel, Lenient]
    category: str
    sensitive: bool
    listed: bool  # False: its category is not public, only the reporter and staff see it
    text: str
    public_text: str | None  # the same as everybody may read it; None: only reporter and staff may
    location: Location | None
    shown_at: list[float] | None
    zone: str | None
    outside_town: bool
    answers: dict[str, str]
    photos: list[str]
    public_photos: list[int] = Field(default_factory=list)  # their numbers: those that came while the report was open
    language: Annotated[Language, Lenient]
    submitted_at: datetime
    updated_at: datetime

    followers: int = 0  # everybody who follows this report or one merged into it, and the reporters of the merged
    merging: Merging | None = None
    merged_into: str | None = None
    merged_reference: str | None = None
    transfer: Transfer = Transfer()
    separation: Separation | None = None
    separated: int = 0  # how often it was merged by mistake and went its own way again

    state: Annotated[State, Lenient] = "received"
    outcome: Annotated[Outcome, Lenient] | None = None
    paused_from: Annotated[State, Lenient] | None = None
    resume_at: datetime | None = None  # when the work that is paused is planned to go on
    work_order: str | None = None
    incident: str | None = None  # that it is one of
    ended_orders: list[str] = Field(default_factory=list)
    team: str | None = None
    level: Annotated[Level, Lenient] = "triage"
    priority: Annotated[Priority, Lenient] | None = None
    due_at: datetime | None = None
    agency: str | None = None  # which has it
    given_to: dict[str, str] = Field(default_factory=dict)  # by work order: the agency that may see its photos
    agency_reference: str | None = None  # its number there
    agency_expected_at: datetime | None = None
    resolved_at: datetime | None = None
    was_late: bool = False
    reopen_until: datetime | None = None
    withdrawn_at: datetime | None = None
    closed_at: datetime | None = None
    people_told_until: datetime | None = None  # of a merged report: its people are told of the other one for longer
    forgotten_at: datetime | None = None  # since when nothing here leads to who sent it or followed
    reopened: int = 0
    link_number: int = 0  # how often its reporter's secret link was renewed
    stars: int | None = None  # for the latest resolution
    timeline: list[Entry] = Field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Still somebody's work."""
        return STATES.get(self.state, StateRow("neutral")).is_open

    @property
    def openness(self) -> Openness:
        """How much of it everybody may know, by its category as it is now."""
        return openness_of(sensitive=self.sensitive, shown=self.listed)

    def with_entry(self, entry: Entry, **changes: Any) -> "Report":
        """The report with one more line at its place in time, and further changes. The line stays as closed to others
        as the report is now, whatever becomes of its category."""
        after = self.model_copy(update={"updated_at": max(self.updated_at, entry.at), **changes})
        line = entry.model_copy(update={"openness": least_open(entry.openness, after.openness)})
        timeline = list(self.timeline)
        insort(timeline, line, key=Entry.when)
        return after.model_copy(update={"timeline": timeline})

    def orders_ended_with(self, *orders: str | None) -> list[str]:
        """The ended work orders and these, the newest few."""
        return [*self.ended_orders, *(order for order in orders if order)][-ORDERS_REMEMBERED:]

    def common(self) -> dict[str, Any]:
        """The fields that every event about this report carries."""
        return {
            "reference": self.reference,
            "category": self.category,
            "sensitive": self.sensitive,
            "shown": self.listed,
        }

    def is_late(self, now: datetime) -> bool:
        """The promised time has passed; a clock that stands still cannot run out."""
        has_run_out = self.state != "paused" and self.due_at is not None and self.due_at < now
        return has_run_out if self.is_open else self.was_late

    def reopenable(self, now: datetime) -> bool:
        """The town gave its answer and the profile's window from then is still open; closed for good stays closed."""
        is_over = self.state == "closed" or self.resolved_at is None
        return not is_over and self.reopen_until is not None and now <= self.reopen_until


def tell_closed(report: Report) -> ReportClosed:
    """The last event about a report: nothing more is expected."""
    return make_event(ReportClosed, report, outcome=outcome_for_event(report))


def outcome_for_event(report: Report) -> Outcome:
    """As an event may say it. For one that only a newer release knows its timeline tells: done, or called off."""
    if report.outcome is not None and report.outcome in get_args(Outcome):
        return report.outcome
    ends = [entry.type for entry in report.timeline if entry.type in ("completed", "incident_resolved", "cancelled")]
    return "cannot_be_done" if ends[-1:] == ["cancelled"] else "fixed"


def make_event(model: type[E], report: Report, /, **data: Any) -> E:
    """An event of that type about this report: the fields common to all, and `data`, which goes before them."""
    return model.model_validate({**report.common(), **data})
