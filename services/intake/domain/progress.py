"""What work orders and notices do to a report: every event is recorded; only events in order change the state."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.intake.domain.agencies import list_agencies, list_agency_changes, write_agency_line
from services.intake.domain.placing import find_untaken_state, go_on_with_incident, open_again, with_a_team
from services.intake.domain.report import Actor, Entry, Report, tell_closed
from services.intake.domain.shares import write_share_entry
from services.intake.domain.states import State
from shared.events.incidents import (
    IncidentEvent,
    IncidentJoined,
    IncidentLeft,
    IncidentResolved,
    IncidentStanding,
    IncidentTold,
    IncidentWentOn,
)
from shared.events.notices import ChannelOutcome, ContactShown, NoticeEvent
from shared.events.outcomes import Outcome
from shared.events.public import openness
from shared.events.work_orders import (
    WorkOrderAcknowledged,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEscalated,
    WorkOrderEvent,
    WorkOrderPaused,
    WorkOrderPrioritised,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderSentBack,
    WorkOrderSplit,
    WorkOrderStarted,
    WorkOrderVerified,
)
from shared.kernel import Step

Changes = dict[str, Any]
UNSEEN_CHANNELS = ("inbox", "webhook")  # not worth a line in the timeline
NO_CONTACT = "no-contact"
INFORMED = "informed"  # an agency outside the town knows of an incident
TO_ANSWER, ANSWERED = "to-answer", "answered"  # a question is not repaired
ENDS = ("sent", "failed", "skipped")  # of a notice's channels the best one is told
_WORD: dict[type[IncidentEvent], str] = {IncidentJoined: "joined", IncidentTold: "told", IncidentWentOn: "went_on"}
_NO_ANSWER: tuple[Outcome, ...] = ("withdrawn", "duplicate")  # ends without anything to rate or reopen


def record_work(
    report: Report, news: WorkOrderEvent, order: str, at: datetime, *, late: bool, reopen_days: int
) -> Step[Report]:
    """Record what happened to the work; `order` is the case that says it, `at` when it happened.

    An event that comes late, that is about ended work, or that comes from another order than the report's own is
    recorded and changes no state. One that this file has no line for changes nothing at all. Of a share of split work
    only that it began and ended is recorded.
    """
    holder = news.work_order_id if isinstance(news, IncidentEvent) else order
    if not late:
        report = report.model_copy(update={"given_to": list_agencies(report, news, order)})
    entry = _write_entry(report, news, at) if news.parent is None else write_share_entry(news, at)
    if entry is None:
        return Step(report)
    recorded = report.with_entry(entry)
    if news.parent is not None:
        return Step(recorded)  # the whole speaks for it
    if isinstance(news, WorkOrderSentBack) and not late:
        return Step(open_again(recorded, news, holder))
    if isinstance(news, IncidentWentOn):
        return Step(recorded if late else go_on_with_incident(recorded, news))
    ended = holder in report.ended_orders and not isinstance(news, IncidentJoined)  # its own word lets it speak again
    if late or not report.is_open or ended or not _speaks(report, news, holder):
        return Step(recorded)
    changes = _list_changes(report, news, holder, at, reopen_days)
    if changes.get("state", report.state) != "paused":
        # However a pause ends: the next one begins anew.
        changes |= {"paused_from": None, "resume_at": None}
    after = recorded.model_copy(update=changes)
    return Step(after, (tell_closed(after),) if after.state == "closed" else ())


def close_when_over(report: Report, at: datetime) -> Step[Report] | None:
    """The time to reopen is over: nothing more is expected."""
    if report.state != "resolved" or report.reopen_until is None or at < report.reopen_until:
        return None
    after = report.with_entry(Entry(at=at, type="closed"), state="closed", closed_at=at)
    return Step(after, (tell_closed(after),))


def record_notice(report: Report, notice: NoticeEvent, at: datetime) -> Step[Report] | None:
    """A quiet line, if any: the reporter was told by e-mail, or why not; `about` and `about_at` say of which step."""
    if not (ended := list_ends(notice)):
        return None
    entry = Entry(
        at=at,
        type="notice",
        channels=[one.channel for one in ended],
        status=ended[0].outcome,
        why=next((one.reason for one in ended if one.reason), None),
        about=notice.about,
        about_at=notice.happened_at,
    )
    return Step(report.with_entry(entry, updated_at=report.updated_at))


def list_ends(notice: NoticeEvent) -> Sequence[ChannelOutcome]:
    """Where it ended as its best channel did; none that is worth a line: everybody has the inbox, and whoever left no
    contact knows it."""
    outside = [one for one in notice.channels if one.channel not in UNSEEN_CHANNELS and one.reason != NO_CONTACT]
    best = next((end for end in ENDS if any(one.outcome == end for one in outside)), None)
    return [one for one in outside if one.outcome == best]


def record_look_up(report: Report, shown: ContactShown, at: datetime) -> Step[Report]:
    """A member of staff has seen how to reach the reporter: those two may know it, and nobody else."""
    who = Actor(sub=shown.actor, name=shown.actor_name or "")
    entry = Entry(at=at, type="contact_shown", by="staff", actor=who, why=shown.reason)
    return Step(report.with_entry(entry, updated_at=report.updated_at))


def _speaks(report: Report, news: WorkOrderEvent, holder: str) -> bool:
    """Work that begins takes the report over; anything else must come from the work that holds it, or from the incident
    that it is in, whichever order does that one's work by now."""
    if isinstance(news, WorkOrderCreated | IncidentJoined):
        return True
    if isinstance(news, IncidentEvent) and report.incident == news.incident_id:
        return True
    return report.work_order in (None, holder)


