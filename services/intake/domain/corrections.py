"""What the town's staff may correct in a report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.domain.place import correct_place
from services.intake.domain.report import Actor, Entry, Report, actor_fields, make_event
from services.intake.domain.submission import degrees_of, is_sensitive, list_event_answers, need_category, zone_of
from shared.events.base import Event
from shared.events.reports import ReportAmended, ReportHidden
from shared.kernel import Reject, Step, fingerprint
from shared.readers import openness_of, with_public_form
from shared.town import Town


def amend(
    report: Report,
    at: datetime,
    town: Town,
    *,
    category: str | None = None,
    text: str | None = None,
    location: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> Step[Report] | None:
    """Correct category, text or place; dispatch routes anew when the category changed. None: nothing differs.

    `location`: what is said of the place; a member that is left out stays.
    """
    if report.state == "closed":
        raise Reject("closed", "this report is closed")
    code = category or report.category
    meant = need_category(code, town) if category else None
    place = correct_place(report.location, location, report.kind) if location is not None else report.location
    coarse = is_sensitive(meant) if meant else report.sensitive
    listed = meant.public if meant else report.listed
    texts = _keep_closed_texts(report, text, openness_of(sensitive=coarse, shown=listed))
    before = (report.category, report.text, report.public_text, report.location)
    if (code, texts["text"], texts["public_text"], place) == before:
        return None
    degrees = degrees_of(place)
    after = report.with_entry(
        Entry(at=at, type="amended", by="staff", actor=actor, category=code if code != report.category else None),
        category=code,
        **texts,
        location=place,
        sensitive=coarse,
        listed=listed,
        zone=zone_of(town, degrees),
        shown_at=place.public_point(coarse=coarse) if place else None,
        outside_town=degrees is not None and not town.bounds.holds(*degrees),
    )
    return Step(after, _list_events(report, after, actor))


def fingerprint_report(report: Report) -> str:
    """What a correction is decided on, in short."""
    return fingerprint(report.category, report.text, report.location)


def need_uncorrected(report: Report, decided_on: str | None) -> None:
    """Refuse what was decided on a report that another officer has corrected meanwhile."""
    if decided_on is not None and decided_on != fingerprint_report(report):
        raise Reject("corrected-meanwhile", "this report was corrected meanwhile: look at it again")


def _keep_closed_texts(report: Report, text: str | None, openness: str) -> dict[str, Any]:
    """What was written when the report was closed to others stays closed. Words that staff give, be they the same, are
    for whoever may read them in the category as it is now."""
    if text is None:
        return {"text": report.text, "public_text": report.public_text}
    return with_public_form("text", text, openness)


def _list_events(before: Report, after: Report, actor: Actor | None) -> tuple[Event, ...]:
    """The correction; and where it takes the report from the public's eyes, the word to delete what they have."""
    amended = make_event(
        ReportAmended,
        after,
        **actor_fields(actor),
        previous_category=before.category if after.category != before.category else None,
        zone=after.zone,
        outside_town=after.outside_town,
        location=after.location.place() if after.location else None,
        text=after.text,
        public_text=after.public_text,
        answers=list_event_answers(after),
    )
    if before.listed and not after.listed:
        return amended, ReportHidden(reference=after.reference)
    return (amended,)
