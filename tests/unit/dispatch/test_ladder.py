"""The boards of the levels above the crews: whose work each looks after, and what the page says of it."""

from datetime import timedelta
from typing import get_args

import pytest

from services.dispatch.access import scope_for
from services.dispatch.domain import clocks
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.ladder import board_of, posts_of, scopes, teams_meant, teams_under
from services.dispatch.pages.ladder import Part, _build_rung, _lists, _own
from services.dispatch.pages.show import _list_common
from services.dispatch.queries import Filter
from shared.events.work_orders import Level
from shared.people import Person
from shared.web import Problem
from tests.support.dispatch_in_memory import restarted
from tests.support.dispatch_pages import asked, carded, drawn
from tests.support.moments import Timers
from tests.support.work import MONDAY, order, town

HEAD = Person(sub="head", roles=frozenset({"supervisor"}), team="works-roads", level="head")
PEOPLE = {
    name: Person(sub=name, roles=frozenset(roles), team=team, level=level)
    for name, roles, team, level in (
        ("lead", ("crew", "lead"), "works-water", None),
        ("head", ("supervisor",), "works-water", "head"),
        ("director", ("supervisor",), "works-lights", "director"),
        ("mayor", ("supervisor",), None, "mayor"),
        ("officer", ("officer",), "works-roads", None),
        ("director of one", ("supervisor",), "welfare", "director"),
        ("of no level", ("supervisor",), "works-roads", "king"),
    )
}
WORKS = ("works-roads", "works-water", "works-lights")


def test_a_head_looks_after_the_teams_whose_post_is_the_same_and_a_director_after_the_whole_division() -> None:
    assert teams_under(town(), "head", "works-water") == WORKS
    assert teams_under(town(), "head", "works-building") == ("works-building",)
    assert set(teams_under(town(), "director", "works-building")) >= {"works-building"}


def test_figures_are_of_a_team_or_of_all_under_a_post() -> None:
    """Whoever holds a post with one team is shown that team, and whoever stands above all the whole town."""
    asked = {name: scope_for(town(), who, None) for name, who in PEOPLE.items()}

    assert asked == {
        "lead": "works-water", "head": "head:works-roads", "director": "director:works-roads", "mayor": "",
        "officer": "", "director of one": "welfare", "of no level": "",
    }  # fmt: skip
    assert teams_meant(town(), "head:works-roads") == WORKS
    assert {*teams_meant(town(), "director:works-roads")} == {*WORKS, "works-building"}
    assert [teams_meant(town(), scope) for scope in ("", "works-water")] == [(), ("works-water",)]
    assert all(teams_meant(town(), scope) for scope in scopes(town()))


@pytest.mark.parametrize("scope", ["nobody", "king:works-roads", "head:nobody", "mayor:works-roads", ":", "head:"])
def test_what_the_town_does_not_have_is_nobodys_and_never_everybodys(scope: str) -> None:
    assert teams_meant(town(), scope) == (scope,)


@pytest.mark.parametrize("asked", ["works-roads", "head:works-water", "director:works-water"])
def test_a_lead_may_ask_for_no_more_than_their_own_teams_figures(asked: str) -> None:
    assert scope_for(town(), PEOPLE["lead"], "works-water") == scope_for(town(), PEOPLE["lead"], "") == "works-water"
    with pytest.raises(Problem, match="other-team"):
        scope_for(town(), PEOPLE["lead"], asked)
    assert scope_for(town(), PEOPLE["director"], asked) == asked


@pytest.mark.parametrize(("level", "team"), [("clerk", "works-water"), ("mayor", None), ("head", None), ("head", "x")])
def test_who_stands_above_all_teams_or_in_none_sees_everybodys(level: str, team: str | None) -> None:
    assert teams_under(town(), level, team) == ()  # type: ignore[arg-type]


def test_a_board_is_that_of_the_level_that_somebody_holds_and_else_the_lowest() -> None:
    assert town().levels == ("head", "director", "clerk", "mayor")
    assert [board_of(town(), level) for level in ("mayor", "king", None)] == ["mayor", "head", "head"]
    assert town("nong-bua-noi").levels == ("director", "clerk", "mayor")
    nobody = town().model_copy(update={"teams": {}, "posts": {}})
    nobody.__dict__.pop("levels", None)
    assert board_of(nobody, "head") is None


def test_the_desk_filters_by_everybody_who_may_have_work_an_agency_too() -> None:
    """What an agency has, and what of it is late and a level's of the town, could not be looked for."""
    offered = [code for code, _ in _list_common(asked("/desk"))["levels"]]

    assert sorted(offered) == sorted(get_args(Level))


def test_each_post_of_a_level_can_be_chosen_by_one_of_its_teams() -> None:
    assert {code: post.email for code, post in posts_of(town(), "head").items()}[
        "works-roads"
    ] == "works-head@maehia.example"
    assert posts_of(town(), "mayor") == {}


def test_who_holds_the_level_begins_with_their_own_teams_and_may_look_at_all() -> None:
    assert _own(HEAD, "head", "") == "works-roads"
    assert _own(HEAD, "head", "head") == ""
    assert _own(HEAD, "mayor", "") == ""


def test_a_board_asks_for_what_is_held_what_comes_and_what_was_only_told() -> None:
    held, coming, told = _lists(restarted(Timers(), town()), "head", "works-roads", MONDAY).values()

    assert held.query()["state.level"] == "head"
    assert held.query()["state.team"] == {"$in": list(WORKS)}
    assert coming.query()["$and"][0]["$or"][0] == {
        "state.clocks.acknowledge.alarm.level": "head",
        "state.clocks.acknowledge.alarm.at": {"$lte": MONDAY + timedelta(days=1)},
    }
    assert told.query()["state.informed.level"] == "head"
    assert told.query()["state.level"] == {"$ne": "head"}


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_row_says_why_it_is_there_and_who_hears_of_it_next(language: str) -> None:
    late = elapse(town(), order(), MONDAY + timedelta(minutes=61))
    assert late is not None
    rung = _build_rung(carded(late.state), late.state, "head")
    assert rung.clock == "acknowledge"
    assert rung.next
    assert (rung.next.level, rung.next.percent, rung.next_clock) == ("director", 200, "acknowledge")
    page = drawn(
        "escalated.html", path="/desk/escalated", language=language, levels=town().levels, level="head",
        parts=[Part("held", [rung], 250, next="later"), Part("coming", [], 0), Part("told", [], 0)],
        posts=posts_of(town(), "head"), team="works-roads", stream="7", part=None,
    )  # fmt: skip
    assert {"th": "ยังไม่มีใครรับงาน 200%", "en": "nobody took it 200%"}[language] in page
    assert '<option value="works-roads" selected' in page
    assert 'href="/desk/escalated?level=mayor"' in page
    assert "250" in page
    assert 'href="/desk/escalated?level=head&amp;team=works-roads&amp;part=held&amp;after=later"' in page
    assert 'data-stream="/desk/stream?place=7"' in page
    assert all(f'data-live-part="{name}"' in page for name in ("held", "coming", "told"))


def test_a_clock_that_stands_tells_nobody_next() -> None:
    stopped = order().model_copy(update={"clocks": clocks.stop(order().clocks, MONDAY)})
    assert _build_rung(carded(stopped), stopped, "head").next is None


def test_filters_hold_together_with_a_place_in_the_list() -> None:
    """Both bring an `$or` to the same query."""
    assert "$or" not in Filter(coming=("head", MONDAY)).query()
