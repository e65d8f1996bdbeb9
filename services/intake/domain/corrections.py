"""What the town's staff may correct in a report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.domain.place import correct_place
from services.intake.domain.report import Entry, Report, event
from services.intake.domain.submission import degrees_of, event_answers, known_category, sensitive, zone_of
from shared.events.base import Event
from shared.events.reports import ReportAmended, ReportHidden
from shared.kernel import Reject, Step
from shared.town import Town


def amend(
    report: Report,
    at: datetime,
    town: Town,
    *,
    category: str | None = None,
    text: str | None = None,
    location: Mapping[str, Any] | None = None,
) -> Step[Report] | None:
    """Correct category, text or place; dispatch routes anew when the category changed. None: nothing differs.

    `location`: what is said of the place; a member that is left out stays.
    """
    if report.state == "closed":
        raise Reject("closed", "this report is closed")
    code = category or report.category
    meant = known_category(code, town) if category else None
    place = correct_place(report.location, location, report.kind) if location is not None else report.location
    if (code, text or report.text, place) == (report.category, report.text, report.location):
        return None
    coarse = sensitive(meant) if meant else report.sensitive
    degrees = degrees_of(place)
    after = report.with_entry(
        Entry(at=at, type="amended", by="staff", category=code if code != report.category else None),
        category=code,
        text=text or report.text,
        location=place,
        sensitive=coarse,
        listed=meant.public if meant else report.listed,
        zone=zone_of(town, degrees),
        shown_at=place.public_point(coarse=coarse) if place else None,
        outside_town=degrees is not None and not town.bounds.holds(*degrees),
    )
    return Step(after, _events(report, after))


def _events(before: Report, after: Report) -> tuple[Event, ...]:
    """The correction; and where it takes the report from the public's eyes, the word to delete what they have."""
    amended = event(
        ReportAmended,
        after,
        previous_category=before.category if after.category != before.category else None,
        zone=after.zone,
        outside_town=after.outside_town,
        location=after.location.place() if after.location else None,
        text=after.text,
        answers=event_answers(after),
    )
    if before.listed and not after.listed:
        return amended, ReportHidden(reference=after.reference)
    return (amended,)
