"""What is built under a permit: its holder tells when it begins and when it is finished, the office accepts it."""

from datetime import datetime

from services.permits.domain.after_decision import close
from services.permits.domain.application import Actor, Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.permit_life import Construction
from services.permits.domain.permit_type import PermitType
from shared.events.permit_life import PermitConstructionAccepted, PermitConstructionFinished, PermitConstructionStarted
from shared.kernel import Cause, Reject, Step


def tell_start(
    application: Application, cause: Cause, permit: PermitType, actor: Actor, on: datetime
) -> Step[Application]:
    """The work begins on that day. Told once; it may be told beforehand."""
    built = _need_building(application, permit)
    if built.started_on is not None:
        raise Reject("wrong-state", "the start of the work is told already")
    if application.decision is None or on.date() < application.decision.at.astimezone(on.tzinfo).date():
        raise Reject("before-permit", "nothing may be begun before the permit", status=422)
    if application.valid_until is not None and on > application.valid_until:
        raise Reject("after-validity", "the permit ends before that day", status=422)
    after = with_values(application, construction=built.model_copy(update={"started_on": on}))
    event = PermitConstructionStarted(**list_facts(application), actor=actor.subject, on=on)
    return Step(with_entry(after, cause, "construction-started", actor, on=on.isoformat()), [event])


def tell_finish(
    application: Application, cause: Cause, permit: PermitType, actor: Actor, on: datetime
) -> Step[Application]:
    """The work is finished since that day; from now on the permit waits for its inspection, not for its last day."""
    built = _need_building(application, permit)
    if built.started_on is None or built.finished_on is not None:
        raise Reject("wrong-state", "what is finished must have been begun, and is told once")
    if not built.started_on <= on <= cause.at:
        raise Reject("wrong-day", "it was finished after it was begun, and not in the future", status=422)
    told = built.model_copy(update={"finished_on": on, "finished_told_at": cause.at})
    after = with_values(application, construction=told)
    event = PermitConstructionFinished(**list_facts(application), actor=actor.subject, on=on)
    return Step(with_entry(after, cause, "construction-finished", actor, on=on.isoformat()), [event])


def can_accept(application: Application) -> bool:
    """It is finished, and the last visit since found it in order: since it was told, for a day may be told that was
    long ago, and by its own day, for visits are reported in any order."""
    built = application.construction
    if application.standing != "in-force" or built is None or built.finished_on is None:
        return False
    looked = [one for one in application.inspections if one.reported_at and one.result != "not-done"]
    last = max(looked, key=lambda one: one.at, default=None)
    since = max(built.finished_on, built.finished_told_at or built.finished_on)
    return last is not None and last.result == "in-order" and last.at >= since


def accept(application: Application, cause: Cause, officer: Actor) -> Step[Application]:
    """It stands as it was permitted. The permit has done its work and ends with this."""
    built = application.construction
    if built is None or not can_accept(application):
        raise Reject("not-inspected", "only a finished building that was found in order is accepted")
    accepted = with_values(application, construction=built.model_copy(update={"accepted_at": cause.at}))
    told = PermitConstructionAccepted(**list_facts(application), actor=officer.subject)
    noted = with_entry(accepted, cause, "construction-accepted", officer)
    closed = close(noted, cause, "completed", "completed")
    return Step(closed.state, [told, *closed.events])


def _need_building(application: Application, permit: PermitType) -> Construction:
    if application.standing != "in-force" or not permit.building_work:
        raise Reject("wrong-state", "only what is permitted and in force is built")
    return application.construction or Construction()
