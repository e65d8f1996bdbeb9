"""What invoice and receipt say, and their pages as readers get them."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.permits import payment_papers
from services.permits.api.bills import list_receipts, shows_payment, unseen_receipts
from services.permits.domain import cancelling, paying
from services.permits.domain.application import Applicant, Application
from services.permits.domain.bill import Refund
from services.permits.domain.transfer import transfer
from shared.kernel import Reject
from shared.town import Text
from shared.town.payments import Payments, PromptPay
from tests.support.permits import (
    CASHIER,
    HOUSE,
    MONDAY,
    RULES,
    SIGNATORY,
    TOWN,
    a_bill,
    a_payment,
    application,
    at,
    signing,
)  # fmt: skip

DAY = timedelta(days=1)
HEIR = Applicant(name="สมศรี", phone="0800000000")

PAID = TOWN.model_copy(update={"payments": Payments(
    payee=Text(th="เทศบาล", en="town"), counter=Text(th="กองคลัง", en="treasury"),
    promptpay=PromptPay(biller="099400016550101"),
)})  # fmt: skip


def with_bill(**values: Any) -> Application:
    return application("decided").model_copy(update={"bill": a_bill(**values)})


def words_of(pdf: bytes, where: Path) -> str:
    (where / "paper.pdf").write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", where / "paper.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout


async def test_an_invoice_says_what_to_pay_for_what_until_when_and_how(tmp_path: Path) -> None:
    pdf = await payment_papers.make_invoice(case := with_bill(), case.bill, RULES, PAID)

    text = words_of(pdf, tmp_path)
    for words in ("ใบแจ้งชำระค่าธรรมเนียม", "สมชาย", "23 ธันวาคม 2569", "ST00000000", "ใบอนุญาต", "20.00",
                  "(ยี่สิบบาทถ้วน)", "พร้อมเพย์", "กองคลัง"):  # fmt: skip
        assert words in text


async def test_a_receipt_says_who_paid_what_in_words_to_whom_under_which_number(tmp_path: Path) -> None:
    pdf = await payment_papers.make_receipt(with_bill(paid=True), RULES, PAID, "P-1/2569")

    text = words_of(pdf, tmp_path)
    for words in ("ใบเสร็จรับเงิน", "P-1/2569", "สมชาย", "เงินสด", "23 พฤศจิกายน 2569", "(ยี่สิบบาทถ้วน)", "อรวรรณ"):
        assert words in text
    assert "พร้อมเพย์" not in text


async def test_a_receipt_of_what_was_given_back_says_so_and_keeps_its_number() -> None:
    given = Refund(satang=2000, note="ชำระซ้ำ", document="บค 1/2569", sub="x", name="x", at=MONDAY + timedelta(days=1))
    bill = a_bill(paid=True, standing="refunded", refund=given)

    told = payment_papers.compose_receipt(with_bill(), bill, RULES, PAID)

    assert told["number"] == "เลขที่ P-1/2569"
    assert told["notes"] == ["คืนเงิน 20.00 บาท เมื่อวันที่ 24 พฤศจิกายน 2569 ตามเอกสารเลขที่ บค 1/2569 เนื่องจากชำระซ้ำ"]


def entered_by_mistake() -> Application:
    """Paid, cancelled a day later, and paid again."""
    first = cancelling.cancel(with_bill(paid=True), at(MONDAY + DAY), CASHIER, "บันทึกผิดคำขอ", TOWN).state
    again = paying.pay(first, at(MONDAY + 2 * DAY), a_payment(moment=MONDAY + 2 * DAY), TOWN).state
    step = paying.number_receipt(again, at(MONDAY + 2 * DAY), "P-2/2569", 2)
    assert step is not None
    return step.state


async def test_a_void_receipt_says_across_the_page_that_it_is_and_the_new_one_does_not(tmp_path: Path) -> None:
    case = entered_by_mistake()

    void, new = [words_of(await payment_papers.make_receipt(case, RULES, PAID, number), tmp_path)
                 for number in ("P-1/2569", "P-2/2569")]  # fmt: skip

    for said in ("P-1/2569", "ยกเลิก", "24 พฤศจิกายน 2569", "อรวรรณ", "บันทึกผิดคำขอ"):
        assert said in void
    assert "P-2/2569" in new
    assert "ยกเลิก" not in new
    with pytest.raises(Reject, match="no-receipt"):
        await payment_papers.make_receipt(case, RULES, PAID, "P-3/2569")


def test_each_sees_the_receipts_of_what_they_paid_also_void_ones() -> None:
    mine = entered_by_mistake()
    heirs = transfer(mine, at(MONDAY + 3 * DAY), HOUSE, signing(SIGNATORY), HEIR).state

    assert list_receipts(mine, staff=False) == list_receipts(heirs, staff=True) == ["P-2/2569", "P-1/2569"]
    assert unseen_receipts(mine, staff=False) == frozenset()
    assert list_receipts(heirs, staff=False) == []
    assert unseen_receipts(heirs, staff=False) == {"P-1/2569", "P-2/2569"}


async def test_a_receipt_keeps_its_payer_when_the_permit_goes_to_somebody_else() -> None:
    invoiced = with_bill()
    paid = paying.pay(invoiced, at(), a_payment(), TOWN).state
    numbered = paying.number_receipt(paid, at(), "P-1/2569")
    assert numbered is not None
    heir = transfer(numbered.state, at(MONDAY + DAY), HOUSE, signing(SIGNATORY), HEIR).state
    assert heir.bill is not None

    told = payment_papers.compose_receipt(heir, heir.bill, RULES, PAID)

    assert told["heads"][0] == ["ได้รับเงินจาก", "สมชาย"]


def test_a_payment_is_shown_to_whoever_paid_and_to_the_staff_whoever_holds_the_permit_now() -> None:
    before = with_bill(paid=True)
    after = transfer(before, at(MONDAY + DAY), HOUSE, signing(SIGNATORY), HEIR).state
    late = after.model_copy(
        update={"bill": a_bill(standing="paid", payment=a_payment(moment=MONDAY + 2 * DAY, receipt="P-2/2569"))}
    )

    shown = [
        case.bill is not None and shows_payment(case, case.bill, staff=staff)
        for case in (before, after, late)
        for staff in (False, True)
    ]

    assert shown == [True, True, False, True, True, True]
    assert not shows_payment(before, a_bill(), staff=True), "nothing is paid"


async def test_a_town_without_promptpay_says_where_its_counter_is() -> None:
    bare = PAID.payments.model_copy(update={"promptpay": None}) if PAID.payments else None
    town = PAID.model_copy(update={"payments": bare})

    told = payment_papers.compose_invoice(with_bill(), a_bill(pay_first=True), RULES, town)

    assert told["qr"] is None
    assert told["notes"] == ["เจ้าพนักงานท้องถิ่นจะออกใบอนุญาตเมื่อชำระค่าธรรมเนียมครบถ้วนแล้ว", "ชำระที่ กองคลัง"]


async def test_there_is_no_invoice_of_what_is_paid_and_no_receipt_of_what_is_not() -> None:
    with pytest.raises(Reject, match="nothing-due"):
        await payment_papers.make_invoice(paid := with_bill(paid=True), paid.bill, RULES, PAID)
    for unpaid in (application("submitted"), with_bill()):
        with pytest.raises(Reject, match="no-receipt"):
            await payment_papers.make_receipt(unpaid, RULES, PAID, "")
