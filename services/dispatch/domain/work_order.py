"""A work order as it stands: who holds it, where it is on its way, what is promised, and everything that happened.

What it is made of is in `parts.py`, the states in `states.py`, the acts in `acts.py`. Who moves it: `crew_work.py`
(the team), `desk_work.py` (officers), `from_report.py` (the report) and `escalation.py` (time).
"""

from datetime import UTC, datetime
from typing import Annotated, Any, get_args

from pydantic import Field

from services.dispatch.domain.clocks import Clocks, Pause, is_late
from services.dispatch.domain.history import Acting, Arrival, Comment, Entry, with_lines
from services.dispatch.domain.parts import (
    AboutReport,
    Assignee,
    Child,
    Completion,
    Informed,
    Rework,
    Rule,
    Spot,
    Waiting,
)
from services.dispatch.domain.referral import CHASED, Referral, holder_of, referral_moments
from services.dispatch.domain.states import State, traits_of
from shared.events.ids import derive_id
from shared.events.outcomes import Outcome
from shared.events.reports import Channel, ReportKind
from shared.events.work_orders import Level, Priority
from shared.kernel import Lenient, Moment, StoredModel
from shared.town import Town

ANSWERED: tuple[ReportKind, ...] = ("suggestion", "question", "consultation")  # nothing to repair: a word settles it
LADDER: tuple[Level, ...] = ("triage", "crew", "head", "director", "clerk", "mayor")

KINDS = ("acknowledge", "resolve", "resume", "children", "parent", CHASED)  # of its moments
BESIDE = {"history": 50, "comments": 25}  # at least so many stay, at most twice as many; older ones are kept beside
LATE_KEPT = 32  # a client that repeats a request does so soon


class WorkOrder(StoredModel):
    """The state of one case of dispatch. Times are UTC; `team` is the triage team's code while nobody else has it."""

    reference: str  # of the report
    report: AboutReport
    category: str
    kind: Annotated[ReportKind, Lenient]
    channel: Annotated[Channel, Lenient]
    text: str
    answers: dict[str, str] = Field(default_factory=dict)
    place: Spot | None = None
    zone: str | None = None
    outside_town: bool = False
    sensitive: bool = False
    photos: int = 0
    followers: int = 0
    reopened: int = 0  # how often the report had been reopened when this work began
    reopened_because: str | None = None  # what the work before did not settle, as the resident said it

    state: Annotated[State, Lenient]
    team: str
    person: Assignee | None = None  # of the team, who has it; None: whoever comes first
    level: Annotated[Level, Lenient]
    rule: Rule
    incident: str | None = None  # whose work it does, or which does its work (`joined`)
    goes_on: Annotated[State, Lenient] | None = None  # where it goes on when its report leaves the incident
    told_incident: str = ""  # of what the incident knows, see `incident_work.py`
    agency: str | None = None  # to whom the rule says it belongs; the team refers it
    clocks: Clocks
    created_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    reopen_until: datetime | None = None  # so long that can be taken back, see `taking_back.py`
    informed: list[Informed] = Field(default_factory=list)
    waiting: Waiting | None = None
    pauses: list[Pause] = Field(default_factory=list)
    referral: Referral | None = None
    before: list[str] = Field(default_factory=list)  # photos of how it was found
    completion: Completion | None = None
    to_verify: bool = False  # done, and the town's profile wants it checked
    rework: Rework | None = None
    outcome: Annotated[Outcome, Lenient] | None = None
    stars: int | None = None  # 1 to 5: how the reporter liked what was done

    parent: str | None = None  # the order of which it is a share
    task: str | None = None  # and what of it is to be done
    children: list[Child] = Field(default_factory=list)  # into which it was split
    children_due: datetime | None = None  # since when its children are to be begun or called off
    parent_due: datetime | None = None  # since when its parent is to hear how it ended

    arrival: Arrival | None = None
    comment_count: int = 0
    comments: list[Comment] = Field(default_factory=list)  # the newest, see `BESIDE`
    line_count: int = 0
    history: list[Entry] = Field(default_factory=list)  # the newest, see `BESIDE`
    teams: list[str] = Field(default_factory=list)  # all that ever held it: their screens are told when it leaves
    came_late: dict[str, str] = Field(default_factory=dict)  # why a request changed nothing, by the id of its cause
    overtaken: int = 0  # how many of the lines hold what the desk has still to look at, for lists: `list_waiting_steps`

    @property
    def is_open(self) -> bool:
        """Whether anybody still has to do something."""
        return traits_of(self.state).open and self.closed_at is None

    @property
    def stands_aside(self) -> bool:
        """Its report is one of an incident's, whose work another order does."""
        return self.state == "joined" and self.closed_at is None

    @property
    def waits_in_triage(self) -> bool:
        """Triage has asked its reporter something, and nobody has it yet."""
        return self.state == "paused" and self.waiting is not None and self.waiting.goes_on == "new"

    @property
    def leads(self) -> bool:
        """It does the work of an incident."""
        return self.incident is not None and self.state != "joined"

    def with_report(self, **changes: Any) -> "WorkOrder":
        """The order with these changes of what it knows about its report."""
        return self.model_copy(update={"report": self.report.model_copy(update=changes)})

    @property
    def wants_answer(self) -> bool:
        """Whether it is settled by an answer in words, which triage itself may give, instead of by work."""
        return self.kind in ANSWERED

    @property
    def due_at(self) -> datetime | None:
        """When it must be resolved."""
        return self.clocks.resolve.due_at if self.clocks.resolve else None

    def is_late(self, at: datetime) -> bool:
        """Whether either promise is missed: it should be done by now, or nobody took it in time."""
        return self.is_overdue(at) or self.is_unseen_late(at)

    def is_overdue(self, at: datetime) -> bool:
        """Whether what was promised to the resident is missed; while the work waits its clock stands still."""
        return is_late(self.clocks.resolve, self.waiting.since if self.waiting else at)

    def is_unseen_late(self, at: datetime) -> bool:
        """Whether nobody took it in time, and still nobody has."""
        return traits_of(self.state).unseen and is_late(self.clocks.acknowledge, at)

    @property
    def standing(self) -> str:
        """Who has it and how far along, as somebody saw it who decides about it."""
        return f"{self.state}.{self.team}"

    @property
    def priority(self) -> Priority:
        """As promised at present."""
        return self.clocks.priority


