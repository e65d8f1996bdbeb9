"""A period's figures as the database counts them are those that a person would count, order by order."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.dispatch.api.dashboard import count_open
from services.dispatch.commands import Desk
from services.dispatch.domain.ladder import teams_meant
from services.dispatch.domain.period import Period
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.chosen import NO_ZONE, Wanted
from services.dispatch.store import Store
from tests.support.work import order, town

BANGKOK = ZoneInfo("Asia/Bangkok")
NOVEMBER = Period.month(2026, 11)
HOUR = timedelta(hours=1)
FIRST = datetime(2026, 9, 15, tzinfo=UTC)


def work(dice: random.Random) -> WorkOrder:
    """Anything that may be stored."""
    began = FIRST + timedelta(minutes=dice.randrange(120 * 24 * 60))
    took = timedelta(minutes=round(math.exp(dice.uniform(0, 11))))
    done = dice.random() < 0.7
    changes: dict[str, Any] = {
        "created_at": began,
        "team": dice.choice(["works-water", "works-roads", "health-waste"]),
        "category": dice.choice(["water-leak", "road-damage", "waste"]),
        "zone": dice.choice(["village-1", "village-2", None]),
        "reopened": dice.choice([0, 0, 0, 1]),
        "acknowledged_at": dice.choice([None, began + took / 3]),
        "state": "completed" if done else dice.choice(["assigned", "cancelled"]),
        "level": dice.choice(["crew", "head", "director"]),
    }
    if done:
        changes |= {"closed_at": began + took, "stars": dice.choice([None, 1, 4, 5])}
        changes["completion"] = {"at": began + took, "late": dice.random() < 0.3}
    plain = order().model_copy(update={"clocks": order().clocks.model_copy(update={"resolve": None})})
    return WorkOrder.model_validate({**(order() if dice.random() < 0.8 else plain).model_dump(), **changes})


async def keep(store: Store, works: Sequence[WorkOrder]) -> None:
    rest: dict[str, Any] = {"v": 1, "seen": [], "seq": {}, "heard": {}, "outbox": []}
    documents = [{"_id": f"W{number:06}", "state": one.model_dump(), **rest} for number, one in enumerate(works)]
    await store.orders.collection.insert_many(documents)


@pytest.mark.parametrize(
    "period", [NOVEMBER, Period.up_to(date(2026, 12, 31), 120), Period.up_to(date(2027, 1, 9), 365)]
)
async def test_they_are_what_somebody_counts_by_hand(store: Store, period: Period) -> None:
    dice = random.Random(4711)
    works = [work(dice) for _ in range(400)]
    await keep(store, works)

    for teams in ((), ("works-water",), ("works-water", "works-roads")):
        found = await store.figures.measure(period, teams)
        mine = [one for one in works if one.team in (teams or one.team)]
        assert_same(found.whole, mine, period)
        for name in ("team", "category", "zone", "level"):
            for code, line in found.groups[name].items():
                assert_same(line, [one for one in mine if getattr(one, name) == code], period)
        assert_steps(found, mine)


def assert_same(line: Line, works: Sequence[WorkOrder], period: Period) -> None:
    began = [one for one in works if day(one.created_at) in days(period)]
    done = [one for one in works if one.completion and one.closed_at and day(one.closed_at) in days(period)]
    promised = [one for one in done if one.due_at]
    rated = [one.stars for one in done if one.stars]
    assert (line.received, line.again) == (len(began), sum(one.reopened > 0 for one in began))
    assert (line.done, line.promised) == (len(done), len(promised))
    assert line.kept == sum(not one.completion.late for one in promised if one.completion)
    assert (line.rated, line.stars) == (len(rated), sum(rated))
    near(line.find_repair_time(0.5), [one.closed_at - one.created_at for one in done if one.closed_at])
    near(line.find_accept_time(0.9), [one.acknowledged_at - one.created_at for one in done if one.acknowledged_at], 0.9)


def assert_steps(found: Performance, works: Sequence[WorkOrder]) -> None:
    assert list(found.steps) == found.period.steps()
    assert sum(line.received for line in found.steps.values()) == found.whole.received
    if found.period.unit == "day":
        for step, line in found.steps.items():
            assert line.received == sum(day(one.created_at) == step for one in works)


def near(told: timedelta | None, spans: Sequence[timedelta], share: float = 0.5) -> None:
    if not spans:
        assert told is None
        return
    exact = sorted(spans)[math.ceil(share * len(spans)) - 1]
    assert told is not None
    assert abs(told - exact) <= 0.021 * exact + timedelta(minutes=1)


def day(moment: datetime) -> date:
    return moment.astimezone(BANGKOK).date()


def days(period: Period) -> set[date]:
    return {period.first + timedelta(days=number) for number in range(period.days)}


async def test_an_empty_town_has_figures_of_nothing(store: Store) -> None:
    found = await store.figures.measure(NOVEMBER)
    assert found.whole == Line()
    assert (found.whole.kept_rate, found.whole.liked, found.whole.find_repair_time(0.5)) == (None, None, None)
    assert set(found.groups) == {"team", "category", "zone", "level"}


async def test_who_asks_again_within_the_minute_costs_nothing(store: Store) -> None:
    assert (await store.figures.measure(NOVEMBER)).whole.received == 0
    await keep(store, [order()])  # of a Monday in November
    assert (await store.figures.measure(NOVEMBER)).whole.received == 0
    assert (await store.figures.measure(NOVEMBER, ("works-water",))).whole.received == 1


@pytest.mark.parametrize("team", ["", "works-water", "director:works-roads"])
async def test_each_figure_leads_to_the_very_work_that_it_counts(store: Store, team: str) -> None:
    dice = random.Random(815)
    works = [work(dice) for _ in range(200)]
    works += [one.model_copy(update={"parent": "01KB57W53GN6B2X8QK4HT9VR0M"}) for one in works[:20]]
    await keep(store, works)
    found = await store.figures.measure(NOVEMBER, teams_meant(town(), team))
    asked = {"since": "2026-11-01", "until": "2026-11-30", "state": "", "team": team}
    assert found.whole.again > 0 < found.whole.promised - found.whole.kept
    for name in ("category", "zone", "level"):
        for code, line in found.groups[name].items():
            one = {**asked, name: code or NO_ZONE}
            received, done, again, broken = [
                await store.count(Wanted(**one, **more).filter(town(), FIRST))
                for more in ({}, {"dates": "done"}, {"again": "yes"}, {"dates": "done", "broken": "yes"})
            ]
            assert (received, done, again) == (line.received, line.done, line.again)
            assert broken == line.promised - line.kept


async def test_what_waits_is_counted_by_its_reason_with_how_long_and_leads_to_that_work(store: Store) -> None:
    """Work that waited once, or waits for an incident, does not wait now."""
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def waits(hours: int, reason: str, state: str = "paused") -> WorkOrder:
        since = at - hours * HOUR
        waiting = {"reason": reason, "since": since, "resume_at": at + HOUR, "goes_on": "acknowledged"}
        return WorkOrder.model_validate({**order().model_dump(), "state": state, "waiting": waiting})

    paused = [waits(hours, "part") for hours in range(1, 11)] + [waits(30, "weather")]
    await keep(store, [*paused, waits(5, "agency", state="joined"), order()])
    found = await count_open(Desk(store, town()), (), at)

    assert [(one.reason, one.count) for one in found.waiting] == [("part", 10), ("weather", 1)]
    assert found.waiting[0].median == pytest.approx(5 * 60, rel=0.021)
    assert found.waiting[0].p90 == pytest.approx(9 * 60, rel=0.021)
    assert found.open == 12
    assert await store.count(Wanted(waits_for="part").filter(town(), at)) == 10


async def test_the_first_work_says_since_when_there_are_reports(store: Store) -> None:
    assert await store.figures.began() is None
    await keep(store, [order(), order(submitted_at=FIRST)])
    assert await store.figures.began() == FIRST
