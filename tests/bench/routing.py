"""Routing: what one decision costs, with few rules and with many, and how fast a backlog of reports becomes work."""

import csv
from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin
from statistics import median
from typing import Any

from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts, explain, route
from services.dispatch.handlers import subscribe
from services.dispatch.store import Store
from shared.kernel import now
from shared.kernel.service import Service
from shared.town import Text, Town
from shared.town.models import Zone
from tests.bench.consumers import inserted, published
from tests.bench.measure import OURS, Row, Section, Turn, Watch, compared, interleaved, percentile, rates, reached, work
from tests.bench.subject import Bench
from tests.support.source import ROOT
from tests.support.work import town

RULES, ZONES, CORNERS = 200, 50, 60
EVENTS = 3000
TEXTS = ROOT / "deploy/demo/cases-maehia.csv"


async def measure(bench: Bench) -> Section:
    """Decisions, dry runs, and work orders from a topic."""
    rows: list[Row] = []
    found: dict[str, dict[str, list[float]]] = {}
    for _ in bench.rounds():
        for name, place in ((f"{len(town().routing.rules)} rules, {len(town().zones)} zones", town()), ("", grown())):
            for what, value in _figures(place).items():
                found.setdefault(what, {}).setdefault(name, []).append(value)
    for what, values in found.items():
        rows += compared(f"{what}, {RULES} rules, {ZONES} zones", "ms", values, ours="")
    settings = await published(bench, EVENTS)
    turns = await interleaved(
        bench.rounds(), {OURS: lambda: _routed(bench), "getmany, insert_many": lambda: inserted(settings, EVENTS)}
    )
    rows += [*rates("from topic to work order", "orders/s", turns), *work("processor time", "µs/order", turns)]
    return Section(
        "Routing",
        "One case through the rules, as a report is routed and as the dry run explains it (zone, decision, every rule "
        "with its conditions), for the texts of the demonstration. The floor is Mae Hia as it is. Then "
        f"{EVENTS} reports that wait on the topic, until each is a work order with team, clocks and event. Floor: "
        "aiokafka's `getmany` with one `insert_many` of ready documents per batch, which decides nothing.",
        rows,
    )


def grown() -> Town:
    """Mae Hia with as many rules and zones as a city may have: its own again and again, the last of them decides."""
    rules = town().routing.rules
    never = replace_words(rules[0].when, ("คำที่ไม่มีใครเขียน", "never written"))
    missing = range(RULES - len(rules))
    more = [rules[0].model_copy(update={"code": f"more-{number}", "when": never}) for number in missing]
    routing = town().routing.model_copy(update={"rules": (*more, *rules)})
    return town().model_copy(update={"routing": routing, "zones": tuple(_zone(number) for number in range(ZONES))})


def replace_words(when: Any, words: tuple[str, ...]) -> Any:
    """The same conditions for every category, with these words."""
    return when.model_copy(update={"words": words, "categories": ()})


def _zone(number: int) -> Zone:
    """A round one; they stand in rows over the town."""
    box = town().bounds
    row, column = divmod(number, 10)
    north = box.south + (row + 0.5) * (box.north - box.south) / 5
    east = box.west + (column + 0.5) * (box.east - box.west) / 10
    ring = [(east + 0.003 * cos(2 * pi * one / CORNERS), north + 0.003 * sin(2 * pi * one / CORNERS))
            for one in range(CORNERS)]  # fmt: skip
    return Zone(code=f"zone-{number}", name=Text(th="โซน", en="Zone"), polygons=(((*ring, ring[0]),),))


def _figures(place: Town) -> dict[str, float]:
    cases = [_facts(place, row) for row in csv.DictReader(TEXTS.open(encoding="utf-8"))]
    decided = _each(cases, lambda facts: route(place, _placed(place, facts)))
    explained = _each(cases, lambda facts: explain(place, _placed(place, facts)))
    return {
        "a decision": median(decided),
        "a dry run": median(explained),
        "a dry run, p95": percentile(explained, 0.95),
    }


def _facts(place: Town, row: dict[str, str]) -> Facts:
    at = now()
    return Facts(category=row["category"], at=at, working=place.calendar.is_working(at), text=row["text"],
                 latitude=place.centre.latitude, longitude=place.centre.longitude)  # fmt: skip


def _placed(place: Town, facts: Facts) -> Facts:
    """A copy of its own: what one run has made of the text must not help the next."""
    zone = place.zone_of(facts.latitude or 0, facts.longitude or 0)
    return replace(facts, zone=zone.code if zone else None)


def _each(cases: list[Facts], once: Callable[[Facts], object]) -> list[float]:
    found = []
    for facts in cases:
        watch = Watch()
        once(facts)
        found.append(watch.seconds * 1000)
    return found


async def _routed(bench: Bench) -> Turn:
    """The real handlers of dispatch in a process that only consumes."""
    service = Service("dispatch", await published(bench, EVENTS), town().code)
    desk = Desk(Store(service, town()), town())
    subscribe(service, desk)
    orders = desk.store.orders.collection

    async def has(count: int) -> bool:
        return await orders.estimated_document_count() >= count

    async with service.lifespan():
        await reached(lambda: has(1))
        begun, watch = await orders.estimated_document_count(), Watch()
        await reached(lambda: has(EVENTS))
        return watch.turn(EVENTS - begun)
