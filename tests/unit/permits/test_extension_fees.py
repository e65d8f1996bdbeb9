"""More time for a permit has a fee and an invoice of its own: asked for, paid, cancelled, given back, and never mixed
up with the application's own."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.permits import act_letter, payment_papers
from services.permits.domain import appeals, cancelling, construction, moments, paying, revoking, validity
from services.permits.domain.application import Actor, Application
from services.permits.domain.bill import Bill
from services.permits.domain.fee import Fee
from services.permits.domain.invoices import bill_of, bills_of, list_owed, waive
from services.permits.domain.permit_type import Text
from services.permits.domain.rules import Rules
from shared.kernel import Reject, Step
from shared.town.payments import Payments, PromptPay
from tests.support.permits import CASHIER, HOUSE, MONDAY, RULES, TOWN, a_payment, application, at, signing, words
from tests.support.signed_acts import DEPUTY, transferred
from tests.unit.permits.test_paying import refusal, types, waits

DAY = timedelta(days=1)
ASKED, ANSWERED = MONDAY + 300 * DAY, MONDAY + 310 * DAY
NAME, LAW = Text(th="ต่ออายุ", en="More time"), Text(th="ข้อ 2", en="clause 2")
FEE = Fee(code="permit", name=NAME, law=LAW, amount=Decimal(10))


def costing(*, first: bool, fee: Fee = FEE) -> Rules:
    changes = {"extension_fees": (fee,), "extension_pay_first": first}
    return RULES.model_copy(update={"permit": HOUSE.model_copy(update=changes)})


FIRST, WITH_IT, FREE = costing(first=True), costing(first=False), RULES


def asked(rules: Rules = FIRST, state: Application | None = None, moment: datetime = ASKED) -> Step[Application]:
    return validity.ask_extension(state or application("decided"), at(moment), rules.permit, TOWN, Actor(), "ช้า")


def granted(state: Application, rules: Rules = FIRST, moment: datetime = ANSWERED) -> Step[Application]:
    return validity.grant_extension(state, at(moment), rules, TOWN, signing(code="EXTE-NDED-0310"), 30)


def refused(state: Application) -> Application:
    return validity.refuse_extension(state, at(ANSWERED), signing(), "ม. 35").state


def paid(state: Application, number: int = 2, satang: int = 1000, **values: Any) -> Application:
    return paying.pay(state, at(ASKED + DAY), a_payment(satang, ASKED + DAY, **values), TOWN, number).state


def receipted(state: Application, number: int = 2, receipt: str = "P-2/2569") -> Application:
    step = paying.number_receipt(state, at(ASKED + DAY), receipt, the(state, number).entry)
    assert step is not None
    return step.state


def the(state: Application, number: int = 2) -> Bill:
    bill = bill_of(state, number)
    assert bill is not None
    return bill


def cancelled(state: Application, number: int = 2) -> Step[Application]:
    return cancelling.cancel(state, at(ANSWERED + DAY), CASHIER, "บันทึกผิด", TOWN, number)


def test_what_is_paid_first_is_invoiced_when_more_time_is_asked_for() -> None:
    step = asked()
    bill, told = the(step.state), step.events[1].data()

    assert types(step) == ["extension-asked", "fees-due"]
    assert (bill.satang, bill.due_at, bill.pay_first, bill.purpose) == (1000, ASKED + 30 * DAY, True, "extension")
    assert (told["invoice"], told["purpose"], told["pay_first"]) == (2, "extension", True)
    assert step.state.extension is not None
    assert step.state.extension.invoice == 2
    assert step.state.bill == application("decided").bill, "the application's own is left alone"


def test_it_is_granted_only_when_it_is_paid_and_refused_at_any_time() -> None:
    waiting = asked().state

    assert refusal(granted, waiting) == "unpaid"
    step = granted(paid(waiting))
    assert types(step) == ["extension-answered"]
    assert (step.state.extended_until is not None, step.state.signed[-1].invoice) == (True, 2)
    assert (the(refused(waiting)).standing, refused(waiting).extended_until) == ("void", None)


def test_without_being_paid_first_the_invoice_comes_with_the_extension_and_a_refusal_costs_nothing() -> None:
    waiting = asked(WITH_IT)
    step = granted(waiting.state, WITH_IT)

    assert (types(waiting), types(step)) == (["extension-asked"], ["extension-answered", "fees-due"])
    assert (the(step.state).pay_first, step.state.signed[-1].invoice) == (False, 2)
    assert bills_of(refused(waiting.state)) == bills_of(application("decided"))


def test_where_more_time_costs_nothing_nobody_is_asked_for_anything() -> None:
    step = granted(asked(FREE).state, FREE)

    assert (types(step), step.state.later_bills, step.state.signed[-1].invoice) == (["extension-answered"], (), None)


def test_what_was_asked_for_before_it_had_to_be_paid_first_is_invoiced_with_the_extension() -> None:
    step = granted(asked(FREE).state, FIRST)

    assert (types(step), the(step.state).pay_first) == (["extension-answered", "fees-due"], False)


def test_each_time_more_is_asked_for_there_is_an_invoice_of_its_own() -> None:
    again = asked(state=granted(paid(asked().state)).state, moment=ANSWERED + DAY).state

    assert [bill.number for bill in bills_of(again)] == [1, 2, 3]
    assert [bill.number for bill in list_owed(again)] == [1, 3]


def test_a_free_application_has_no_first_invoice_and_its_extension_the_second() -> None:
    free = application("decided").model_copy(update={"bill": None})

    assert [bill.number for bill in bills_of(asked(state=free).state)] == [2]


def test_a_payment_pays_the_invoice_that_it_is_for_and_no_other() -> None:
    both = asked().state

    assert (the(paid(both)).standing, the(paid(both), 1).standing) == ("paid", "due")
    assert refusal(lambda one: paid(one, satang=2000), both) == "too-much"
    assert refusal(lambda one: paid(one, number=1), both) == "too-little"
    assert refusal(lambda one: paid(one, number=3), both) == "no-fees"
    assert refusal(paid, paid(both)) == "already-paid"


def test_one_payment_of_the_bank_pays_one_of_the_invoices() -> None:
    both = paid(asked().state, method="transfer", transaction="T1")

    assert both.bank_numbers == ("T1",)
    twice = {"number": 1, "satang": 2000, "method": "transfer", "transaction": "T1"}
    assert refusal(lambda one: paid(one, **twice), both) == "transaction-used"  # type: ignore[arg-type]


def test_receipts_are_of_their_own_invoices_and_the_event_says_which() -> None:
    both = paid(paid(asked().state), number=1, satang=2000)

    step = paying.number_receipt(both, at(ASKED + DAY), "P-8/2569", the(both).entry)
    assert step is not None
    assert [bill.entry for bill in bills_of(both)] == [1, "2.1"]
    assert [bill.payment.receipt for bill in bills_of(step.state) if bill.payment] == ["", "P-8/2569"]
    told = step.events[0].data()
    assert (told["invoice"], told["purpose"], told["pay_first"], told["amount"]) == (2, "extension", True, "10.00")
    assert paying.number_receipt(step.state, at(), "P-9/2569", the(both).entry) is None


def test_what_waits_is_waited_for_of_each_invoice_by_moments_of_its_own() -> None:
    both = asked().state
    assert waits(both)[moments.FEES_DUE] == MONDAY + 30 * DAY
    assert waits(both)[moments.LATER_FEES_DUE] == ASKED + 30 * DAY

    step = paying.note_unpaid(both, at(ASKED + 30 * DAY))
    assert step is not None
    assert [event.data()["invoice"] for event in step.events] == [1, 2]
    assert {moments.FEES_DUE, moments.LATER_FEES_DUE}.isdisjoint(waits(step.state))
    assert waits(paid(both))[moments.LATER_RECEIPT] == ASKED + DAY
    assert moments.RECEIPT not in waits(paid(both))


def test_a_cancelled_payment_holds_the_extension_again_and_one_that_was_granted_stays() -> None:
    pending = receipted(paid(asked().state))
    before, after = cancelled(pending), cancelled(granted(pending).state)

    assert refusal(granted, before.state) == "unpaid"
    assert (the(before.state).pay_first, the(before.state).standing) == (True, "due")
    assert (the(after.state).pay_first, the(after.state).standing) == (False, "due")
    assert after.state.extended_until == granted(pending).state.extended_until
    assert [one.data()["invoice"] for one in (*before.events, *after.events)] == [2, 2]
    assert the(after.state).entry == "2.2"
    assert the(after.state, 1) == the(pending, 1), "the other invoice is left alone"


def test_what_the_book_lacks_of_any_invoice_is_noted_there() -> None:
    after = cancelled(receipted(paid(asked().state))).state
    assert moments.LATER_RECEIPT in waits(after)

    step = cancelling.note_booked(after, {"P-2/2569"})
    assert step is not None
    assert moments.LATER_RECEIPT not in waits(step.state)
    assert cancelling.note_booked(step.state, {"P-2/2569"}) is None


def test_one_invoice_is_given_back_without_the_other_and_not_before_it_is_answered() -> None:
    pending = receipted(receipted(paid(paid(asked().state), number=1, satang=2000)), 1, "P-3/2569")

    def given_back(state: Application) -> Application:
        return paying.refund(state, at(ANSWERED), CASHIER, "ไม่ต่ออายุ", "บค 9/2570", 2).state

    assert refusal(given_back, pending) == "still-open"
    after = given_back(refused(pending))
    assert (the(after).standing, the(after, 1).standing) == ("refunded", "paid")
    assert refusal(given_back, after) == "already-refunded"


def test_nothing_is_due_while_the_permit_is_revoked_and_all_of_it_when_it_holds_again() -> None:
    waiting = asked().state
    revoked = revoking.revoke(waiting, at(ANSWERED), RULES, TOWN, signing(), "ม. 40").state
    assert list_owed(revoked) == ()
    assert refusal(paid, revoked) == "nothing-due"

    appealed = appeals.make_appeal(revoked, at(ANSWERED), Actor(), "ไม่จริง").state
    won = appeals.answer_appeal(appealed, at(ANSWERED + DAY), signing(DEPUTY), "granted", "มติที่ 4/2569").state
    assert [bill.number for bill in list_owed(won)] == [1, 2]


def test_what_was_granted_before_it_is_paid_is_owed_also_when_the_permit_has_ended() -> None:
    given = granted(asked(WITH_IT).state, WITH_IT).state
    ended = given.model_copy(update={"standing": "expired"})

    assert [bill.number for bill in list_owed(ended)] == [1, 2]
    assert waive(ended) == ended


def test_the_work_may_be_finished_while_more_time_waits_and_then_nothing_is_due_for_it() -> None:
    built = construction.tell_start(asked().state, at(ASKED), HOUSE, Actor(), MONDAY).state
    done = built.model_copy(update={"standing": "completed"})

    assert [bill.number for bill in list_owed(done)] == [1]


def test_who_takes_the_permit_over_owes_what_is_open_and_sees_no_receipt_of_the_one_before() -> None:
    heir = transferred(asked().state, 305).state
    assert [bill.number for bill in list_owed(heir)] == [1, 2]

    step = transferred(receipted(paid(asked().state)), 305)
    again = cancelled(step.state)
    assert [one.data().get("former_holder") for one in again.events] == [True, None]


PAID = TOWN.model_copy(
    update={
        "payments": Payments(
            payee=words("เทศบาล"), counter=words("กองคลัง"), promptpay=PromptPay(biller="099400016550101")
        )
    }
)


def test_the_invoice_and_the_receipt_say_what_they_are_for_and_bear_a_reference_of_their_own() -> None:
    state = asked().state
    told = payment_papers.compose_invoice(state, the(state), FIRST, PAID)

    assert (told["number"], told["purpose"]) == ("ใบแจ้งชำระเลขที่ ST-0000-0000-2", "ค่าธรรมเนียมการต่ออายุใบอนุญาตบ้าน")
    assert ["รหัสอ้างอิง (Ref.1)", "ST000000002"] in told["heads"]
    assert told["rows"] == [{"name": "ต่ออายุ", "law": "ข้อ 2", "amount": "10.00"}], "not the fee of that code before it"
    assert told["notes"][0] == "เจ้าพนักงานท้องถิ่นจะต่ออายุใบอนุญาตเมื่อชำระค่าธรรมเนียมครบถ้วนแล้ว"
    own = payment_papers.compose_invoice(state, the(state, 1), FIRST, PAID)
    assert (own["number"], own["rows"][0]["name"]) == ("คำขอเลขที่ ST-0000-0000", "ใบอนุญาต")


async def test_a_receipt_is_found_by_its_number_whichever_invoice_it_is_of() -> None:
    state = receipted(receipted(paid(paid(asked().state), number=1, satang=2000)), 1, "P-3/2569")

    for number in ("P-2/2569", "P-3/2569"):
        assert (await payment_papers.make_receipt(state, FIRST, PAID, number)).startswith(b"%PDF")
    with pytest.raises(Reject, match="no-receipt"):
        await payment_papers.make_receipt(asked().state, FIRST, PAID, "")


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (FIRST, "ชำระแล้ว 10.00 บาท เมื่อวันที่ 20 กันยายน 2570 ใบเสร็จรับเงินเลขที่ P-2/2569"),
        (WITH_IT, "ชำระภายในวันที่ 29 ตุลาคม 2570"),
    ],
)
def test_the_letter_says_what_more_time_cost_and_that_it_is_paid(rules: Rules, says: str) -> None:
    state = asked(rules).state
    given = granted(receipted(paid(state)) if rules is FIRST else state, rules).state

    rows = act_letter.compose(given, given.signed[-1], rules, TOWN, "https://town.example")["rows"]

    assert rows[-2:] == [["ค่าธรรมเนียม", "ต่ออายุ 10.00 บาท รวม 10.00 บาท"], ["การชำระค่าธรรมเนียม", says]]
