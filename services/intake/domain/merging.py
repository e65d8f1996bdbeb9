"""Two reports of one thing become one, in steps that a crash may part and a moment then finishes (`joining.py`):

1. the duplicate notes that it is being merged (`begin_merge`): from here on it takes no other report in;
2. the report that is to stay agrees in a guarded step of its own, if it is open and not being merged (`agree`): of two
   officers who merge A into B and B into A, at least one finds the other's note, so never both are closed;
3. the duplicate closes, and its people are under way (`close_as_duplicate`);
4. the other one counts them (`absorb`), and the duplicate notes that they arrived (`note_arrival`).

The duplicate points to the report it was merged into. Nothing in that one grows with what was merged into it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.intake.domain.following import PATIENCE, count
from services.intake.domain.report import Actor, Entry, Merging, Report, actor_fields, make_event, tell_closed
from services.intake.domain.transfer import Transfer
from shared.events.reports import ReportMerged
from shared.events.work_orders import Priority
from shared.kernel import Moment, Reject, Step

URGENCY: tuple[Priority, ...] = ("emergency", "high", "normal", "low")


def stays(one: Report, other: Report) -> Report:
    """Which of two open ones is better kept: a merge must not make anybody wait longer than was promised to them. The
    more urgent, of two alike the one that is due first, and then the elder."""
    return min(one, other, key=_rank_urgency)


def _rank_urgency(report: Report) -> tuple[int, datetime, datetime]:
    urgent = URGENCY.index(report.priority) if report.priority in URGENCY else URGENCY.index("normal")
    return urgent, report.due_at or datetime.max.replace(tzinfo=UTC), report.submitted_at


def moments_of_merge(report: Report) -> Sequence[Moment]:
    """`merge` and `transfer`: a step that is still owed."""
    merge = [Moment("merge", report.merging.since + PATIENCE)] if report.merging else []
    since = report.transfer.since
    return [*merge, *([Moment("transfer", since + PATIENCE)] if since else [])]


def begin_merge(
    report: Report, at: datetime, into: str, into_reference: str, actor: Actor | None = None
) -> Step[Report] | None:
    """Note it in the duplicate. Twice is the same as once."""
    if report.merged_into == into or (report.merging and report.merging.into == into):
        return None
    if not report.is_open:
        raise Reject("already-ended", "this report has its answer already")
    if report.merging:
        raise Reject("being-merged", f"this report is being merged into {report.merging.reference}")
    if report.separation:
        raise Reject("being-merged", "this report is still leaving the one that it was merged into before")
    return Step(
        report.model_copy(update={"merging": Merging(into=into, reference=into_reference, since=at, actor=actor)})
    )


def agree(report: Report, *, listed: bool) -> None:
    """The report that is to stay refuses what must not become one; `listed`: the public sees the duplicate."""
    if report.merged_into is not None:
        raise Reject("merged-already", f"that report is itself a duplicate of {report.merged_reference}")
    if report.merging is not None:
        raise Reject("being-merged", f"that report is itself being merged into {report.merging.reference}")
    if not report.is_open:
        raise Reject("already-ended", "that report has its answer already")
    if listed and not report.listed:  # else the public would learn of the one it was merged into
        raise _refuse_hidden()


def give_up_merge(report: Report, into: str) -> Step[Report] | None:
    """The other one refused: the duplicate stays what it was."""
    if report.merging is None or report.merging.into != into:
        return None
    return Step(report.model_copy(update={"merging": None}))


def close_as_duplicate(report: Report, at: datetime, into: str, *, into_listed: bool = True) -> Step[Report] | None:
    """Close; everybody who follows, its reporter included, is under way to the other report.

    `into_listed`: the public saw the other one when it agreed. The duplicate's category may have changed since.
    """
    if report.merged_into == into:
        return None
    if report.merging is None or report.merging.into != into:
        raise Reject("not-merging", "this report is not being merged any more")
    if not report.is_open:
        raise Reject("already-ended", "this report has its answer already")
    if report.listed and not into_listed:
        raise _refuse_hidden()
    reference, actor = report.merging.reference, report.merging.actor
    after = report.with_entry(
        Entry(at=at, type="merged", by="staff", actor=actor, reference=reference),
        state="closed",
        outcome="duplicate",
        closed_at=at,
        merging=None,
        merged_into=into,
        merged_reference=reference,
        transfer=Transfer(
            under_way=report.followers + 1, turn=report.transfer.turn, began=report.transfer.turn, since=at
        ),
        ended_orders=report.orders_ended_with(report.work_order),
        due_at=None,
    )
    merged = make_event(
        ReportMerged,
        report,
        **actor_fields(actor),
        into=into,
        into_reference=reference,
        into_shown=into_listed,
    )
    return Step(after, (merged, tell_closed(after)))


def send_waiting(report: Report) -> Step[Report] | None:
    """Put those who wait under way; while others are, nothing changes, so that a repeat moves the same people."""
    transfer = report.transfer
    if transfer.under_way or not transfer.waiting:
        return None
    sent = transfer.model_copy(update={"under_way": transfer.waiting, "waiting": 0})
    return Step(report.model_copy(update={"transfer": sent}))


def absorb(report: Report, at: datetime, people: int, *, duplicate: Report | None = None) -> Step[Report]:
    """Count people who follow a merged report; with the first of them comes the line that names it, for those who may
    know of it."""
    if duplicate:
        line = Entry(at=at, type="absorbed", by="staff", reference=duplicate.reference, openness=duplicate.openness)
        report = report.with_entry(line)
    return count(report, at, people)


def note_arrival(report: Report, turn: int) -> Step[Report] | None:
    """The people of that turn are counted; whoever waits is for the next."""
    transfer = report.transfer
    if transfer.turn != turn:
        return None
    since = transfer.since if transfer.waiting else None
    left = transfer.model_copy(update={"under_way": 0, "turn": turn + 1, "since": since})
    return Step(report.model_copy(update={"transfer": left}))


def _refuse_hidden() -> Reject:
    return Reject("not-shown", "that report is kept from the public: give the duplicate such a category first")
