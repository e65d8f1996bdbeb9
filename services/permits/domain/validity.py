"""How long a permit holds: warned of before its last day, extended when its holder asked in time, or expired."""

from datetime import datetime, timedelta

from services.permits.domain.after_decision import close
from services.permits.domain.application import SYSTEM, Actor, Application, with_entry, with_values
from services.permits.domain.facts import facts
from services.permits.domain.permit_life import AskedExtension
from services.permits.domain.permit_type import PermitType
from shared.events.base import Event
from shared.events.permit_life import PermitExpiring, PermitExtensionAnswered, PermitExtensionAsked
from shared.kernel import Cause, Reject, Step


def warning_at(permit: PermitType, valid_until: datetime | None) -> datetime | None:
    """When its holder is warned of the last day."""
    days = permit.expiry_warning_days
    return valid_until - timedelta(days=days) if valid_until and days else None


def expiry_at(application: Application) -> datetime | None:
    """When it ends by itself. An extension that was asked for in time keeps it in force until it is answered (Building
    Control Act B.E. 2522, section 35), and a finished building waits for its inspection."""
    built = application.construction
    if application.standing != "in-force" or application.extension or (built and built.finished_on):
        return None
    return application.valid_until


def warn(application: Application, cause: Cause) -> Step[Application] | None:
    """The last day comes near: there is still time to ask for more."""
    until = expiry_at(application)
    due = application.expiry_warning_at
    if until is None or due is None or due > cause.at:
        return None
    after = with_values(application, expiry_warning_at=None)
    event = PermitExpiring(**facts(application), valid_until=until)
    return Step(with_entry(after, cause, "expiring", SYSTEM, at=until.isoformat()), [event])


def end_validity(application: Application, cause: Cause) -> Step[Application] | None:
    """The permit's time is over."""
    until = expiry_at(application)
    return close(application, cause, "expired", "expired") if until is not None and until <= cause.at else None


def ask_extension(application: Application, cause: Cause, actor: Actor, reason: str) -> Step[Application]:
    """Its holder needs more time; asked before the last day, or too late."""
    until = application.valid_until
    if application.standing != "in-force" or until is None or until <= cause.at:
        raise Reject("wrong-state", "only a permit in force, with a last day that is still to come, is extended")
    if application.extension is not None:
        raise Reject("asked-already", "an extension is asked for already")
    if application.construction and application.construction.finished_on:
        raise Reject("wrong-state", "the work is finished; there is nothing to extend")
    after = with_values(application, extension=AskedExtension(note=reason, at=cause.at))
    event = PermitExtensionAsked(**facts(application), actor=actor.subject, reason=reason)
    return Step(with_entry(after, cause, "extension-asked", actor, reason), [event])


def grant_extension(
    application: Application, cause: Cause, permit: PermitType, signatory: Actor, days: int
) -> Step[Application]:
    """So many days more, at most as many as the permit had."""
    until = _need_asked(application)
    if permit.valid_days is not None and days > permit.valid_days:
        raise Reject("too-long", f"a permit is extended by at most {permit.valid_days} days", status=422)
    longer = until + timedelta(days=days)
    warned = warning_at(permit, longer)
    after = with_values(application, extension=None, extended_until=longer, expiry_warning_at=warned)
    event = PermitExtensionAnswered(
        **facts(application), actor=signatory.subject, granted=True, valid_until=longer, reason=None
    )
    return Step(with_entry(after, cause, "extended", signatory, at=longer.isoformat()), [event])


def refuse_extension(application: Application, cause: Cause, signatory: Actor, reason: str) -> Step[Application]:
    """It ends on its day; at once when that has passed meanwhile."""
    until = _need_asked(application)
    if not reason:
        raise Reject("legal-reason", "a refusal needs its legal reason", status=422)
    after = with_entry(with_values(application, extension=None), cause, "extension-refused", signatory, reason)
    events: list[Event] = [
        PermitExtensionAnswered(
            **facts(application), actor=signatory.subject, granted=False, valid_until=until, reason=reason
        )
    ]
    ended = end_validity(after, cause)
    return Step(ended.state, [*events, *ended.events]) if ended else Step(after, events)


def _need_asked(application: Application) -> datetime:
    if application.extension is None or application.valid_until is None or application.standing != "in-force":
        raise Reject("wrong-state", "nobody has asked to extend this permit")
    return application.valid_until
