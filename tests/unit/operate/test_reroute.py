"""`onestop reroute`: what it refuses to have understood, and how it says what becomes otherwise."""

import re
from argparse import Namespace
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.dispatch.commands import Desk
from services.dispatch.queries import Filter
from tests.support.source import ROOT
from tests.support.work import town
from tools.operate.failures import NotDone
from tools.operate.reroute import Moved, need_known, say_moved

STAYS = Moved(
    "MH-B1QW-CPXJ", "01", "works-roads", "works-roads", "repair", "repair", "normal", "normal", None, None, "holes"
)


def desk(*under: Filter) -> Desk:
    """Mae Hia's, with work under these alone."""

    async def count(wanted: Filter) -> int:
        return int(wanted in under)

    return cast(Desk, SimpleNamespace(town=town(), store=SimpleNamespace(count=count)))


def asked(**more: Any) -> Namespace:
    return Namespace(**{"category": None, "team": None, "reference": None, **more})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"category": "drain"}, "there is no category drain, only .*drain-flood"),
        ({"team": "works"}, "there is no team works, only .*works-roads"),
        ({"reference": "MH-B1QW-CPXJ"}, "there is no work on MH-B1QW-CPXJ"),
        ({"reference": "rubbish"}, "there is no work on rubbish"),
    ],
)
async def test_what_nothing_is_known_of_is_refused_and_not_called_well(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(NotDone, match=says):
        await need_known(desk(), asked(**wrong))


async def test_a_team_or_category_that_left_the_profile_is_taken_while_there_is_work_under_it() -> None:
    await need_known(desk(Filter(teams=("works",))), asked(team="works"))
    await need_known(desk(Filter(category="drain")), asked(category="drain"))
    await need_known(desk(Filter(reference="MH-B1QW-CPXJ")), asked(reference="MH-B1QW-CPXJ"))
    await need_known(desk(), asked(team="works-roads", category="drain-flood"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"to_team": "works-water"}, "works-roads → works-water  by holes"),
        ({"to_priority": "high"}, "works-roads (normal → high)  by holes"),
        ({"to_agency": "highways"}, "works-roads (the town → highways)  by holes"),
        ({"to_service_level": "utilities", "rule": None}, "works-roads (repair → utilities)  by no rule: triage"),
    ],
)
def test_it_says_what_becomes_otherwise_and_nothing_else(changes: dict[str, Any], says: str) -> None:
    assert say_moved(replace(STAYS, **changes)) == f"MH-B1QW-CPXJ  {says}"


def test_the_handbook_asks_for_codes_that_there_are() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/operations").rglob("*.md"))
    named = {name: set(re.findall(rf"onestop .*--{name} ([a-z-]+)", pages)) for name in ("category", "team")}
    assert named["category"] == {"drain-flood"}
    assert named["category"] <= set(town().categories)
    assert named["team"] <= set(town().teams)
