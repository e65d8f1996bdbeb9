"""A permit's last day: warned of, moved by more time, passed."""

from datetime import timedelta

import pytest

from services.permits.domain import appeals, decision, moments, revoking, transfer, validity
from shared.kernel import Reject
from tests.support.permit_life import (
    DAY,
    DEPUTY,
    HEIR,
    HOLDER,
    LAST,
    PERIODS,
    asked,
    finished,
    grant,
    revoked,
    types,
    waits,
)
from tests.support.permits import HOUSE, MONDAY, RULES, SIGNATORY, TOWN, application, at, signed, signing


def test_a_holder_is_warned_once_before_the_last_day() -> None:
    warned = HOUSE.model_copy(update={"expiry_warning_days": 30})
    rules = RULES.model_copy(update={"permit": warned})
    case = decision.decide(application("examined"), at(), rules, TOWN, signed()).state

    assert case.expiry_warning_at == MONDAY + 335 * DAY  # at the hour of the signature
    step = moments.act(moments.EXPIRY_WARNING, case, at(LAST - 30 * DAY), TOWN, PERIODS)
    assert step is not None
    assert types(step) == ["expiring"]
    assert moments.EXPIRY_WARNING not in waits(step.state)


def test_a_permit_whose_extension_is_asked_for_in_time_does_not_end_while_nobody_answers() -> None:
    assert moments.EXPIRY not in waits(asked())
    assert validity.end_validity(asked(), at(LAST + 9 * DAY)) is None


def test_an_extension_moves_the_last_day_and_the_warning_and_leaves_the_decision_as_it_was_signed() -> None:
    permit = HOUSE.model_copy(update={"expiry_warning_days": 30})
    step = grant(asked(), LAST + DAY, 90, permit)

    assert (types(step), step.state.valid_until) == (["extension-answered"], LAST + 90 * DAY)
    assert step.state.expiry_warning_at == LAST + 60 * DAY
    assert step.state.decision is not None
    assert step.state.decision.valid_until == LAST


def test_a_refused_extension_ends_what_has_passed_its_day_meanwhile_and_nothing_before() -> None:
    late = validity.refuse_extension(asked(), at(LAST + DAY), signing(SIGNATORY), "ม. 35")
    early = validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "ม. 35")

    assert (types(late), late.state.standing) == (["extension-answered", "closed"], "expired")
    assert (types(early), early.state.standing) == (["extension-answered"], "in-force")


def test_more_time_is_asked_for_before_the_last_day_once_and_while_something_is_left_to_do() -> None:
    cases = ((application("decided"), LAST, "wrong-state"), (asked(), LAST - DAY, "asked-already"),
             (finished(), LAST - DAY, "wrong-state"), (revoked(), LAST - DAY, "wrong-state"))  # fmt: skip
    for case, moment, code in cases:
        with pytest.raises(Reject) as refusal:
            validity.ask_extension(case, at(moment), RULES.permit, TOWN, HOLDER, "ช้า")
        assert refusal.value.code == code


def test_more_time_that_is_over_already_is_refused() -> None:
    with pytest.raises(Reject) as refusal:
        grant(asked(), LAST + 40 * DAY, 40)
    assert (refusal.value.code, refusal.value.status) == ("too-short", 422)
    assert grant(asked(), LAST + 40 * DAY - timedelta(seconds=1), 40).state.valid_until == LAST + 40 * DAY


def test_for_which_office_more_time_was_given_or_refused_and_a_permit_transferred_is_kept() -> None:
    steps = (
        grant(asked(), LAST, 90),
        validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "ม. 35"),
        transfer.transfer(application("decided"), at(), HOUSE, signing(SIGNATORY), HEIR),
    )
    assert [step.state.timeline[-1].params["office"] for step in steps] == ["mayor"] * 3


def test_more_time_that_was_asked_for_in_time_outlives_a_revocation_that_is_set_aside() -> None:
    gone = revoking.revoke(asked(), at(LAST - DAY), RULES, TOWN, signing(SIGNATORY), "ม. 40").state
    appealed = appeals.make_appeal(gone, at(LAST), HOLDER, "แก้ไขแล้ว").state
    won = appeals.answer_appeal(appealed, at(LAST + 9 * DAY), signing(DEPUTY), "granted", "ฟังขึ้น").state

    assert moments.EXPIRY not in waits(won)
    assert grant(won, LAST + 10 * DAY, 90).state.valid_until == LAST + 90 * DAY
    with pytest.raises(Reject, match="nobody"):
        grant(gone, LAST, 90)


def test_more_time_is_never_more_than_the_permit_had_and_a_refusal_says_why() -> None:
    with pytest.raises(Reject, match="365"):
        grant(asked(), LAST - DAY, 366)
    with pytest.raises(Reject, match="legal reason"):
        validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "")
    with pytest.raises(Reject, match="nobody"):
        grant(application("decided"), MONDAY, 30)
