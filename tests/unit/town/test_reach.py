"""Which rules of a town never decide: found by cutting boxes, and held against trying every report there can be."""

from itertools import product
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.town.checks.reach import _rules, _Search, advice, findings

CATEGORIES = ["road", "water", "light"]


def town(*conditions: dict[str, Any]) -> dict[str, Any]:
    """As a town's files say it: rules `r1`, `r2` … with these conditions."""
    rules = [{"code": f"r{number}", "when": when} for number, when in enumerate(conditions, 1)]
    return {
        "categories": {code: {} for code in CATEGORIES},
        "zones": [{"code": "north"}, {"code": "south"}],
        "routing": {"rules": rules},
    }


def hidden(*conditions: dict[str, Any]) -> list[str]:
    return [reason for _, reason in findings(town(*conditions))]


def idle(*conditions: dict[str, Any]) -> list[str]:
    return [reason for _, reason in advice(town(*conditions))]


@pytest.mark.parametrize(
    ("before", "last"),
    [
        ([{"categories": ["road"]}], {"categories": ["road"], "words": ["hole"]}),
        ([{"categories": ["road"]}, {"categories": ["water"]}], {"categories": ["road", "water"]}),
        ([{"hours": "working"}, {"hours": "off"}], {"categories": ["light"]}),
        ([{"categories": ["road"], "hours": "off"}, {"hours": "working"}], {"categories": ["road"]}),
        ([{"outside_town": True}, {"outside_town": False}], {"kinds": ["question"]}),
        ([{"words": ["pipe"]}, {"words": ["flood"]}], {"words": ["water pipe", "flood"]}),
        ([{"answers": {"depth": ["knee", "ankle"]}}], {"answers": {"depth": ["knee"]}, "hours": "off"}),
        (
            [{"recurrence": {"reports": 3, "days": 30, "radius_m": 100}}],
            {"recurrence": {"reports": 4, "days": 20, "radius_m": 50}},
        ),
    ],
    ids=["words", "two categories", "day and night", "crossed", "in and out", "each word", "answers", "recurrence"],
)
def test_what_earlier_rules_take_between_them_is_never_reached(
    before: list[dict[str, Any]], last: dict[str, Any]
) -> None:
    (reason,) = hidden(*before, last)
    assert reason.startswith(f"rule 'r{len(before) + 1}' is never reached: 'r1'")


@pytest.mark.parametrize(
    ("before", "last"),
    [
        ([{"categories": ["road"], "words": ["hole"]}], {"categories": ["road"]}),
        ([{"zones": ["north"]}, {"zones": ["south"]}], {"categories": ["road"]}),  # a place in no zone
        ([{"categories": CATEGORIES}], {"hours": "off"}),  # a category that the profile has lost
        ([{"answers": {"depth": ["knee"]}}, {"answers": {"depth": ["ankle"]}}], {"categories": ["water"]}),
        ([{"words": ["water pipe"]}], {"words": ["pipe"]}),
        ([{"words": ["pipe"]}], {"words": ["pipe", "flood"]}),
        (
            [{"recurrence": {"reports": 3, "days": 30, "radius_m": 100}}],
            {"recurrence": {"reports": 3, "days": 60, "radius_m": 50}},
        ),
    ],
    ids=["narrower before", "no zone", "no category", "unanswered", "longer word", "one word left", "longer days"],
)
def test_what_earlier_rules_leave_something_to_is_reached(before: list[dict[str, Any]], last: dict[str, Any]) -> None:
    assert hidden(*before, last) == []


def test_the_parts_of_a_rule_that_decide_nothing_are_pointed_out() -> None:
    assert idle({"words": ["pipe"]}, {"words": ["water pipe", "flood"]}) == [
        "word 'water pipe' decides nothing: 'r1' before it takes all that holds it"
    ]
    assert idle({"categories": ["road"]}, {"categories": ["road", "water"], "hours": "off"}) == [
        "'road' decides nothing here: 'r1' before it takes all of it"
    ]
    assert idle({"zones": ["north"]}, {"zones": ["north", "south"]}) == [
        "'north' decides nothing here: 'r1' before it takes all of it"
    ]


def test_a_rule_that_takes_everything_hides_all_after_it_and_is_named_once() -> None:
    assert hidden({}, {"hours": "off"}, {"categories": ["road"]}) == [
        "rule 'r1' has no conditions and takes everything: 2 after it are never reached"
    ]


def test_nothing_that_a_file_may_hold_instead_of_rules_breaks_the_check() -> None:
    for rules in (None, 3, "x", [None], [3], [{"when": 4}], [{"when": {"words": 4, "zones": {}, "answers": []}}]):
        assert isinstance([*findings({"routing": {"rules": rules}})], list)


SIDES = {"categories": [*CATEGORIES, "?"], "zones": ["north", "south", "?"], "hours": ["working", "off"]}
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True),
        "zones": st.lists(st.sampled_from(["north", "south"]), min_size=1, unique=True),
        "hours": st.sampled_from(["working", "off"]),
    },
)


@given(st.lists(CONDITIONS, min_size=1, max_size=7))
@example([{"hours": "working"}, {"hours": "off"}, {}, {}])
def test_the_check_agrees_with_trying_every_report(conditions: list[dict[str, Any]]) -> None:
    reached = set()
    for report in product(*SIDES.values()):
        has = dict(zip(SIDES, report, strict=True))
        matching = (
            number
            for number, when in enumerate(conditions, 1)
            if all(has[side] in asked for side, asked in when.items())
        )
        reached.add(next(matching, 0))
    said = {int(reason.split("'")[1][1:]) for _, reason in findings(town(*conditions)) if "is never reached" in reason}
    open_ = (number for number, when in enumerate(conditions, 1) if not when and number in reached)
    everything = next(open_, len(conditions))
    assert said == {number for number in range(1, everything + 1) if number not in reached}


def test_hundreds_of_rules_with_thousands_of_words_take_seconds_and_not_minutes() -> None:
    """An officer may paste as many; each word against each other one would be twenty million comparisons."""
    many = town(*({"words": [f"คำที่{rule}แบบ{word}" for word in range(20)]} for rule in range(200)))
    started = process_time()
    assert [*findings(many), *advice(many)] == []
    assert process_time() - started < 20


@pytest.mark.parametrize("budget", ["_cuts_left", "_comparisons_left"])
def test_what_would_take_too_long_to_look_at_counts_as_reached(budget: str) -> None:
    zones = [{"zones": [zone], "hours": hours} for zone in ("north", "south") for hours in ("working", "off")]
    conditions: list[dict[str, Any]] = [*zones, {"zones": ["north", "south"]}]
    assert len(hidden(*conditions)) == 1
    search = _Search([*_rules(town(*conditions))])
    setattr(search, budget, 2)
    assert search.list_hiding(len(zones), search.rules[-1]) == []
