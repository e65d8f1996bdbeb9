"""What a resident may do with a report: comment, withdraw, rate, ask to reopen. Following is in `following.py`."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.domain.report import Actor, By, Entry, Report, actor_fields, make_event, tell_closed
from services.intake.domain.submission import PHOTOS_MOST
from shared.events.reports import ReportCommented, ReportLinkRenewed, ReportRated, ReportReopened, ReportWithdrawn
from shared.kernel import Reject, Step
from shared.readers import with_public_form

PHOTOS_WITH_COMMENTS = 4 * PHOTOS_MOST


def comment(
    report: Report, at: datetime, *, by: By, text: str, photos: Sequence[str] = (), actor: Actor | None = None
) -> Step[Report]:
    """Something to add; the crew that holds the work sees it. `actor`: who of the staff said it."""
    if report.state == "closed":
        raise Reject("closed", "this report is closed")
    every = [*report.photos, *photos]
    if len(every) > PHOTOS_WITH_COMMENTS:
        raise Reject("too-many-photos", f"a report takes {PHOTOS_WITH_COMMENTS} photos at most", status=422)
    numbers = list(range(len(report.photos) + 1, len(every) + 1))
    note, said = (with_public_form(name, text, report.openness) for name in ("note", "text"))
    entry = Entry(at=at, type="commented", by=by, actor=actor, photos=numbers, **note)
    commented = make_event(ReportCommented, report, by=by, photos=len(photos), **actor_fields(actor), **said)
    public = [*report.public_photos, *(numbers if report.openness == "open" else ())]
    return Step(report.with_entry(entry, photos=every, public_photos=public), (commented,))


def withdraw(report: Report, at: datetime, reason: str | None) -> Step[Report]:
    """Taken back. Where others follow, the work goes on for them."""
    if not report.is_open:
        raise Reject("already-ended", "this report has its answer already, it cannot be withdrawn")
    if report.withdrawn_at is not None:
        raise Reject("already-withdrawn", "this report was withdrawn before")
    note = with_public_form("note", reason, report.openness)
    after = report.with_entry(Entry(at=at, type="withdrawn", by="reporter", **note), withdrawn_at=at)
    withdrawn = make_event(ReportWithdrawn, report, **with_public_form("reason", reason, report.openness))
    if report.followers:
        return Step(after, (withdrawn,))
    closed = _close_by_reporter(after, at)
    return Step(closed, (withdrawn, tell_closed(closed)))


def _close_by_reporter(report: Report, at: datetime) -> Report:
    ended = report.orders_ended_with(report.work_order)
    return report.model_copy(
        update={"state": "closed", "outcome": "withdrawn", "closed_at": at, "ended_orders": ended, "due_at": None}
    )


def renew_link(report: Report) -> Step[Report]:
    """The link before opens nothing any more; notify makes its links with the new number too."""
    after = report.model_copy(update={"link_number": report.link_number + 1})
    return Step(after, (make_event(ReportLinkRenewed, after, number=after.link_number),))


def withdrawable(report: Report) -> bool:
    """Whether the reporter can still take it back: nobody has ended it, and it was not taken back before."""
    return report.is_open and report.withdrawn_at is None


def rate(report: Report, at: datetime, *, stars: int, text: str | None) -> Step[Report]:
    """The reporter's stars for how it ended, 1 (bad) to 5 (good): once for each time that it was resolved."""
    if report.resolved_at is None or report.is_open:
        raise Reject("not-resolved", "there is no answer to rate yet")
    if report.stars is not None:
        raise Reject("already-rated", "this answer has been rated")
    note = with_public_form("note", text, report.openness)
    entry = Entry(at=at, type="rated", by="reporter", stars=stars, **note)
    rated = make_event(ReportRated, report, stars=stars, **with_public_form("comment", text, report.openness))
    return Step(report.with_entry(entry, stars=stars), (rated,))


def reopen(report: Report, at: datetime, reason: str | None) -> Step[Report]:
    """Not fixed after all: it becomes new work, the old work order no longer speaks for it."""
    if report.is_open:
        raise Reject("still-open", "this report is still being worked on")
    if report.resolved_at is None:
        raise Reject("not-resolved", "this report was withdrawn or merged, it cannot be reopened")
    if not report.reopenable(at):
        raise Reject("too-late-to-reopen", "the time to reopen is over, please make a new report")
    times = report.reopened + 1
    after = report.with_entry(
        Entry(at=at, type="reopened", by="reporter", **with_public_form("note", reason, report.openness)),
        state="received",
        outcome=None,
        resolved_at=None,
        reopen_until=None,
        closed_at=None,
        was_late=False,
        stars=None,
        reopened=times,
        work_order=None,
        incident=None,
        team=None,
        level="triage",
        due_at=None,
        agency=None,
        agency_reference=None,
        agency_expected_at=None,
        priority=None,
        paused_from=None,
        resume_at=None,
    )
    reopened = make_event(
        ReportReopened,
        after,
        times=times,
        zone=after.zone,
        text=after.text,
        public_text=after.public_text,
        **with_public_form("reason", reason, after.openness),
        location=after.location.place() if after.location else None,
    )
    return Step(after, (reopened,))
