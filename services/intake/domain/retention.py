"""Forgetting who sent a report, some time after it was closed: what the town did stays, and for whom it did it goes."""

from datetime import datetime, timedelta

from services.intake.domain.masking import masked
from services.intake.domain.report import REPORTER, Entry, Report
from shared.kernel import Erase, Step


def forget_at(report: Report, days: int) -> datetime | None:
    """When its people are to be forgotten; None while it is not closed, and once it is done."""
    if report.closed_at is None or report.forgotten_at is not None:
        return None
    return report.closed_at + timedelta(days=days)


def forget(report: Report, at: datetime, days: int) -> Step[Report] | None:
    """Erase the contacts of the reporter and of everybody who followed, wherever they are kept; cover personal data in
    what was written. The public record, its timeline and the secret links stay as they are."""
    due = forget_at(report, days)
    if due is None or at < due:
        return None
    place = report.location
    after = report.model_copy(
        update={
            "text": masked(report.text),
            "answers": {code: masked(answer) for code, answer in report.answers.items()},
            "location": place.model_copy(update={"address": masked(place.address)}) if place else None,
            "timeline": [_covered(entry) for entry in report.timeline],
            "fingerprint": "",  # of a name and a number too, which somebody might guess and compare
            "has_contact": False,
            "forgotten_at": at,
        }
    )
    return Step(after, contacts=[Erase(party) for party in (REPORTER, *report.followers)])


def _covered(entry: Entry) -> Entry:
    """An agency's number for a referral stays: it looks like a telephone's, and is nobody's."""
    private = entry.private_note if entry.type == "referred" else masked(entry.private_note)
    return entry.model_copy(update={"note": masked(entry.note), "private_note": private})
