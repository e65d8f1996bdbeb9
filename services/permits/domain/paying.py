"""From invoice to receipt: what is owed is asked for, paid in full, and if need be given back. Each act is about one of
the application's invoices (`invoices.py`).

After a decision the invoice comes with it. Where a lane or type is paid first, it comes with the acceptance; the
decision waits for the money, and the clock with it: it stands still from the examiner's proposal to the payment,
whatever is proposed, or everybody could read the proposal off the clock. A refusal waits for no money: see `decide`.
What an extension costs is asked for likewise: with the extension, or when it is asked for (`validity.py`).
"""

from datetime import datetime, timedelta
from typing import Any

from services.permits.domain import clock as clocks
from services.permits.domain.application import SYSTEM, Actor, Application, with_entry, with_values
from services.permits.domain.bill import BY_BANK, FIRST, Bill, Payment, Refund, StatedFees, state_fees
from services.permits.domain.facts import list_facts
from services.permits.domain.invoices import (
    bank_numbers_of,
    bill_of,
    bills_of,
    choose_next_number,
    is_awaited,
    is_owed,
    list_owed,
    with_bill,
)
from services.permits.domain.money import MOST, baht
from services.permits.domain.permit_type import PermitType
from services.permits.domain.statement import MADE_UP
from shared.events.base import Event
from shared.events.permit_fees import FeesPurpose, PermitFeesDue, PermitFeesPaid, PermitFeesRefunded
from shared.events.permits import PermitPaused, PermitResumed
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

NEAR = timedelta(days=3)  # a bank books over a long weekend what was paid before it


def invoice(
    application: Application, cause: Cause, permit: PermitType, town: Town, *, pay_first: bool
) -> Step[Application]:
    """What was stated when it was handed in falls due; nothing where it costs nothing, or there is an invoice."""
    if application.bill is not None:
        return Step(application)
    stated = application.stated or state_fees(permit.fees_for(application.form), cause.at)
    return _ask_for(application, cause, permit, town, stated, FIRST, "application", pay_first=pay_first)


def invoice_extension(
    application: Application, cause: Cause, permit: PermitType, town: Town, *, pay_first: bool
) -> Step[Application]:
    """What more time costs falls due, on an invoice of its own; nothing where it costs nothing."""
    stated = state_fees(permit.fees_for(application.form, "extension"), cause.at)
    return _ask_for(
        application, cause, permit, town, stated, choose_next_number(application), "extension", pay_first=pay_first
    )


def _ask_for(
    application: Application,
    cause: Cause,
    permit: PermitType,
    town: Town,
    stated: StatedFees,
    number: int,
    purpose: FeesPurpose,
    *,
    pay_first: bool,
) -> Step[Application]:
    if not permit.fee_due_days or not stated.satang:
        return Step(application)
    due_at = cause.at + timedelta(days=permit.fee_due_days)
    day = due_at.astimezone(town.calendar.zone).date()
    due_at += town.calendar.open_day(day) - day  # the cashier is there
    bill = Bill(
        number=number, purpose=purpose, lines=stated.lines, satang=stated.satang, issued_at=cause.at, due_at=due_at,
        pay_first=pay_first,
    )  # fmt: skip
    said = {"amount": baht(bill.satang), "due_at": due_at.isoformat(), "purpose": purpose}
    after = with_entry(with_bill(application, bill), cause, "invoiced", SYSTEM, **said)
    return Step(after, [state_due(application, bill)])


def need_paid(bill: Bill | None) -> None:
    """Refuse to grant what is paid first and is not paid."""
    if bill is not None and bill.holds_decision:
        raise Reject("unpaid", "it is granted only when its fees are paid")


