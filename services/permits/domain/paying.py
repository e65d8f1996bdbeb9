"""From invoice to receipt: what is owed is asked for, paid in full, and if need be given back.

After a decision the invoice comes with it. Where a lane or type is paid first, it comes with the acceptance; the
decision waits for the money, and the clock with it: it stands still from the examiner's proposal to the payment,
whatever is proposed, or everybody could read the proposal off the clock. A refusal waits for no money: see `decide`.
"""

from datetime import datetime, timedelta

from services.permits.domain import clock as clocks
from services.permits.domain.application import SYSTEM, Actor, Application, with_entry, with_values
from services.permits.domain.bill import BY_BANK, Bill, Payment, Refund, state_fees
from services.permits.domain.facts import facts
from services.permits.domain.money import MOST, baht
from services.permits.domain.permit_type import PermitType
from services.permits.domain.statement import MADE_UP
from shared.events.base import Event
from shared.events.permit_fees import PermitFeesDue, PermitFeesPaid, PermitFeesRefunded
from shared.events.permits import PermitPaused, PermitResumed
from shared.kernel import Cause, Reject, Step
from shared.town.models import Town

NEAR = timedelta(days=3)  # a bank books over a long weekend what was paid before it


def invoice(application: Application, cause: Cause, permit: PermitType, *, pay_first: bool) -> Step[Application]:
    """What was stated when it was handed in falls due; nothing where it costs nothing, or there is an invoice."""
    stated = application.stated or state_fees(permit, application.form, cause.at)
    if not permit.fee_due_days or not stated.satang or application.bill is not None:
        return Step(application)
    due_at = cause.at + timedelta(days=permit.fee_due_days)
    bill = Bill(
        lines=stated.lines, satang=stated.satang, issued_at=cause.at, due_at=due_at, pay_first=pay_first
    )  # fmt: skip
    said = {"amount": baht(bill.satang), "due_at": due_at.isoformat()}
    after = with_entry(with_values(application, bill=bill), cause, "invoiced", SYSTEM, **said)
    return Step(after, [state_due(application, bill)])


def need_paid(application: Application) -> None:
    """Refuse to grant what is paid first and is not paid."""
    if application.bill is not None and application.bill.holds_decision:
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
        return Step(held, [*step.events, PermitPaused(**facts(after), reason="payment")], step.contacts)
    running = clocks.resume(clock, town, cause.at)
    on = with_entry(
        with_values(after, clock=running), cause, "runs-on", SYSTEM, due_at=running.due_at.isoformat()
    )  # fmt: skip
    return Step(
        on, [*step.events, PermitResumed(**facts(after), due_at=running.due_at, reason="payment")], step.contacts
    )


def pay(application: Application, cause: Cause, payment: Payment, town: Town) -> Step[Application]:
    """The money has come, all of it. Its receipt is numbered next."""
    bill = need_payable(application, payment.satang)
    if payment.paid_on > cause.at + timedelta(days=1):  # a bank's day may be ahead of ours by hours
        raise Reject("paid-tomorrow", "the day of the payment is still to come", status=422)
    paid_for = payment.model_copy(update={"payer": application.applicant.name})
    paid = bill.model_copy(update={"standing": "paid", "payment": paid_for})
    cashier = Actor(sub=payment.sub, name=payment.name, level="cashier")
    after = with_entry(with_values(application, bill=paid), cause, "paid", cashier, amount=baht(payment.satang))
    return hold_clock(Step(after), cause, town)


def need_payable(application: Application, amount: int) -> Bill:
    """The invoice that this amount pays, to the satang; else why not, and what to do."""
    bill = application.bill
    if amount <= 0 or amount > MOST:
        raise Reject("amount", "the amount must be more than nothing, and one that can be paid", status=422)
    if bill is None:
        raise Reject("no-fees", "this application has no fees to be paid")
    if bill.standing in ("paid", "refunded"):
        receipt = bill.payment.receipt if bill.payment else ""
        raise Reject("already-paid", f"the fees are paid, receipt {receipt}; give a second payment back")
    if application.owed is None:
        raise Reject("nothing-due", "it was withdrawn or refused: nothing is due any more; give the money back")
    if amount < bill.satang:
        raise Reject("too-little", f"{baht(bill.satang - amount)} baht are missing of {baht(bill.satang)}", status=422)
    if amount > bill.satang:
        over = baht(amount - bill.satang)
        raise Reject("too-much", f"{over} baht more than {baht(bill.satang)}: give the rest back", status=422)
    return bill


