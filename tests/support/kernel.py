"""A small writer and a small reader on the real broker and database, for tests of the kernel itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import BaseModel

from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.ids import derive_id, new_id
from shared.events.reports import ReportCommented
from shared.events.topics import dlq, internal, public
from shared.kernel import Cause, Step
from shared.kernel.dlq import DeadLetter, DeadLetters
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service
from shared.settings import Role, ServiceSettings

REPORTS = internal("reports")
USED = (REPORTS, public("reports"), dlq("dispatch"))
PARTITIONS = 3


class Report(BaseModel):
    """The writer's case."""

    texts: list[str] = []


class Order(BaseModel):
    """The reader's case."""

    taken: list[int] = []


class Pair:
    """A writer (`intake`) and a reader (`dispatch`) with topics and databases of their own."""

    def __init__(self, kafka: str, mongo: str, **identity: Any) -> None:
        """`identity`: the settings by which both sign in at the broker."""
        self.prefix = f"{new_id().lower()}."
        self.settings = ServiceSettings(
            kafka_bootstrap_servers=kafka,
            mongodb_uri=mongo,
            topic_prefix=self.prefix,
            mongodb_prefix=f"kernel_{new_id()}",
            otel_traces_exporter="none",
            shutdown_seconds=5,
            **identity,
        )
        self._made: list[Service] = []
        self.writer, self.reports = self.make_writer()
        self.reader, self.orders = self.make_reader()

    def make_writer(self, *roles: Role) -> tuple[Service, MongoCases[Report]]:
        """One more process of the writing service."""
        service = Service("intake", self._with(roles), "maehia")
        self._made.append(service)
        return service, service.cases("reports", Report)

    def make_reader(self, *roles: Role) -> tuple[Service, MongoCases[Order]]:
        """One more process of the reading service."""
        service = Service("dispatch", self._with(roles), "maehia")
        self._made.append(service)
        orders = service.cases("orders", Order)

        async def on_report(_event: Event, envelope: Envelope, cause: Cause) -> None:
            await self.before(envelope)
            await orders.step(derive_id(envelope.subject, "order"), lambda state, _: taken(state, envelope), cause)

        service.on(REPORTS)(on_report)
        return service, orders

    async def before(self, envelope: Envelope) -> None:
        """Replace it to make the handler fail."""

    def _with(self, roles: Sequence[Role]) -> ServiceSettings:
        return self.settings.model_copy(update={"roles": frozenset(roles)}) if roles else self.settings

    def close(self) -> None:
        """Close the database clients, also of services that never ran."""
        for service in self._made:
            service._client.close()

    async def create_topics(self) -> None:
        """The three topics that this pair needs."""
        admin = AIOKafkaAdminClient(**self.settings.brokers.options())
        await admin.start()
        try:
            await admin.create_topics([NewTopic(self.prefix + name, PARTITIONS, 1) for name in USED])
        finally:
            await admin.close()

    async def topics(self) -> Sequence[str]:
        """All that the broker has."""
        admin = AIOKafkaAdminClient(**self.settings.brokers.options())
        await admin.start()
        try:
            return list(await admin.list_topics())
        finally:
            await admin.close()

    @asynccontextmanager
    async def running(self, *services: Service) -> AsyncIterator[None]:
        """Run these services (both) until the block ends; they are ready when it begins."""
        chosen = services or (self.writer, self.reader)
        async with chosen[0].lifespan():
            if chosen[1:]:
                async with self.running(*chosen[1:]):
                    yield
            else:
                for service in services or (self.writer, self.reader):
                    await ready(service)
                yield

    async def submit(self, case_id: str, text: str = "ท่อแตก", cause: Cause | None = None) -> None:
        """One comment on a case."""
        await self.reports.step(case_id, lambda state, _: commented(state, text), cause or Cause.request())

    async def taken(self, case_id: str) -> list[int]:
        """The sequences that the reader took in for a report, in its order."""
        return await taken_by(self.orders, case_id)

    async def write_raw(
        self, value: bytes | None, headers: Sequence[tuple[str, bytes | None]], key: bytes | None = b"k"
    ) -> None:
        """Any record on the reports topic, as a broken or hostile writer would send it."""
        producer = AIOKafkaProducer(**self.settings.brokers.options())
        await producer.start()
        try:
            await producer.send_and_wait(self.prefix + REPORTS, value, key=key, headers=list(headers))
        finally:
            await producer.stop()

    @property
    def letters(self) -> DeadLetters:
        """The reader's dead letters, as an operator sees them."""
        return DeadLetters(self.settings.brokers, "dispatch", self.prefix)

    async def parked(self, count: int) -> Sequence[DeadLetter]:
        """The dead letters, once there are that many."""
        await eventually(lambda: self._has_parked(count))
        return await self.letters.all()

    async def _has_parked(self, count: int) -> bool:
        return len(await self.letters.all()) >= count


def commented(state: Report | None, text: str) -> Step[Report]:
    """A decision with one event."""
    texts = [*(state.texts if state else ()), text]
    event = ReportCommented(reference="MH-TEST-0001", category="other", by="public", text=text)
    return Step(Report(texts=texts), [event])


def taken(state: Order | None, envelope: Envelope) -> Step[Order]:
    """A decision without events."""
    return Step(Order(taken=[*(state.taken if state else ()), envelope.sequence]))


async def ready(service: Service, seconds: float = 40) -> None:
    """Return when `/workz` would say that all of its work goes on."""
    await eventually(lambda: _well(service), seconds)


async def serving(http: httpx.AsyncClient) -> None:
    """Return when the service that this program talks to says that it can serve."""

    async def serves() -> bool:
        return (await http.get("/readyz")).status_code == 200

    await eventually(serves)


async def _well(service: Service) -> bool:
    return not await service.health.work_problems()


async def eventually(true: Callable[[], Awaitable[Any]], seconds: float = 40) -> None:
    """Wait until it is; TimeoutError when it does not become so."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - what it waits for is in another process
            await asyncio.sleep(0.05)


async def equals(awaited: Awaitable[Any], wanted: object) -> bool:
    """Whether it comes out as wanted."""
    return bool(await awaited == wanted)


async def taken_by(orders: MongoCases[Order], report_id: str) -> list[int]:
    """The sequences that a reading process's cases hold for a report."""
    found = await orders.get(derive_id(report_id, "order"))
    return found.state.taken if found else []


async def has_taken(orders: MongoCases[Order], report_id: str, wanted: list[int]) -> bool:
    """Whether these, in this order."""
    return await taken_by(orders, report_id) == wanted
