"""Takes over what the bank says: each row of its statement pays an invoice, or says why it pays nothing.

Looked through or taken, a row is judged by the same rules, so that what was shown is what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.permits import payments
from services.permits.codes import read_invoice
from services.permits.commands import Desk
from services.permits.domain import cancelling, paying
from services.permits.domain.application import Application, need
from services.permits.domain.bill import Bill, Payment
from services.permits.domain.invoices import bill_of, key_of, write_invoice_reference
from services.permits.domain.statement import Row, with_outcome
from shared.kernel import Case, Cause, Reject, Step
from shared.people import Person

_NOT_THIS_ONE = ("no-fees", "already-paid", "nothing-due", "too-little", "too-much")


@dataclass
class _Reading:
    """One statement that is being read, and what its rows have said so far."""

    desk: Desk
    who: Person
    apply: bool
    seen: set[tuple[object, ...]] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)  # invoices, by their references
    used: set[str] = field(default_factory=set)  # the bank's numbers, of rows that pay


async def take_statement(desk: Desk, rows: Sequence[Row], who: Person, *, apply: bool) -> list[Row]:
    """Each row with what it pays or why it pays nothing. Without `apply` nothing is changed; the same statement once
    more changes nothing either. Rows that pay one invoice twice are told apart."""
    reading = _Reading(desk, who, apply)
    return [await _take_row(reading, row) for row in rows]


async def _take_row(reading: _Reading, row: Row) -> Row:
    if row.outcome:  # it cannot be read
        return row
    named = read_invoice(reading.desk.town.reference_prefix, row.reference)
    said = (row.transaction, named or row.reference, row.satang, row.paid_on)
    if said in reading.seen:
        return with_outcome(row, "duplicate", "twice-in-file")
    reading.seen.add(said)
    case = await reading.desk.store.find_by_reference(named[0]) if named else None
    if named is None or case is None or case.state.submitted_at is None:
        return with_outcome(row, "unmatched", "unknown-reference")
    bill = bill_of(case.state, named[1])
    if bill is None:
        return _mark_unpaid(row, case, "no-fees")
    told = await _judge(reading, replace(row, reference=write_invoice_reference(case.state, bill)), case, bill)
    if told.outcome == "matched" or told.reason == "taken-by-hand":
        reading.paid.add(told.reference)
        reading.used.add(told.transaction)
    return told


async def _judge(reading: _Reading, row: Row, case: Case[Application], bill: Bill) -> Row:
    paid_by = await reading.desk.store.bills.find_paid_by(row.transaction)
    is_known = bill.payment is not None and bill.payment.transaction == row.transaction
    if is_known and paying.is_same_payment(bill, row.satang, row.paid_on):
        return with_outcome(row, "duplicate", "taken-before")
    if cancelling.was_cancelled(bill, row.transaction):  # whoever cancelled it knows where it belongs
        return with_outcome(row, "unmatched", "entry-cancelled")
    if row.reference in reading.paid:
        return _mark_unpaid(row, case, "already-paid", bill)
    if row.transaction in reading.used or (paid_by is not None and not is_known):
        return with_outcome(row, "unmatched", "transaction-used")
    try:
        if paying.is_taken_by_hand(bill, row.satang, row.paid_on, numbered=row.numbered):
            return await _note(reading, row, case, bill)
        return await _pay(reading, row, case, bill)
    except Reject as error:
        return _mark_unpaid(row, case, error.code, bill)


def _mark_unpaid(row: Row, case: Case[Application], why: str, bill: Bill | None = None) -> Row:
    """It pays nothing by itself: which invoice somebody meant who named another one, a cashier finds out."""
    meant = why in _NOT_THIS_ONE and paying.is_of_another(case.state, row.satang, bill)
    return with_outcome(row, "unmatched", "for-other-invoice" if meant else why)


async def _pay(reading: _Reading, row: Row, case: Case[Application], bill: Bill) -> Row:
    cause = _build_cause(row, case, bill, reading.who)
    payment = _build_payment(row, reading.who, cause.at)
    if not reading.apply:
        paying.pay(case.state, cause, payment, reading.desk.town, bill.number)
        return with_outcome(row, "matched", "to-take")
    paid = await payments.take(reading.desk, case.id, payment, cause, bill.number)
    if paid.repeated:
        return with_outcome(row, "duplicate", "taken-before")
    after = bill_of(paid.state, bill.number)
    numbered = after is not None and after.payment is not None and after.payment.receipt
    return with_outcome(row, "matched", "taken" if numbered else "taken-unnumbered")


async def _note(reading: _Reading, row: Row, case: Case[Application], bill: Bill) -> Row:
    """The cashier has entered this payment already: it gets the bank's number, by which it is known from now on."""

    def note(state: Application | None, _: Cause) -> Step[Application] | None:
        return paying.note_transaction(need(state), row.transaction, bill.number)

    if reading.apply:
        await payments.step_numbered(reading.desk, case.id, note, _build_cause(row, case, bill, reading.who))
    receipt = bill.payment.receipt if bill.payment else ""
    return replace(with_outcome(row, "duplicate", "taken-by-hand"), receipt=receipt)


def _build_cause(row: Row, case: Case[Application], bill: Bill, who: Person) -> Cause:
    return Cause.request(key=row.transaction, scope=f"statement:{key_of(case.id, bill.number)}", by=who, act="payments")


def _build_payment(row: Row, who: Person, at: datetime) -> Payment:
    paid_on = row.paid_on or at
    return Payment(
        satang=row.satang,
        method="transfer",
        paid_on=paid_on,
        transaction=row.transaction,
        sub=who.sub,
        name=who.name,
        at=at,
    )
