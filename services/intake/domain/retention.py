"""Forgetting who sent a report, some time after it was closed: what the town did stays, and for whom it did it goes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.intake.domain.report import REPORTER, Entry, Report
from shared.kernel import Erase, Step
from shared.words.mask import mask_text


def forget_at(report: Report, days: int) -> datetime | None:
    """When its people are to be forgotten; None while it is not closed, and once it is done."""
    if report.closed_at is None or report.forgotten_at is not None:
        return None
    return max(report.closed_at, report.people_told_until or report.closed_at) + timedelta(days=days)


def keep_people(report: Report, told_until: datetime) -> Step[Report] | None:
    """They are told of the report that this one was merged into, until then at least. None: that is known."""
    known = report.people_told_until or report.closed_at
    if known is None or told_until <= known or report.forgotten_at is not None:
        return None
    return Step(report.model_copy(update={"people_told_until": told_until}))


def to_be_forgotten(report: Report, at: datetime, days: int) -> bool:
    """Whether what it says of people is to be erased now, `days` after its end."""
    due = forget_at(report, days)
    return due is not None and at >= due


def forget(report: Report, at: datetime, days: int) -> Step[Report] | None:
    """Erase the reporter's contact wherever it is kept; cover personal data in what was written. The public record, its
    timeline and the secret links stay as they are. Followers have documents of their own (`forget_follower`)."""
    if not to_be_forgotten(report, at, days):
        return None
    place = report.location
    after = report.model_copy(
        update={
            "text": mask_text(report.text),
            "public_text": mask_text(report.public_text),  # again: the town may know more forms of a number by now
            "answers": {code: mask_text(answer) for code, answer in report.answers.items()},
            "location": place.model_copy(update={"address": mask_text(place.address)}) if place else None,
            "timeline": [cover(entry) for entry in report.timeline],
            "fingerprint": "",  # of a name and a number too, which somebody might guess and compare
            "forgotten_at": at,
        }
    )
    return Step(after, contacts=[Erase(REPORTER)])


def cover_value(value: Any) -> Any:
    """A value that the staff's trail holds, without personal data, however deep it lies."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {name: cover_value(one) for name, one in value.items()}
    return [cover_value(one) for one in value] if isinstance(value, list) else value


def cover(entry: Entry) -> Entry:
    """The line without personal data. An agency's number for a referral stays: it looks like a telephone's, and is
    nobody's."""
    private = entry.private_note if entry.type in ("referred", "agency_answered") else mask_text(entry.private_note)
    notes = {"note": mask_text(entry.note), "public_note": mask_text(entry.public_note), "private_note": private}
    return entry.model_copy(update=notes)
