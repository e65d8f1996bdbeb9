"""A duplicate that was none goes its own way again, in steps that a crash may part and a moment then finishes
(`joining.py`):

1. the report opens again and notes how many people the other one counts because of it (`separate`);
2. the other one counts them no more (`release`);
3. the report notes that (`note_release`).

Dispatch hears of it and begins work of its own; notify tells the report's people of their own report again.
"""

from collections.abc import Sequence
from datetime import datetime

from services.intake.domain.following import PATIENCE, count
from services.intake.domain.report import Actor, Entry, Report, Separation, actor_fields, make_event
from services.intake.domain.submission import tell_whole
from services.intake.domain.transfer import Transfer
from shared.events.reports import ReportSeparated
from shared.kernel import Moment, Reject, Step

SEPARATE = "separate"  # the moment that finishes it


def moments_of_separation(report: Report) -> Sequence[Moment]:
    """One moment while the report that it was merged into still counts the people of this one."""
    return [Moment(SEPARATE, report.separation.since + PATIENCE)] if report.separation else []


def separate(report: Report, at: datetime, actor: Actor | None = None) -> Step[Report]:
    """Open again, as if it had just come: whoever was told that it is another one is told that it is not."""
    if report.merged_into is None or report.merged_reference is None:
        raise Reject("not-merged", "this report is no duplicate of another")
    if report.forgotten_at is not None:
        raise Reject("people-forgotten", "its people were forgotten: nobody would hear how it goes on")
    if report.transfer.since is not None:
        raise Reject("being-merged", "its followers are still being counted with the other report: try again soon")
    times = report.separated + 1
    into, reference = report.merged_into, report.merged_reference
    after = report.with_entry(
        Entry(at=at, type="separated", by="staff", actor=actor, reference=reference),
        state="received",
        outcome=None,
        closed_at=None,
        people_told_until=None,
        merged_into=None,
        merged_reference=None,
        # The next merge counts its turns from here: a turn that was counted once would count for nothing.
        transfer=Transfer(turn=report.transfer.turn, began=report.transfer.turn),
        separation=Separation(into=into, people=report.followers + 1, since=at),
        separated=times,
        work_order=None,
        incident=None,
        team=None,
        level="triage",
        agency=None,
        priority=None,
        paused_from=None,
        resume_at=None,
    )
    return Step(after, (_tell_separated(after, times, into, reference, actor),))


def release(other: Report, at: datetime, people: int, *, left: Report) -> Step[Report]:
    """Count them no more; the line names who left, for those who may know of it."""
    line = Entry(at=at, type="released", by="staff", reference=left.reference, openness=left.openness)
    return count(other.with_entry(line), at, -people)


def note_release(report: Report, into: str) -> Step[Report] | None:
    """The other one counts them no more. None: that is known."""
    if report.separation is None or report.separation.into != into:
        return None
    return Step(report.model_copy(update={"separation": None}))


def _tell_separated(report: Report, times: int, into: str, reference: str, actor: Actor | None) -> ReportSeparated:
    return make_event(
        ReportSeparated,
        report,
        **actor_fields(actor),
        times=times,
        from_report=into,
        from_reference=reference,
        **tell_whole(report),
        followers=report.followers,
    )
