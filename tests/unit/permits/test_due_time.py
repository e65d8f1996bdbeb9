"""What ends after the decision is due is asked or booked knowingly, or not at all."""

from datetime import datetime, timedelta

import pytest

from services.permits.domain import consulting, inspections, neighbours
from services.permits.domain.application import Application
from services.permits.domain.consulting import Question
from services.permits.domain.due_time import count_days_in_time
from services.permits.domain.neighbours import Asked
from shared.kernel import Reject, Step
from tests.support.permits import MONDAY, OFFICER, TOWN, application, at, town_with_agency

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(state: Application, days: int, *, beyond_due: bool = False) -> Step[Application]:
    question = Question("pea", "ไฟ?", (), days, beyond_due)
    return consulting.ask(state, at(MONDAY), town_with_agency(), OFFICER, question)


def next_door(state: Application, days: int, *, beyond_due: bool = False) -> Step[Application]:
    return neighbours.ask(state, at(MONDAY), TOWN, OFFICER, Asked("1/1", "", days, beyond_due=beyond_due))


def visited(state: Application, when: datetime, *, beyond_due: bool = False) -> Step[Application]:
    return inspections.plan_inspection(state, at(MONDAY), OFFICER, when, beyond_due=beyond_due)


def test_beyond_the_fast_lane_nobody_is_asked_or_visited_without_a_word() -> None:
    fast = application("accepted")
    assert count_days_in_time(fast, TOWN, MONDAY) == 0
    with pytest.raises(Reject, match="beyond-due"):
        asked(fast, 1)
    with pytest.raises(Reject, match="beyond-due"):
        next_door(fast, 1)
    with pytest.raises(Reject, match="beyond-due"):
        visited(fast, MONDAY + DAY)
    assert visited(fast, MONDAY + HOUR).state.timeline[-1].params == {"at": (MONDAY + HOUR).isoformat()}


def test_who_knows_it_does_and_the_trail_says_so() -> None:
    fast = application("accepted")
    known = [
        asked(fast, 5, beyond_due=True), next_door(fast, 5, beyond_due=True),
        visited(fast, MONDAY + DAY, beyond_due=True),
    ]  # fmt: skip
    assert fast.due_at is not None
    assert [step.state.timeline[-1].params["beyond"] for step in known] == [fast.due_at.isoformat()] * 3


def test_as_many_days_as_are_in_time_are_offered_and_taken() -> None:
    normal = application("accepted", storeys="2")  # not the fast lane: twenty working days
    most = count_days_in_time(normal, TOWN, MONDAY)
    assert most is not None
    assert 0 < most < 60
    assert "beyond" not in asked(normal, most).state.timeline[-1].params
    with pytest.raises(Reject, match="beyond-due"):
        asked(normal, most + 1)


def test_where_no_clock_runs_nothing_is_late() -> None:
    waiting = application("submitted")
    assert count_days_in_time(waiting, TOWN, MONDAY) is None
    assert "beyond" not in next_door(waiting, 60).state.timeline[-1].params