def hold_clock(step: Step[Application], cause: Cause, town: Town) -> Step[Application]:
    """Examined and unpaid: the clock stands still. When nothing more is waited for, it runs."""
    after, clock = step.state, step.state.clock
    waits = after.proposal is not None and bool(after.bill and after.bill.holds_decision)
    if after.state != "examined" or clock is None or waits == bool(clock.paused_at):
        return step
    if waits:
        held = with_entry(
            with_values(after, clock=clocks.pause(clock, town, cause.at)), cause, "waits-for-fees", SYSTEM
        )
        return Step(held, [*step.events, PermitPaused(**list_facts(after), reason="payment")], step.contacts)
    running = clocks.resume(clock, town, cause.at)
    due_at = running.due_at
    on = with_entry(with_values(after, clock=running), cause, "runs-on", SYSTEM, due_at=due_at.isoformat())
    resumed = PermitResumed(**list_facts(after), due_at=due_at, reason="payment")
    return Step(on, [*step.events, resumed], step.contacts)


def pay(application: Application, cause: Cause, payment: Payment, town: Town, number: int = FIRST) -> Step[Application]:
    """The money has come, all of it. Its receipt is numbered next."""
    bill = need_payable(application, payment.satang, number)
    if payment.paid_on > cause.at + timedelta(days=1):  # a bank's day may be ahead of ours by hours
        raise Reject("paid-tomorrow", "the day of the payment is still to come", status=422)
    need_unused(application, payment.transaction)
    paid_for = payment.model_copy(update={"payer": application.applicant.name})
    paid = bill.model_copy(update={"standing": "paid", "payment": paid_for})
    cashier = Actor(sub=payment.sub, name=payment.name, level="cashier")
    said = {"amount": baht(payment.satang), "purpose": bill.purpose}
    after = with_entry(with_bill(application, paid), cause, "paid", cashier, **said)
    return hold_clock(Step(after), cause, town)


def need_payable(application: Application, amount: int, number: int = FIRST) -> Bill:
    """The invoice that this amount pays, to the satang; else why not, and what to do."""
    bill = bill_of(application, number)
    if amount <= 0 or amount > MOST:
        raise Reject("amount", "the amount must be more than nothing, and one that can be paid", status=422)
    if bill is None:
        raise Reject("no-fees", "this application has no such fees to be paid")
    if bill.standing in ("paid", "refunded"):
        receipt = bill.payment.receipt if bill.payment else ""
        raise Reject("already-paid", f"the fees are paid, receipt {receipt}; give a second payment back")
    if not is_owed(application, bill):
        raise Reject(
            "nothing-due", "it was withdrawn, refused or revoked: nothing is due any more; give the money back"
        )
    if amount < bill.satang:
        raise Reject("too-little", f"{baht(bill.satang - amount)} baht are missing of {baht(bill.satang)}", status=422)
    if amount > bill.satang:
        over = baht(amount - bill.satang)
        raise Reject("too-much", f"{over} baht more than {baht(bill.satang)}: give the rest back", status=422)
    return bill


def need_unused(application: Application, transaction: str | None) -> None:
    """A payment of the bank pays one invoice of this application; that it pays one application the database sees to."""
    if transaction is not None and transaction in bank_numbers_of(application):
        raise Reject("transaction-used", "the bank's number of this payment stands for another invoice")


def is_of_another(application: Application, amount: int, bill: Bill | None) -> bool:
    """Another invoice of the application's is to be paid by this amount."""
    return any(one.satang == amount and one != bill for one in list_owed(application))


def is_same_payment(bill: Bill, amount: int, paid_on: datetime | None) -> bool:
    """What paid it came to this amount, about this day."""
    payment = bill.payment
    if payment is None or paid_on is None or payment.satang != amount:
        return False
    return abs(payment.paid_on - paid_on) <= NEAR


def is_taken_by_hand(bill: Bill, amount: int, paid_on: datetime | None, *, numbered: bool) -> bool:
    """A row of the statement is what a cashier has entered before it: the same money, without the number that the
    statement knows it by. `numbered`: the row's number is the bank's."""
    if bill.standing != "paid" or bill.payment is None or bill.payment.method not in BY_BANK:
        return False
    known = bill.payment.transaction
    unnumbered = not known or (not numbered and not known.startswith(MADE_UP))
    return unnumbered and is_same_payment(bill, amount, paid_on)