def _write_entry(report: Report, news: WorkOrderEvent, at: datetime) -> Entry | None:  # noqa: C901, PLR0912  # one case for each event class
    common: Changes = {"at": at, "happened_at": news.happened_at, "level": news.level, "team": news.team,
                       "openness": openness(news)}  # fmt: skip
    match news:
        case WorkOrderCreated():
            kind = "routed" if with_a_team(news) else "triaged"
            answer = TO_ANSWER if kind == "triaged" and report.kind != "problem" else None
            more: Changes = {"type": kind, "status": answer, "priority": news.priority, "due_at": news.due_at,
                             "rule": news.rule, "public_rule": news.public_rule}  # fmt: skip
        case WorkOrderAssigned():
            more = {"type": "assigned" if with_a_team(news) else "triaged", "due_at": news.due_at,
                    "rule": news.rule, "public_rule": news.public_rule}  # fmt: skip
        case WorkOrderPrioritised():
            more = {"type": "prioritised", "priority": news.priority, "due_at": news.due_at}
        case WorkOrderAcknowledged():
            more = {"type": "acknowledged"}
        case WorkOrderStarted():
            more = {"type": news.stage}
        case WorkOrderPaused():
            more = {"type": "paused", "reason": news.reason, "resume_at": news.resume_at, "note": news.note,
                    "public_note": news.public_note}  # fmt: skip
        case WorkOrderResumed():
            more = {"type": "resumed", "due_at": news.due_at}
        case WorkOrderCompleted():
            answered = ANSWERED if news.outcome == "fixed" and news.kind != "problem" else None
            more = {"type": "completed", "status": answered, "outcome": news.outcome, "note": news.note,
                    "public_note": news.public_note, "pictures": _list_own(news.photos),
                    "pictures_before": _list_own(news.before)}  # fmt: skip
        case WorkOrderSplit():
            more = {"type": "split", "due_at": news.due_at}
        case WorkOrderVerified() if news.by == "staff":  # what the resident says is a line of its own
            more = {"type": "verified"}
        case WorkOrderSentBack():
            more = {"type": "sent_back", "due_at": news.due_at}
        case WorkOrderRefused():
            more = {"type": "refused", "team": news.previous_team, "private_note": news.reason}
        case WorkOrderCancelled(replaced=False):  # else the resident has just said more, and other work begins
            more = {"type": "cancelled", "outcome": news.outcome, "note": news.reason,
                    "public_note": news.public_reason}  # fmt: skip
        case WorkOrderEscalated(again=False):
            more = {"type": "escalated", "percent": news.percent, "due_at": news.due_at}
        case IncidentJoined() | IncidentTold() | IncidentWentOn():
            kind = f"incident_{_WORD[type(news)]}"
            status = INFORMED if news.agency else None
            more = {"type": kind, "agency": news.agency, "status": status, "expected_until": news.expected_until,
                    "note": news.note, "public_note": news.public_note}  # fmt: skip
        case IncidentLeft():
            more = {"type": "incident_left", "private_note": None, "due_at": news.due_at}
        case IncidentResolved():
            more = {"type": "incident_resolved", "outcome": news.outcome, "note": news.note,
                    "public_note": news.public_note}  # fmt: skip
        case _:
            of_agency = write_agency_line(news)
            if of_agency is None:
                return None
            more = of_agency
    return Entry.model_validate({**common, **more})


