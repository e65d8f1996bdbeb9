"""The invoice (ใบแจ้งชำระค่าธรรมเนียม) and the receipt (ใบเสร็จรับเงิน): what they say, as data, and their page as PDF.
Both are in Thai, with the day in the Buddhist year and the amount in words."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno

from services.permits.domain.application import Application
from services.permits.domain.bill import FIRST, Bill, PastPayment, show_lines
from services.permits.domain.invoices import bills_of, is_owed, write_invoice_reference
from services.permits.domain.money import baht, in_words
from services.permits.domain.promptpay import build_payload, reference_of
from services.permits.domain.rules import Rules
from services.permits.letter import logo_of
from shared.documents import picture, typeset
from shared.kernel import Reject
from shared.town import Town
from shared.words.dates import date_text

TEMPLATE = Path(__file__).parent / "pages" / "templates" / "payment.typ"
_METHODS = {"cash": "เงินสด", "promptpay": "พร้อมเพย์", "transfer": "โอนเงินผ่านธนาคาร", "cheque": "เช็ค"}

_PURPOSES = {"application": "คำขออนุญาต", "extension": "การต่ออายุใบอนุญาต"}  # of those of this release
_GRANTED = {"application": "ออกใบอนุญาต", "extension": "ต่ออายุใบอนุญาต"}


async def make_invoice(application: Application, bill: Bill | None, rules: Rules, town: Town) -> bytes:
    """What is to be paid, with the code to pay it. Reject where nothing is."""
    if bill is None or not is_owed(application, bill):
        raise Reject("nothing-due", "there is nothing to be paid", status=404)
    return await typeset(TEMPLATE, compose_invoice(application, bill, rules, town), bill.issued_at)


async def make_receipt(application: Application, rules: Rules, town: Town, number: str) -> bytes:
    """Proof of what was paid, by the number of the receipt, also of one that is void. Reject where there is none."""
    for bill in bills_of(application) if number else ():
        past = next((one for one in bill.past_payments if one.payment.receipt == number), None)
        payment = past.payment if past else bill.payment
        if payment and payment.receipt == number:
            changed = past.at if past else bill.refund.at if bill.refund else payment.at
            return await typeset(TEMPLATE, compose_receipt(application, bill, rules, town, past), changed)
    raise Reject("no-receipt", "there is no receipt", status=404)


def compose_invoice(application: Application, bill: Bill, rules: Rules, town: Town) -> dict[str, Any]:
    """All that the invoice says: the template only sets it."""
    zone, payments = ZoneInfo(town.timezone), town.payments
    named = write_invoice_reference(application, bill)
    reference = reference_of(named)
    return _build_paper(application, bill, rules, town) | {
        "title": "ใบแจ้งชำระค่าธรรมเนียม",
        "number": f"คำขอเลขที่ {application.reference}" if bill.number == FIRST else f"ใบแจ้งชำระเลขที่ {named}",
        "date": _write_day("วันที่ออก", bill.issued_at, zone),
        "heads": [
            ["ผู้ชำระ", application.applicant.name],
            ["ชำระภายในวันที่", date_text(bill.due_at, zone, "th")],
            ["รหัสอ้างอิง (Ref.1)", reference],
        ],
        "qr": _draw_code(build_payload(payments.promptpay, bill.satang, reference), baht(bill.satang))
        if payments and payments.promptpay
        else None,
        "notes": [
            *(
                [f"เจ้าพนักงานท้องถิ่นจะ{_GRANTED.get(bill.purpose, 'ออกใบอนุญาต')}เมื่อชำระค่าธรรมเนียมครบถ้วนแล้ว"]
                if bill.pay_first
                else []
            ),
            *([f"ชำระที่ {payments.counter.th}"] if payments else []),
            *([payments.notice.th] if payments and payments.notice else []),
        ],
        "stamp": None,
        "signer": None,
    }


def compose_receipt(
    application: Application, bill: Bill, rules: Rules, town: Town, past: PastPayment | None = None
) -> dict[str, Any]:
    """All that the receipt says, also that the money was given back; of a payment that was entered by mistake, that it
    is void."""
    payment, zone = past.payment if past else bill.payment, ZoneInfo(town.timezone)
    if payment is None:
        raise ValueError(f"{application.reference} is not paid")
    transaction = [["เลขที่รายการของธนาคาร", payment.transaction]] if payment.transaction else []
    return _build_paper(application, bill, rules, town) | {
        "title": "ใบเสร็จรับเงิน",
        "number": f"เลขที่ {payment.receipt}",
        "date": _write_day("วันที่", payment.at, zone),
        "heads": [
            ["ได้รับเงินจาก", payment.payer or application.applicant.name],
            ["คำขอเลขที่", application.reference],
            ["ชำระโดย", _METHODS.get(payment.method, payment.method)],
            ["วันที่รับชำระ", date_text(payment.paid_on, zone, "th")],
            *transaction,
        ],
        "qr": None,
        "notes": [_say_cancelled(past, zone)] if past else [_say_given_back(bill, zone)] if bill.refund else [],
        "stamp": "ยกเลิก" if past else None,
        "signer": {"says": "ได้รับเงินไว้เป็นการถูกต้องแล้ว", "name": payment.name, "title": "ผู้รับเงิน"},
    }


def _build_paper(application: Application, bill: Bill, rules: Rules, town: Town) -> dict[str, Any]:
    """What both say: from whom, for what, and how much."""
    payee = town.payments.payee.th if town.payments else town.name.th
    lines = show_lines(bill, rules.permit, "th")
    return {
        "town": town.name.th,
        "payee": payee,
        "address": town.contact.address.th,
        "logo": logo_of(town),
        "purpose": f"ค่าธรรมเนียม{_PURPOSES.get(bill.purpose, '')}{rules.permit.name.th}",
        "columns": ["รายการ", "จำนวนเงิน (บาท)"],
        "rows": [{"name": line["name"], "law": line["law"], "amount": line["amount"]} for line in lines],
        "total": ["รวมทั้งสิ้น", baht(bill.satang)],
        "words": f"({in_words(bill.satang)})",
        "footer": f"คำขอ {application.reference}",
    }


def _say_cancelled(past: PastPayment, zone: ZoneInfo) -> str:
    return f"ยกเลิกใบเสร็จรับเงินฉบับนี้เมื่อวันที่ {date_text(past.at, zone, 'th')} โดย {past.name} เนื่องจาก{past.note}"


def _say_given_back(bill: Bill, zone: ZoneInfo) -> str:
    refund = bill.refund
    if refund is None:
        return ""
    day = date_text(refund.at, zone, "th")
    return f"คืนเงิน {baht(refund.satang)} บาท เมื่อวันที่ {day} ตามเอกสารเลขที่ {refund.document} เนื่องจาก{refund.note}"


def _write_day(label: str, at: datetime, zone: ZoneInfo) -> str:
    return f"{label} {date_text(at, zone, 'th')}"


def _draw_code(text: str, amount: str) -> Mapping[str, Any]:
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=4, border=2)
    says = f"คิวอาร์โค้ดพร้อมเพย์สำหรับชำระเงิน {amount} บาท"
    label = "สแกนด้วยแอปธนาคารเพื่อชำระผ่านพร้อมเพย์"
    return {"format": "svg", "content": picture(drawn.getvalue()), "says": says, "label": label}
