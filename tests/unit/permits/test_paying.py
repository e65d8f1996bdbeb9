"""From invoice to receipt and back: what is owed, what is refused and why, and a decision that waits for its money."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from services.permits.domain import completeness, decision, handing_in, moments, paying
from services.permits.domain.application import Actor, Application
from services.permits.domain.bill import Bill
from services.permits.domain.fee import Fee, FeeStep
from services.permits.domain.invoices import list_owed
from services.permits.domain.rules import Rules
from shared.kernel import Reject, Step
from tests.support.permits import (
    CASHIER,
    EXAMINER,
    MONDAY,
    OFFICER,
    RULES,
    TOWN,
    a_payment,
    application,
    at,
    draft,
    signed,
    with_documents,
    words,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
FIRST = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"pay_first": True})})


def types(step: Step[Application]) -> list[str]:
    return [event.type.removeprefix("onestop.permit.").removesuffix(".v1") for event in step.events]


def waits(state: Application) -> dict[str, datetime]:
    return {moment.name: moment.at for moment in moments.moments(state, PERIODS)}


def paid(state: Application, amount: int = 2000, moment: datetime = MONDAY) -> Step[Application]:
    return paying.pay(state, at(moment), a_payment(amount, moment), TOWN)


def receipted(state: Application) -> Application:
    step = paying.number_receipt(paid(state).state, at(), "P-1/2569")
    assert step is not None
    return step.state


def pay_first(moment: datetime = MONDAY, rules: Rules = FIRST) -> Application:
    """Accepted, its invoice is out, its clock runs."""
    filled = with_documents(draft(), "title-deed", "plans")
    handed_in = handing_in.submit(filled, at(moment), rules, TOWN, declared=True).state
    return completeness.accept(handed_in, at(moment), rules, TOWN, OFFICER).state


def proposed(state: Application, moment: datetime = MONDAY, what: str = "approve") -> Step[Application]:
    reason = "" if what == "approve" else "ม. 21"
    given = decision.examine(state, at(moment), EXAMINER, what, "", reason, ())  # type: ignore[arg-type]
    return paying.hold_clock(given, at(moment), TOWN)


def given_back(state: Application) -> Step[Application]:
    return paying.refund(state, at(), CASHIER, "ชำระซ้ำ", "บค 1/2569")


def refusal(act: Callable[[Application], object], state: Application) -> str:
    with pytest.raises(Reject) as refused:
        act(state)
    return refused.value.code


def test_what_it_costs_is_stated_when_it_is_handed_in() -> None:
    stated = application("submitted").stated
    assert stated is not None
    assert (stated.satang, [line.code for line in stated.lines], stated.at) == (2000, ["permit"], MONDAY)


def test_the_invoice_asks_for_what_was_stated_whatever_the_rules_say_now() -> None:
    dearer = RULES.permit.fees[0].model_copy(update={"amount": Decimal(500)})
    rules = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"fees": (dearer,)})})

    step = decision.decide(application("examined"), at(), rules, TOWN, signed())

    assert step.state.bill is not None
    assert (step.state.bill.satang, step.state.bill.due_at, types(step)) == (
        2000, MONDAY + 30 * DAY, ["decided", "fees-due"],
    )  # fmt: skip


def test_a_refusal_costs_nothing() -> None:
    assert decision.decide(application("examined"), at(), RULES, TOWN, signed("refused")).state.bill is None


def bill_in(state: Application) -> Bill:
    assert state.bill is not None
    return state.bill


def by_bank(**values: object) -> Application:
    payment = a_payment(**{"method": "transfer", **values})  # type: ignore[arg-type]
    return paying.pay(application("decided"), at(), payment, TOWN).state


@pytest.mark.parametrize(
    ("values", "amount", "day", "numbered", "known"),
    [
        ({}, 2000, 0, True, True), ({}, 2000, -3, True, True), ({}, 2000, 4, True, False), ({}, 1999, 0, True, False),
        ({"method": "promptpay"}, 2000, 1, True, True), ({"method": "cash"}, 2000, 0, True, False),
        ({"transaction": "T1"}, 2000, 0, True, False), ({"transaction": "T1"}, 2000, 0, False, True),
        ({"transaction": "row-1"}, 2000, 0, False, False),
    ],
)  # fmt: skip
def test_a_statement_tells_what_was_entered_by_hand_before(
    values: dict[str, object], amount: int, day: int, numbered: bool, known: bool
) -> None:
    paid_on = MONDAY + day * DAY
    assert paying.is_taken_by_hand(bill_in(by_bank(**values)), amount, paid_on, numbered=numbered) is known


def test_what_was_entered_by_hand_is_known_by_the_statements_number_from_then_on() -> None:
    step = paying.note_transaction(by_bank(transaction="T1"), "row-7")

    assert step is not None
    assert step.state.bill is not None
    assert step.state.bill.payment is not None
    assert (step.state.bill.payment.transaction, step.state.bill.payment.slip) == ("row-7", "T1")
    assert paying.note_transaction(step.state, "row-7") is None
    assert not paying.is_taken_by_hand(bill_in(step.state), 2000, MONDAY, numbered=False)


def test_what_is_paid_is_receipted_once_and_nobody_is_reminded() -> None:
    step = paid(application("decided"))
    receipt = paying.number_receipt(step.state, at(), "P-1/2569")

    assert moments.RECEIPT in waits(step.state)
    assert receipt is not None
    assert (types(step), types(receipt)) == ([], ["fees-paid"])
    assert {moments.RECEIPT, moments.FEES_DUE} & set(waits(receipt.state)) == set()
    assert paying.number_receipt(receipt.state, at(), "P-2/2569") is None


@pytest.mark.parametrize(
    ("amount", "code"),
    [(0, "amount"), (-2000, "amount"), (10**15, "amount"), (1999, "too-little"), (2001, "too-much")],
)
def test_only_the_whole_amount_is_taken(amount: int, code: str) -> None:
    assert refusal(lambda one: paid(one, amount), application("decided")) == code


def test_what_is_missing_and_what_is_too_much_is_said() -> None:
    with pytest.raises(Reject, match=r"5\.00 baht are missing of 20\.00"):
        paid(application("decided"), 1500)
    with pytest.raises(Reject, match=r"0\.25 baht more than 20\.00"):
        paid(application("decided"), 2025)


def test_it_is_paid_once() -> None:
    assert refusal(paid, receipted(application("decided"))) == "already-paid"


@pytest.mark.parametrize("state", ["submitted", "withdrawn"])
def test_what_has_no_invoice_cannot_be_paid(state: str) -> None:
    assert refusal(paid, application(state)) == "no-fees"  # type: ignore[arg-type]


def test_a_payment_of_tomorrow_is_a_typing_error() -> None:
    def too_early(one: Application) -> object:
        return paying.pay(one, at(), a_payment(paid_on=MONDAY + 3 * DAY), TOWN)

    assert refusal(too_early, application("decided")) == "paid-tomorrow"


def test_fees_that_nobody_paid_are_told_once_more() -> None:
    due = MONDAY + 30 * DAY
    step = moments.act(moments.FEES_DUE, application("decided"), at(due), TOWN, PERIODS)

    assert step is not None
    assert (types(step), step.events[0].data()["again"]) == (["fees-due"], True)
    assert moments.FEES_DUE not in waits(step.state)
    assert paying.note_unpaid(step.state, at(due)) is None
    assert paying.note_unpaid(application("decided"), at(MONDAY + DAY)) is None


def test_what_was_paid_goes_back_once_and_the_receipt_stays() -> None:
    step = paying.refund(receipted(application("decided")), at(), CASHIER, "ชำระซ้ำ", "บค 1/2569")

    bill = step.state.bill
    assert bill is not None
    assert bill.payment is not None
    assert bill.refund is not None
    assert (bill.standing, bill.payment.receipt, bill.refund.note, bill.refund.document, bill.refund.sub) == (
        "refunded", "P-1/2569", "ชำระซ้ำ", "บค 1/2569", "cashier",
    )  # fmt: skip
    assert types(step) == ["fees-refunded"]
    assert refusal(given_back, step.state) == "already-refunded"
    assert refusal(paid, step.state) == "already-paid"


def test_nothing_goes_back_before_it_came_or_while_a_decision_rests_on_it() -> None:
    assert refusal(given_back, application("decided")) == "nothing-paid"
    assert refusal(given_back, paid(application("decided")).state) == "no-receipt-yet"
    assert refusal(given_back, receipted(pay_first())) == "still-open"


def test_what_is_paid_first_is_invoiced_when_its_documents_are_complete() -> None:
    accepted = pay_first()

    assert accepted.bill is not None
    assert (accepted.bill.pay_first, accepted.bill.standing, accepted.due_at) == (True, "due", MONDAY + 2 * HOUR)


def test_a_lane_may_be_paid_first_where_its_type_is_not() -> None:
    lanes = tuple(one.model_copy(update={"pay_first": one.code == "fast"}) for one in RULES.permit.lanes)
    rules = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"lanes": lanes})})

    assert rules.permit.pays_first("fast")
    assert not rules.permit.pays_first("normal")
    assert pay_first(rules=rules).bill is not None
    assert pay_first(rules=RULES).bill is None


def test_the_clock_stands_still_from_the_proposal_to_the_payment() -> None:
    waiting = proposed(pay_first(), MONDAY + HOUR)
    assert types(waiting) == ["examined", "paused"]
    assert (waiting.state.due_at, waiting.events[1].data()["reason"]) == (None, "payment")

    step = paid(waiting.state, moment=MONDAY + 4 * HOUR)

    assert (types(step), step.state.due_at) == (["resumed"], MONDAY + 5 * HOUR)
    assert decision.decide(step.state, at(MONDAY + 5 * HOUR), FIRST, TOWN, signed()).state.decision is not None


def test_what_is_paid_before_the_proposal_never_stands_still() -> None:
    step = proposed(paid(pay_first()).state, MONDAY + HOUR)
    assert (types(step), step.state.due_at) == (["examined"], MONDAY + 2 * HOUR)


def test_nothing_is_granted_unpaid_and_the_number_is_not_taken_for_it() -> None:
    waiting = proposed(pay_first()).state

    with pytest.raises(Reject) as refused:
        decision.need_signature(waiting, FIRST, signed())
    assert refused.value.code == "unpaid"


def test_a_refusal_does_not_wait_for_money_and_then_nothing_is_due() -> None:
    waiting = proposed(pay_first()).state
    step = decision.decide(waiting, at(MONDAY + 30 * HOUR), FIRST, TOWN, signed("refused"))

    assert step.state.bill is not None
    assert step.state.decision is not None
    assert (step.state.bill.standing, step.state.decision.on_time) == ("void", True)
    assert refusal(paid, step.state) == "nothing-due"


def test_nobody_can_read_off_the_clock_what_is_proposed() -> None:
    granted, refused = (proposed(pay_first(), MONDAY + HOUR, what) for what in ("approve", "refuse"))
    changed = proposed(granted.state, MONDAY + 2 * HOUR, "refuse")

    assert types(granted) == types(refused) == ["examined", "paused"]
    assert (granted.events[1].data()["reason"], granted.state.clock) == (
        refused.events[1].data()["reason"], refused.state.clock,
    )  # fmt: skip
    assert [one.type for one in granted.state.timeline] == [one.type for one in refused.state.timeline]
    assert (types(changed), changed.state.clock) == (["examined"], granted.state.clock)


@pytest.mark.parametrize(("hours", "on_time"), [(2, True), (3, False)])
def test_a_proposed_refusal_is_due_as_if_nobody_had_waited_for_money(hours: int, on_time: bool) -> None:
    waiting = proposed(pay_first(), MONDAY + HOUR, "refuse").state
    step = decision.decide(waiting, at(MONDAY + hours * HOUR), FIRST, TOWN, signed("refused"))

    assert step.state.decision is not None
    assert step.state.decision.on_time is on_time


def test_a_pause_for_money_ends_with_the_proposal_to_refuse_after_all() -> None:
    waiting = proposed(proposed(pay_first(), MONDAY + HOUR).state, MONDAY + 3 * HOUR, "refuse").state
    step = decision.decide(waiting, at(MONDAY + 4 * HOUR), FIRST, TOWN, signed("refused"))

    assert step.state.clock is not None
    assert step.state.clock.due_at == MONDAY + 4 * HOUR


@pytest.mark.parametrize("left", ["withdrawn", "refused"])
def test_an_invoice_that_another_release_left_open_is_owed_by_nobody(left: str) -> None:
    if left == "withdrawn":
        over = handing_in.withdraw(pay_first(), at(), Actor(), "").state
    else:
        over = decision.decide(proposed(pay_first()).state, at(), FIRST, TOWN, signed("refused")).state
    assert over.bill is not None
    still = over.model_copy(update={"bill": over.bill.model_copy(update={"standing": "due"})})

    assert refusal(paid, still) == "nothing-due"
    assert moments.FEES_DUE not in waits(still)
    assert paying.note_unpaid(still, at(MONDAY + 31 * DAY)) is None


def test_a_request_for_documents_and_its_answer_meet_a_clock_that_stands_for_the_money() -> None:
    waiting = proposed(pay_first(), MONDAY + HOUR).state
    asked = completeness.request_documents(waiting, at(MONDAY + 2 * HOUR), FIRST, TOWN, OFFICER, ["plans"], "x").state
    answered = with_documents(asked, "plans", moment=MONDAY + 3 * HOUR)
    again = handing_in.submit(answered, at(MONDAY + 3 * HOUR), FIRST, TOWN).state

    assert (again.state, again.due_at) == ("accepted", MONDAY + 4 * HOUR)
    assert proposed(again, MONDAY + 3 * HOUR).state.due_at is None


def test_what_is_withdrawn_unpaid_owes_nothing_and_what_is_paid_can_go_back() -> None:
    unpaid = handing_in.withdraw(pay_first(), at(), Actor(), "").state
    done = handing_in.withdraw(receipted(pay_first()), at(), Actor(), "").state

    assert unpaid.bill is not None
    assert unpaid.bill.standing == "void"
    assert refusal(paid, unpaid) == "nothing-due"
    assert types(paying.refund(done, at(), CASHIER, "ถอนคำขอ", "บค 2/2569")) == ["fees-refunded"]


def by_steps(**values: object) -> Fee:
    steps = (FeeStep(up_to=Decimal(100), amount=Decimal(50)), FeeStep(up_to=Decimal(500), rate=Decimal("0.50")),
             FeeStep(rate=Decimal(2)))  # fmt: skip
    return Fee.model_validate(
        {"code": "x", "name": words("x").model_dump(), "law": words("y").model_dump(), "per": "area", "steps": steps}
        | values
    )


@pytest.mark.parametrize(
    ("area", "cost"), [("0", 5000), ("100", 5000), ("100.01", 5001), ("500", 25000), ("500.5", 100100)]
)
def test_a_fee_by_steps_takes_the_step_that_the_form_falls_into(area: str, cost: int) -> None:
    assert by_steps().cost({"area": area}) == cost


def test_less_than_nothing_makes_no_fee_cheaper() -> None:
    assert by_steps(steps=(FeeStep(rate=Decimal(2)),)).cost({"area": "-500"}) == 0


@pytest.mark.parametrize(("units", "cost"), [(None, 5025), ("half-up", 5050), ("up", 5050), ("down", 5000)])
def test_a_part_of_a_unit_counts_as_the_profile_says(units: str | None, cost: int) -> None:
    assert by_steps(units=units, steps=(FeeStep(rate=Decimal("0.50")),)).cost({"area": "100.5"}) == cost


def test_a_fee_falls_due_on_a_day_on_which_the_cashier_is_there() -> None:
    friday = MONDAY + timedelta(days=4)
    approved = decision.decide(application("examined", friday), at(friday), RULES, TOWN, signed()).state
    assert approved.bill is not None
    assert RULES.permit.fee_due_days == 30
    assert (friday + timedelta(days=30)).weekday() == 6
    assert approved.bill.due_at == friday + timedelta(days=31)


def test_of_a_revoked_permit_nothing_is_asked_for_until_an_appeal_brings_it_back() -> None:
    unpaid = application("decided").model_copy(update={"standing": "revoked"})
    assert list_owed(unpaid) == ()
    with pytest.raises(Reject, match="nothing-due"):
        paying.need_payable(unpaid, 2000)
    assert len(list_owed(unpaid.model_copy(update={"standing": "in-force"}))) == 1
