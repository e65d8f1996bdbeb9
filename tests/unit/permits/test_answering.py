"""A request for more has a day where the profile gives one: its applicant is reminded before, both sides hear after it,
and nothing is refused by it."""

from datetime import datetime, timedelta

import pytest

from services.permits.domain import answering, completeness, handing_in, moments
from services.permits.domain.application import Actor, Application
from services.permits.domain.rules import Rules
from shared.events.permits import PermitAnswerAwaited, PermitDocumentsRequested
from tests.support.permits import HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, with_documents

PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
DAYS = 15
UNTIL = TOWN.calendar.add_working_days(MONDAY, DAYS)


def giving(days: int | None, of_lane: int | None = None) -> Rules:
    lanes = tuple(one.model_copy(update={"answer_days": of_lane}) for one in HOUSE.lanes)
    return RULES.model_copy(update={"permit": HOUSE.model_copy(update={"answer_days": days, "lanes": lanes})})


def asked(rules: Rules, state: str = "submitted") -> Application:
    case = application(state)  # type: ignore[arg-type]
    return completeness.request_documents(case, at(), rules, TOWN, OFFICER, ["plans"], "ไม่ชัด").state


def waits(case: Application) -> datetime | None:
    return next((one.at for one in moments.moments(case, PERIODS) if one.name == moments.ANSWER), None)


def act(case: Application, moment: datetime) -> tuple[Application, PermitAnswerAwaited]:
    step = moments.act(moments.ANSWER, case, at(moment), TOWN, PERIODS)
    assert step is not None
    (event,) = step.events
    assert isinstance(event, PermitAnswerAwaited)
    return step.state, event


def test_its_applicant_is_told_the_day_reminded_before_it_and_both_sides_hear_when_it_has_passed() -> None:
    step = completeness.request_documents(
        application("submitted"), at(), giving(DAYS), TOWN, OFFICER, ["plans"], "ไม่ชัด"
    )
    told, case = step.events[0], step.state
    assert isinstance(told, PermitDocumentsRequested)
    assert (told.answer_by, case.timeline[-1].params["answer_by"]) == (UNTIL, UNTIL.isoformat())

    reminder = waits(case)
    assert reminder is not None
    assert MONDAY < reminder < UNTIL
    case, event = act(case, reminder)
    assert (event.late, event.answer_by, event.requirements, case.timeline[-1].type) == (
        *(False, UNTIL, ["plans"]),
        "answer-reminded",
    )
    assert (waits(case), answering.is_late(case, reminder)) == (UNTIL, False)

    case, event = act(case, UNTIL)
    assert (event.late, case.timeline[-1].type, case.state) == (True, "answer-late", "documents-requested")
    assert (waits(case), answering.is_late(case, UNTIL)) == (None, True)
    assert moments.act(moments.ANSWER, case, at(UNTIL + timedelta(days=9)), TOWN, PERIODS) is None


def test_what_a_stop_has_kept_back_is_said_once_and_an_answer_is_taken_ever_after() -> None:
    late = UNTIL + timedelta(days=3)
    case, event = act(asked(giving(DAYS)), late)
    assert (event.late, waits(case)) == (True, None)
    answered = handing_in.submit(with_documents(case, "plans", moment=late), at(late), RULES, TOWN).state
    assert (answered.state, answered.request, answering.is_late(answered, late)) == ("submitted", None, False)


@pytest.mark.parametrize(
    ("state", "of_type", "of_lane", "days"),
    [("submitted", 15, 5, 15), ("accepted", 15, 5, 5), ("accepted", 15, None, 15), ("accepted", None, 5, 5),
     ("submitted", None, 5, None), ("accepted", None, None, None)],
)  # fmt: skip
def test_a_lane_gives_its_own_days_once_it_is_chosen(
    state: str, of_type: int | None, of_lane: int | None, days: int | None
) -> None:
    case = asked(giving(of_type, of_lane), state)
    assert case.request is not None
    assert case.request.answer_by == (TOWN.calendar.add_working_days(MONDAY, days) if days else None)
    assert (waits(case) is None) is (days is None)


def test_nobody_is_reminded_of_what_they_took_back() -> None:
    case = handing_in.withdraw(asked(giving(DAYS)), at(), Actor(), "").state
    assert (waits(case), answering.chase(case, at(UNTIL))) == (None, None)
    assert answering.chase(asked(giving(DAYS)), at(MONDAY)) is None
