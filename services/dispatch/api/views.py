"""A work order as programs see it; the stored state may change without this changing."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.history import Comment, Entry
from services.dispatch.domain.parts import Assignee, Child, Completion, Rework, Waiting
from services.dispatch.domain.referral import Referral
from services.dispatch.domain.states import State
from services.dispatch.domain.work_order import WorkOrder
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.events.reports import ReportKind
from shared.events.work_orders import Level, Priority
from shared.kernel import Case, Lenient, now


class Summary(BaseModel):
    """One line of a list, and what the stream tells."""

    id: str
    version: int
    reference: str
    report_id: str
    category: str
    kind: Annotated[ReportKind, Lenient]
    text: str
    location: Place | None
    zone: str | None
    photos: int  # of the report
    followers: int
    reopened: int  # how often its report had been reopened when this work began; 0: the first work
    state: Annotated[State, Lenient]
    standing: str  # sent back as `If-Match`: an act on work that has moved since is refused
    team: str
    person: Assignee | None  # of the team, who has it
    level: Annotated[Level, Lenient]
    priority: Annotated[Priority, Lenient]
    acknowledge_by: datetime | None
    due_at: datetime | None
    late: bool
    parent: str | None  # the order of which it is a share
    task: str | None  # and what of it is to be done
    to_verify: bool  # done, and somebody is to check it
    rework: Rework | None  # it was checked and sent back
    overtaken: int  # how many steps came too late and brought something that the desk may adopt: in `history`
    created_at: datetime
    changed_at: datetime
    acts: list[str]


class Detail(Summary):
    """Everything that staff may know about one work order."""

    rule: str | None
    rules_version: str
    service_level: str
    agency: str | None
    sensitive: bool
    answers: dict[str, str]
    acknowledged_at: datetime | None
    closed_at: datetime | None
    waiting: Waiting | None
    referral: Referral | None
    before: list[str]  # photos of how it was found
    completion: Completion | None
    children: list[Child]  # into which it was split
    outcome: Annotated[Outcome, Lenient] | None
    comments: list[Comment]
    history: list[Entry]


def summarise(case: Case[WorkOrder], at: datetime | None = None) -> Summary:
    """The short form; `at` decides what is late."""
    return Summary(**_short(case, at or now()))


def describe(case: Case[WorkOrder]) -> Detail:
    """The long form."""
    order = case.state
    return Detail(
        **_short(case, now()),
        rule=order.rule.code,
        rules_version=order.rule.version,
        service_level=order.clocks.service_level,
        agency=order.agency,
        sensitive=order.sensitive,
        answers=order.answers,
        acknowledged_at=order.acknowledged_at,
        closed_at=order.closed_at,
        waiting=order.waiting,
        referral=order.referral,
        before=order.before,
        completion=order.completion,
        children=order.children,
        outcome=order.outcome,
        comments=order.comments,
        history=order.history,
    )


def _place(order: WorkOrder) -> Place | None:
    return Place(**order.place.model_dump(include=set(Place.model_fields))) if order.place else None


def _short(case: Case[WorkOrder], at: datetime) -> dict[str, Any]:
    order = case.state
    acknowledge = order.clocks.acknowledge
    return {
        "id": case.id,
        "version": case.version,
        "reference": order.reference,
        "report_id": order.report.id,
        "category": order.category,
        "kind": order.kind,
        "text": order.text,
        "location": _place(order),
        "zone": order.zone,
        "photos": order.photos,
        "followers": order.followers,
        "reopened": order.reopened,
        "state": order.state,
        "standing": order.standing,
        "team": order.team,
        "person": order.person,
        "level": order.level,
        "priority": order.priority,
        "acknowledge_by": acknowledge.due_at if acknowledge else None,
        "due_at": order.due_at,
        "late": order.is_late(at),
        "parent": order.parent,
        "task": order.task,
        "to_verify": order.to_verify,
        "rework": order.rework,
        "overtaken": order.overtaken,
        "created_at": order.created_at,
        "changed_at": order.changed_at,
        "acts": list(list_offered(order)),
    }
