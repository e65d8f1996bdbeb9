"""What time alone does to an application: warnings are told, and drafts nobody hands in are forgotten."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.domain import completeness, decision, handing_in
from services.permits.domain.application import Actor, State
from tests.support.permits import (
    MONDAY,
    OFFICER,
    TOWN,
    application,
    at,
    draft,
    with_documents,
)

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LATER = MONDAY + HOUR


def test_the_case_wakes_for_each_warning_and_each_is_told_once() -> None:
    case = application("accepted")
    half = decision.wake_at(case)
    assert half == MONDAY + HOUR

    assert completeness.remind(case, at(half - timedelta(seconds=1)), TOWN) is None
    step = completeness.remind(case, at(half), TOWN)
    assert step is not None
    assert [event.data()["percent"] for event in step.events] == [50]
    assert completeness.remind(step.state, at(half), TOWN) is None
    assert decision.wake_at(step.state) == MONDAY + 2 * HOUR


def test_warnings_that_come_due_together_are_told_together_and_the_case_does_not_wake_for_them_again() -> None:
    late = MONDAY + 3 * HOUR  # nobody was there to tell at half of the time, nor at its end
    step = completeness.remind(application("accepted"), at(late), TOWN)

    assert step is not None
    assert [(event.data()["percent"], event.data()["level"]) for event in step.events] == [
        (50, "examiner"), (100, "clerk"),
    ]  # fmt: skip
    assert [entry.type for entry in step.state.timeline][-2:] == ["reminded", "reminded"]
    assert decision.wake_at(step.state) is None


@given(st.integers(0, 6000), st.integers(1, 6000), st.integers(0, 6000))
def test_a_woken_application_always_has_another_moment_to_wake_at(ran: int, waited: int, slept: int) -> None:
    """Else the timer's moment, which takes effect once, is due for ever."""
    case = application("accepted")
    paused = MONDAY + timedelta(minutes=ran)
    resumed = paused + timedelta(minutes=waited)
    asked = completeness.request_documents(case, at(paused), TOWN, OFFICER, ["plans"], "ไม่ชัด").state
    case = handing_in.submit(with_documents(asked, "plans", moment=resumed), at(resumed), TOWN, ()).state
    due = decision.wake_at(case)
    assert due is not None
    woken = due + timedelta(minutes=slept)

    step = completeness.remind(case, at(woken), TOWN)

    assert step is not None
    after = decision.wake_at(step.state)
    assert after is None or after > woken


def test_nobody_is_warned_of_what_is_decided_or_withdrawn() -> None:
    assert decision.wake_at(application("withdrawn")) is None
    assert decision.wake_at(application("documents-requested")) is None


def test_a_draft_expires_its_days_after_the_last_that_happened_to_it() -> None:
    case = with_documents(draft(), "plans", moment=MONDAY + 10 * DAY)

    assert not handing_in.expired(case, MONDAY + 10 * DAY)
    assert handing_in.expired(case, MONDAY + 10 * DAY + timedelta(seconds=1))


@pytest.mark.parametrize("state", get_args(State))
def test_what_was_handed_in_never_expires(state: State) -> None:
    assert handing_in.expired(application(state), LATER) is (state == "draft")


def test_a_draft_that_was_taken_back_expires_too_and_an_expired_one_takes_nothing_more() -> None:
    withdrawn = handing_in.withdraw(application("draft"), at(), Actor(), "").state
    assert handing_in.expired(withdrawn, LATER)

    step = handing_in.expire(application("draft"), LATER)
    assert step is not None
    assert (step.state.state, list(step.events)) == ("withdrawn", [])
    assert handing_in.expire(step.state, LATER + HOUR) is None
    assert handing_in.expire(application("submitted"), LATER) is None
