"""The end of what the office keeps of an applicant, the profile's `retention.applicant_days` after it was closed.

A permit has a holder by law: name, form and decision stay, for the register and whoever asks about the letter. How to
reach the applicant, what they and the office wrote to each other, what officers noted about them, the copies of their
papers, and the photos of their home, have served their purpose.

One rule for words: whatever is called a `note` goes, wherever it stands, also the copy of it in a line of the timeline.
Reasons that were signed are called otherwise, and why money was given back belongs to the book of receipts.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar

from services.permits.domain.application import Application, Entry, Proposal, with_values
from services.permits.domain.handing_in import APPLICANT
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.paper import Finding, Request, Upload
from services.permits.domain.permit_life import Inspection, MadeAppeal
from services.permits.domain.search_keys import with_search_keys
from shared.events.neighbours import party_of
from shared.kernel import Cause, Erase, Step

Noted = TypeVar("Noted", Entry, Request, Proposal, MadeAppeal, Finding, Inspection)


def find_forgetting_time(application: Application, days: int) -> datetime | None:
    """When contact and documents go; None as long as something is expected, and when they are gone."""
    if application.submitted_at is None or application.closed_at is None or application.forgotten_at is not None:
        return None
    return application.closed_at + timedelta(days=days)


def files_of(application: Application) -> list[str]:
    """Every file that it names: what was handed in, and the photos of visits with their small copies."""
    handed_in = [upload.id for uploads in application.documents.values() for upload in uploads]
    photos = [photo for visit in application.inspections for photo in visit.photos]
    return [*handed_in, *(file for photo in photos for file in (photo.id, photo.thumbnail))]


def forget_applicant(
    application: Application, cause: Cause, days: int, personal: Collection[str]
) -> Step[Application] | None:
    """Contact, documents, photos of the place, messages and every note are gone, here and, by the tombstone that notify
    hears, there; and the answers to the fields that are `personal`, such as an agent's telephone."""
    at = find_forgetting_time(application, days)
    if at is None or at > cause.at:
        return None
    gone = {"phone": None, "email": None, "line_id": None, "address": None}
    unreachable = application.applicant.model_copy(update=gone)
    documents = {code: tuple(map(_without_file, uploads)) for code, uploads in application.documents.items()}
    form = {code: value for code, value in application.form.items() if code not in personal}
    after = with_values(
        application,
        applicant=unreachable,
        form=form,
        documents=documents,
        findings={code: without_note(_without_marks(one)) for code, one in application.findings.items()},
        request=without_note(application.request) if application.request else None,
        proposal=without_note(application.proposal) if application.proposal else None,
        inspections=tuple(without_note(_without_photos(one)) for one in application.inspections),
        timeline=tuple(map(without_note, application.timeline)),
        messages=(),
        staff_notes=(),
        unanswered_since=None,
        extension=None,
        consultations=tuple(one.model_copy(update={"answered_by": ""}) for one in application.consultations),
        neighbours=tuple(map(_without_person, application.neighbours)),
        appeal=without_note(application.appeal) if application.appeal else None,
        fingerprint="",
        forgotten_at=cause.at,
    )
    mailed = [Erase(party_of(one.id)) for one in application.neighbours if one.email]
    return Step(with_search_keys(after), contacts=[Erase(APPLICANT), *mailed])


def without_note(noted: Noted) -> Noted:
    """That it was said stays, and by whom; the words do not. Also for lines of the timeline beside the case."""
    return noted.model_copy(update={"note": ""})


def _without_marks(finding: Finding) -> Finding:
    """That a document was good, or was to be replaced, stays; the places on it and their words do not."""
    return finding.model_copy(update={"marks": ()})


def _without_person(neighbour: Neighbour) -> Neighbour:
    """That somebody was asked and what they said stays; who and where they are, and why, does not."""
    gone = dict.fromkeys(("place", "deed_number", "name", "answer", "answered_by"), "")
    return neighbour.model_copy(update={**gone, "email": None})


def _without_file(upload: Upload) -> Upload:
    """That a document was there stays; its file and what the applicant called it do not."""
    return upload.model_copy(update={"filename": "", "removed": True})


def _without_photos(visit: Inspection) -> Inspection:
    """How it went stays, and how often it was photographed; what the photos show does not."""
    return visit.model_copy(update={"photos": tuple(one.model_copy(update={"removed": True}) for one in visit.photos)})
