"""Whether a case costs the same however many are stored, and however much has happened to it before."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.ids import new_id
from shared.kernel import Cause, Decide, Step, now
from shared.kernel.moments import Search
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.relay import MOST
from shared.kernel.service import Service
from tests.bench.measure import Row, Section, compared, times
from tests.bench.subject import (
    TEXT,
    Bench,
    Document,
    Moment,
    Report,
    another,
    followed,
    settled,
    stored_like,
    submitted,
)

SMALL, ORDINARY, LARGE = 1_000, 100_000, 1_000_000
COUNTS = (10, 1_000, 10_000)  # things that happened to one case
AT_ONCE = 200  # of them, to make it so
BACKLOG = 10_000  # cases with something to publish
CALLS = 60  # per round
FILL = 1_000  # documents per insert

Stored = Mapping[int, MongoCases[Report]]  # by how many are stored
Once = Callable[[], Awaitable[object]]


async def measure(bench: Bench, *, large: bool) -> Section:
    """Everything against the same on the smallest collection."""
    sizes = (SMALL, ORDINARY, LARGE) if large else (SMALL, ORDINARY)
    service = Service("intake", bench.settings("api"), "maehia")
    stored = {count: service.cases(f"reports_{count}", Report) for count in sizes}
    busy = service.cases("busy", Report, beside={"timeline": 50})
    async with service.lifespan():
        document = await stored_like(stored[SMALL])
        ids = {count: await _fill(bench, cases, document, count) for count, cases in stored.items()}
        found: list[Row] = []
        for what, call in _calls(stored, ids).items():
            found += _rows(what, "ms", await _interleaved(bench.rounds(), {count: call(count) for count in sizes}))
        found += _rows("indexes", "B/case", {n: [await _index_bytes(cases) / n] for n, cases in stored.items()})
        found += await _busy(bench, busy)
        found += await _backlog(bench, stored, document)
    return Section(
        "Growth",
        "One call at a time, with so many cases stored and nothing in their outboxes. The floor is the same with "
        f"{SMALL:,} cases: a ratio of 1 says that the cost does not grow. The sweeps are what relay and timers ask "
        f"each second. Then: a step of a case to which so much has happened, beside one to which little has "
        "(requests; events of as many other cases; comments of 500 bytes in a list that keeps its newest 50); and "
        f"the relay's sweep when {BACKLOG:,} cases wait, as after an outage of the broker.",
        found,
    )


def _calls(stored: Stored, ids: Mapping[int, Sequence[str]]) -> dict[str, Callable[[int], Once]]:
    def step(count: int) -> Once:
        return lambda: stored[count].step(random.choice(ids[count]), followed, Cause.request())

    def new(count: int) -> Once:
        return lambda: stored[count].step(new_id(), submitted, Cause.request())

    def unpublished(count: int) -> Once:
        return lambda: stored[count].store.unpublished(now(), 1)

    def due(count: int) -> Once:
        return lambda: stored[count].waiting.due(Search(now(), 1))

    return {"step of a stored case": step, "new case": new, "sweep of the relay": unpublished, "sweep of timers": due}


async def _interleaved(rounds: Iterable[int], calls: Mapping[int, Once]) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {count: [] for count in calls}
    for _ in rounds:
        for count, once in calls.items():
            found[count].append(median(await times(CALLS, once)))
    return found


def _rows(what: str, unit: str, found: Mapping[int, Sequence[float]]) -> list[Row]:
    return [
        row
        for count, values in found.items()
        if count != SMALL
        for row in compared(f"{what}, {count:,} stored", unit, {f"{SMALL:,} stored": found[SMALL], "": values}, ours="")
    ]


async def _busy(bench: Bench, cases: MongoCases[Report]) -> list[Row]:
    """The same step of cases to which so much has happened: requests, events of as many other cases, lines written."""
    rows: list[Row] = []
    for what, (decide, cause) in HAPPENED.items():
        busy = {count: new_id() for count in COUNTS}
        for count, case_id in busy.items():
            await cases.step(case_id, submitted, Cause.request())
            for start in range(0, count, AT_ONCE):
                some = range(start, min(count, start + AT_ONCE))
                await asyncio.gather(*(cases.step(case_id, decide, cause(number)) for number in some))

        def step(count: int, busy: Mapping[int, str] = busy, decide: Any = decide, cause: Any = cause) -> Once:
            return lambda: cases.step(busy[count], decide, cause(random.randrange(10**9, 10**10)))

        found = await _interleaved(bench.rounds(), {count: step(count) for count in COUNTS})
        few, *many = COUNTS
        for count in many:
            values = {f"after {few}": found[few], "": found[count]}
            rows += compared(f"step of a case after {count:,} {what}", "ms", values, ours="")
    return rows


def _line(state: Report | None, cause: Cause) -> Step[Report]:
    if state is None:
        raise LookupError("only a stored report has lines")
    line = Moment(at=cause.at, what="comment", by="public", text=TEXT)
    return Step(state.model_copy(update={"timeline": [*state.timeline, line]}))


def _request(_number: int) -> Cause:
    return Cause.request()


def _joined(number: int) -> Cause:
    return replace(Cause.request(), origin=f"report|{number:026d}", sequence=1)


HAPPENED: Mapping[str, tuple[Decide[Report], Callable[[int], Cause]]] = {
    "requests": (followed, _request),
    "joins": (followed, _joined),
    "comments": (_line, _request),
}


async def _backlog(bench: Bench, stored: Stored, document: Document) -> list[Row]:
    """The relay takes the oldest, round by round; were each to look at all that wait, an outage would last."""
    waiting = {SMALL: MOST, ORDINARY: BACKLOG}
    for count, most in waiting.items():
        await stored[count].collection.insert_many([another(document) for _ in range(most)], ordered=False)

    def sweep(count: int) -> Once:
        return lambda: stored[count].store.unpublished(now(), MOST)

    found = await _interleaved(bench.rounds(), {count: sweep(count) for count in waiting})
    what = f"sweep of the relay, {BACKLOG:,} waiting"
    return compared(what, "ms", {f"{MOST} waiting": found[SMALL], "": found[ORDINARY]}, ours="")


async def _fill(bench: Bench, cases: MongoCases[Report], document: Document, count: int) -> list[str]:
    """Some of the ids. Written without waiting for the journal: this is not what is measured."""
    await cases.collection.create_indexes(list(KERNEL_INDEXES))
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(bench.mongo)
    collection = client[cases.collection.database.name].get_collection(cases.collection.name)
    ids: list[str] = []
    for _ in range(count // FILL):
        several = [settled(document) for _ in range(FILL)]
        await collection.insert_many(several, ordered=False)
        ids += [one["_id"] for one in several[:: max(1, count // SMALL)]]
    client.close()
    return ids


async def _index_bytes(cases: MongoCases[Report]) -> float:
    stats = await cases.collection.database.command("collStats", cases.collection.name)
    return float(stats["totalIndexSize"])
