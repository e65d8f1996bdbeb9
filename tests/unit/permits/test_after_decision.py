"""What follows a decision: it is in force or open to appeal, fees fall due, and at the end it is closed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.permits.domain import appeals, decision, inspections, moments, validity
from services.permits.domain.application import Application
from shared.kernel import Reject, Step
from tests.support.permits import MONDAY, OFFICER, RULES, TOWN, application, at, signed

BANGKOK = ZoneInfo("Asia/Bangkok")
DAY = timedelta(days=1)
LAST = datetime(2027, 11, 23, 23, 59, 59, 999000, BANGKOK)  # a year after the signature, the whole day
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)


def refused() -> Application:
    return decision.decide(application("examined"), at(), RULES, TOWN, signed("refused")).state


def waits(state: Application) -> dict[str, datetime]:
    return {moment.name: moment.at for moment in moments.moments(state, PERIODS)}


def come(name: str, state: Application, moment: datetime) -> Step[Application]:
    """The step that a moment leads to."""
    step = moments.act(name, state, at(moment), TOWN, PERIODS)
    assert step is not None
    return step


def types(step: Step[Application]) -> list[str]:
    return [event.type.removeprefix("onestop.permit.").removesuffix(".v1") for event in step.events]


def test_a_permit_waits_for_its_letter_its_fees_and_its_last_day() -> None:
    permitted = application("decided")

    assert permitted.standing == "in-force"
    assert waits(permitted) == {
        moments.LETTER: MONDAY, moments.FEES_DUE: MONDAY + 30 * DAY, moments.EXPIRY: LAST,
    }  # fmt: skip


def test_a_letter_has_a_pool_of_its_own_and_nothing_else_has() -> None:
    pools = {moment.name: moment.pool for moment in moments.moments(application("decided"), PERIODS)}

    assert pools == {moments.LETTER: moments.LETTERS, moments.FEES_DUE: "", moments.EXPIRY: ""}


def test_a_permit_whose_time_is_over_is_closed_as_expired() -> None:
    step = come(moments.EXPIRY, application("decided"), LAST)

    assert (step.state.state, step.state.standing, step.state.closed_at) == ("decided", "expired", LAST)
    assert (types(step), step.events[0].data()["reason"]) == (["closed"], "expired")
    assert moments.EXPIRY not in waits(step.state)


def test_a_permit_without_a_last_day_holds_until_it_is_revoked() -> None:
    endless = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"valid_days": None})})
    permitted = decision.decide(application("examined"), at(), endless, TOWN, signed()).state

    assert (permitted.standing, moments.EXPIRY in waits(permitted)) == ("in-force", False)


def test_a_refusal_is_open_to_appeal_and_final_when_nobody_did() -> None:
    open_to_appeal = refused()
    end = waits(open_to_appeal)[moments.APPEAL_END]

    step = come(moments.APPEAL_END, open_to_appeal, end)

    assert open_to_appeal.standing == "appeal-open"
    assert (step.state.standing, types(step), step.events[0].data()["reason"]) == ("final", ["closed"], "refused")
    assert waits(step.state) == {moments.LETTER: MONDAY, moments.FORGETTING: end + 3650 * DAY}


def test_before_its_time_nothing_is_closed() -> None:
    early = at(MONDAY + DAY)

    assert validity.end_validity(application("decided"), early) is None
    assert appeals.end_appeal(refused(), early) is None


def test_a_refusal_against_which_there_is_no_appeal_is_closed_at_once() -> None:
    final = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"appeal": None})})

    step = decision.decide(application("examined"), at(), final, TOWN, signed("refused"))

    assert (types(step), step.state.standing, step.state.closed_at) == (["decided", "closed"], "final", MONDAY)


@pytest.mark.parametrize(
    ("told", "days", "end"),
    [
        (datetime(2026, 11, 2, 9, tzinfo=BANGKOK), 30, datetime(2026, 12, 3, tzinfo=BANGKOK)),  # Wednesday is the last
        (
            datetime(2026, 11, 5, 9, tzinfo=BANGKOK),
            30,
            datetime(2026, 12, 8, tzinfo=BANGKOK),
        ),  # not Saturday
        (datetime(2026, 11, 2, 17, 30, tzinfo=UTC), 30, datetime(2026, 12, 4, tzinfo=BANGKOK)),  # the 3rd in Bangkok
    ],
)
def test_the_time_to_appeal_does_not_count_its_first_day_and_ends_with_a_working_day(
    told: datetime, days: int, end: datetime
) -> None:
    assert appeals.appeal_end(TOWN.calendar, told, days) == end


def test_the_day_of_each_inspection_comes_and_stands_in_the_timeline() -> None:
    planned = application("decided")
    for days in (3, 1):
        planned = inspections.plan_inspection(planned, at(), OFFICER, MONDAY + days * DAY, beyond_due=True).state

    first = come(moments.INSPECTION, planned, MONDAY + DAY)
    second = come(moments.INSPECTION, first.state, MONDAY + 3 * DAY)

    assert waits(planned)[moments.INSPECTION] == MONDAY + DAY
    assert waits(first.state)[moments.INSPECTION] == MONDAY + 3 * DAY
    assert moments.INSPECTION not in waits(second.state)
    assert [entry.type for entry in second.state.timeline].count("inspection-due") == 2


@pytest.mark.parametrize(
    ("state", "days", "code"),
    [("submitted", 1, "wrong-state"), ("decided", 0, "in-the-past"), ("decided", 4000, "after-validity")],
)
def test_only_what_is_judged_or_in_force_is_inspected_and_never_yesterday(state: str, days: int, code: str) -> None:
    with pytest.raises(Reject) as refusal:
        inspections.plan_inspection(application(state), at(), OFFICER, MONDAY + days * DAY, beyond_due=True)  # type: ignore[arg-type]
    assert refusal.value.code == code
