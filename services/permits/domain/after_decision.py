"""What follows a decision: its fees, and the end of the case.

decided, approved: in-force ──▶ expired, completed or revoked (closed)   validity.py, construction.py, revoking.py
decided, refused:  appeal-open ──▶ final or set-aside (closed)          appeals.py
"""

from datetime import datetime

from services.permits.domain.application import (
    SYSTEM,
    Actor,
    Application,
    Standing,
    with_entry,
    with_values,
)
from services.permits.domain.facts import facts
from shared.events.permits import ClosedBecause, PermitClosed
from shared.kernel import Cause, Reject, Step


def close(
    application: Application,
    cause: Cause,
    standing: Standing,
    reason: ClosedBecause,
) -> Step[Application]:
    """Nothing more is expected of this application."""
    after = with_values(application, standing=standing, closed_at=cause.at)
    return Step(
        with_entry(after, cause, f"closed-{reason}", SYSTEM), [PermitClosed(**facts(application), reason=reason)]
    )


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


def _has_come(at: datetime | None, cause: Cause) -> bool:
    return at is not None and at <= cause.at
