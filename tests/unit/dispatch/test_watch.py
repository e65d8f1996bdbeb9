"""The figures of the town's work: each team has its own from the start."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from services.dispatch.store import Store
from services.dispatch.watch import count_routed, observe_teams
from shared.kernel import now
from shared.telemetry import metrics
from shared.town import load_town
from tests.support.source import ROOT

TOWN = load_town(ROOT / Path("deploy/municipalities/maehia"))


class Counted:
    """A store that has counted this."""

    def __init__(self, *rows: Mapping[str, Any]) -> None:
        self._rows = rows

    async def count_by_team(self, _at: datetime) -> Sequence[Mapping[str, Any]]:
        return self._rows


async def shown(*rows: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Open and late by team."""
    await observe_teams(cast(Store, Counted(*rows)), TOWN)
    (open_orders,), (late,) = metrics.orders_open.collect(), metrics.orders_late.collect()
    of_late = {one.labels["team"]: one.value for one in late.samples}
    return {one.labels["team"]: (one.value, of_late[one.labels["team"]]) for one in open_orders.samples}


async def test_every_team_of_the_town_begins_at_nothing() -> None:
    figures = await shown()

    assert set(figures) == {*TOWN.teams, "gone"}
    assert set(figures.values()) == {(0, 0)}


async def test_what_a_team_has_no_longer_goes_back_to_nothing() -> None:
    await shown({"group": "works-water", "open": 3, "late": 2})

    assert (await shown({"group": "works-water", "open": 1, "late": 0}))["works-water"] == (1, 0)
    assert (await shown())["works-water"] == (0, 0)


async def test_work_of_teams_that_are_no_more_is_one_figure() -> None:
    """Their names are no label: a profile may have had any number of them."""
    rows = [{"group": name, "open": 2, "late": 1} for name in ("works-horses", "works-canals")]

    assert (await shown(*rows))["gone"] == (4, 2)


def test_a_report_is_timed_from_its_acceptance() -> None:
    def total() -> float:
        return metrics.registry.get_sample_value("onestop_routed_seconds_sum") or 0.0

    before = total()
    count_routed(now() - timedelta(seconds=20))
    count_routed(now() + timedelta(seconds=20))  # another machine's clock is ahead

    assert 20 <= total() - before < 21
