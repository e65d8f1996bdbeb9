"""What time alone does to an application: reminders are told, and drafts nobody hands in are forgotten."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.domain import completeness, handing_in, moments
from services.permits.domain.application import Actor, Application, State
from tests.support.permits import (
    MONDAY,
    OFFICER,
    RULES,
    TOWN,
    application,
    at,
    draft,
    with_documents,
)

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LATER = MONDAY + HOUR
DRAFT_DAYS = 90
PERIODS = moments.Periods(DRAFT_DAYS, applicant_days=3650)


def waits(state: Application) -> dict[str, datetime]:
    """What the application waits for, by name."""
    return {moment.name: moment.at for moment in moments.moments(state, PERIODS)}


def test_the_case_wakes_for_each_reminder_and_each_is_told_once() -> None:
    accepted = application("accepted")
    half = waits(accepted)[moments.REMINDER]
    assert half == MONDAY + HOUR

    assert completeness.remind(accepted, at(half - timedelta(seconds=1)), TOWN) is None
    step = completeness.remind(accepted, at(half), TOWN)
    assert step is not None
    assert [event.data()["percent"] for event in step.events] == [50]
    assert completeness.remind(step.state, at(half), TOWN) is None
    assert waits(step.state) == {moments.REMINDER: MONDAY + 2 * HOUR}


def test_reminders_that_come_due_together_are_told_together_and_the_case_does_not_wake_for_them_again() -> None:
    late = MONDAY + 3 * HOUR  # nobody was there to tell at half of the time, nor at its end
    step = completeness.remind(application("accepted"), at(late), TOWN)

    assert step is not None
    assert [(event.data()["percent"], event.data()["level"]) for event in step.events] == [
        (50, "examiner"), (100, "clerk"),
    ]  # fmt: skip
    assert [entry.type for entry in step.state.timeline][-2:] == ["reminded", "reminded"]
    assert waits(step.state) == {}


@given(st.integers(0, 6000), st.integers(1, 6000), st.integers(0, 6000))
def test_a_reminded_application_waits_for_another_moment_than_the_one_that_came(
    ran: int, waited: int, slept: int
) -> None:
    """Else the timer's moment, which takes effect once, is due for ever."""
    paused = MONDAY + timedelta(minutes=ran)
    resumed = paused + timedelta(minutes=waited)
    asked = completeness.request_documents(
        application("accepted"), at(paused), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด"
    ).state
    running = handing_in.submit(
        with_documents(asked, "plans", moment=resumed), at(resumed), RULES, TOWN, declared=True
    ).state
    woken = waits(running)[moments.REMINDER] + timedelta(minutes=slept)

    step = moments.act(moments.REMINDER, running, at(woken), TOWN, PERIODS)

    assert step is not None
    assert waits(step.state).get(moments.REMINDER, woken + HOUR) > woken


def test_nobody_is_reminded_of_what_is_decided_or_withdrawn_or_stands_still() -> None:
    for state in ("withdrawn", "documents-requested", "decided"):
        assert moments.REMINDER not in waits(application(state))


def test_a_draft_expires_its_days_after_the_last_that_happened_to_it() -> None:
    touched = with_documents(draft(), "plans", moment=MONDAY + 10 * DAY)
    expiry = MONDAY + 100 * DAY

    assert waits(touched) == {moments.DRAFT_EXPIRY: expiry}
    assert handing_in.expire_draft(touched, at(expiry - timedelta(seconds=1)), DRAFT_DAYS) is None
    assert handing_in.expire_draft(touched, at(expiry), DRAFT_DAYS) is not None


@pytest.mark.parametrize("state", [state for state in get_args(State) if state != "draft"])
def test_what_was_handed_in_is_never_forgotten_as_a_draft(state: State) -> None:
    assert not {moments.DRAFT_EXPIRY, moments.REMOVAL} & set(waits(application(state)))
    assert handing_in.expire_draft(application(state), at(MONDAY + 999 * DAY), DRAFT_DAYS) is None


def test_an_expired_draft_takes_nothing_more_and_is_removed_at_once() -> None:
    expiry = MONDAY + 90 * DAY
    step = moments.act(moments.DRAFT_EXPIRY, application("draft"), at(expiry), TOWN, PERIODS)

    assert step is not None
    assert (step.state.state, list(step.events)) == ("withdrawn", [])
    assert waits(step.state) == {moments.REMOVAL: expiry}


def test_a_draft_that_was_taken_back_is_removed_when_it_would_have_expired() -> None:
    withdrawn = handing_in.withdraw(application("draft"), at(LATER), Actor(), "").state

    assert waits(withdrawn) == {moments.REMOVAL: LATER + 90 * DAY}


def test_a_moment_that_a_newer_release_has_named_does_nothing() -> None:
    assert moments.act("sealing", application("decided"), at(), TOWN, PERIODS) is None
