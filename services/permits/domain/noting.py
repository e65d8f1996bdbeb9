"""Notes among the staff (บันทึกภายใน): what one officer wants the next to know, and nobody else to read."""

from services.permits.domain.application import Actor, Application, with_values
from services.permits.domain.staff_note import StaffNote
from shared.kernel import Cause, Reject, Step

STAFF_NOTES_MOST = 100  # of one application


def may_note(application: Application) -> bool:
    """It was handed in, and is not forgotten: also what is decided or withdrawn may need a word to a colleague."""
    return application.submitted_at is not None and application.forgotten_at is None


def add_note(application: Application, cause: Cause, author: Actor, text: str) -> Step[Application]:
    """One more note. It has no event and no line in the timeline, which both leave the office; the trail says who wrote
    it. What is signed does not hang on it, so it hinders no signature that is under way."""
    if not may_note(application):
        raise Reject("wrong-state", "notes are written about an application that is with the office")
    if not text.strip():
        raise Reject("empty-message", "write something", status=422)
    if len(application.staff_notes) >= STAFF_NOTES_MOST:
        raise Reject("too-many-notes", f"{STAFF_NOTES_MOST} notes were written; speak to each other", status=422)
    note = StaffNote(name=author.name, text=text, at=cause.at)
    return Step(with_values(application, staff_notes=(*application.staff_notes, note)))