def order_id(report_id: str, times_reopened: int = 0, *, times_separated: int = 0) -> str:
    """The work order that a report opens, the one that its n-th reopening does, and the one of its n-th separation from
    a report that it was no duplicate of.

    Derived from the report and not from the event: a copy of `submitted` under another id finds the same work.
    """
    apart = (f"separated-{times_separated}",) if times_separated else ()
    return derive_id(report_id, "work-order", str(times_reopened), *apart)


def moments(order: WorkOrder) -> list[Moment]:
    """When time alone changes something: the alarms of both clocks, the planned end of a pause, when an agency is
    chased; and at once what parent and children must hear of each other. `timers.py` goes on then."""
    family = {"children": order.children_due, "parent": order.parent_due}
    told = [Moment(name, at) for name, at in family.items() if at]
    if not order.is_open:
        return told
    alarms = {"acknowledge": order.clocks.acknowledge, "resolve": order.clocks.resolve}
    # A moment takes effect once. So it is named by its rung, for a correction may set another one for the very time of
    # one that was told; and by the beginning of its clock or pause, for what a phone kept may begin one anew that ends
    # when the one before did.
    due = [
        Moment(f"{name} {clock.alarm.percent} {_name_moment(clock.started_at)}", clock.alarm.at)
        for name, clock in alarms.items()
        if clock and clock.alarm
    ]
    waits = order.waiting
    goes_on = [Moment(f"resume {_name_moment(waits.since)}", waits.resume_at)] if waits else []
    return [*told, *due, *goes_on, *referral_moments(order.referral)]


def _name_moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def change(
    order: WorkOrder,
    line: str,
    acting: Acting,
    *,
    text: str | None = None,
    facts: dict[str, str] | None = None,
    **changes: Any,
) -> WorkOrder:
    """The order with these changes and a line in its history that shows it as it is after them."""
    after = order.model_copy(update={**changes, "changed_at": acting.at})
    when: dict[str, Any] = {"at": acting.at, "happened_at": acting.happened_at}
    where: dict[str, Any] = {"state": after.state, "team": after.team, "level": after.level}
    entry = Entry(**when, **where, what=line, actor=acting.by, text=text, facts=facts or {})
    new: dict[str, Any] = {"line_count": order.line_count + 1} | with_lines([*order.history, entry])
    if after.standing != order.standing or order.arrival is None:
        new["arrival"] = Arrival(**when, what=line, actor=acting.by)
    if after.team not in after.teams:
        new["teams"] = [*after.teams, after.team]
    return after.model_copy(update=new)


def list_common_fields(town: Town, order: WorkOrder, acting: Acting) -> dict[str, Any]:
    """What every event of a work order says; in triage it says no team."""
    return {
        "report_id": order.report.id,
        "reference": order.reference,
        "category": order.category,
        "sensitive": order.sensitive,
        "shown": town.shows(order.category),
        "team": None if order.team == town.triage else order.team,
        "level": level_for_event(order.level),
        "agency": holder_of(order.referral),
        "person": order.person.sub if order.person else None,
        "parent": order.parent,
        "actor": acting.by.sub if acting.by else None,
        "happened_at": acting.happened_at,
    }


def level_for_event(level: Level) -> Level:
    """The level as an event may say it; one that only a newer release knows is said as the crew's."""
    return level if level in get_args(Level) else "crew"


def priority_for_event(priority: Priority) -> Priority:
    """As an event may say it; one that only a newer release knows is said as the most usual."""
    return priority if priority in get_args(Priority) else "normal"


def choose_base_level(town: Town, team: str) -> Level:
    """The rung on which work begins with that team."""
    return "triage" if team == town.triage else "crew"
