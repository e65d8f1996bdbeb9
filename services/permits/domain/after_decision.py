"""What follows a decision: fees, inspections, the end of its validity or of the time to appeal. Then it is closed.

decided, approved: in-force ──validity over──▶ expired (closed)
decided, refused:  appeal-open ──nobody appealed──▶ final (closed)
"""

from datetime import datetime, time, timedelta
from typing import Literal

from services.permits.domain.application import (
    SYSTEM,
    Actor,
    Application,
    Inspection,
    Standing,
    with_entry,
    with_values,
)
from services.permits.domain.facts import facts
from shared.calendar import WorkingCalendar
from shared.events.permits import PermitClosed
from shared.kernel import Cause, Reject, Step

INSPECTIONS_MOST = 50  # of one permit: a year of building sees some ten


def appeal_end(calendar: WorkingCalendar, told_at: datetime, days: int) -> datetime:
    """The midnight with which the right to appeal ends.

    The day of the order does not count, and a last day on which the office is closed moves to the next on which it is
    open (Civil and Commercial Code, sections 193/3 and 193/8).
    """
    last = told_at.astimezone(calendar.zone).date() + timedelta(days=days)
    while not calendar.is_working_day(last):
        last += timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time.min, calendar.zone)


def close(
    application: Application,
    cause: Cause,
    standing: Standing,
    reason: Literal["refused", "expired"],
) -> Step[Application]:
    """Nothing more is expected of this application."""
    after = with_values(application, standing=standing, closed_at=cause.at)
    return Step(
        with_entry(after, cause, f"closed-{reason}", SYSTEM), [PermitClosed(**facts(application), reason=reason)]
    )


def end_appeal(application: Application, cause: Cause) -> Step[Application] | None:
    """Nobody appealed in time: the refusal stands."""
    decision = application.decision
    if application.standing != "appeal-open" or decision is None or not _has_come(decision.appeal_until, cause):
        return None
    return close(application, cause, "final", "refused")


def end_validity(application: Application, cause: Cause) -> Step[Application] | None:
    """The permit's time is over."""
    decision = application.decision
    if application.standing != "in-force" or decision is None or not _has_come(decision.valid_until, cause):
        return None
    return close(application, cause, "expired", "expired")


def pay_fees(application: Application, cause: Cause, cashier: Actor, receipt: str) -> Step[Application]:
    """The cashier has taken the money."""
    if application.fees is None:
        raise Reject("no-fees", "this application has no fees to be paid")
    if application.fees.paid_at is not None:
        raise Reject("already-paid", f"the fees are paid, receipt {application.fees.receipt}")
    paid = application.fees.model_copy(update={"paid_at": cause.at, "receipt": receipt})
    return Step(with_entry(with_values(application, fees=paid), cause, "fees-paid", cashier, receipt=receipt))


def note_unpaid(application: Application, cause: Cause) -> Step[Application] | None:
    """The fees are due and nobody has paid them: a line for the applicant and the cashier."""
    bill = application.fees
    if bill is None or bill.paid_at or bill.overdue_noted or not _has_come(bill.due_at, cause):
        return None
    noted = bill.model_copy(update={"overdue_noted": True})
    return Step(with_entry(with_values(application, fees=noted), cause, "fees-due", SYSTEM, amount=bill.total))


def plan_inspection(application: Application, cause: Cause, inspector: Actor, at: datetime) -> Step[Application]:
    """Set the day on which the building is looked at."""
    if application.standing != "in-force":
        raise Reject("wrong-state", "only what is permitted and in force is inspected")
    if at <= cause.at:
        raise Reject("in-the-past", "an inspection is planned for a time to come", status=422)
    until = application.decision.valid_until if application.decision else None
    if until is not None and at > until:
        raise Reject("after-validity", "the permit ends before that day", status=422)
    if len(application.inspections) >= INSPECTIONS_MOST:
        raise Reject("too-many-inspections", f"a permit has at most {INSPECTIONS_MOST} inspections", status=422)
    planned = (*application.inspections, Inspection(id=cause.id, at=at))
    after = with_values(application, inspections=planned)
    return Step(with_entry(after, cause, "inspection-planned", inspector, at=at.isoformat()))


def note_inspections(application: Application, cause: Cause) -> Step[Application] | None:
    """The inspections whose time has come, all at once: two may be due at one moment."""
    due = [one for one in application.inspections if not one.noted and one.at <= cause.at]
    if not due:
        return None
    noted = tuple(one.model_copy(update={"noted": True}) if one in due else one for one in application.inspections)
    after = with_values(application, inspections=noted)
    for one in due:
        after = with_entry(after, cause, "inspection-due", SYSTEM, at=one.at.isoformat())
    return Step(after)


def _has_come(at: datetime | None, cause: Cause) -> bool:
    return at is not None and at <= cause.at
