"""What it costs to part the roles: from a save to its event's send, and from a moment to its handler, at rest.

Together, the process that saves wakes its own relay and timers. Apart, relay and timers follow the database's changes.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka import AIOKafkaConsumer

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, StoredModel, now
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service
from shared.settings import Role
from tests.bench.measure import Row, Section, compared, percentile
from tests.bench.subject import REPORTS, Bench, Report, submitted

TOGETHER, APART = "together", "apart"
LAYOUTS: dict[str, tuple[tuple[Role, ...], ...]] = {
    TOGETHER: (("api", "relay", "timers"),),
    APART: (("api",), ("relay",), ("timers",)),
}
TIMES = 30
PAUSE_SECONDS = 0.2  # at rest: nothing else is under way when the next one begins
AHEAD = timedelta(milliseconds=300)
LEAST_MS = 0.5  # a record's time is told in whole milliseconds


class Alarm(StoredModel):
    """A case that waits for one moment."""

    at: datetime | None


@dataclass(frozen=True)
class Layout:
    """Milliseconds of each try."""

    send: list[float]
    wake: list[float]


async def measure(bench: Bench) -> Section:
    """Both ways, both layouts in turn."""
    found: dict[str, list[Layout]] = {name: [] for name in LAYOUTS}
    for _ in bench.rounds():
        for name, layout in LAYOUTS.items():
            found[name].append(await _run(bench, layout))
    return Section(
        "Roles apart",
        f"{TIMES} reports and {TIMES} moments, one every {PAUSE_SECONDS:g} s, nothing else under way. From the return "
        "of the save to the producer's timestamp of its event; from a moment to the start of its handler. Apart: api, "
        "relay and timers each with clients of their own, woken by the database's changes. Floor: all in one.",
        [row for what in ("send", "wake") for fraction in (0.5, 0.95) for row in _rows(found, what, fraction)],
    )


def _rows(found: dict[str, list[Layout]], what: str, fraction: float) -> list[Row]:
    named = {"send": "save to send", "wake": "moment to handler"}[what]
    values = {way: [percentile(getattr(one, what), fraction) for one in tries] for way, tries in found.items()}
    return compared(f"{named}, p{fraction * 100:.0f}", "ms", values, ours=APART)


async def _run(bench: Bench, layout: tuple[tuple[Role, ...], ...]) -> Layout:
    prefix = await bench.fresh_topics()
    woken: asyncio.Queue[float] = asyncio.Queue()
    async with AsyncExitStack() as running:
        cases: list[tuple[MongoCases[Report], MongoCases[Alarm]]] = []
        for roles in layout:
            service = Service("intake", bench.settings(*roles, prefix=prefix), "maehia")
            cases.append((service.cases("reports", Report), _alarms(service, woken)))
            await running.enter_async_context(service.lifespan())
        heard = await running.enter_async_context(_consumer(bench, prefix))
        await asyncio.sleep(2)  # until the changes of others are followed
        reports, alarms = cases[0]
        return Layout(await _sends(reports, heard), await _wakes(alarms, woken))


def _alarms(service: Service, woken: "asyncio.Queue[float]") -> MongoCases[Alarm]:
    alarms = service.cases(
        "alarms", Alarm, moments=lambda alarm: [Moment("ring", alarm.at)] if alarm.at else [], kinds=("ring",)
    )

    async def on_due(case_id: str, moment: Moment, cause: Cause) -> None:
        woken.put_nowait(time.time() - moment.at.timestamp())
        await alarms.step(case_id, lambda _, __: Step(Alarm(at=None)), cause)

    service.on_due(alarms, on_due)
    return alarms


async def _sends(reports: MongoCases[Report], heard: AIOKafkaConsumer) -> list[float]:
    found = []
    for _ in range(TIMES):
        await reports.step(new_id(), submitted, Cause.request())
        saved = time.time()
        record = await heard.getone()
        found.append(max(LEAST_MS, record.timestamp - saved * 1000))
        await asyncio.sleep(PAUSE_SECONDS)
    return found


async def _wakes(alarms: MongoCases[Alarm], woken: "asyncio.Queue[float]") -> list[float]:
    found = []
    for _ in range(TIMES):
        at = now() + AHEAD
        await alarms.step(new_id(), lambda _, __, at=at: Step(Alarm(at=at)), Cause.request())  # type: ignore[misc]
        found.append(await woken.get() * 1000)
        await asyncio.sleep(PAUSE_SECONDS)
    return found


@asynccontextmanager
async def _consumer(bench: Bench, prefix: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(f"{prefix}.{REPORTS}", bootstrap_servers=[bench.kafka], auto_offset_reset="earliest")
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
