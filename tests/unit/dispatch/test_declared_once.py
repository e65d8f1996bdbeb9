"""States and acts are declared in one table each: whatever else must be there for each of them is there."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from services.dispatch.api import acts as routes
from services.dispatch.commands import DECISIONS
from services.dispatch.domain import agency_work, chasing
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.states import DONE, OPEN, STATES, ActName, State, traits_of
from services.dispatch.pages import history

PAGES = Path(__file__).parents[3] / "services/dispatch/pages"
SHARED = Path(__file__).parents[3] / "shared/web/static"
WORDS = yaml.safe_load((PAGES / "strings.yaml").read_text(encoding="utf-8"))
AFTERWARDS = ("verify", "send_back")  # of what is done
ICONS = set(re.findall(r'id="([a-z0-9-]+)"', (SHARED / "icons.svg").read_text(encoding="utf-8")))
FORMS = set(re.findall(r"{% macro (\w+)\(", (PAGES / "templates/_acts.html").read_text(encoding="utf-8")))


def test_the_tables_hold_every_name_that_the_types_know() -> None:
    assert set(STATES) == set(get_args(State))
    assert set(ACTS) == set(DECISIONS) == set(get_args(ActName))


@pytest.mark.parametrize("state", STATES)
def test_a_state_has_words_an_icon_and_a_way_on(state: State) -> None:
    traits = STATES[state]

    assert f"state.{state}" in WORDS
    assert traits.icon in ICONS
    assert traits.open == any(state in act.states for name, act in ACTS.items() if name not in AFTERWARDS)
    if traits.next:
        assert f"step.{state}" in WORDS
        assert traits.next.icon in ICONS
        assert state in ACTS[traits.next.act].states


@pytest.mark.parametrize("name", ACTS)
def test_an_act_has_words_a_line_an_icon_a_route_and_a_decision(name: ActName) -> None:
    act = ACTS[name]

    assert f"act.{name}" in WORDS
    assert f"history.{act.line}" in WORDS or name == "start"  # its line names the stage
    assert act.icon in ICONS
    assert set(act.states) <= set(DONE if name in AFTERWARDS else OPEN)
    assert f"/api/v1/work-orders/{{order_id}}/{name}" in {getattr(route, "path", "") for route in routes.router.routes}


@pytest.mark.parametrize("name", ACTS)
def test_what_is_said_with_an_act_is_what_its_decision_takes(name: ActName) -> None:
    decision = DECISIONS[name]
    taken = list(inspect.signature(decision.decide).parameters)

    assert taken[:3] == ["town", "order", "acting"]
    looked_up = {"member"} if decision.looked_up else set()
    assert set(decision.body.model_fields) - {"happened_at"} | looked_up == set(taken[3:])


@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if act.form_at])
def test_an_act_that_needs_words_has_a_form(name: ActName) -> None:
    assert name in FORMS


@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if not act.form_at])
def test_an_act_without_a_form_is_the_next_step_of_some_state(name: ActName) -> None:
    assert name in {traits.next.act for traits in STATES.values() if traits.next}


def test_every_line_of_the_history_has_words_and_an_icon() -> None:
    written = {line for path in (PAGES.parent / "domain").glob("*.py") for line in _lines(path.read_text("utf-8"))}
    written |= {*agency_work.LINE.values(), *chasing.LINE.values()}

    assert written == set(history.ICONS)
    assert written - {"started"} <= {key.removeprefix("history.") for key in WORDS}


def _lines(source: str) -> list[str]:
    return re.findall(r'change\(\s*[^,]+,\s*"(\w+)"', source)


def test_a_state_of_a_newer_release_has_no_next_step_and_is_no_error() -> None:
    traits = traits_of("inspected")

    assert traits.next is None
    assert traits.icon in ICONS
    assert not any("inspected" in act.states for act in ACTS.values())
