"""A report as the town remembers it, and its public timeline; the decisions about it are in the files beside."""

from bisect import insort
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from shared.events import Channel, Level, Outcome, PauseReason, Place, Priority, ReportClosed, ReportEvent, ReportKind
from shared.events.public import COARSE_DECIMALS
from shared.kernel import Reject

E = TypeVar("E", bound=ReportEvent)

State = Literal[
    "received",  # here, or with the one-stop centre's triage
    "assigned",
    "acknowledged",
    "on_the_way",
    "on_site",
    "paused",
    "referred",  # with an agency outside the town
    "resolved",  # the town has given its answer; the resident may still ask to reopen
    "closed",  # nothing more is expected
]
ENDED: tuple[State, ...] = ("resolved", "closed")
OPEN: tuple[State, ...] = tuple(state for state in get_args(State) if state not in ENDED)
EntryType = Literal[
    "received", "triaged", "routed", "assigned", "acknowledged", "on_the_way", "on_site", "paused", "resumed",
    "completed", "refused", "referred", "cancelled", "escalated", "incident_opened", "incident_joined",
    "incident_left", "incident_resolved", "amended", "commented", "merged", "absorbed", "withdrawn", "rated",
    "reopened", "closed", "told",
]  # fmt: skip
By = Literal["reporter", "follower", "staff", "public"]
REPORTER = "reporter"  # the party under which a reporter's contact travels


class Part(BaseModel):
    """Frozen: a change makes a new value."""

    model_config = ConfigDict(frozen=True)


class Location(Part):
    """Where, as the resident gave it; degrees may be missing when only an address was written."""

    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    address: str | None = None

    def place(self) -> Place | None:
        """As it travels in events; an address alone has no place there."""
        if self.latitude is None or self.longitude is None:
            return None
        return Place(latitude=self.latitude, longitude=self.longitude, accuracy_m=self.accuracy_m,
                     address=self.address)  # fmt: skip

    def shown(self, *, coarse: bool) -> list[float] | None:
        """`[longitude, latitude]` as everybody may know it; searching must not tell more than looking does."""
        if self.latitude is None or self.longitude is None:
            return None
        if coarse:
            return [round(self.longitude, COARSE_DECIMALS), round(self.latitude, COARSE_DECIMALS)]
        return [self.longitude, self.latitude]


class Entry(Part):
    """One line of the timeline: what happened, at which level, and what is worth knowing about it."""

    at: datetime
    type: EntryType
    level: Level | None = None  # None: the resident or the one-stop centre's intake
    team: str | None = None
    by: By | None = None
    note: str | None = None  # what somebody wrote; everybody sees it with personal data masked
    private_note: str | None = None  # for the reporter and staff only
    photos: list[int] = Field(default_factory=list)  # numbers of the report's own photos
    pictures: list[str] = Field(default_factory=list)  # a crew's proof: paths under the town's own origin
    rule: str | None = None
    priority: Priority | None = None
    due_at: datetime | None = None
    reason: PauseReason | None = None
    resume_at: datetime | None = None
    agency: str | None = None
    status: str | None = None  # of a referral: sent, failed, answered; of a message: sent, failed, skipped
    percent: int | None = None
    outcome: Outcome | None = None
    stars: int | None = None
    category: str | None = None
    reference: str | None = None  # of the other report when two became one
    channel: str | None = None
    why: str | None = None  # why a message was not sent
    about: str | None = None  # of a message: the type of the event it told of
    about_at: datetime | None = None  # and when that happened; None: notify did not say so yet


class Report(Part):
    """The case. `ended_orders`: work orders whose word no longer moves this report."""

    reference: str
    fingerprint: str
    kind: ReportKind
    channel: Channel
    category: str
    sensitive: bool
    listed: bool  # False: its category is not public, only the reporter and staff see it
    text: str
    location: Location | None
    shown_at: list[float] | None
    zone: str | None
    outside_town: bool
    answers: dict[str, str]
    photos: list[str]
    language: Literal["th", "en"]
    submitted_at: datetime
    updated_at: datetime

    has_contact: bool = False
    followers: list[str] = Field(default_factory=list)
    carried_followers: int = 0  # came with reports that were merged into this one

    state: State = "received"
    outcome: Outcome | None = None
    paused_from: State | None = None
    work_order: str | None = None
    ended_orders: list[str] = Field(default_factory=list)
    team: str | None = None
    level: Level = "triage"
    priority: Priority | None = None
    due_at: datetime | None = None
    agency: str | None = None
    resolved_at: datetime | None = None
    was_late: bool = False
    reopen_until: datetime | None = None
    closed_at: datetime | None = None
    forgotten_at: datetime | None = None  # since when nothing here leads to who sent it or followed
    reopened: int = 0
    stars: int | None = None  # for the latest resolution
    merged_into: str | None = None
    merged_reference: str | None = None
    comments: int = 0
    timeline: list[Entry] = Field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Still somebody's work."""
        return self.state not in ENDED

    @property
    def follower_count(self) -> int:
        """Everybody who follows, the reporter not counted."""
        return len(self.followers) + self.carried_followers

    def with_entry(self, entry: Entry, **changes: Any) -> "Report":
        """The report with one more line at its place in time, and further changes."""
        timeline = list(self.timeline)
        insort(timeline, entry, key=lambda one: one.at)
        latest = max(self.updated_at, entry.at)
        return self.model_copy(update={"timeline": timeline, "updated_at": latest, **changes})

    def common(self) -> dict[str, Any]:
        """What every event about this report carries."""
        return {"reference": self.reference, "category": self.category, "sensitive": self.sensitive}

    def is_late(self, now: datetime) -> bool:
        """The promised time has passed; a clock that stands still cannot run out."""
        if not self.is_open:
            return self.was_late
        return self.state != "paused" and self.due_at is not None and self.due_at < now

    def reopenable(self, now: datetime) -> bool:
        """The town gave its answer and the profile's window from then is still open."""
        return self.resolved_at is not None and self.reopen_until is not None and now <= self.reopen_until


def event(model: type[E], report: Report, /, **data: Any) -> E:
    """An event about this report."""
    return model.model_validate({**report.common(), **data})


def closing(report: Report) -> tuple[ReportClosed]:
    """The last word about this report, which is closed for good."""
    return (event(ReportClosed, report, outcome=report.outcome),)


def known(report: Report | None) -> Report:
    """The report, or the refusal that there is none."""
    if report is None:
        raise Reject("unknown-report", "there is no such report", status=404)
    return report
