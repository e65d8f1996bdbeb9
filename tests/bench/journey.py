"""End to end: a request saves a case here, its event takes effect in another service's process."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.machine import ROOT
from shared.events.ids import new_id
from shared.kernel import Cause
from tests.bench.bare import BareWriter
from tests.bench.measure import OURS, Row, Section, Watch, compared, percentile
from tests.bench.subject import Bench, submitted, writer

GENTLE = 50  # requests per second
SATURATED = 64  # requests at once
FLOOR = "no outbox"

Save = Callable[[], Coroutine[None, None, None]]


@dataclass
class Heard:
    """What the other process has told of its effects: milliseconds from the beginning of the request to each."""

    ms: list[float] = field(default_factory=list)

    async def until(self, count: int, seconds: float = 60) -> None:
        """That many effects were saved."""
        async with asyncio.timeout(seconds):
            while len(self.ms) < count:  # noqa: ASYNC110 - what it waits for is in another process
                await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Load:
    """One way under one load, in one round."""

    per_second: float
    p50: float
    p95: float


async def measure(bench: Bench) -> Section:
    """Throughput and latency, gentle and saturated."""
    found: dict[str, dict[str, list[Load]]] = {"gentle": {OURS: [], FLOOR: []}, "saturated": {OURS: [], FLOOR: []}}
    async with _ours(bench) as ours, _floor(bench) as floor:
        for _ in bench.rounds():
            for load, run in (("gentle", _gentle), ("saturated", _saturated)):
                for name, (save, heard) in ((OURS, ours), (FLOOR, floor)):
                    found[load][name].append(await run(bench, save, heard))
    return Section(
        "End to end",
        "From the beginning of a request to the saved effect of its event in another service's process, both on this "
        f"machine with Kafka and MongoDB. Gentle: {GENTLE} requests/s; saturated: {SATURATED} at once until the last "
        "effect. Floor: two processes with `insert_one`, then `send_and_wait`, and at the other end `getmany` and an "
        "`insert_one` per record side by side: no outbox, no order per case, no duplicate check, a crash loses events.",
        [
            *_rows("gentle", found["gentle"], "p50", "p95"),
            *_rows("saturated", found["saturated"], "per_second", "p50", "p95"),
        ],
    )


def _rows(load: str, found: dict[str, list[Load]], *what: str) -> list[Row]:
    units = {"per_second": "events/s", "p50": "ms", "p95": "ms"}
    return [
        row
        for name in what
        for row in compared(
            load if name == "per_second" else f"{load}, {name}",
            units[name],
            {way: [getattr(one, name) for one in loads] for way, loads in found.items()},
        )
    ]


async def _gentle(bench: Bench, save: Save, heard: Heard) -> Load:
    """One request every 20 ms, whether the one before is done or not."""
    heard.ms.clear()
    watch, count = Watch(), round(GENTLE * bench.seconds * 4)
    async with asyncio.TaskGroup() as requests:
        for number in range(count):
            await asyncio.sleep(number / GENTLE - watch.seconds)
            requests.create_task(save())
    return await _load(watch, count, heard)


async def _saturated(bench: Bench, save: Save, heard: Heard) -> Load:
    heard.ms.clear()
    watch, count = Watch(), 0

    async def one_of_many() -> None:
        nonlocal count
        while watch.seconds < bench.seconds * 3:
            await save()
            count += 1

    await asyncio.gather(*(one_of_many() for _ in range(SATURATED)))
    return await _load(watch, count, heard)


async def _load(watch: Watch, count: int, heard: Heard) -> Load:
    await heard.until(count)
    return Load(count / watch.seconds, percentile(heard.ms, 0.5), percentile(heard.ms, 0.95))


@asynccontextmanager
async def _ours(bench: Bench) -> AsyncIterator[tuple[Save, Heard]]:
    prefix = await bench.fresh_topics()
    settings = bench.settings("api", "relay", prefix=prefix)
    async with _reader(bench, OURS, prefix) as heard, writer(settings) as cases:

        async def save() -> None:
            await cases.step(new_id(), submitted, Cause.request())

        await save()
        await heard.until(1)
        yield save, heard


@asynccontextmanager
async def _floor(bench: Bench) -> AsyncIterator[tuple[Save, Heard]]:
    prefix = await bench.fresh_topics()
    async with _reader(bench, FLOOR, prefix) as heard, BareWriter(bench.settings("api", prefix=prefix)) as bare:
        await bare.save()
        await heard.until(1)
        yield bare.save, heard


@asynccontextmanager
async def _reader(bench: Bench, way: str, prefix: str) -> AsyncIterator[Heard]:
    """The other service's process; it is told to end by the end of its input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.reader", bench.kafka, bench.mongo, prefix, way,
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise LookupError("a process that was asked for pipes has none")
    heard = Heard()
    listening = asyncio.create_task(_listen(process.stdout, heard))
    try:
        yield heard
    finally:
        process.stdin.close()
        await process.wait()
        await listening


async def _listen(lines: asyncio.StreamReader, heard: Heard) -> None:
    async for line in lines:
        heard.ms += json.loads(line)
