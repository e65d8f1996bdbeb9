"""Visits to the place, before the decision and while the permit is in force: booked, come, and reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.permits.domain.application import SYSTEM, Actor, Application, with_entry, with_values
from services.permits.domain.due_time import need_in_time
from services.permits.domain.facts import list_facts
from services.permits.domain.permit_life import Inspection, Photo
from services.permits.domain.validity import day_end, expiry_at
from shared.events.base import Event
from shared.events.permit_life import (
    InspectionResult,
    PermitInspected,
    PermitInspectionCancelled,
    PermitInspectionMoved,
    PermitInspectionPlanned,
    VisitCancelledBecause,
)
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

INSPECTIONS_MOST = 50  # of one permit: a year of building sees some ten
PHOTOS_MOST = 12  # of one visit: as many as a phone sends at once, made smaller
MENDING_DAYS = 30  # the least that the law leaves to put right what was found (Building Control Act, section 41)


@dataclass(frozen=True)
class Finding:
    """What an inspector saw; `note` is for the applicant."""

    result: InspectionResult
    note: str = ""


def may_inspect(application: Application) -> bool:
    """While it is judged, and while what is permitted may be built."""
    return application.state in ("accepted", "examined") or application.standing == "in-force"


def _need_day(application: Application, cause: Cause, at: datetime, *, beyond_due: bool) -> dict[str, str]:
    """Reject a day on which nobody may come; what the timeline says of one after the decision is due."""
    if not may_inspect(application):
        raise Reject("wrong-state", "only what is being judged, or permitted and in force, is inspected")
    if at <= cause.at:
        raise Reject("in-the-past", "an inspection is planned for a time to come", status=422)
    until = expiry_at(application)
    if until is not None and at > until:
        raise Reject("after-validity", "the permit ends before that day", status=422)
    return need_in_time(application, at, beyond_due=beyond_due)


def plan_inspection(
    application: Application, cause: Cause, inspector: Actor, at: datetime, *, beyond_due: bool = False
) -> Step[Application]:
    """Set the day; the applicant is told, for somebody must let the inspector in."""
    beyond = _need_day(application, cause, at, beyond_due=beyond_due)
    if len(application.inspections) >= INSPECTIONS_MOST:
        raise Reject("too-many-inspections", f"a permit has at most {INSPECTIONS_MOST} inspections", status=422)
    after = with_values(application, inspections=(*application.inspections, Inspection(id=cause.id, at=at)))
    event = PermitInspectionPlanned(**list_facts(application), actor=inspector.subject, at=at)
    return Step(with_entry(after, cause, "inspection-planned", inspector, at=at.isoformat(), **beyond), [event])


def move_inspection(
    application: Application, cause: Cause, inspector: Actor, inspection: str, at: datetime, *, beyond_due: bool = False
) -> Step[Application] | None:
    """To another time, and its day is still to come; None: it is booked for that time."""
    booked = need_booked(application, inspection)
    if booked.at == at:
        return None
    beyond = _need_day(application, cause, at, beyond_due=beyond_due)
    event = PermitInspectionMoved(**list_facts(application), actor=inspector.subject, was=booked.at, at=at)
    after = _with(application, booked.model_copy(update={"at": at, "noted": False}))
    was = booked.at.isoformat()
    return Step(with_entry(after, cause, "inspection-moved", inspector, was=was, at=at.isoformat(), **beyond), [event])


def cancel_inspection(
    application: Application, cause: Cause, inspector: Actor, inspection: str, note: str
) -> Step[Application]:
    """Nobody comes; `note` says why, to the applicant."""
    return _cancel(application, cause, inspector, need_booked(application, inspection), "office", note)


def cancel_overtaken(application: Application, cause: Cause) -> Step[Application]:
    """It is decided without them: the applicant waits for nobody."""
    after, events = application, list[Event]()
    for one in application.inspections:
        if one.booked:
            step = _cancel(after, cause, SYSTEM, one, "decided", "")
            after, events = step.state, [*events, *step.events]
    return Step(after, events)


def _cancel(
    application: Application, cause: Cause, actor: Actor, visit: Inspection, because: VisitCancelledBecause, note: str
) -> Step[Application]:
    changes = {"cancelled_at": cause.at, "cancelled_because": because, "note": note, "noted": True}
    after = _with(application, visit.model_copy(update=changes))
    event = PermitInspectionCancelled(
        **list_facts(application), actor=actor.subject, at=visit.at, because=because, note=note or None
    )
    entry = "inspection-cancelled" if because == "office" else "inspection-overtaken"
    return Step(with_entry(after, cause, entry, actor, note, at=visit.at.isoformat()), [event])


def is_overtaken(application: Application, visit: Inspection) -> bool:
    """It was not called off, and nobody comes all the same: the case is over."""
    ended = application.state == "withdrawn" or application.closed_at is not None
    return visit.booked and (ended or (application.decision is not None and application.standing != "in-force"))


def list_awaited(application: Application) -> Sequence[Inspection]:
    """Those whose day is still to come, of a case that is not over."""
    if application.closed_at is not None:
        return ()
    return [one for one in application.inspections if not one.noted and one.booked]


def note_inspections(application: Application, cause: Cause) -> Step[Application] | None:
    """The inspections whose time has come, all at once: two may be due at one moment."""
    due = [one for one in list_awaited(application) if one.at <= cause.at]
    if not due:
        return None
    noted = tuple(one.model_copy(update={"noted": True}) if one in due else one for one in application.inspections)
    after = with_values(application, inspections=noted)
    for one in due:
        after = with_entry(after, cause, "inspection-due", SYSTEM, at=one.at.isoformat())
    return Step(after)


def need_booked(application: Application, inspection: str) -> Inspection:
    """The visit, if somebody is still to come."""
    booked = next((one for one in application.inspections if one.id == inspection), None)
    if booked is None:
        raise Reject("unknown-inspection", "there is no such inspection", status=404)
    if not booked.booked or not may_inspect(application):
        raise Reject("wrong-state", "this visit is reported already or called off, or the case has moved on")
    return booked


def need_unreported(application: Application, at: datetime, town: Town, inspection: str) -> Inspection:
    """The visit, if what was seen there may be written down at that time."""
    booked = need_booked(application, inspection)
    zone = town.calendar.zone
    if booked.at.astimezone(zone).date() > at.astimezone(zone).date():
        raise Reject("too-early", "an inspection is reported on its day or later", status=422)
    return booked


def report_inspection(
    application: Application, cause: Cause, town: Town, inspector: Actor, inspection: str, found: Finding
) -> Step[Application]:
    """What was found. Defects of a finished building give it back to its builders: it is not finished after all, and
    they have time to mend it, also when the permit's own last day has passed meanwhile."""
    booked = need_unreported(application, cause.at, town, inspection)
    if found.result != "in-order" and not found.note:
        raise Reject("inspection-note", "say what is wrong, or why nothing could be looked at", status=422)
    report = booked.model_copy(
        update={"result": found.result, "note": found.note, "noted": True, "reported_at": cause.at}
    )
    construction = application.construction
    if found.result == "defects" and construction and construction.finished_on:
        construction = construction.model_copy(
            update={"finished_on": None, "mend_until": day_end(cause.at, MENDING_DAYS, town.calendar.zone)}
        )
    after = with_values(_with(application, report), construction=construction)
    event = PermitInspected(
        **list_facts(application), actor=inspector.subject, at=booked.at, result=found.result, note=found.note or None
    )
    return Step(with_entry(after, cause, "inspected", inspector, found.note, result=found.result), [event])


