"""A payment that was entered by mistake: what is due again, what stands still again, and what stays in the book."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.permits.domain import cancelling, decision, handing_in, moments, paying
from services.permits.domain.application import Actor, Applicant, Application
from services.permits.domain.bill import Bill
from services.permits.domain.invoices import list_owed
from services.permits.domain.transfer import transfer
from shared.kernel import Reject, Step
from tests.support.permits import CASHIER, HOUSE, MONDAY, SIGNATORY, TOWN, a_payment, application, at, signed, signing
from tests.unit.permits.test_paying import (
    DAY,
    FIRST,
    HOUR,
    given_back,
    paid,
    pay_first,
    proposed,
    receipted,
    refusal,
    types,
    waits,
)

WHY = "บันทึกผิดคำขอ"


def cancelled(state: Application, moment: datetime = MONDAY) -> Step[Application]:
    return cancelling.cancel(state, at(moment), CASHIER, WHY, TOWN)


def bill_of(state: Application) -> Bill:
    assert state.bill is not None
    return state.bill


def numbered(state: Application, number: str, entry: int) -> Application | None:
    step = paying.number_receipt(state, at(), number, entry)
    return step.state if step else None


def inherited(state: Application) -> Application:
    return transfer(
        state, at(MONDAY + DAY), HOUSE, signing(SIGNATORY), Applicant(name="สมศรี", phone="0800000000")
    ).state


def test_the_fees_are_due_again_with_as_many_days_as_at_first() -> None:
    step = cancelled(receipted(application("decided")), MONDAY + 40 * DAY)

    bill = bill_of(step.state)
    assert (bill.standing, bill.payment, bill.due_at) == ("due", None, MONDAY + 70 * DAY)
    assert (types(step), step.events[0].data()["due"]) == (["payment-cancelled"], True)
    assert waits(step.state)[moments.FEES_DUE] == MONDAY + 70 * DAY
    paid_again = numbered(paid(step.state).state, "P-2/2569", 2)
    assert paid_again is not None
    again = cancelled(paid_again, MONDAY + 50 * DAY).state
    assert bill_of(again).due_at == MONDAY + 80 * DAY


def test_who_was_reminded_before_is_reminded_of_the_new_day_too() -> None:
    reminded = paying.note_unpaid(application("decided"), at(MONDAY + 30 * DAY))
    assert reminded is not None

    again = cancelled(receipted(reminded.state), MONDAY + 40 * DAY).state

    assert paying.note_unpaid(again, at(MONDAY + 69 * DAY)) is None
    assert paying.note_unpaid(again, at(MONDAY + 70 * DAY)) is not None


def test_the_receipt_says_by_whom_when_and_why_until_the_book_says_it_too() -> None:
    after = cancelled(receipted(application("decided")), MONDAY + HOUR).state

    (past,) = bill_of(after).past_payments
    assert (past.payment.receipt, past.note, past.sub, past.name, past.at) == (
        "P-1/2569", WHY, "cashier", "อรวรรณ", MONDAY + HOUR,
    )  # fmt: skip
    assert waits(after)[moments.RECEIPT] == MONDAY + HOUR
    other, booked = (cancelling.note_booked(after, [number]) for number in ("P-9/2569", "P-1/2569"))
    assert other is not None
    assert booked is not None
    assert moments.RECEIPT in waits(other.state)
    assert moments.RECEIPT not in waits(booked.state)
    assert cancelling.note_booked(booked.state, ["P-1/2569"]) is None
    assert cancelling.note_booked(application("submitted"), ["P-1/2569"]) is None


def test_a_new_payment_gets_a_receipt_of_its_own_and_never_the_number_of_the_one_before() -> None:
    again = paid(cancelled(receipted(application("decided"))).state).state

    assert bill_of(again).entry == 2
    assert numbered(again, "P-1/2569", 1) is None, "a process that is late numbers the entry before"
    after = numbered(again, "P-2/2569", 2)
    assert after is not None
    payment = bill_of(after).payment
    assert payment is not None
    assert payment.receipt == "P-2/2569"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: application("submitted"), "nothing-entered"),
        (lambda: application("decided"), "nothing-entered"),
        (lambda: paid(application("decided")).state, "no-receipt-yet"),
        (lambda: given_back(receipted(application("decided"))).state, "already-refunded"),
        (lambda: cancelled(receipted(application("decided"))).state, "nothing-entered"),
    ],
)
def test_what_cannot_be_cancelled_is_refused_with_its_reason(made: Callable[[], Application], code: str) -> None:
    assert refusal(cancelled, made()) == code


def test_a_decision_that_waits_for_money_waits_again_and_the_clock_stands_still() -> None:
    waiting = proposed(pay_first(), MONDAY + HOUR).state
    running = paid(waiting, moment=MONDAY + 2 * HOUR).state
    entered = numbered(running, "P-1/2569", 1)
    assert entered is not None
    assert entered.due_at == MONDAY + 3 * HOUR

    step = cancelled(entered, MONDAY + 2.5 * HOUR)

    assert (types(step), step.state.due_at) == (["payment-cancelled", "paused"], None)
    assert step.events[1].data()["reason"] == "payment"
    with pytest.raises(Reject, match="unpaid"):
        decision.need_signature(step.state, FIRST, signed())
    assert paid(step.state, moment=MONDAY + 4 * HOUR).state.due_at == MONDAY + 4.5 * HOUR


def test_what_is_not_examined_yet_stands_still_from_its_proposal_on() -> None:
    step = cancelled(receipted(pay_first()), MONDAY + HOUR)

    assert (types(step), step.state.due_at) == (["payment-cancelled"], MONDAY + 2 * HOUR)
    assert types(proposed(step.state, MONDAY + HOUR)) == ["examined", "paused"]


def test_what_is_granted_stays_granted_and_waits_for_no_money_any_more() -> None:
    granted = decision.decide(proposed(receipted(pay_first())).state, at(), FIRST, TOWN, signed()).state

    after = cancelled(granted).state

    assert (after.standing, bill_of(after).standing, bill_of(after).pay_first) == ("in-force", "due", False)
    assert after.clock == granted.clock
    assert types(paid(after)) == []


@pytest.mark.parametrize("how", ["withdrawn", "refused"])
def test_nothing_is_due_where_it_was_withdrawn_or_refused_since(how: str) -> None:
    over = (
        handing_in.withdraw(receipted(pay_first()), at(), Actor(), "").state
        if how == "withdrawn"
        else decision.decide(proposed(receipted(pay_first())).state, at(), FIRST, TOWN, signed("refused")).state
    )

    step = cancelled(over)

    told = step.events[0].data()
    assert (types(step), told["due"], told.get("due_at")) == (["payment-cancelled"], False, None)
    assert (bill_of(step.state).standing, list_owed(step.state)) == ("void", ())
    assert moments.FEES_DUE not in waits(step.state)


def test_who_took_the_permit_over_is_told_of_the_invoice_and_nothing_of_the_payment_before() -> None:
    step = cancelled(inherited(receipted(application("decided"))), MONDAY + 2 * DAY)

    assert types(step) == ["payment-cancelled", "fees-due"]
    assert step.events[0].data()["former_holder"] is True
    own = inherited(application("decided"))
    later = paying.pay(own, at(MONDAY + 2 * DAY), a_payment(moment=MONDAY + 2 * DAY), TOWN).state
    mine = numbered(later, "P-2/2569", 1)
    assert mine is not None
    assert cancelled(mine, MONDAY + 3 * DAY).events[0].data()["former_holder"] is False


def test_what_the_holder_before_paid_is_told_as_theirs_whenever_it_is_numbered_or_given_back() -> None:
    entered = inherited(paid(application("decided")).state)
    receipt = paying.number_receipt(entered, at(MONDAY + 2 * DAY), "P-1/2569")
    assert receipt is not None
    back = given_back(receipt.state)

    assert [one.events[0].data()["former_holder"] for one in (receipt, back)] == [True, True]
    own = paying.number_receipt(paid(application("decided")).state, at(), "P-1/2569")
    assert own is not None
    assert own.events[0].data()["former_holder"] is False


def test_a_payment_of_the_bank_that_was_cancelled_is_known_here() -> None:
    by_bank = a_payment(method="transfer", transaction="T1")
    entered = numbered(paying.pay(application("decided"), at(), by_bank, TOWN).state, "P-1/2569", 1)
    assert entered is not None

    after = cancelled(entered).state
    assert entered.bill is not None
    assert after.bill is not None
    assert not cancelling.was_cancelled(entered.bill, "T1")
    assert [cancelling.was_cancelled(after.bill, number) for number in ("T1", "T2")] == [True, False]


def test_the_line_of_the_timeline_names_the_receipt_and_why() -> None:
    line = cancelled(receipted(application("decided")), MONDAY + timedelta(hours=1)).state.timeline[-1]

    assert (line.type, line.level, line.note) == ("payment-cancelled", "cashier", WHY)
    assert line.params == {"amount": "20.00", "receipt": "P-1/2569"}
