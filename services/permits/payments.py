"""What a cashier does: take what an invoice asks for, take over what the bank says, give back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.permits.commands import Desk
from services.permits.domain import paying
from services.permits.domain.application import Actor, Application, need
from services.permits.domain.bill import Payment
from services.permits.domain.paying import need_payable
from services.permits.domain.promptpay import reference_of
from services.permits.domain.statement import Row, judged
from services.permits.payment_bodies import GivenBack, TakenPayment
from shared.kernel import Case, Cause, DuplicateKey, Reject, Step
from shared.people import Person
from shared.references import read_reference
from shared.words.dates import BUDDHIST_ERA


async def take_payment(
    desk: Desk, case: Case[Application], who: Person, body: TakenPayment, cause: Cause
) -> Case[Application]:
    """The cashier has the money, all of it and for this application; the receipt's number is given at once."""
    if body.reference and reference_of(body.reference) != reference_of(case.state.reference):
        raise Reject("other-reference", f"it was paid for {body.reference}, not for this application", status=422)
    payment = Payment(
        satang=body.satang,
        method=body.method,
        paid_on=body.paid_on or cause.at,
        transaction=body.transaction,
        sub=who.sub,
        name=who.name,
        at=cause.at,
    )
    return await _take(desk, case.id, payment, cause)


async def _take(desk: Desk, case_id: str, payment: Payment, cause: Cause) -> Case[Application]:
    def pay(state: Application | None, why: Cause) -> Step[Application]:
        return paying.pay(need(state), why, payment, desk.town)

    try:
        paid = await desk.store.cases.step(case_id, pay, cause)
    except DuplicateKey as error:
        raise Reject("transaction-used", "the bank's number of this payment stands for another application") from error
    return await give_receipt(desk, paid)


async def give_receipt(desk: Desk, case: Case[Application]) -> Case[Application]:
    """Number the receipt of what was paid. After a crash the moment `receipt` asks again and finds the same number."""
    bill = case.state.bill
    if bill is None or bill.payment is None or bill.payment.receipt:
        return case
    payment, permit = bill.payment, (await desk.rules_for(case.state)).permit
    year = receipt_year(desk, payment.at)
    number = await desk.store.receipts.number(
        case.id, case.state.reference, payment.satang, payment.at, permit.receipt_series, year
    )

    def note(state: Application | None, why: Cause) -> Step[Application] | None:
        return paying.number_receipt(need(state), why, number)

    return await desk.store.cases.step(case.id, note, Cause.request())


def receipt_year(desk: Desk, at: datetime) -> int:
    """The Buddhist year in which a receipt of then is counted; a fiscal year bears the name of the one it ends in."""
    local = at.astimezone(ZoneInfo(desk.town.timezone))
    begins = desk.town.payments.year_begins if desk.town.payments else 1
    return local.year + BUDDHIST_ERA + (1 if begins > 1 and local.month >= begins else 0)


async def refund_payment(desk: Desk, case_id: str, who: Person, body: GivenBack, cause: Cause) -> Case[Application]:
    """All that was paid goes back."""
    cashier = Actor(sub=who.sub, name=who.name, level="cashier")
    return await desk.store.cases.step(
        case_id, lambda state, why: paying.refund(need(state), why, cashier, body.note, body.document), cause
    )


async def take_statement(desk: Desk, rows: Sequence[Row], who: Person, *, apply: bool) -> list[Row]:
    """Each row of a bank's statement, with what it pays or why it pays nothing. Without `apply` nothing is changed; the
    same statement once more changes nothing either. Rows that pay one application twice are told apart."""
    seen: set[str] = set()
    paid: set[str] = set()
    told = []
    for row in rows:
        one = await _take_row(desk, row, seen, paid, who, apply=apply)
        seen.add(row.transaction)
        paid |= {one.reference} if one.outcome == "matched" else set()
        told.append(one)
    return told


async def _take_row(desk: Desk, row: Row, seen: set[str], paid: set[str], who: Person, *, apply: bool) -> Row:
    if row.outcome:  # it cannot be read
        return row
    if row.transaction in seen:
        return judged(row, "duplicate", "twice-in-file")
    reference = read_reference(desk.town.reference_prefix, row.reference)
    case = await desk.store.find(reference) if reference else None
    if case is None or case.state.submitted_at is None:
        return judged(row, "unmatched", "unknown-reference")
    row = replace(row, reference=case.state.reference)
    paid_by = await desk.store.paid_by(row.transaction)
    if paid_by is not None:
        known = paid_by == case.id
        return judged(row, "duplicate" if known else "unmatched", "taken-before" if known else "transaction-used")
    if row.reference in paid:
        return judged(row, "unmatched", "already-paid")
    try:
        need_payable(case.state, row.satang)
        if apply:
            cause = Cause.request(key=row.transaction, scope=f"statement:{case.id}", by=who, act="payments")
            await _take(desk, case.id, _payment(row, who, cause.at), cause)
    except Reject as error:
        return judged(row, "unmatched", error.code)
    return judged(row, "matched", "taken" if apply else "to-take")


def _payment(row: Row, who: Person, at: datetime) -> Payment:
    paid_on = row.paid_on or at
    return Payment(
        satang=row.satang, method="transfer", paid_on=paid_on, transaction=row.transaction, sub=who.sub, name=who.name,
        at=at,
    )  # fmt: skip
