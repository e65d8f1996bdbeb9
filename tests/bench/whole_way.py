"""The whole way of a report: posted to the public API, routed, and everybody told, until its last outcome is kept.

Everything runs as `make up` runs it: four services in all their roles, the real broker, database and proxy. The mail
server and the receiver of traces are the bench's own and are not counted. What is counted comes from outside:
processor time from the machine, messages and saves from `/metrics`, bytes from the parts' own folders.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.machine import ROOT
from shared.events.catalogue import SERVICES
from tests.bench.measure import Row, Section, percentile
from tests.bench.proc import processor_ms
from tests.bench.raw_way import TOPIC, Way
from tests.bench.subject import TEXT
from tests.support.stack import Stack

PARTS = ("mongo", "kafka", "proxy")
LOADS = ((1, 100), (16, 480), (64, 960))  # so many at once, so many reports in all
BURST = 5000
MAILS = 2  # by the first town's rules: to the reporter (it is here, and may we tell you more), and to the team
QUIET_SECONDS = 0.5
PATIENCE_SECONDS = 900.0
MARKET = {"latitude": 18.7431, "longitude": 98.9638}
PUBLISHED, SAVED = "onestop_published", "onestop_save_batch_size_sum"


# What it was before the redesign, taken on 2026-11-26 in the same way on the same kind of machine.
FIRST: Mapping[int, Mapping[str, float]] = {
    1: {"total": 125, "intake": 17.9, "dispatch": 8.2, "permits": 4.6, "notify": 54.8, "mongo": 19.9, "kafka": 18.6,
        "proxy": 0.9, "saves": 21.3, "messages": 17, "spans": 62, "stored": 41_656},
    16: {"total": 73.8, "intake": 10.5, "dispatch": 3.9, "permits": 3.08, "notify": 39.4, "mongo": 11.1, "kafka": 5.04,
         "proxy": 0.708, "saves": 18.7, "messages": 15.7, "spans": 56, "stored": 35_106},
    64: {"total": 100, "intake": 14.5, "dispatch": 5.59, "permits": 4.42, "notify": 52.2, "mongo": 15.2, "kafka": 7.08,
         "proxy": 1.1, "saves": 19.6, "messages": 16.4, "spans": 59, "stored": 35_921},
}  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What all parts together had done at one moment."""

    worked_ms: Mapping[str, float]
    messages: float
    saves: float
    writes: float
    spans: int
    mails: int
    bytes: int

    def since(self, before: "Counted", reports: int) -> "Counted":
        """Per report, as far as counts of bytes and spans are whole numbers."""
        return Counted(
            {name: (ms - before.worked_ms[name]) / reports for name, ms in self.worked_ms.items()},
            (self.messages - before.messages) / reports,
            (self.saves - before.saves) / reports,
            (self.writes - before.writes) / reports,
            round((self.spans - before.spans) / reports),
            round((self.mails - before.mails) / reports),
            round((self.bytes - before.bytes) / reports),
        )

    @property
    def total_ms(self) -> float:
        """Processor time of services and parts."""
        return sum(self.worked_ms.values())


@dataclass(frozen=True)
class Load:
    """What a report cost, how long each answer took, and how long the last outcome came after the last answer."""

    at_once: int
    reports: int
    cost: Counted
    answer_ms: list[float]
    accept_seconds: float
    drain_seconds: float


async def measure(stack: Stack, *, burst: int = 0) -> Section:
    """Each load beside its floor; `burst`: so many more at once, to see how long they drain."""
    await asyncio.to_thread(stack.up)
    watch = Parts(stack)
    await watch.warm()
    rows: list[Row] = []
    for at_once, reports in LOADS:
        load = await watch.run(at_once, reports)
        rows += [*_cost(load, await _raw(stack, load)), *_shape(load)]
    if burst:
        rows += _burst(await watch.run(64, burst))
    return Section(
        "The whole way",
        f"A report with a reporter's address through the public API and the proxy: {MAILS} mails, the inbox and the "
        "team's board, until nothing moves any more. Processor time per report of every process (from `/proc`); the "
        "mail server and the receiver of traces are not counted. Floor: one process that does as many database writes, "
        "messages and mails per report and has no rules, with the database and the broker it used. At first: before "
        "the redesign of November 2026.",
        rows,
    )


