"""A payment that was entered by mistake: of another application, twice, or a cheque that the bank has not paid.

The entry does not stand any more, and the fees are due as if it had never been made, with as many days as the first
time. Money that came and goes back is a refund: see `paying.py`.
"""

from collections.abc import Collection

from services.permits.domain.application import (
    WITH_THE_OFFICE,
    Actor,
    Application,
    with_entry,
    with_values,
)
from services.permits.domain.bill import Bill, PastPayment, Payment
from services.permits.domain.facts import facts
from services.permits.domain.money import baht
from services.permits.domain.paying import hold_clock, state_due, waive
from shared.events.base import Event
from shared.events.permit_fees import PermitPaymentCancelled
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town


def cancel(application: Application, cause: Cause, cashier: Actor, why: str, town: Town) -> Step[Application]:
    """The payment is a past one, its receipt void. What waits for money waits again, and so does the clock."""
    bill, payment = _need_entry(application)
    past = PastPayment(payment=payment, note=why, sub=cashier.sub, name=cashier.name, at=cause.at)
    again = with_values(application, bill=_asked_again(application, bill, past, cause))
    after = again if again.owed else waive(again)
    said = {"amount": baht(payment.satang), "receipt": payment.receipt}
    entry = with_entry(after, cause, "payment-cancelled", cashier, why, **said)
    return hold_clock(Step(entry, _told(application, after, past)), cause, town)


def note_booked(application: Application, receipts: Collection[str]) -> Step[Application] | None:
    """The receipt book says of these that they are void."""
    bill = application.bill
    if bill is None or all(past.booked for past in bill.past_payments):
        return None
    booked = tuple(
        past.model_copy(update={"booked": past.booked or past.payment.receipt in receipts})
        for past in bill.past_payments
    )
    return Step(with_values(application, bill=bill.model_copy(update={"past_payments": booked})))


def was_cancelled(application: Application, transaction: str) -> bool:
    """A cashier has said of this payment of the bank that it does not pay this application."""
    past_payments = application.bill.past_payments if application.bill else ()
    return any(past.payment.transaction == transaction for past in past_payments)


def _need_entry(application: Application) -> tuple[Bill, Payment]:
    bill = application.bill
    if bill is None or bill.payment is None:
        raise Reject("nothing-entered", "no payment was entered that could be cancelled")
    if bill.standing == "refunded":
        raise Reject("already-refunded", "it was given back: it has come, so that it was no mistake to enter it")
    if not bill.payment.receipt:
        raise Reject("no-receipt-yet", "the receipt is being numbered; try again in a moment")
    return bill, bill.payment


def _asked_again(application: Application, bill: Bill, past: PastPayment, cause: Cause) -> Bill:
    """The invoice as if it came today. What is decided already waits for no money any more."""
    return bill.model_copy(
        update={
            "standing": "due",
            "payment": None,
            "past_payments": (*bill.past_payments, past),
            "issued_at": cause.at,
            "due_at": cause.at + (bill.due_at - bill.issued_at),
            "overdue_noted": False,
            "pay_first": bill.pay_first and application.state in WITH_THE_OFFICE,
        }
    )


def _told(before: Application, after: Application, past: PastPayment) -> list[Event]:
    """Whoever paid it is told; a holder who took the permit over since hears of the invoice alone."""
    owed, theirs = after.owed, before.theirs(past.payment.at)
    cancelled = PermitPaymentCancelled(
        **facts(before), actor=past.sub or None, amount_satang=past.payment.satang, amount=baht(past.payment.satang),
        receipt=past.payment.receipt, reason=past.note, due=owed is not None, due_at=owed.due_at if owed else None,
        former_holder=not theirs,
    )  # fmt: skip
    return [cancelled] if theirs or owed is None else [cancelled, state_due(after, owed)]
