"""What an applicant does: open a draft, fill it in, hand it in, answer, take it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.permits.domain import clock as clocks
from services.permits.domain.application import (
    Actor,
    Applicant,
    Application,
    Location,
    changed,
    facts,
    need_state,
    told,
)
from services.permits.domain.clock import Clock
from services.permits.domain.documents import missing_documents
from shared.events import ContactRecorded, Event, PermitResumed, PermitSubmitted, PermitWithdrawn, Place
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

APPLICANT = "applicant"  # the one party of an application


def open_draft(current: Application | None, cause: Cause, *, draft: Application) -> Step[Application] | None:
    """A new application; one that is there already stays as it is."""
    return Step(told(draft, cause, "opened", Actor())) if current is None else None


def fill_in(case: Application, form: dict[str, str], location: Location, zone: str | None,
            applicant: Applicant) -> Step[Application]:  # fmt: skip
    """Change what was written before anybody accepted it; who has left a contact before leaves the new one too."""
    need_state(case, "change the form", "draft", "documents-requested")
    if not case.editable:
        raise Reject("wrong-state", "cannot change the form: it is accepted as it was; documents alone can be replaced")
    after = changed(case, form=form, location=location, zone=zone, applicant=applicant)
    known = case.submitted_at is not None and applicant != case.applicant
    return Step(after, contacts=[_contact(after)] if known else ())


def submit(case: Application, cause: Cause, town: Town, missing_fields: Sequence[str]) -> Step[Application]:
    """Hand in for the first time, or answer a request; a paused clock runs on."""
    need_state(case, "hand in", "draft", "documents-requested")
    lacking = [d.code for d in missing_documents(case, town.permits[case.type])]
    if missing_fields or lacking:
        what = ", ".join((*missing_fields, *lacking))
        raise Reject("incomplete", f"still missing: {what}", status=422)
    if case.clock is not None:
        return _resume(case, cause, town, case.clock)
    first = case.state == "draft"
    after = changed(case, state="submitted", request=None, submitted_at=case.submitted_at or cause.at)
    event = PermitSubmitted(**facts(case), submitted_at=cause.at, again=not first, location=_place(case.location),
                            language=case.applicant.language, parties=[APPLICANT])  # fmt: skip
    told_of = told(after, cause, "submitted" if first else "answered", Actor())
    return Step(told_of, [event], [_contact(case)] if first else ())


def _resume(case: Application, cause: Cause, town: Town, clock: Clock) -> Step[Application]:
    running = clocks.resume(clock, town, cause.at)
    after = changed(case, state="accepted", request=None, clock=running)
    event = PermitResumed(**facts(case), due_at=running.due_at)
    return Step(told(after, cause, "resumed", Actor(), due_at=running.due_at.isoformat()), [event])


def withdraw(case: Application, cause: Cause, actor: Actor, reason: str) -> Step[Application]:
    """The applicant takes it back, or an officer whom they asked to, who says so; the clock stops for good."""
    need_state(case, "withdraw", "draft", "submitted", "documents-requested", "accepted", "examined")
    if actor.level != "applicant" and not reason:  # else a refusal could be had without its legal reason
        raise Reject("reason", "say why it is withdrawn for the applicant, and who asked for it", status=422)
    stopped = clocks.stop(case.clock) if case.clock else None
    after = told(changed(case, state="withdrawn", clock=stopped), cause, "withdrawn", actor, reason)
    events: list[Event] = []
    if case.submitted_at is not None:  # nobody has heard of a draft
        events.append(PermitWithdrawn(**facts(case), actor=actor.subject, reason=reason or None))
    return Step(after, events)


def touched(case: Application) -> datetime:
    """When it was begun, or the last line was added to its timeline: changes of the form add none."""
    return case.timeline[-1].at if case.timeline else case.created_at


def expired(case: Application, before: datetime) -> bool:
    """Never handed in, and untouched since before then."""
    return case.submitted_at is None and touched(case) < before


def expire(case: Application, before: datetime) -> Step[Application] | None:
    """From now on nobody can hand it in any more, so that its files can go."""
    return Step(changed(case, state="withdrawn")) if case.state == "draft" and expired(case, before) else None


def note_delivery(case: Application, cause: Cause, outcome: str, params: Mapping[str, str]) -> Step[Application]:
    """A quiet line: the applicant was told of something, or could not be, and why."""
    return Step(told(case, cause, f"notice-{outcome}", Actor(level="system"), **params))


def _place(location: Location) -> Place:
    return Place(latitude=location.latitude, longitude=location.longitude, accuracy_m=location.accuracy_m,
                 address=location.address)  # fmt: skip


def _contact(case: Application) -> ContactRecorded:
    who = case.applicant
    return ContactRecorded(case_id=case.id, party=APPLICANT, name=who.name, email=who.email,
                           phone=who.phone, line_id=who.line_id, language=who.language,
                           consent=who.consent)  # fmt: skip