class Parts:
    """The running town, and what it has done so far."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pids = {name: stack.pid(name) for name in (*SERVICES, *PARTS)}
        self._http = httpx.AsyncClient(timeout=60)
        self._data = stack.data()

    async def warm(self) -> None:
        """The first hundred reports pay for what is loaded once."""
        await self._post(16, 100)
        await self._settled(100 * MAILS)

    async def run(self, at_once: int, reports: int) -> Load:
        """Post them and wait for the last outcome."""
        before, mails = await self.counted(), len(self._stack.mailbox.messages)
        began = time.monotonic()
        answers = await self._post(at_once, reports)
        accepted = time.monotonic()
        await self._settled(mails + reports * MAILS)
        ended = time.monotonic() - QUIET_SECONDS
        cost = (await self.counted()).since(before, reports)
        return Load(at_once, reports, cost, answers, accepted - began, max(0.0, ended - accepted))

    async def counted(self) -> Counted:
        """Now."""
        figures: Counter[str] = Counter()
        for service in SERVICES:
            page = (await self._http.get(f"{self._stack.url(service)}/metrics")).text
            for family in text_string_to_metric_families(page):
                for sample in family.samples:
                    figures[sample.name.removesuffix("_total")] += sample.value  # type: ignore[assignment]
        return Counted(
            processor_ms(self._pids), figures[PUBLISHED], figures[SAVED], await self._writes(),
            len(self._stack.traces.spans), len(self._stack.mailbox.messages), _stored(self._stack.home / "data"),
        )  # fmt: skip

    async def _writes(self) -> float:
        """Documents that were made or changed, as the database's journal has them."""
        return float(await self._data["local"]["oplog.rs"].estimated_document_count())

    async def _post(self, at_once: int, reports: int) -> list[float]:
        """Milliseconds to each answer."""
        limit, took = asyncio.Semaphore(at_once), []
        async with httpx.AsyncClient(base_url=self._stack.origin, timeout=60) as api:

            async def one(number: int) -> None:
                async with limit:
                    began = time.monotonic()
                    answer = await api.post("/api/v1/reports", json=report_body(number))
                    answer.raise_for_status()
                    took.append((time.monotonic() - began) * 1000)

            await asyncio.gather(*(one(number) for number in range(reports)))
        return took

    async def _settled(self, mails: int) -> None:
        """All mails are there, and for a while nobody saved or published anything."""
        last = None
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Reading the figures costs the services something: first only the mail server is asked.
            while len(self._stack.mailbox.messages) < mails:  # noqa: ASYNC110 - filled by another thread
                await asyncio.sleep(QUIET_SECONDS)
            while True:
                now = await self.counted()
                state = (now.messages, now.saves, now.mails)
                if state == last:
                    return
                last = state
                await asyncio.sleep(QUIET_SECONDS)


async def _raw(stack: Stack, load: Load) -> Counted:
    """The floor for what this load's reports did."""
    way = Way(load.reports, round(load.cost.writes), round(load.cost.messages), MAILS, load.at_once)
    admin = AIOKafkaAdminClient(bootstrap_servers=[stack.kafka])
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 6, 1)])
    await admin.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.raw_way", stack.kafka, stack.mongo, str(stack.mailbox.port),
        *(str(count) for count in (way.reports, way.writes, way.messages, way.mails, way.at_once)),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise LookupError("a process that was asked for pipes has none")
    await process.stdout.readline()
    pids = {"raw": process.pid, "mongo": stack.pid("mongo"), "kafka": stack.pid("kafka")}
    before = processor_ms(pids)
    process.stdin.write(b"\n")
    await process.stdout.readline()
    worked = {name: (ms - before[name]) / load.reports for name, ms in processor_ms(pids).items()}
    process.stdin.close()
    await process.wait()
    return Counted(worked, way.messages, way.writes, way.writes, 0, way.mails, 0)


def _cost(load: Load, raw: Counted) -> list[Row]:
    what = f"{load.at_once} at once"
    floor = f"{raw.writes:.0f} writes, {raw.messages:.0f} messages, {raw.mails} mails"
    total = Row(
        f"{what}: processor time", "ms/report", load.cost.total_ms, floor, raw.total_ms,
        (load.cost.total_ms / raw.total_ms,),
    )  # fmt: skip
    parts = [_beside(load, name, "ms/report", ms) for name, ms in load.cost.worked_ms.items()]
    return [total, _beside(load, "total", "ms/report", load.cost.total_ms), *parts]


def _shape(load: Load) -> list[Row]:
    what, cost = f"{load.at_once} at once", load.cost
    return [
        _beside(load, "saves", "per report", cost.saves),
        _alone(f"{what}: documents written", "per report", cost.writes),
        _beside(load, "messages", "per report", cost.messages),
        _beside(load, "spans", "per report", cost.spans),
        _beside(load, "stored", "B/report", cost.bytes),
        _alone(f"{what}: answer, p50", "ms", percentile(load.answer_ms, 0.5)),
        _alone(f"{what}: answer, p95", "ms", percentile(load.answer_ms, 0.95)),
        _alone(f"{what}: accepted", "reports/s", load.reports / load.accept_seconds),
        _alone(f"{what}: last outcome after the last answer", "s", load.drain_seconds),
    ]


def _burst(load: Load) -> list[Row]:
    return [
        _alone(f"burst of {load.reports:,}: accepted", "reports/s", load.reports / load.accept_seconds),
        _alone(f"burst of {load.reports:,}: drained after the last answer", "s", load.drain_seconds),
        _alone(f"burst of {load.reports:,}: processor time", "ms/report", load.cost.total_ms),
    ]


def _beside(load: Load, what: str, unit: str, value: float) -> Row:
    """A figure beside what it was at first."""
    before = FIRST[load.at_once][what]
    return Row(f"{load.at_once} at once: {what}", unit, value, "at first", before, (value / before,))


def _alone(what: str, unit: str, value: float) -> Row:
    """A figure that has no floor of its own."""
    return Row(what, unit, value)


def _stored(folder: Path) -> int:
    """Bytes on disk of database and broker; preallocated files count as what they hold."""
    files = (one for one in folder.rglob("*") if one.is_file() and "journal" not in one.parts)
    return sum(_blocks(file) for file in files)


def _blocks(file: Path) -> int:
    try:
        return file.stat().st_blocks * 512
    except FileNotFoundError:  # the database has just removed it
        return 0


def report_body(number: int) -> dict[str, object]:
    """A resident's report, as the API takes it."""
    reporter = {"name": "มาลี", "email": f"malee-{number}@resident.example", "consent": True}
    return {"category": "water-leak", "text": f"{TEXT} ({number})", "location": MARKET, "reporter": reporter}
