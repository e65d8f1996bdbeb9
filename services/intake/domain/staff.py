"""What the town's staff may do with a report: correct it, and make two reports of one thing one."""

from datetime import datetime

from services.intake.domain.report import Entry, Location, Report, closing, event
from services.intake.domain.submission import known_category, sensitive, zone_of
from shared.events import ReportAmended, ReportFollowed, ReportMerged
from shared.kernel import Reject, Step
from shared.town import Town


def amend(report: Report, at: datetime, town: Town, *, category: str | None = None, text: str | None = None,
          location: Location | None = None) -> Step[Report] | None:  # fmt: skip
    """Correct category, text or place; dispatch routes anew when the category changed. None: nothing differs."""
    if report.state == "closed":
        raise Reject("closed", "this report is closed")
    code = category or report.category
    meant = known_category(code, town) if category else None
    place = location or report.location
    changed = (code, text or report.text, place) != (report.category, report.text, report.location)
    if not changed:
        return None
    coarse = sensitive(meant) if meant else report.sensitive
    point = place.place() if place else None
    degrees = (point.latitude, point.longitude) if point else None
    after = report.with_entry(
        Entry(at=at, type="amended", by="staff", category=code if code != report.category else None),
        category=code, text=text or report.text, location=place, sensitive=coarse,
        listed=meant.public if meant else report.listed, zone=zone_of(town, degrees),
        shown_at=place.shown(coarse=coarse) if place else None,
        outside_town=degrees is not None and not town.bounds.holds(*degrees),
    )  # fmt: skip
    said = event(
        ReportAmended, after, previous_category=report.category if code != report.category else None, zone=after.zone,
        location=point, text=after.text,
    )  # fmt: skip
    return Step(after, (said,))


def refuse_merge(duplicate_id: str, duplicate: Report, into_id: str, into: Report) -> None:
    """What must not become one."""
    if duplicate_id == into_id:
        raise Reject("same-report", "a report cannot be a duplicate of itself", status=422)
    if into.merged_into is not None:
        raise Reject("merged-already", f"that report is itself a duplicate of {into.merged_reference}")
    if not into.is_open:
        raise Reject("already-ended", "that report has its answer already")
    if not duplicate.is_open and duplicate.merged_into != into_id:
        raise Reject("already-ended", "this report has its answer already")


def absorb(report: Report, at: datetime, duplicate: Report) -> Step[Report]:
    """Take over everybody who follows a duplicate, its reporter included."""
    carried = report.carried_followers + duplicate.follower_count + 1
    entry = Entry(at=at, type="absorbed", by="staff", reference=duplicate.reference)
    after = report.with_entry(entry, carried_followers=carried)
    return Step(after, (event(ReportFollowed, after, followers=after.follower_count),))


def merge(report: Report, at: datetime, into_id: str, into_reference: str) -> Step[Report] | None:
    """Close as a duplicate. Twice is the same as once."""
    if report.merged_into == into_id:
        return None
    if not report.is_open:
        raise Reject("already-ended", "this report has its answer already")
    ended = [*report.ended_orders, *([report.work_order] if report.work_order else [])]
    after = report.with_entry(
        Entry(at=at, type="merged", by="staff", reference=into_reference),
        state="closed", outcome="duplicate", closed_at=at, merged_into=into_id, merged_reference=into_reference,
        ended_orders=ended, due_at=None,
    )  # fmt: skip
    said = event(ReportMerged, report, into=into_id, into_reference=into_reference)
    return Step(after, (said, *closing(after)))
