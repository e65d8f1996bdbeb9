"""What work orders and messages do to a report: every word is recorded, and only fresh words move its state."""

from datetime import datetime, timedelta
from typing import Any

from services.intake.domain.report import Entry, Report, State, closing
from shared.events import (
    ChannelOutcome,
    IncidentEvent,
    IncidentJoined,
    IncidentLeft,
    IncidentOpened,
    IncidentResolved,
    NoticeEvent,
    Outcome,
    WorkOrderAcknowledged,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEscalated,
    WorkOrderEvent,
    WorkOrderPaused,
    WorkOrderReferred,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderStarted,
)  # fmt: skip
from shared.kernel import Step

Changes = dict[str, Any]
QUIET_CHANNELS = ("inbox", "webhook")  # that they were used tells nobody anything
_NO_ANSWER: tuple[Outcome, ...] = ("withdrawn", "duplicate")  # ends without anything to rate or reopen


def progress(report: Report, event: WorkOrderEvent, order: str, at: datetime, *, late: bool,
             reopen_days: int) -> Step[Report]:  # fmt: skip
    """Record what happened to the work; `order` is the case that says it, `at` when it happened.

    A late word, one about work that is over, and one of another order than the report's own change no state.
    """
    holder = event.work_order_id if isinstance(event, IncidentEvent) else order
    recorded = report.with_entry(_entry(event, at))
    if late or not report.is_open or holder in report.ended_orders or not _speaks(report, event, holder):
        return Step(recorded)
    changes = _changes(report, event, holder, at, reopen_days)
    if changes.get("state", report.state) != "paused":
        changes["paused_from"] = None  # however a pause ends: the next one goes on where it began itself
    after = recorded.model_copy(update=changes)
    return Step(after, closing(after) if after.state == "closed" else ())


def expire(report: Report, at: datetime) -> Step[Report] | None:
    """The time to reopen is over: nothing more is expected, and everybody is told so."""
    if report.state != "resolved" or report.reopen_until is None or at < report.reopen_until:
        return None
    after = report.with_entry(Entry(at=at, type="closed"), state="closed", closed_at=at)
    return Step(after, closing(after))


def told(report: Report, event: NoticeEvent, at: datetime) -> Step[Report]:
    """A quiet line for each channel: told, or why not; `about` and `about_at` say of which step."""
    after = report
    for one in filter(shows, event.channels):
        entry = Entry(
            at=at, type="told", channel=one.channel, status=one.outcome, why=one.reason, about=event.about,
            about_at=event.happened_at,
        )  # fmt: skip
        after = after.with_entry(entry, updated_at=report.updated_at)
    return Step(after)


def shows(one: ChannelOutcome) -> bool:
    """Whether a channel is worth a line: everybody has the inbox, and who left no contact knows it."""
    return one.channel not in QUIET_CHANNELS and one.reason != "no-contact"


def _speaks(report: Report, event: WorkOrderEvent, holder: str) -> bool:
    """Work that begins takes the report over; anything else must come from the work that holds it."""
    begins = isinstance(event, WorkOrderCreated | IncidentOpened | IncidentJoined)
    return begins or report.work_order in (None, holder)


