"""The rules in a crew's page, run as they are: what a job will be, when something happened, the way, the spelling."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from math import dist
from typing import Any

import pytest

from services.dispatch.app import PAGES
from services.dispatch.commands import DECISIONS
from services.dispatch.domain.acts import ACTS, list_offered
from services.dispatch.domain.states import STATES, ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import group_of
from services.dispatch.pages.steps import GONE, LEADS, step_table
from shared.words.fold import fold_text
from tests.support.javascript import call_module
from tests.support.work import MONDAY, SOMCHAI, by, order, town

STATIC = PAGES / "static"
SAID: dict[str, dict[str, Any]] = {
    "pause": {"reason": "part", "resume_in": "2h"}, "refuse": {"reason": "x"}, "refer": {"agency": "pwa"},
    "complete": {"outcome": "cannot_be_done", "note": "x"}, "agency_answer": {"note": "x"},
    "agency_decline": {"note": "x"},
}  # fmt: skip
HOUR, DAY = 3_600_000, 86_400_000  # ms
NOON = 1_795_000_000_000  # ms: some noon, by the town's clock


def table() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(step_table(lambda key, **_: key)))
    return made


def standings() -> list[WorkOrder]:
    """Work in each state that a crew can bring it to."""
    found, waiting = dict[str, WorkOrder](), [order()]
    while waiting:
        work = waiting.pop()
        key = f"{work.state} {work.waiting.goes_on if work.waiting else ''}"
        if work.is_open and work.team == "works-water" and key not in found:
            found[key] = work
            waiting += [after(work, act) for act in crew_acts(work)]
    return list(found.values())


def crew_acts(work: WorkOrder) -> list[ActName]:
    """What they can press; giving work to a colleague moves it nowhere, and needs one."""
    never = {"give", *(["refer"] if work.state == "referred" else []), *(["take"] if work.person else [])}
    return [act for act in list_offered(work) if act in LEADS and act not in never]


def after(work: WorkOrder, act: ActName) -> WorkOrder:
    later = replace(by(SOMCHAI, work.changed_at + timedelta(minutes=5)), team=work.team)
    step = DECISIONS[act].decide(town(), work, later, **SAID.get(act, {}))
    return step.state


def test_the_page_foresees_what_the_domain_decides() -> None:
    calls, decided = [], []
    for work in standings():
        for act in crew_acts(work):
            shown = {"state": work.state, "goesOn": work.waiting.goes_on if work.waiting else None}
            calls.append(("foresee", [shown, [{"act": act}], table()]))
            made = after(work, act)
            decided.append(made.state if made.team == work.team else GONE)
    foreseen = [one["state"] for one in call_module(STATIC / "foresight.mjs", *calls)]

    assert len(decided) > len(LEADS)
    assert foreseen == decided


def test_a_whole_morning_is_foreseen_and_what_was_refused_is_left_out() -> None:
    morning = [{"act": act} for act in ("acknowledge", "start", "pause", "resume", "start")]
    begun = {"state": "assigned", "goesOn": None}
    refused = [{"act": "acknowledge", "refused": {"status": 409}}]
    said = call_module(
        STATIC / "foresight.mjs", ("foresee", [begun, morning, table()]), ("foresee", [begun, refused, table()])
    )

    assert [one["state"] for one in said] == ["on_site", "assigned"]


def test_every_act_of_a_crew_leads_somewhere_and_every_state_has_a_place() -> None:
    of_crews = {act for act, one in ACTS.items() if "crew" in one.form_at}
    of_crews |= {traits.next.act for traits in STATES.values() if traits.next}
    states = table()["states"]

    assert of_crews <= set(LEADS)
    assert {state: states[state]["group"] for state in STATES} == {
        state: group_of(traits) if traits.open else None for state, traits in STATES.items()
    }


HEARD = NOON - 2 * HOUR  # when the phone last heard of the town before it did something, an hour before noon
PRESSES: dict[str, tuple[int, int | None, int | None, int, int]] = {
    # by the phone's clock, how far the town was ahead then, when that was heard; how far it is ahead now; what is told
    "a right clock": (NOON - HOUR, 0, HEARD, 0, NOON - HOUR),
    "a day slow": (NOON - HOUR - DAY, DAY, HEARD, DAY, NOON - HOUR),
    "a day fast": (NOON - HOUR + DAY, -DAY, HEARD, -DAY, NOON - HOUR),
    "put right after it": (NOON - HOUR - DAY, DAY, HEARD, 0, NOON - HOUR),
    "put right before it": (NOON - HOUR, DAY, HEARD, 0, NOON - HOUR),
    "never heard of the town": (NOON - HOUR - DAY, None, None, DAY, NOON - HOUR),
    "never after it is sent": (NOON + 5 * DAY, 0, NOON - HOUR, 0, NOON),
    "never before the last word": (NOON - 5 * DAY, 0, NOON - HOUR, 0, NOON - HOUR),
}


@pytest.mark.parametrize("case", PRESSES)
def test_a_step_is_told_at_the_moment_when_it_was_done(case: str) -> None:
    at, clock, since, clock_now, expected = PRESSES[case]
    pressed = {"at": at, "clock": clock, "since": since}
    shown = NOON - clock_now  # by the phone, as it is sent

    assert call_module(STATIC / "device_time.mjs", ("happenedAt", [pressed, clock_now, shown])) == [expected]


def test_a_phone_learns_the_towns_time_from_any_answer() -> None:
    header = "Mon, 23 Nov 2026 02:30:00 GMT"
    there = int(MONDAY.timestamp() * 1000)
    said = call_module(
        STATIC / "device_time.mjs",
        ("clockBy", [header, there - DAY, there - DAY + 1000]), ("clockBy", [header, there, there + 1000]),
        ("clockBy", [None, 0, 0]), ("clockBy", ["soon", 0, 0]),
    )  # fmt: skip

    assert said == [DAY, 0, None, None]


START = [18.74, 98.94]
EAST = [{"at": [18.74, 98.94 + step / 100], "name": step} for step in (4, 1, 3, 2)]


def way(start: list[float], stops: list[dict[str, Any]]) -> list[Any]:
    (found,) = call_module(STATIC / "route.mjs", ("route", [start, stops]))
    return [stop["name"] for stop in found]


def test_the_way_goes_along_and_what_cannot_wait_comes_first() -> None:
    assert way(START, EAST) == [1, 2, 3, 4]
    assert way(START, [{**stop, "first": stop["name"] == 3} for stop in EAST]) == [3, 4, 2, 1]
    assert way(START, []) == []


def test_the_way_visits_every_stop_once_and_does_not_cross_itself() -> None:
    corners = product(range(4), repeat=2)
    grid = [{"at": [18.7 + row / 100, 98.9 + column / 100], "name": f"{row}{column}"} for row, column in corners]
    found = way([18.7, 98.9], grid)
    places: dict[Any, Any] = {stop["name"]: stop["at"] for stop in grid}
    length = sum(dist(places[one], places[other]) for one, other in pairwise(found))

    assert sorted(found) == sorted(places)
    assert length == pytest.approx(0.15, abs=0.012)  # fifteen steps of the grid, at most one a little longer


WRITTEN = [
    "นํ้าเข้าบ้าน", "น้ำเข้าบ้าน", "สายไฟ\u200bขาด", "เเตก แตก", "ซอย ๑๒", "MH-7F3K", "  ท่อ   แตก ", "ใหญ่ ไหญ่", "Ｗater",
    "ที่่", "ปี๋", "กิํ", "Soi 4 – ปากทาง",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_the_page_spells_as_the_server_does(text: str) -> None:
    assert call_module(STATIC / "fold.mjs", ("folded", [text])) == [fold_text(text)]
