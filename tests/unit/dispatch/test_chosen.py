"""What an officer asks of the desk's list, by its form or by a figure of the dashboard, is what the store is asked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.dispatch.domain.states import DONE, OPEN, UNSEEN
from services.dispatch.pages.chosen import Wanted
from services.dispatch.queries import Filter
from tests.support.work import MONDAY, town

OCTOBER = {"since": "2026-10-01", "until": "2026-10-31"}
BEGIN, END = datetime(2026, 9, 30, 17, tzinfo=UTC), datetime(2026, 10, 31, 17, tzinfo=UTC)  # midnight in the town


def asked(**fields: Any) -> Filter:
    return Wanted(**fields).filter(town(), MONDAY)


def test_days_are_those_of_the_town_both_included() -> None:
    assert asked(**OCTOBER).received == (BEGIN, END)
    assert asked(**OCTOBER, dates="done").finished == (BEGIN, END)
    assert asked(since="2026-10-01").received == (BEGIN, None)
    assert asked(until="2026-10-31").received == (None, END)


def test_days_of_finishing_are_asked_of_what_is_done_and_of_no_open_work() -> None:
    done = asked(**OCTOBER, dates="done")
    query = done.query()

    assert (done.received, done.states) == (None, ())
    assert query["state.closed_at"] == {"$gte": BEGIN, "$lt": END}
    assert query["state.state"] == {"$in": [*DONE]}
    assert query["state.parent"] is None
    assert asked(**OCTOBER, dates="done", state="verified").query()["state.state"] == {"$in": ["verified"]}
    assert asked(**OCTOBER).states == OPEN


@pytest.mark.parametrize("since", ["", "x", "2569-10-01", "2026-13-01", "0001-01-01", "9" * 90])
def test_what_is_no_day_of_our_time_asks_for_nothing(since: str) -> None:
    assert asked(since=since).received is None
    assert asked(since=since, dates="done").finished is None


def test_what_a_figure_counts_can_be_asked_for() -> None:
    assert asked(state="unseen").states == UNSEEN
    assert (asked(waits_for="part").states, asked(waits_for="part").waits_for) == (("paused",), "part")
    assert asked(**OCTOBER, again="yes").query()["state.reopened"] == {"$gt": 0}
    assert asked(broken="yes").query()["state.state"] == {"$in": [*DONE]}
    assert asked(broken="yes").query()["state.completion.late"] is True


def test_a_place_outside_all_zones_can_be_asked_for() -> None:
    assert asked(zone="-").query()["state.zone"] is None
    assert "state.zone" not in asked().query()
    assert asked(zone="village-1").query()["state.zone"] == "village-1"


def test_what_is_asked_stands_in_the_address_and_in_a_saved_filter() -> None:
    assert Wanted(**OCTOBER, dates="done").asked == {**OCTOBER, "dates": "done"}


def test_what_is_late_can_be_asked_for_in_one_state_that_is_open() -> None:
    assert asked(late="yes").states == OPEN
    assert asked(late="yes", state="assigned").states == ("assigned",)
    assert asked(late="yes", state="completed").states == OPEN
