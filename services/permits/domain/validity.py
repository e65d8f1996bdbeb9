"""How long a permit holds: to the end of its last day in the town, warned of before, extended when its holder asked in
time and has paid what the town wants first, or expired."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.permits.domain.after_decision import close
from services.permits.domain.application import SYSTEM, Actor, Application, Standing, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.invoices import bill_of, waive
from services.permits.domain.paying import invoice_extension, need_paid
from services.permits.domain.permit_life import AskedExtension
from services.permits.domain.permit_type import PermitType
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import Signing, find_last_turn, with_act
from shared.events.base import Event
from shared.events.permit_life import PermitExpiring, PermitExtensionAnswered, PermitExtensionAsked
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

AFTERWARDS: tuple[Standing, ...] = ("completed", "expired", "revoked", "set-aside")  # what became of a permit
_TICK = timedelta(milliseconds=1)  # the finest that is stored: the end is written as a time of the last day itself


def day_end(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the day that is so many days later: a permit holds on the whole of the day that its letter names."""
    day = at.astimezone(zone).date() + timedelta(days=days + 1)
    return (datetime.combine(day, time.min, zone) - _TICK).astimezone(at.tzinfo)


def find_warning_time(
    permit: PermitType, valid_until: datetime | None, told_at: datetime, town: Town
) -> datetime | None:
    """When its holder is warned of the last day: at the hour of the signature, for at midnight people sleep."""
    days, zone = permit.expiry_warning_days, town.calendar.zone
    if valid_until is None or not days:
        return None
    day = valid_until.astimezone(zone).date() - timedelta(days=days)
    warned = told_at.astimezone(zone).replace(year=day.year, month=day.month, day=day.day)
    return warned.astimezone(told_at.tzinfo)


def expiry_at(application: Application) -> datetime | None:
    """When it ends by itself. An extension that was asked for in time keeps it in force until it is answered (Building
    Control Act B.E. 2522, section 35), a finished building waits for its inspection, and what was found wrong with it
    then has its time to be mended."""
    built, until = application.construction, application.valid_until
    if application.standing != "in-force" or application.extension or (built and built.finished_on):
        return None
    mending = built.mend_until if built else None
    return max(until, mending) if until and mending else until


def find_standing(application: Application, at: datetime) -> Standing | None:
    """What the decision is worth then: a permit whose time is over is expired, also before it is closed as that."""
    until = expiry_at(application)
    return "expired" if until is not None and until <= at else application.standing


def warn(application: Application, cause: Cause) -> Step[Application] | None:
    """The last day comes near: there is still time to ask for more."""
    until = expiry_at(application)
    due = application.expiry_warning_at
    if until is None or due is None or due > cause.at:
        return None
    after = with_values(application, expiry_warning_at=None)
    event = PermitExpiring(**list_facts(application), valid_until=until)
    return Step(with_entry(after, cause, "expiring", SYSTEM, at=until.isoformat()), [event])


def end_validity(application: Application, cause: Cause) -> Step[Application] | None:
    """The permit ends because its time is over; None while it is good or has no end."""
    until = expiry_at(application)
    return close(application, cause, "expired", "expired") if until is not None and until <= cause.at else None


def ask_extension(
    application: Application, cause: Cause, permit: PermitType, town: Town, actor: Actor, reason: str
) -> Step[Application]:
    """Its holder needs more time; asked before it has ended, or too late. What is paid first is asked for now."""
    if application.extension is not None and application.standing == "in-force":
        raise Reject("asked-already", "an extension is asked for already")
    if application.construction and application.construction.finished_on:
        raise Reject("wrong-state", "the work is finished; there is nothing to extend")
    until = expiry_at(application)
    if until is None or until <= cause.at:
        raise Reject("wrong-state", "only a permit in force, with an end that is still to come, is extended")
    asked = PermitExtensionAsked(**list_facts(application), actor=actor.subject, reason=reason)
    after = with_entry(application, cause, "extension-asked", actor, reason)
    first = permit.extension_pay_first
    invoiced = invoice_extension(after, cause, permit, town, pay_first=True) if first else Step(after)
    number = invoiced.state.later_bills[-1].number if invoiced.events else None
    waits = AskedExtension(note=reason, at=cause.at, invoice=number)
    return Step(with_values(invoiced.state, extension=waits), [asked, *invoiced.events])


def grant_extension(
    application: Application, cause: Cause, rules: Rules, town: Town, signing: Signing, days: int
) -> Step[Application]:
    """So many days more, at most as many as the permit had, and never so few that it would have ended already. What it
    costs is paid, or asked for now."""
    permit = rules.permit
    asked, until = _need_asked(application)
    need_paid(bill_of(application, asked.invoice))
    if permit.valid_days is not None and days > permit.valid_days:
        raise Reject("too-long", f"a permit is extended by at most {permit.valid_days} days", status=422)
    longer = day_end(until, days, town.calendar.zone)
    if longer <= cause.at:
        raise Reject("too-short", "with so few days more the permit would have ended already", status=422)
    warned = find_warning_time(permit, longer, cause.at, town)
    after = with_values(application, extension=None, extended_until=longer, expiry_warning_at=warned)
    told = with_entry(after, cause, "extended", signing.by, at=longer.isoformat(), office=signing.office)
    invoiced = Step(told) if asked.invoice else invoice_extension(told, cause, permit, town, pay_first=False)
    number = invoiced.state.later_bills[-1].number if invoiced.events else asked.invoice
    after = with_act(invoiced.state, cause, signing, "extension", until=longer, invoice=number)
    event = PermitExtensionAnswered(
        **list_facts(application),
        actor=signing.by.subject,
        granted=True,
        valid_until=longer,
        reason=None,
        letter=find_last_turn(after),
    )
    return Step(after, [event, *invoiced.events])


def refuse_extension(application: Application, cause: Cause, signing: Signing, reason: str) -> Step[Application]:
    """It ends on its day; at once when that has passed meanwhile. A refusal waits for no money."""
    _, until = _need_asked(application)
    if not reason:
        raise Reject("legal-reason", "a refusal needs its legal reason", status=422)
    unasked = waive(with_values(application, extension=None))
    after = with_act(unasked, cause, signing, "extension-refusal", legal_reason=reason)
    after = with_entry(after, cause, "extension-refused", signing.by, reason, office=signing.office)
    events: list[Event] = [
        PermitExtensionAnswered(
            **list_facts(application),
            actor=signing.by.subject,
            granted=False,
            valid_until=until,
            reason=reason,
            letter=find_last_turn(after),
        )
    ]
    ended = end_validity(after, cause)
    return Step(ended.state, [*events, *ended.events]) if ended else Step(after, events)


def _need_asked(application: Application) -> tuple[AskedExtension, datetime]:
    if application.extension is None or application.valid_until is None or application.standing != "in-force":
        raise Reject("wrong-state", "nobody has asked to extend this permit")
    return application.extension, application.valid_until