def is_same_payment(application: Application, amount: int, paid_on: datetime | None) -> bool:
    """What paid it came to this amount, about this day."""
    payment = application.bill.payment if application.bill else None
    if payment is None or paid_on is None or payment.satang != amount:
        return False
    return abs(payment.paid_on - paid_on) <= NEAR


def is_taken_by_hand(application: Application, amount: int, paid_on: datetime | None, *, numbered: bool) -> bool:
    """A row of the statement is what a cashier has entered before it: the same money, without the number that the
    statement knows it by. `numbered`: the row's number is the bank's."""
    bill = application.bill
    if bill is None or bill.standing != "paid" or bill.payment is None or bill.payment.method not in BY_BANK:
        return False
    known = bill.payment.transaction
    unnumbered = not known or (not numbered and not known.startswith(MADE_UP))
    return unnumbered and is_same_payment(application, amount, paid_on)


def note_transaction(application: Application, transaction: str) -> Step[Application] | None:
    """From now on the payment is known by the number of the statement; what was typed stays beside it."""
    bill = application.bill
    if bill is None or bill.payment is None or bill.payment.transaction == transaction:
        return None
    changes = {"transaction": transaction, "slip": bill.payment.transaction}
    payment = bill.payment.model_copy(update=changes)
    return Step(with_values(application, bill=bill.model_copy(update={"payment": payment})))


def number_receipt(application: Application, cause: Cause, number: str, entry: int = 1) -> Step[Application] | None:
    """The receipt has its number, which it keeps; the applicant is told. `entry`: which of its payments it is of."""
    bill = application.bill
    if bill is None or bill.payment is None or bill.payment.receipt or bill.entry != entry:
        return None
    payment = bill.payment.model_copy(update={"receipt": number})
    after = with_values(application, bill=bill.model_copy(update={"payment": payment}))
    event = PermitFeesPaid(
        **facts(application), actor=payment.sub or None, amount_satang=payment.satang, amount=baht(payment.satang),
        receipt=number, paid_at=payment.paid_on, former_holder=not application.theirs(payment.at),
    )  # fmt: skip
    return Step(with_entry(after, cause, "receipt", SYSTEM, receipt=number), [event])


def refund(application: Application, cause: Cause, cashier: Actor, why: str, document: str) -> Step[Application]:
    """All of it goes back, once, when nothing hangs on it any more: the receipt and who took the money stay."""
    bill = application.bill
    if bill is None or bill.payment is None:
        raise Reject("nothing-paid", "nothing was paid that could be given back")
    if bill.standing == "refunded":
        raise Reject("already-refunded", f"it was given back already, {bill.refund.document if bill.refund else ''}")
    if application.state not in ("decided", "withdrawn"):
        raise Reject("still-open", "its decision rests on this payment: decide it or have it withdrawn first")
    if not bill.payment.receipt:
        raise Reject("no-receipt-yet", "the receipt is being numbered; try again in a moment")
    given = Refund(
        satang=bill.payment.satang, note=why, document=document, sub=cashier.sub, name=cashier.name, at=cause.at
    )  # fmt: skip
    after = with_values(application, bill=bill.model_copy(update={"standing": "refunded", "refund": given}))
    event = PermitFeesRefunded(
        **facts(application), actor=cashier.subject, amount_satang=given.satang, amount=baht(given.satang),
        receipt=bill.payment.receipt, reason=why, former_holder=not application.theirs(bill.payment.at),
    )  # fmt: skip
    said = {"amount": baht(given.satang), "document": document, "receipt": bill.payment.receipt}
    entry = with_entry(after, cause, "refunded", cashier, why, **said)
    return Step(entry, [event])


def waive(application: Application) -> Application:
    """Withdrawn or refused before it was paid: nothing is due any more."""
    bill = application.bill
    if bill is None or not bill.is_open:
        return application
    return with_values(application, bill=bill.model_copy(update={"standing": "void"}))


def note_unpaid(application: Application, cause: Cause) -> Step[Application] | None:
    """The day has come and nobody has paid: the applicant is told once more."""
    bill = application.owed
    if bill is None or bill.overdue_noted or bill.due_at > cause.at:
        return None
    noted = with_values(application, bill=bill.model_copy(update={"overdue_noted": True}))
    events: list[Event] = [state_due(application, bill, again=True)]
    return Step(with_entry(noted, cause, "fees-due", SYSTEM, amount=baht(bill.satang)), events)


def state_due(application: Application, bill: Bill, *, again: bool = False) -> PermitFeesDue:
    """The invoice as it is told; `again`: its day has come."""
    return PermitFeesDue(
        **facts(application), amount_satang=bill.satang, amount=baht(bill.satang), due_at=bill.due_at,
        pay_first=bill.pay_first, again=again,
    )  # fmt: skip
