"""A work order as it stands: who holds it, where it is on its way, what is promised, and everything that happened.

States and who moves between them: `crew_work.py` (the team), `desk_work.py` (officers), `from_report.py` (the report).
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.domain.clocks import Clocks, Part, Pause, is_late, next_alarm_at
from shared.events import Channel, Level, Outcome, PauseReason, Place, Priority, ReportKind, derive_id
from shared.town import Town

State = Literal[
    "new", "assigned", "acknowledged", "on_the_way", "on_site", "paused", "referred", "completed", "cancelled"
]  # fmt: skip
OPEN: tuple[State, ...] = ("new", "assigned", "acknowledged", "on_the_way", "on_site", "paused", "referred")
TAKEN: tuple[State, ...] = ("acknowledged", "on_the_way", "on_site")  # the crew has it in hand
UNSEEN: tuple[State, ...] = ("new", "assigned")  # nobody has taken it yet
WAITING: tuple[State, ...] = ("paused", "referred")  # for a part, the weather, an agency
ANSWERED: tuple[ReportKind, ...] = ("suggestion", "question", "consultation")  # nothing to mend: a word settles it
LADDER: tuple[Level, ...] = ("triage", "crew", "head", "director", "clerk", "mayor")

COMMENTS_KEPT = 100  # on the crew's screen; the report itself keeps them all
REQUESTS_KEPT = 32  # a client that repeats a request does so soon


class Actor(Part):
    """Who did it: the subject id of the sign-in, and the name as it was shown then."""

    sub: str
    name: str = ""


class AboutReport(Part):
    """A report this work is about. `since`: sequence of the event that brought it here; older ones are not ours.

    `amended`, `followed`: sequences of the last such event that took effect; an older one comes too late.
    """

    id: str
    reference: str
    since: int = 0
    amended: int = 0
    followed: int = 0
    state: Literal["open", "withdrawn", "merged"] = "open"


class Comment(Part):
    """What somebody added to a report while the work went on."""

    at: datetime
    by: str
    text: str
    photos: int = 0


class Entry(Part):
    """One line of the work's own history; `actor` None: the system, or the report's side."""

    at: datetime
    what: str
    state: State
    team: str
    level: Level
    actor: Actor | None = None
    text: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class Rule(Part):
    """By which rule of which version it came to its team; `code` None: none matched."""

    code: str | None
    version: str


class Waiting(Part):
    """Why the work waits, since when, until when by plan, and where it goes on."""

    reason: PauseReason
    since: datetime
    resume_at: datetime
    goes_on: State
    note: str | None = None


class Referral(Part):
    """Handed to an agency outside the town."""

    agency: str
    status: Literal["sent", "failed", "answered"]
    at: datetime
    agency_reference: str | None = None
    note: str | None = None


class Completion(Part):
    """How it ended: the proof, and whether in time."""

    at: datetime
    outcome: Outcome
    late: bool
    note: str | None = None
    photos: list[str] = Field(default_factory=list)
    materials: str | None = None


class WorkOrder(BaseModel):
    """The state of one case of dispatch. Times are UTC; `team` is the triage team's code while nobody else has it."""

    model_config = ConfigDict(frozen=True)

    reference: str  # of the first report
    reports: list[AboutReport]
    category: str
    kind: ReportKind
    channel: Channel
    text: str
    answers: dict[str, str] = Field(default_factory=dict)
    place: Place | None = None
    zone: str | None = None
    outside_town: bool = False
    sensitive: bool = False
    photos: int = 0
    followers: int = 0
    reopened: int = 0  # how often the report had been reopened when this work began

    state: State
    team: str
    level: Level
    rule: Rule
    agency: str | None = None  # to whom the rule says it belongs; the team refers it
    clocks: Clocks
    created_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    waiting: Waiting | None = None
    pauses: list[Pause] = Field(default_factory=list)
    referral: Referral | None = None
    completion: Completion | None = None
    outcome: Outcome | None = None

    comments: list[Comment] = Field(default_factory=list)
    history: list[Entry] = Field(default_factory=list)
    teams: list[str] = Field(default_factory=list)  # all that ever held it: their screens are told when it leaves
    requests: dict[str, str] = Field(default_factory=dict)  # id of a request's cause → digest of its body

    @property
    def is_open(self) -> bool:
        """Whether anybody still has to do something."""
        return self.state in OPEN

    def report(self, report_id: str) -> AboutReport:
        """The report with that id, which this work is about."""
        return next(report for report in self.reports if report.id == report_id)

    def with_report(self, report_id: str, **changes: Any) -> "WorkOrder":
        """The order with these changes of one of its reports."""
        reports = [each.model_copy(update=changes) if each.id == report_id else each for each in self.reports]
        return self.model_copy(update={"reports": reports})

    @property
    def reopened_because(self) -> str | None:
        """Why the resident opened the report again: what the work before did not settle."""
        return self.history[0].text if self.reopened else None

    @property
    def wants_answer(self) -> bool:
        """Whether it is settled by an answer in words, which triage itself may give, instead of by work."""
        return self.kind in ANSWERED

    @property
    def due_at(self) -> datetime | None:
        """When it must be resolved."""
        return self.clocks.resolve.due_at if self.clocks.resolve else None

    def is_late(self, at: datetime) -> bool:
        """Whether what was promised to the resident is missed; while the work waits its clock stands still."""
        return is_late(self.clocks.resolve, self.waiting.since if self.waiting else at)

    @property
    def brought_here(self) -> Entry | None:
        """The line by which it came to its state and team; what was told or said since then brought it nowhere."""
        came = None
        for entry in reversed(self.history):
            if (entry.state, entry.team) != (self.state, self.team):
                break
            came = entry
        return came

    @property
    def standing(self) -> str:
        """Who has it and how far along, as somebody saw it who decides about it."""
        return f"{self.state}.{self.team}"

    @property
    def priority(self) -> Priority:
        """As promised at present."""
        return self.clocks.priority


