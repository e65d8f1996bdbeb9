"""A permit that is revoked, an order that is appealed, and what becomes of both."""

import pytest

from services.permits.domain import appeals, moments, revoking
from services.permits.domain.application import Application
from services.permits.domain.forgetting import forget_applicant
from shared.kernel import Reject
from tests.support.permit_life import DAY, DEPUTY, HOLDER, LAST, PERIODS, refused, revoked, types, waits
from tests.support.permits import EXAMINER, HOUSE, MONDAY, RULES, SIGNATORY, TOWN, application, at, signing


def test_a_revoked_permit_holds_no_more_at_once_and_is_final_when_nobody_appeals() -> None:
    case = revoked()
    end = appeals.appeal_end(TOWN.calendar, MONDAY, 30)
    over = moments.act(moments.APPEAL_END, case, at(end), TOWN, PERIODS)

    assert (case.standing, case.closed_at, waits(case)) == ("revoked", None, {moments.APPEAL_END})
    assert over is not None
    assert (types(over), over.events[0].data()["reason"]) == (["closed"], "revoked")


def test_a_revocation_without_a_right_to_appeal_is_final_at_once() -> None:
    final = RULES.model_copy(update={"permit": HOUSE.model_copy(update={"appeal": None})})
    step = revoking.revoke(application("decided"), at(), final, TOWN, signing(SIGNATORY), "ม. 40")

    assert types(step) == ["revoked", "closed"]


def test_only_what_is_in_force_is_revoked_and_never_without_a_reason() -> None:
    for case, reason in ((refused(), "ม. 40"), (revoked(), "ม. 40"), (application("decided"), "")):
        with pytest.raises(Reject):
            revoking.revoke(case, at(), RULES, TOWN, signing(SIGNATORY), reason)


def test_an_appeal_that_is_won_puts_a_revoked_permit_in_force_again_with_its_own_last_day() -> None:
    appealed = appeals.make_appeal(revoked(), at(MONDAY + DAY), HOLDER, "แก้ไขแล้ว")
    won = appeals.answer_appeal(appealed.state, at(MONDAY + 9 * DAY), signing(DEPUTY), "granted", "แก้ไขแล้วจริง")

    assert (appealed.state.standing, waits(appealed.state)) == ("revoked", set())
    assert (types(won), won.state.standing, won.state.valid_until) == (["appeal-answered"], "in-force", LAST)
    assert waits(won.state) == {moments.EXPIRY}


@pytest.mark.parametrize(
    ("case", "outcome", "standing", "reason"),
    [
        (revoked(), "dismissed", "revoked", "revoked"),
        (refused(), "dismissed", "final", "refused"),
        (refused(), "granted", "set-aside", "set-aside"),
    ],
)
def test_every_other_outcome_ends_the_case(case: Application, outcome: str, standing: str, reason: str) -> None:
    appealed = appeals.make_appeal(case, at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    step = appeals.answer_appeal(appealed, at(MONDAY + 9 * DAY), signing(DEPUTY), outcome, "มติที่ 4/2569")  # type: ignore[arg-type]

    assert (types(step), step.state.standing) == (["appeal-answered", "closed"], standing)
    assert step.events[1].data()["reason"] == reason


def test_an_appeal_comes_in_time_once_and_against_an_order() -> None:
    end = appeals.appeal_end(TOWN.calendar, MONDAY, 30)
    appealed = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    assert appeals.end_appeal(appealed, at(end + DAY)) is None
    for case, moment in ((refused(), end), (appealed, MONDAY + 2 * DAY), (application("decided"), MONDAY)):
        with pytest.raises(Reject, match="no order"):
            appeals.make_appeal(case, at(moment), HOLDER, "ไม่เห็นด้วย")
    with pytest.raises(Reject, match="nobody has appealed"):
        appeals.answer_appeal(refused(), at(), signing(DEPUTY), "granted", "ฟังขึ้น")


def test_no_appeal_is_answered_by_who_proposed_or_signed_the_order_or_without_grounds() -> None:
    against_refusal = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    against_revocation = appeals.make_appeal(revoked(), at(MONDAY + DAY), HOLDER, "แก้ไขแล้ว").state
    cases = (
        (against_refusal, EXAMINER, "x", "own-order"),
        (against_refusal, SIGNATORY, "x", "own-order"),
        (against_revocation, SIGNATORY, "x", "own-order"),
        (against_revocation, DEPUTY, "", "appeal-grounds"),
    )
    for case, signatory, reason, code in cases:
        with pytest.raises(Reject) as refusal:
            appeals.answer_appeal(case, at(MONDAY + 2 * DAY), signing(signatory), "granted", reason)
        assert refusal.value.code == code
    answered = appeals.answer_appeal(
        against_revocation, at(MONDAY + 2 * DAY), signing(DEPUTY, "clerk"), "granted", "มติที่ 4"
    )
    assert answered.state.appeal is not None
    assert answered.state.appeal.office == "clerk"


def test_the_words_of_an_appeal_go_with_the_applicant() -> None:
    appealed = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    over = appeals.answer_appeal(appealed, at(MONDAY + 9 * DAY), signing(DEPUTY), "dismissed", "ไม่ฟังขึ้น").state
    step = forget_applicant(over, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    assert step.state.appeal is not None
    assert step.state.appeal.note == ""