def _list_changes(  # noqa: C901, PLR0912  # one case for each event class
    report: Report, news: WorkOrderEvent, holder: str, at: datetime, reopen_days: int
) -> Changes:
    held: Changes = {"work_order": holder, "team": news.team, "level": news.level}
    match news:
        case WorkOrderCreated():
            return {**held, "state": find_untaken_state(news), "due_at": news.due_at, "priority": news.priority}
        case WorkOrderAssigned() if news.team and news.team == news.previous_team:  # it keeps what it has in hand
            return {**held, "due_at": news.due_at or report.due_at}
        case WorkOrderAssigned():
            return {**held, "state": find_untaken_state(news), "due_at": news.due_at or report.due_at, "agency": None}
        case WorkOrderPrioritised():
            return {**held, "due_at": news.due_at, "priority": news.priority}
        case WorkOrderAcknowledged():
            return {**held, "state": "acknowledged"}
        case WorkOrderStarted():
            return {**held, "state": news.stage}
        case WorkOrderSplit():
            return {**held, "state": "acknowledged", "due_at": news.due_at or report.due_at, "agency": None}
        case WorkOrderPaused():
            began = report.paused_from if report.state == "paused" else report.state
            return {**held, "state": "paused", "paused_from": began, "resume_at": news.resume_at}
        case WorkOrderResumed():
            # A crew may say later that it had gone on before its pause ended by itself: then only the promise moves.
            going = report.paused_from or ("acknowledged" if report.state == "paused" else report.state)
            return {**held, "state": going, "due_at": news.due_at or report.due_at}
        case WorkOrderRefused():
            return {**held, "state": "received", "level": "triage"}
        case WorkOrderCompleted():
            return {**held, **_end(report, news.outcome, holder, at, reopen_days), "was_late": news.late}
        case WorkOrderCancelled() | IncidentResolved():
            late = report.is_late(at)
            return {**held, **_end(report, news.outcome, holder, at, reopen_days), "was_late": late}
        case IncidentLeft():  # its own work speaks for it again
            own = {"team": news.team, "level": news.level, "due_at": news.due_at or report.due_at}
            return {**own, "work_order": None, "incident": None, "agency": None}
        case IncidentStanding():
            state: State = "assigned" if report.state == "received" and with_a_team(news) else report.state
            others = [order for order in report.ended_orders if order != holder]
            known: Changes = {"incident": news.incident_id, "agency": news.agency, "ended_orders": others}
            return {**held, **known, "state": state}
        case _:
            return {**held, **(list_agency_changes(report, news) or {})}


def _end(report: Report, outcome: Outcome, holder: str, at: datetime, reopen_days: int) -> Changes:
    ended = report.orders_ended_with(holder, report.work_order if report.work_order != holder else None)
    changes: Changes = {"outcome": outcome, "ended_orders": ended}
    if outcome in _NO_ANSWER:
        return {**changes, "state": "closed", "closed_at": at}
    return {**changes, "state": "resolved", "resolved_at": at, "stars": None,
            "reopen_until": at + timedelta(days=reopen_days)}  # fmt: skip


def _list_own(paths: Sequence[str]) -> list[str]:
    """Those under our own origin: what anybody else's server shows is not the town's proof."""
    return [path for path in paths if path.startswith("/") and not path.startswith(("//", "/\\"))]
