"""What an application, or more time for a permit, costs: stated before it is asked for, invoiced, paid, and perhaps
given back. In whole satang.

             ┌── void (withdrawn or refused before it was paid)
due ─────────┤
   ▲         └── paid ── refunded
   └──────────────┘ the payment was entered by mistake: see `cancelling.py`
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from services.permits.domain.fee import Fee
from services.permits.domain.money import baht
from services.permits.domain.permit_type import PermitType
from shared.events.permit_fees import FeesPurpose
from shared.kernel import Lenient, StoredModel

FIRST = 1  # the number of the application's own invoice
Standing = Literal["due", "paid", "void", "refunded"]
Method = Literal["cash", "promptpay", "transfer", "cheque"]


BY_BANK: frozenset[Method] = frozenset({"promptpay", "transfer"})  # they stand in its statement


class FeeLine(StoredModel):
    """One fee of a bill in satang (a hundredth of a baht); `code` is the town profile's."""

    code: str
    satang: int


class StatedFees(StoredModel):
    """What the applicant was told that it costs when they handed it in: the invoice asks for no more."""

    lines: tuple[FeeLine, ...]
    satang: int
    at: datetime


class Payment(StoredModel):
    """Money that came, and who says so. The receipt's number follows at once: see the moment `receipt`."""

    satang: int
    method: Annotated[Method, Lenient]
    paid_on: datetime
    transaction: str | None = None  # the bank's own number: it pays one invoice
    slip: str | None = None  # the number that was typed, of one that the bank's statement does not number
    sub: str
    name: str
    at: datetime
    receipt: str = ""  # P-12/2569; empty: not yet given
    payer: str = ""  # whose application it was then: a receipt does not change with its holder


class PastPayment(StoredModel):
    """A payment that was entered by mistake, so that it pays nothing: who said so, and why. Its receipt stays in the
    book, void."""

    payment: Payment
    note: str  # why
    sub: str
    name: str
    at: datetime
    booked: bool = False  # its line in the receipt book says so too


class Refund(StoredModel):
    """Money that was given back: who did it, why, and by which document. The receipt stays what it is."""

    satang: int
    note: str  # why
    document: str
    sub: str
    name: str
    at: datetime


class Bill(StoredModel):
    """One invoice of an application: `invoices.py` has them all."""

    number: int = FIRST
    purpose: Annotated[FeesPurpose, Lenient] = "application"
    standing: Annotated[Standing, Lenient] = "due"
    lines: tuple[FeeLine, ...]
    satang: int
    issued_at: datetime
    due_at: datetime
    pay_first: bool = False  # what it is for waits for it
    overdue_noted: bool = False
    payment: Payment | None = None  # the one that stands
    past_payments: tuple[PastPayment, ...] = ()
    refund: Refund | None = None

    @property
    def is_open(self) -> bool:
        """It is to be paid."""
        return self.standing == "due"

    @property
    def holds_decision(self) -> bool:
        """What it is for cannot be granted before it is paid."""
        return self.pay_first and self.is_open

    @property
    def entry(self) -> int | str:
        """Which of the application's payments is the one that stands: a receipt is of one of them. Those of the first
        invoice are 1, 2, …; those of the second `2.1`, `2.2`, …."""
        count = len(self.past_payments) + 1
        return count if self.number == FIRST else f"{self.number}.{count}"

    @property
    def unbooked_since(self) -> datetime | None:
        """Since when the receipt book lacks something of it: a number, or that one is void."""
        waits = [past.at for past in self.past_payments if not past.booked]
        if self.payment and not self.payment.receipt:
            waits.append(self.payment.at)
        return min(waits, default=None)


def state_fees(fees: Iterable[tuple[Fee, int]], at: datetime) -> StatedFees:
    """The fees and their sum, in satang, as they were on that day; later prices change nothing in it."""
    lines = tuple(FeeLine(code=fee.code, satang=amount) for fee, amount in fees)
    return StatedFees(lines=lines, satang=sum(line.satang for line in lines), at=at)


def show_lines(bill: Bill, permit: PermitType, language: str) -> list[dict[str, Any]]:
    """Fee by fee, with its law; one that the kept rules do not have by its code."""
    fees = {fee.code: fee for fee in permit.price_list(bill.purpose)}
    return [
        {
            "fee": line.code,
            "name": fees[line.code].name.get(language) if line.code in fees else line.code,
            "law": fees[line.code].law.get(language) if line.code in fees else "",
            "satang": line.satang,
            "amount": baht(line.satang),
        }
        for line in bill.lines
    ]
