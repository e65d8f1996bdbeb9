"""What a cashier does: take what an invoice asks for, give it back, and cancel what was entered by mistake. What the
bank says: `statement_taking.py`."""

from contextlib import suppress
from dataclasses import replace

from services.permits.codes import read_invoice
from services.permits.commands import Desk
from services.permits.domain import cancelling, paying
from services.permits.domain.application import Actor, Application, need
from services.permits.domain.bill import BY_BANK, FIRST, Payment
from services.permits.domain.invoices import bill_of
from services.permits.domain.statement import read_number
from services.permits.payment_bodies import CancelledEntry, GivenBack, TakenPayment
from services.permits.receipt_book import Unconfirmed, give_receipt, mark_void
from shared.kernel import Case, Cause, Decide, DuplicateKey, Reject, Step
from shared.people import Person

USED = "the bank's number of this payment stands for another application"


async def take_payment(
    desk: Desk, case: Case[Application], number: int, who: Person, body: TakenPayment, cause: Cause
) -> Case[Application]:
    """The cashier has the money, all of it and for this invoice; the receipt's number is given at once."""
    named = (case.state.reference, number)
    if body.reference and read_invoice(desk.town.reference_prefix, body.reference) != named:
        raise Reject("other-reference", f"it was paid for {body.reference}, not for this invoice", status=422)
    transaction = read_number(body.transaction or "")
    if body.method in BY_BANK and not transaction and _bank_numbers(desk):
        raise Reject("no-number", "write the bank's number of it: the statement tells it by that", status=422)
    payment = Payment(
        satang=body.satang,
        method=body.method,
        paid_on=body.paid_on or cause.at,
        transaction=transaction or None,
        sub=who.sub,
        name=who.name,
        at=cause.at,
    )
    return await take(desk, case.id, payment, cause, number)


def _bank_numbers(desk: Desk) -> bool:
    taken = desk.town.payments
    return taken is not None and taken.statement is not None and taken.statement.columns.transaction is not None


async def take(desk: Desk, case_id: str, payment: Payment, cause: Cause, number: int = FIRST) -> Case[Application]:
    """Pay that invoice with it, and number the receipt, unless no number can be given now; `repeated` where this cause
    has done so before."""

    def pay(state: Application | None, cause: Cause) -> Step[Application]:
        return paying.pay(need(state), cause, payment, desk.town, number)

    if payment.transaction and await desk.store.bills.find_paid_by(payment.transaction) not in (None, case_id):
        raise Reject("transaction-used", USED)  # also where only a release before this one has written it down
    paid = await step_numbered(desk, case_id, pay, cause)
    receipted = paid
    with suppress(Unconfirmed):  # the moment `receipt` goes on asking
        receipted = await give_receipt(desk, paid, bill_of(paid.state, number))
    return replace(receipted, repeated=paid.repeated)


async def step_numbered(desk: Desk, case_id: str, decide: Decide[Application], cause: Cause) -> Case[Application]:
    """A step that writes down a number of the bank's, which stands for one payment."""
    try:
        return await desk.store.applications.step(case_id, decide, cause)
    except DuplicateKey as error:
        raise Reject("transaction-used", USED) from error


async def refund_payment(
    desk: Desk, case_id: str, number: int, who: Person, body: GivenBack, cause: Cause
) -> Case[Application]:
    """Note that all that was paid for this bill went back, by which document; the receipt stays in the book."""
    cashier = Actor(sub=who.sub, name=who.name, level="cashier")
    return await desk.store.applications.step(
        case_id,
        lambda state, cause: paying.refund(need(state), cause, cashier, body.note, body.document, number),
        cause,
    )


async def cancel_payment(
    desk: Desk, case_id: str, number: int, who: Person, body: CancelledEntry, cause: Cause
) -> Case[Application]:
    """The payment was entered by mistake: it pays nothing any more, and the book says that its receipt is void."""
    cashier = Actor(sub=who.sub, name=who.name, level="cashier")

    def cancel(state: Application | None, cause: Cause) -> Step[Application]:
        return cancelling.cancel(need(state), cause, cashier, body.note, desk.town, number)

    cancelled = await desk.store.applications.step(case_id, cancel, cause)
    booked = await mark_void(desk, cancelled)
    return replace(booked, repeated=cancelled.repeated)
