"""Invoices as they are shown: what is asked for, how to pay it, what came of it. Cashiers by name only among staff."""

from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain.application import Application
from services.permits.domain.bill import Bill, PastPayment, Payment, show_lines
from services.permits.domain.invoices import bills_of, is_owed, write_invoice_reference
from services.permits.domain.money import baht
from services.permits.domain.promptpay import build_payload, reference_of
from services.permits.domain.rules import Rules


def show_bills(application: Application, rules: Rules, say: Wording) -> list[dict[str, Any]]:
    """All invoices of an application, its own first."""
    return [show_bill(application, bill, rules, say) for bill in bills_of(application)]


def show_bill(application: Application, bill: Bill, rules: Rules, say: Wording) -> dict[str, Any]:
    """One of them."""
    standing = "void" if bill.is_open and not is_owed(application, bill) else bill.standing
    shown = [past for past in bill.past_payments if say.staff or application.theirs(past.payment.at)]
    return {
        "invoice": bill.number,
        "purpose": bill.purpose,
        "purpose_text": say.say_code("purpose", bill.purpose),
        "standing": standing,
        "standing_text": say.say_code("bill", standing),
        "lines": show_lines(bill, rules.permit, say.language),
        "satang": bill.satang,
        "amount": baht(bill.satang),
        "issued_at": bill.issued_at,
        "due_at": bill.due_at,
        "pay_first": bill.pay_first,
        "first_text": say.say_code("pay.first", bill.purpose) if bill.pay_first else None,
        "reference": reference_of(write_invoice_reference(application, bill)),
        "promptpay": promptpay_of(application, bill, say),
        "payment": _payment(bill.payment, say) if shows_payment(application, bill, staff=say.staff) else None,
        "past_payments": [_past_payment(past, say) for past in shown],
        "refund": _refund(bill, say) if shows_payment(application, bill, staff=say.staff) else None,
    }


def shows_payment(application: Application, bill: Bill, *, staff: bool) -> bool:
    """Whether there is a payment to be shown: what a holder before a transfer paid, and their receipt, stays between
    them and the office. That the fees are paid everybody sees who sees the invoice."""
    return bill.payment is not None and (staff or application.theirs(bill.payment.at))


def list_receipts(application: Application, *, staff: bool) -> list[str]:
    """The numbers of the receipts that this reader may see, also of those that are void."""
    return [one.receipt for one in _select_with_receipt(application) if staff or application.theirs(one.at)]


def unseen_receipts(application: Application, *, staff: bool) -> frozenset[str]:
    """Those of a holder before, which no line of the timeline names to this one."""
    numbers = {one.receipt for one in _select_with_receipt(application)}
    return frozenset(numbers.difference(list_receipts(application, staff=staff)))


def _select_with_receipt(application: Application) -> list[Payment]:
    bills = bills_of(application)
    stand = [bill.payment for bill in bills if bill.payment]
    return [one for one in (*stand, *(past.payment for bill in bills for past in bill.past_payments)) if one.receipt]


def show_terms(rules: Rules, lane: str) -> dict[str, Any] | None:
    """Within how many days it will have to be paid, and whether before it is decided; None: no invoice is made."""
    days = rules.permit.fee_due_days
    return {"days": days, "first": rules.permit.pays_first(lane)} if days else None


def show_extension_terms(application: Application, rules: Rules) -> dict[str, Any] | None:
    """What more time will cost, and whether it is paid before it is given; None: nothing."""
    satang = sum(amount for _, amount in rules.permit.fees_for(application.form, "extension"))
    days = rules.permit.fee_due_days
    if not satang or not days:
        return None
    return {"satang": satang, "amount": baht(satang), "days": days, "first": rules.permit.extension_pay_first}


def promptpay_of(application: Application, bill: Bill, say: Wording) -> str | None:
    """What the QR code says; None where the town takes none, or there is nothing to pay."""
    payments = say.town.payments
    if payments is None or payments.promptpay is None or not is_owed(application, bill):
        return None
    return build_payload(payments.promptpay, bill.satang, reference_of(write_invoice_reference(application, bill)))


def _payment(payment: Payment | None, say: Wording) -> dict[str, Any] | None:
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


def _past_payment(past: PastPayment, say: Wording) -> dict[str, Any]:
    """One that was entered by mistake, and why it does not count."""
    cancelled = {"at": past.at, "note": past.note, **({"by": past.name} if say.staff else {})}
    return {**(_payment(past.payment, say) or {}), "cancelled": cancelled}


def _refund(bill: Bill, say: Wording) -> dict[str, Any] | None:
    refund = bill.refund
    if refund is None:
        return None
    fields = refund.model_dump(include={"satang", "note", "document", "at"}) | {"amount": baht(refund.satang)}
    return fields | ({"by": refund.name} if say.staff else {})