def has_photo(visit: Inspection, sha256: str) -> bool:
    """This very photo is there: to add it once more would change nothing."""
    return any(one.sha256 == sha256 for one in visit.photos)


def need_room(visit: Inspection) -> None:
    """Reject when it has as many photos as it takes."""
    if len(visit.photos) >= PHOTOS_MOST:
        raise Reject("too-many-photos", f"a visit has at most {PHOTOS_MOST} photos", status=422)


def add_photo(
    application: Application, cause: Cause, town: Town, inspection: str, photo: Photo
) -> Step[Application] | None:
    """One more photo of the place, before it is reported: what the applicant was told of is not changed any more."""
    booked = need_unreported(application, cause.at, town, inspection)
    if has_photo(booked, photo.sha256):
        return None
    need_room(booked)
    number = max(booked.photos_taken, *(one.number for one in booked.photos), 0) + 1
    numbered = photo.model_copy(update={"number": number})
    changes = {"photos": (*booked.photos, numbered), "photos_taken": number}
    return Step(_with(application, booked.model_copy(update=changes)))


def take_out_photo(
    application: Application, cause: Cause, town: Town, inspection: str, number: int
) -> Step[Application] | None:
    """It was the wrong one. Nobody but the office has seen it."""
    booked = need_unreported(application, cause.at, town, inspection)
    left = tuple(one for one in booked.photos if one.number != number)
    return Step(_with(application, booked.model_copy(update={"photos": left}))) if left != booked.photos else None


def photos_for(visit: Inspection, *, staff: bool) -> Sequence[Photo]:
    """Those that somebody may see: the applicant has them with the report, and not before."""
    return visit.photos if staff or visit.result is not None else ()


def find_photo(application: Application, inspection: str, number: int, *, staff: bool) -> Photo | None:
    """That photo, for whom it is shown; None too once its file is gone."""
    visits = [one for one in application.inspections if one.id == inspection]
    shown = [photo for visit in visits for photo in photos_for(visit, staff=staff)]
    return next((photo for photo in shown if photo.number == number and not photo.removed), None)


def _with(application: Application, changed: Inspection) -> Application:
    visits = tuple(changed if one.id == changed.id else one for one in application.inspections)
    return with_values(application, inspections=visits)
