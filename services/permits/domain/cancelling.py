"""A payment that was entered by mistake: of another application, twice, or a cheque that the bank has not paid.

The entry does not stand any more, and the fees are due as if it had never been made, with as many days as the first
time. Money that came and goes back is a refund: see `paying.py`.
"""

from collections.abc import Collection

from services.permits.domain.application import (
    Actor,
    Application,
    with_entry,
)
from services.permits.domain.bill import FIRST, Bill, PastPayment, Payment
from services.permits.domain.facts import list_facts
from services.permits.domain.invoices import bill_of, bills_of, is_awaited, is_owed, waive, with_bill
from services.permits.domain.money import baht
from services.permits.domain.paying import hold_clock, list_money, state_due
from shared.events.base import Event
from shared.events.permit_fees import PermitPaymentCancelled
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town


def cancel(
    application: Application, cause: Cause, cashier: Actor, why: str, town: Town, number: int = FIRST
) -> Step[Application]:
    """The payment is a past one, its receipt void. What waits for money waits again, and so does the clock."""
    bill, payment = _need_entry(application, number)
    past = PastPayment(payment=payment, note=why, sub=cashier.sub, name=cashier.name, at=cause.at)
    again = _reopen_bill(application, bill, past, cause)
    after = waive(with_bill(application, again))
    said = {"amount": baht(payment.satang), "receipt": payment.receipt}
    entry = with_entry(after, cause, "payment-cancelled", cashier, why, **said)
    return hold_clock(Step(entry, _tell_cancelled(application, again, past)), cause, town)


def note_booked(application: Application, receipts: Collection[str]) -> Step[Application] | None:
    """The receipt book says of these that they are void."""
    after = application
    for bill in bills_of(application):
        if not all(past.booked for past in bill.past_payments):
            booked = tuple(
                past.model_copy(update={"booked": past.booked or past.payment.receipt in receipts})
                for past in bill.past_payments
            )
            after = with_bill(after, bill.model_copy(update={"past_payments": booked}))
    return None if after is application else Step(after)


def was_cancelled(bill: Bill, transaction: str) -> bool:
    """A cashier has said of this payment of the bank that it does not pay this invoice."""
    return any(past.payment.transaction == transaction for past in bill.past_payments)


def _need_entry(application: Application, number: int) -> tuple[Bill, Payment]:
    bill = bill_of(application, number)
    if bill is None or bill.payment is None:
        raise Reject("nothing-entered", "no payment was entered that could be cancelled")
    if bill.standing == "refunded":
        raise Reject("already-refunded", "it was given back: it has come, so that it was no mistake to enter it")
    if not bill.payment.receipt:
        raise Reject("no-receipt-yet", "the receipt is being numbered; try again in a moment")
    return bill, bill.payment


def _reopen_bill(application: Application, bill: Bill, past: PastPayment, cause: Cause) -> Bill:
    """The invoice as if it came today. What is decided already waits for no money any more."""
    return bill.model_copy(
        update={
            "standing": "due",
            "payment": None,
            "past_payments": (*bill.past_payments, past),
            "issued_at": cause.at,
            "due_at": cause.at + (bill.due_at - bill.issued_at),
            "overdue_noted": False,
            "pay_first": bill.pay_first and is_awaited(application, bill),
        }
    )


def _tell_cancelled(application: Application, bill: Bill, past: PastPayment) -> list[Event]:
    """Whoever paid it is told; a holder who took the permit over since hears of the invoice alone."""
    due, theirs = is_owed(application, bill), application.theirs(past.payment.at)
    cancelled = PermitPaymentCancelled(
        **list_facts(application),
        **list_money(bill),
        actor=past.sub or None,
        receipt=past.payment.receipt,
        reason=past.note,
        due=due,
        due_at=bill.due_at if due else None,
        former_holder=not theirs,
    )
    return [cancelled] if theirs or not due else [cancelled, state_due(application, bill)]
