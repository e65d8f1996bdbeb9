"""What permits says of an application's fees, invoice by invoice: asked for, paid, given back. Read by notify."""

from typing import Literal

from pydantic import Field

from shared.events.base import Count, ForOwner, FreeText, Instant, Internal, Public, Reference, ShortText
from shared.events.permit_base import PermitEvent

FeesPurpose = Literal["application", "extension"]


class PermitMoney(PermitEvent):
    """Common to what is said of fees."""

    amount_satang: Internal[int] = Field(ge=0)
    """How much, in hundredths of a baht."""
    amount: Internal[ShortText]
    """The same in baht as people read it, `1,234.50`."""
    invoice: Public[Count] = 1
    """Which of the application's invoices it is about: 1 is the application's own."""
    purpose: Public[FeesPurpose] = "application"
    """What they are for: the application itself, or more time for its permit."""


class PermitFeesDue(PermitMoney):
    """The fees are to be paid: with the decision, or before it where a lane or type is paid first."""

    type = "onestop.permit.fees-due.v1"
    revision = 2
    due_at: Public[Instant]
    """When it must be paid."""
    pay_first: Public[bool] = False
    """True: it is decided, or the permit extended, only when it is paid."""
    again: Public[bool] = False
    """True: a reminder, the day has come."""


class PermitPayment(PermitMoney):
    """Common to what is said of a payment that has its receipt."""

    receipt: Public[Reference]
    """The number of the receipt: without gaps in its series and year."""
    former_holder: Internal[bool] = False
    """True: it was paid by who held the permit before; who holds it now is not told."""


class PermitFeesPaid(PermitPayment):
    """The fees are paid in full, and the receipt has its number."""

    type = "onestop.permit.fees-paid.v1"
    revision = 3
    paid_at: Public[Instant]
    """When the money came."""
    pay_first: Public[bool] = False
    """True: what they are for was waiting for them."""


class PermitFeesRefunded(PermitPayment):
    """The fees were given back; the receipt stays in its series."""

    type = "onestop.permit.fees-refunded.v1"
    revision = 3
    reason: ForOwner[FreeText]
    """Why, for the applicant."""


class PermitPaymentCancelled(PermitPayment):
    """A payment was entered by mistake: its receipt is void, and stays in its series. What was told as paid is not."""

    type = "onestop.permit.payment-cancelled.v1"
    revision = 2
    due: Public[bool]
    """True: the fees are to be paid again. False: it was withdrawn or refused, and nothing is due."""
    due_at: Public[Instant | None] = None
    """By when they are to be paid now."""
    reason: ForOwner[FreeText]
    """Why, for the applicant."""


PERMIT_FEE_EVENTS: tuple[type[PermitEvent], ...] = (
    PermitFeesDue,
    PermitFeesPaid,
    PermitFeesRefunded,
    PermitPaymentCancelled,
)