def note_transaction(application: Application, transaction: str, number: int = FIRST) -> Step[Application] | None:
    """From now on the payment is known by the number of the statement; what was typed stays beside it."""
    bill = bill_of(application, number)
    if bill is None or bill.payment is None or bill.payment.transaction == transaction:
        return None
    need_unused(application, transaction)
    changes = {"transaction": transaction, "slip": bill.payment.transaction}
    payment = bill.payment.model_copy(update=changes)
    return Step(with_bill(application, bill.model_copy(update={"payment": payment})))


def number_receipt(
    application: Application, cause: Cause, number: str, entry: int | str = 1
) -> Step[Application] | None:
    """The receipt has its number, which it keeps; the applicant is told. `entry`: which of its payments it is of."""
    bill = next((one for one in bills_of(application) if one.entry == entry), None)
    if bill is None or bill.payment is None or bill.payment.receipt:
        return None
    payment = bill.payment.model_copy(update={"receipt": number})
    after = with_bill(application, bill.model_copy(update={"payment": payment}))
    event = PermitFeesPaid(
        **list_facts(application), **list_money(bill), actor=payment.sub or None, receipt=number,
        paid_at=payment.paid_on, pay_first=bill.pay_first, former_holder=not application.theirs(payment.at),
    )  # fmt: skip
    return Step(with_entry(after, cause, "receipt", SYSTEM, receipt=number), [event])


def refund(
    application: Application, cause: Cause, cashier: Actor, why: str, document: str, number: int = FIRST
) -> Step[Application]:
    """All of it goes back, once, when nothing hangs on it any more: the receipt and who took the money stay."""
    bill = bill_of(application, number)
    if bill is None or bill.payment is None:
        raise Reject("nothing-paid", "nothing was paid that could be given back")
    if bill.standing == "refunded":
        raise Reject("already-refunded", f"it was given back already, {bill.refund.document if bill.refund else ''}")
    if is_awaited(application, bill):
        raise Reject("still-open", "what it pays for is not answered yet: answer it or have it withdrawn first")
    if not bill.payment.receipt:
        raise Reject("no-receipt-yet", "the receipt is being numbered; try again in a moment")
    given = Refund(
        satang=bill.payment.satang, note=why, document=document, sub=cashier.sub, name=cashier.name, at=cause.at
    )  # fmt: skip
    after = with_bill(application, bill.model_copy(update={"standing": "refunded", "refund": given}))
    event = PermitFeesRefunded(
        **list_facts(application), **list_money(bill), actor=cashier.subject, receipt=bill.payment.receipt, reason=why,
        former_holder=not application.theirs(bill.payment.at),
    )  # fmt: skip
    said = {"amount": baht(given.satang), "document": document, "receipt": bill.payment.receipt}
    entry = with_entry(after, cause, "refunded", cashier, why, purpose=bill.purpose, **said)
    return Step(entry, [event])


def note_unpaid(application: Application, cause: Cause) -> Step[Application] | None:
    """The day has come and nobody has paid: the applicant is told once more, of each invoice."""
    events: list[Event] = []
    after = application
    for bill in list_owed(application):
        if bill.overdue_noted or bill.due_at > cause.at:
            continue
        after = with_bill(after, bill.model_copy(update={"overdue_noted": True}))
        after = with_entry(after, cause, "fees-due", SYSTEM, amount=baht(bill.satang), purpose=bill.purpose)
        events.append(state_due(application, bill, again=True))
    return Step(after, events) if events else None


def list_money(bill: Bill) -> dict[str, Any]:
    """What every event about an invoice says of it."""
    return {
        "invoice": bill.number, "purpose": bill.purpose, "amount_satang": bill.satang, "amount": baht(bill.satang),
    }  # fmt: skip


def state_due(application: Application, bill: Bill, *, again: bool = False) -> PermitFeesDue:
    """The invoice as it is told; `again`: its day has come."""
    return PermitFeesDue(
        **list_facts(application), **list_money(bill), due_at=bill.due_at, pay_first=bill.pay_first, again=again
    )  # fmt: skip
