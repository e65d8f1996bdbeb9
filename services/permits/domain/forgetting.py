"""The end of what the office keeps of an applicant, the profile's `retention.applicant_days` after it was closed.

A permit has a holder by law: name, form and decision stay, for the register and whoever asks about the letter. How to
reach the applicant, what they and the office wrote to each other, what officers noted about them, the copies of their
papers, and the photos of their home, have served their purpose.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from services.permits.domain.application import Application, with_values
from services.permits.domain.handing_in import APPLICANT
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.paper import Upload
from services.permits.domain.permit_life import Inspection
from services.permits.domain.search_keys import with_search_keys
from shared.events.neighbours import party_of
from shared.kernel import Cause, Erase, Step


def forgetting_at(application: Application, days: int) -> datetime | None:
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
    """Contact, documents, photos of the place, messages, the staff's notes and the words of an appeal are gone, here
    and, by the tombstone that notify hears, there; and the answers to the fields that are `personal`, such as an
    agent's telephone."""
    at = forgetting_at(application, days)
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
        findings={code: one.model_copy(update={"marks": ()}) for code, one in application.findings.items()},
        inspections=tuple(map(_without_photos, application.inspections)),
        messages=(),
        staff_notes=(),
        unanswered_since=None,
        extension=None,
        consultations=tuple(one.model_copy(update={"answered_by": ""}) for one in application.consultations),
        neighbours=tuple(map(_without_person, application.neighbours)),
        appeal=application.appeal.model_copy(update={"note": ""}) if application.appeal else None,
        fingerprint="",
        forgotten_at=cause.at,
    )
    mailed = [Erase(party_of(one.id)) for one in application.neighbours if one.email]
    return Step(with_search_keys(after), contacts=[Erase(APPLICANT), *mailed])


def _without_person(neighbour: Neighbour) -> Neighbour:
    """That somebody was asked and what they said stays; who and where they are, and why, does not."""
    return neighbour.model_copy(update={"place": "", "name": "", "answer": "", "answered_by": "", "email": None})


def _without_file(upload: Upload) -> Upload:
    """That a document was there stays; its file and what the applicant called it do not."""
    return upload.model_copy(update={"filename": "", "removed": True})


def _without_photos(visit: Inspection) -> Inspection:
    """What was found stays, and how often it was photographed; what the photos show does not."""
    return visit.model_copy(update={"photos": tuple(one.model_copy(update={"removed": True}) for one in visit.photos)})