def order_id(report_id: str, times_reopened: int = 0) -> str:
    """The work order that a report opens, and the one that its n-th reopening does.

    Derived from the report and not from the event: a copy of `submitted` under another id finds the same work.
    """
    return derive_id(report_id, "work-order", str(times_reopened))


def wake_at(order: WorkOrder) -> datetime | None:
    """When time alone changes something: an alarm, or the planned end of a pause."""
    if not order.is_open:
        return None
    moments = [next_alarm_at(order.clocks), order.waiting.resume_at if order.waiting else None]
    return min((moment for moment in moments if moment is not None), default=None)


def changed(order: WorkOrder, what: str, at: datetime, *, actor: Actor | None = None, text: str | None = None,
            facts: dict[str, str] | None = None, **changes: Any) -> WorkOrder:  # fmt: skip
    """The order with these changes and a line in its history that shows it as it is after them."""
    after = order.model_copy(update={**changes, "changed_at": at})
    entry = Entry(at=at, what=what, state=after.state, team=after.team, level=after.level, actor=actor, text=text,
                  facts=facts or {})  # fmt: skip
    teams = after.teams if after.team in after.teams else [*after.teams, after.team]
    return after.model_copy(update={"history": [*order.history, entry], "teams": teams})


def common(town: Town, order: WorkOrder, actor: Actor | None = None) -> dict[str, Any]:
    """What every event of a work order says; in triage it says no team."""
    return {
        "report_id": order.reports[0].id,
        "reference": order.reference,
        "category": order.category,
        "sensitive": order.sensitive,
        "team": None if order.team == town.triage else order.team,
        "level": order.level,
        "actor": actor.sub if actor else None,
    }


def base_level(town: Town, team: str) -> Level:
    """The rung on which work begins with that team."""
    return "triage" if team == town.triage else "crew"
