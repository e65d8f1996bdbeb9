"""An invoice as it is shown: what is asked for, how to pay it, what came of it. Cashiers by name only among staff."""

from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain.application import Application
from services.permits.domain.bill import Bill, named_lines
from services.permits.domain.money import baht
from services.permits.domain.promptpay import payload, reference_of
from services.permits.domain.rules import Rules


def show_bill(application: Application, rules: Rules, say: Wording) -> dict[str, Any] | None:
    """None before there is one."""
    bill = application.bill
    if bill is None:
        return None
    return {
        "standing": bill.standing,
        "standing_text": say.say_code("bill", bill.standing),
        "lines": named_lines(bill, rules.permit, say.language),
        "satang": bill.satang,
        "amount": baht(bill.satang),
        "issued_at": bill.issued_at,
        "due_at": bill.due_at,
        "pay_first": bill.pay_first,
        "reference": reference_of(application.reference),
        "promptpay": promptpay_of(application, say),
        "payment": _payment(bill, say) if shows_payment(application, staff=say.staff) else None,
        "refund": _refund(bill, say) if shows_payment(application, staff=say.staff) else None,
    }


def shows_payment(application: Application, *, staff: bool) -> bool:
    """Whether there is a payment to be shown: what a holder before a transfer paid, and their receipt, stays between
    them and the office. That the fees are paid everybody sees who sees the invoice."""
    payment = application.bill.payment if application.bill else None
    return payment is not None and (staff or application.theirs(payment.at))


def show_terms(rules: Rules, lane: str) -> dict[str, Any] | None:
    """Within how many days it will have to be paid, and whether before it is decided; None: no invoice is made."""
    days = rules.permit.fee_due_days
    return {"days": days, "first": rules.permit.pays_first(lane)} if days else None


def promptpay_of(application: Application, say: Wording) -> str | None:
    """What the QR code says; None where the town takes none, or there is nothing to pay."""
    payments, bill = say.town.payments, application.owed
    if payments is None or payments.promptpay is None or bill is None:
        return None
    return payload(payments.promptpay, bill.satang, reference_of(application.reference))


def _payment(bill: Bill, say: Wording) -> dict[str, Any] | None:
    payment = bill.payment
    if payment is None:
        return None
    staff = {"by": payment.name, "transaction": payment.slip or payment.transaction} if say.staff else {}
    return {
        "satang": payment.satang,
        "amount": baht(payment.satang),
        "method": payment.method,
        "method_text": say.say_code("method", payment.method),
        "paid_on": payment.paid_on,
        "at": payment.at,
        "receipt": payment.receipt or None,
        **staff,
    }


def _refund(bill: Bill, say: Wording) -> dict[str, Any] | None:
    refund = bill.refund
    if refund is None:
        return None
    fields = refund.model_dump(include={"satang", "note", "document", "at"}) | {"amount": baht(refund.satang)}
    return fields | ({"by": refund.name} if say.staff else {})
