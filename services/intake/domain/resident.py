"""What a resident may do with a report: comment, follow, withdraw, rate, ask to reopen."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.domain.report import By, Entry, Report, closing, event
from services.intake.domain.submission import PHOTOS_MOST, Contact
from shared.events import ReportCommented, ReportFollowed, ReportRated, ReportReopened, ReportWithdrawn
from shared.kernel import Erase, Reject, Step

COMMENTS_MOST = 200  # a report is one document: beyond this people talk to each other, not to the town
FOLLOWERS_MOST = 2000
PHOTOS_WITH_COMMENTS = 4 * PHOTOS_MOST


def comment(report: Report, at: datetime, *, by: By, text: str, photos: Sequence[str] = ()) -> Step[Report]:
    """Something to add; the crew that holds the work sees it."""
    if report.state == "closed":
        raise Reject("closed", "this report is closed")
    if report.comments >= COMMENTS_MOST:
        raise Reject("too-many-comments", f"a report takes {COMMENTS_MOST} comments at most")
    every = [*report.photos, *photos]
    if len(every) > PHOTOS_WITH_COMMENTS:
        raise Reject("too-many-photos", f"a report takes {PHOTOS_WITH_COMMENTS} photos at most", status=422)
    numbers = list(range(len(report.photos) + 1, len(every) + 1))
    entry = Entry(at=at, type="commented", by=by, note=text, photos=numbers)
    said = event(ReportCommented, report, by=by, text=text, photos=len(photos))
    return Step(report.with_entry(entry, photos=every, comments=report.comments + 1), (said,))


def follower(cause_id: str) -> str:
    """The party of who began to follow by that request: the same again when the request is repeated."""
    return f"follower-{cause_id[-12:].lower()}"


def follow(case_id: str, report: Report, at: datetime, party: str, contact: Contact) -> Step[Report]:
    """Somebody wants to be told too."""
    if report.state == "closed":
        raise Reject("closed", "this report is closed, there is nothing more to be told")
    if not contact.reachable:
        raise Reject("no-contact", "following needs a phone number, an e-mail address or a LINE id", status=422)
    if len(report.followers) >= FOLLOWERS_MOST:
        raise Reject("too-many-followers", "this report has as many followers as it can take")
    following = [*report.followers, party]
    after = report.model_copy(update={"followers": following, "updated_at": max(at, report.updated_at)})
    said = event(ReportFollowed, report, followers=after.follower_count, parties=[party])
    return Step(after, (said,), (contact.recorded(case_id, party),))


def unfollow(report: Report, at: datetime, party: str) -> Step[Report] | None:
    """No longer; the contact is erased everywhere. Twice is the same as once."""
    if party not in report.followers:
        return None
    left = [one for one in report.followers if one != party]
    after = report.model_copy(update={"followers": left, "updated_at": max(at, report.updated_at)})
    return Step(after, (event(ReportFollowed, after, followers=after.follower_count),), (Erase(party),))


def withdraw(report: Report, at: datetime, reason: str | None) -> Step[Report]:
    """Taken back. Where others follow, the work goes on for them."""
    if not report.is_open:
        raise Reject("already-ended", "this report has its answer already, it cannot be withdrawn")
    if any(entry.type == "withdrawn" for entry in report.timeline):
        raise Reject("already-withdrawn", "this report was withdrawn before")
    entry = Entry(at=at, type="withdrawn", by="reporter", note=reason)
    said = event(ReportWithdrawn, report, reason=reason)
    if report.follower_count:
        return Step(report.with_entry(entry), (said,))
    after = _closed_by_reporter(report, entry, at)
    return Step(after, (said, *closing(after)))


def _closed_by_reporter(report: Report, entry: Entry, at: datetime) -> Report:
    ended = [*report.ended_orders, *([report.work_order] if report.work_order else [])]
    return report.with_entry(entry, state="closed", outcome="withdrawn", closed_at=at, ended_orders=ended, due_at=None)


def rate(report: Report, at: datetime, *, stars: int, text: str | None) -> Step[Report]:
    """1 (bad) to 5 (good), once for each resolution."""
    if report.resolved_at is None or report.is_open:
        raise Reject("not-resolved", "there is no answer to rate yet")
    if report.stars is not None:
        raise Reject("already-rated", "this answer has been rated")
    entry = Entry(at=at, type="rated", by="reporter", stars=stars, note=text)
    return Step(report.with_entry(entry, stars=stars), (event(ReportRated, report, stars=stars, comment=text),))


def reopen(report: Report, at: datetime, reason: str | None) -> Step[Report]:
    """Not fixed after all: it becomes new work, the old work order no longer speaks for it."""
    if report.is_open:
        raise Reject("still-open", "this report is still being worked on")
    if report.resolved_at is None:
        raise Reject("not-resolved", "this report was withdrawn or merged, it cannot be reopened")
    if not report.reopenable(at):
        raise Reject("too-late-to-reopen", "the time to reopen is over, please make a new report")
    times = report.reopened + 1
    entry = Entry(at=at, type="reopened", by="reporter", note=reason)
    after = report.with_entry(
        entry, state="received", outcome=None, resolved_at=None, reopen_until=None, closed_at=None, was_late=False,
        stars=None, reopened=times, work_order=None, team=None, level="triage", due_at=None, agency=None,
        priority=None, paused_from=None,
    )  # fmt: skip
    said = event(
        ReportReopened, after, times=times, zone=after.zone, text=after.text, reason=reason,
        location=after.location.place() if after.location else None,
    )  # fmt: skip
    return Step(after, (said,))
