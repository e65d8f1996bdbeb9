"""Writes the receipt book: a number for each payment, and void beside the one that was entered by mistake.

After a restoration from a backup nobody here knows which numbers were printed since that backup. No receipt of such a
series and year is numbered until an operator says what the last one was (`onestop receipts`): it is not lost, it waits.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.permits.commands import Desk
from services.permits.domain import cancelling, paying
from services.permits.domain.application import Application, need
from services.permits.domain.bill import Bill
from services.permits.domain.invoices import bill_of, bills_of
from services.permits.receipt_store import Book, Paid, Void
from shared.kernel import Case, Cause, Reject, Step, Transient, now
from shared.kernel.restored import Restoration
from shared.telemetry import get_log
from shared.town import Town
from shared.words.dates import BUDDHIST_ERA

log = get_log(__name__)

LOST_MOST = 10_000  # receipts between a backup and its restoration: more are a typing error


class Unconfirmed(Transient):
    """After a restoration nobody has said yet which receipt was the last."""


@dataclass(frozen=True)
class Held:
    """A book in which nothing is numbered. `last`: with which number it ends here; `waiting`: how many payments."""

    book: Book
    last: int
    waiting: int


async def keep_book(desk: Desk, case: Case[Application]) -> Case[Application]:
    """Everything that the book lacks of this application. `Unconfirmed` while a number must wait, which keeps no other
    back."""
    case, waits = await mark_void(desk, case), None
    for bill in bills_of(case.state):
        try:
            case = await give_receipt(desk, case, bill)
        except Unconfirmed as error:
            waits = error
    if waits:
        raise waits
    return case


async def give_receipt(desk: Desk, case: Case[Application], bill: Bill | None) -> Case[Application]:
    """Number the receipt of what paid this invoice. After a crash the moment `receipt` asks again and finds the same
    number."""
    if bill is None or bill.payment is None or bill.payment.receipt:
        return case
    payment, book = bill.payment, await _book_of(desk, case.state, bill.payment.at)
    if await waits_for_operator(desk, case.state, bill):
        raise Unconfirmed(f"after the restoration the last receipt of {book} must be said: `onestop receipts`")
    paid = Paid(case.id, bill.entry, case.state.reference, payment.satang, payment.at)
    number = await desk.store.receipts.number(paid, book)

    def note(state: Application | None, cause: Cause) -> Step[Application] | None:
        return paying.number_receipt(need(state), cause, number, paid.payment)

    return await desk.store.applications.step(case.id, note, Cause.request())


async def waits_for_operator(desk: Desk, application: Application, bill: Bill | None) -> bool:
    """It is paid, and its receipt gets a number only when somebody has said which one was the last."""
    payment = bill.payment if bill else None
    if payment is None or payment.receipt:
        return False
    return await _is_held(desk, await _book_of(desk, application, payment.at), await desk.store.receipts.restoration())


async def mark_void(desk: Desk, case: Case[Application]) -> Case[Application]:
    """Write into the book which receipts do not count any more. After a crash the moment `receipt` asks again."""
    waiting = [past for bill in bills_of(case.state) for past in bill.past_payments if not past.booked]
    if not waiting:
        return case
    for past in waiting:
        if not await desk.store.receipts.void(past.payment.receipt, Void(past.note, past.name, past.at)):
            log.error("a receipt has no line in the book", extra={"receipt": past.payment.receipt})
    void = {past.payment.receipt for past in waiting}
    return await desk.store.applications.step(
        case.id, lambda state, _: cancelling.note_booked(need(state), void), Cause.request()
    )


async def list_held_books(desk: Desk) -> tuple[Restoration | None, Sequence[Held]]:
    """The restoration, and every book that waits for its last number since: of the years whose receipts may have been
    printed after the backup, of each series that the town uses or that a payment waits for."""
    restored = await desk.store.receipts.restoration()
    if restored is None:
        return None, ()
    waiting = Counter(
        [await _book_of(desk, case.state, at) for at, case, _ in await desk.store.bills.list_unnumbered()]
    )
    first, last = (find_receipt_year(desk.town, at) for at in (restored.moment, restored.begun_at))
    series = {permit.receipt_series for permit in desk.town.permits.values() if permit.fee_due_days}
    books = {*waiting, *(Book(name, year) for name in series for year in range(first, last + 1))}
    held = [book for book in sorted(books) if await _is_held(desk, book, restored)]
    return restored, [Held(book, await desk.store.receipts.last(book), waiting[book]) for book in held]


def need_last(held: Held, last: int) -> int:
    """How many receipts are lost when this was the last one. Reject for what cannot be."""
    if last < held.last:
        raise Reject(
            "before-the-book", f"the book has {held.book.receipt(held.last)} already: the last is not before it"
        )
    if last - held.last > LOST_MOST:
        raise Reject(
            "too-many-lost", f"{last - held.last:,} receipts of {held.book} were lost? Look at the number again"
        )
    return last - held.last


async def confirm_last(desk: Desk, held: Held, last: int, restored: Restoration) -> list[str]:
    """From now on numbers go on behind this one; those of what waits are given at once, and answered."""
    await desk.store.receipts.confirm(held.book, last, restored.begun_at, now())
    given = []
    for at, case, bill in await desk.store.bills.list_unnumbered():
        if await _book_of(desk, case.state, at) == held.book:
            numbered = bill_of((await give_receipt(desk, case, bill)).state, bill.number)
            given += [numbered.payment.receipt] if numbered and numbered.payment else []
    return given


def find_receipt_year(town: Town, at: datetime) -> int:
    """The Buddhist year in which a receipt of then is counted; a fiscal year bears the name of the one it ends in."""
    local = at.astimezone(ZoneInfo(town.timezone))
    begins = town.payments.year_begins if town.payments else 1
    return local.year + BUDDHIST_ERA + (1 if begins > 1 and local.month >= begins else 0)


async def _book_of(desk: Desk, application: Application, at: datetime) -> Book:
    permit = (await desk.rules_for(application)).permit
    return Book(permit.receipt_series, find_receipt_year(desk.town, at))


async def _is_held(desk: Desk, book: Book, restored: Restoration | None) -> bool:
    """A year that began after the restoration has no receipts from before it."""
    if restored is None or book.year > find_receipt_year(desk.town, restored.begun_at):
        return False
    return await desk.store.receipts.find_confirmed_since(book) != restored.begun_at