def _entry(event: WorkOrderEvent, at: datetime) -> Entry:  # noqa: C901, PLR0912  # one case for each event class
    common: Changes = {"at": at, "level": event.level, "team": event.team}
    match event:
        case WorkOrderCreated():
            kind = "routed" if _with_a_team(event) else "triaged"
            more: Changes = {"type": kind, "rule": event.rule, "priority": event.priority, "due_at": event.due_at}
        case WorkOrderAssigned():
            more = {"type": "assigned" if _with_a_team(event) else "triaged", "due_at": event.due_at}
        case WorkOrderAcknowledged():
            more = {"type": "acknowledged"}
        case WorkOrderStarted():
            more = {"type": event.stage}
        case WorkOrderPaused():
            more = {"type": "paused", "reason": event.reason, "resume_at": event.resume_at, "note": event.note}
        case WorkOrderResumed():
            more = {"type": "resumed", "due_at": event.due_at}
        case WorkOrderCompleted():
            more = {"type": "completed", "outcome": event.outcome, "note": event.note,
                    "pictures": [path for path in event.photos if _own(path)]}  # fmt: skip
        case WorkOrderRefused():
            more = {"type": "refused", "team": event.previous_team, "private_note": event.reason}
        case WorkOrderReferred():
            more = {"type": "referred", "agency": event.agency, "status": event.status,
                    "private_note": event.agency_reference}  # fmt: skip
        case WorkOrderCancelled():
            more = {"type": "cancelled", "outcome": event.outcome, "note": event.reason}
        case WorkOrderEscalated():
            more = {"type": "escalated", "percent": event.percent, "due_at": event.due_at}
        case IncidentOpened():
            more = {"type": "incident_opened"}
        case IncidentJoined():
            more = {"type": "incident_joined"}
        case IncidentLeft():
            more = {"type": "incident_left"}
        case IncidentResolved():
            more = {"type": "incident_resolved", "outcome": event.outcome}
        case _:
            raise TypeError(f"no line for {type(event).__name__}")
    return Entry.model_validate({**common, **more})


def _changes(  # noqa: C901, PLR0912  # one case for each event class
    report: Report, event: WorkOrderEvent, holder: str, at: datetime, reopen_days: int
) -> Changes:
    held: Changes = {"work_order": holder, "team": event.team, "level": event.level}
    match event:
        case WorkOrderCreated():
            return {**held, "state": _placed(event), "due_at": event.due_at, "priority": event.priority}
        case WorkOrderAssigned():
            return {**held, "state": _placed(event), "due_at": event.due_at or report.due_at, "agency": None}
        case WorkOrderAcknowledged():
            return {**held, "state": "acknowledged"}
        case WorkOrderStarted():
            return {**held, "state": event.stage}
        case WorkOrderPaused():
            began = report.paused_from if report.state == "paused" else report.state
            return {**held, "state": "paused", "paused_from": began}
        case WorkOrderResumed():
            going = report.paused_from or "acknowledged"
            return {**held, "state": going, "due_at": event.due_at or report.due_at}
        case WorkOrderRefused():
            return {**held, "state": "received", "level": "triage"}
        case WorkOrderReferred(status="failed"):
            return held
        case WorkOrderReferred():
            return {**held, "state": "referred", "agency": event.agency}
        case WorkOrderCompleted():
            return {**held, **_ended(report, event.outcome, holder, at, reopen_days), "was_late": event.late}
        case WorkOrderCancelled() | IncidentResolved():
            late = report.is_late(at)
            return {**held, **_ended(report, event.outcome, holder, at, reopen_days), "was_late": late}
        case IncidentLeft():
            return {"work_order": None}  # whatever work it gets now speaks for it
        case IncidentOpened() | IncidentJoined():
            state: State = "assigned" if report.state == "received" and _with_a_team(event) else report.state
            return {**held, "state": state}
        case _:
            return held


def _ended(report: Report, outcome: Outcome, holder: str, at: datetime, reopen_days: int) -> Changes:
    changes: Changes = {"outcome": outcome, "ended_orders": [*report.ended_orders, holder]}
    if outcome in _NO_ANSWER:
        return {**changes, "state": "closed", "closed_at": at}
    return {**changes, "state": "resolved", "resolved_at": at, "stars": None,
            "reopen_until": at + timedelta(days=reopen_days)}  # fmt: skip


def _with_a_team(event: WorkOrderEvent) -> bool:
    return event.team is not None and event.level != "triage"


def _placed(event: WorkOrderEvent) -> State:
    return "assigned" if _with_a_team(event) else "received"


def _own(path: str) -> bool:
    """A path under our own origin: what anybody else's server shows is not the town's proof."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))
