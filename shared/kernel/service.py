"""One process of a service: its clients, its cases, what it hears and what it does by the clock, started by role."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
from pymongo import IndexModel

from shared.events.topics import CONTACTS
from shared.kernel.bus import Producer, Subscription
from shared.kernel.clock import now
from shared.kernel.consume import Handler, Inbox
from shared.kernel.dlq import parking
from shared.kernel.health import Health
from shared.kernel.keys import KEY_INDEXES, Keys
from shared.kernel.leases import MongoLeases
from shared.kernel.moments import Moment
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases, MongoStore, observe, prepare
from shared.kernel.outages import is_transient
from shared.kernel.relay import Relay
from shared.kernel.timers import OnDue, Timer, sweep_every
from shared.kernel.write import Write
from shared.settings import ServiceSettings
from shared.telemetry import get_log
from shared.telemetry import setup as setup_telemetry
from shared.telemetry import shutdown as shutdown_telemetry

log = get_log(__name__)
S = TypeVar("S", bound=BaseModel)

SWEEP_SECONDS = 1.0
LONE_SWEEP_SECONDS = 0.1  # a process that only relays is woken by nobody
UNPUBLISHED_SECONDS = 30.0  # an event that waits longer than this says that the outbox does not drain
RETRY_SECONDS = 1.0
# Shares of the stop's time, one after the other: finish what was taken, publish it, close.
FINISH, DRAIN, CLOSE = 0.6, 0.2, 0.1


class Service:
    """The composition root's tool: declare cases, handlers, timers and sweeps, then run `lifespan`."""

    def __init__(self, name: str, settings: ServiceSettings, town_code: str) -> None:
        setup_telemetry(name, settings)
        self.name = name
        self._source = f"/{town_code}/{name}"  # not the folder's name: a profile may be mounted anywhere
        self.settings = settings
        self.health = Health()
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            settings.mongodb_uri,
            tz_aware=True,
            appname=f"onestop-{name}",
            serverSelectionTimeoutMS=3000,
            connectTimeoutMS=3000,
            socketTimeoutMS=20_000,
            w="majority",
            journal=True,
            # What a lost primary alone had must not be taken for done: no cause for seen, no event for published.
            readConcernLevel="majority",
        )
        self.database = self._client[f"{settings.mongodb_prefix}_{name}"]
        self._producer = Producer(settings.bootstrap, name, settings.topic_prefix)
        self._inbox = Inbox(name, parking(self._producer, name, settings.topic_prefix))
        self._leases = MongoLeases(self.database["leases"], f"{socket.gethostname()}/{os.getpid()}")
        self.keys = Keys(self.database["idempotency_keys"])
        self._stores: list[MongoStore[Any]] = []
        self._relays: list[Relay] = []
        self._timers: list[Timer] = []
        self._indexes: dict[str, list[IndexModel]] = {"idempotency_keys": [*KEY_INDEXES]}
        self._retired: dict[str, Sequence[IndexModel]] = {}
        self._sweeps: list[Callable[[], Awaitable[None]]] = []
        self._subscription: Subscription | None = None
        self._unjoined = "not tried yet"
        self._tasks: list[asyncio.Task[None]] = []

    def cases(
        self,
        collection: str,
        model: type[S],
        *,
        moments: Callable[[S], Sequence[Moment]] | None = None,
        shown: Callable[[S], bool] = lambda _: True,
        beside: Mapping[str, int] | None = None,
        indexes: Sequence[IndexModel] = (),
        retired: Sequence[IndexModel] = (),
    ) -> MongoCases[S]:
        """The cases of one collection; this service publishes their events and keeps their indexes (not the `retired`).

        `moments`: what a case in this state waits for; `on_due` is called when one has come. `shown`: whether the
        public may hear of it; the events of a step that leads to a state which is not shown have no public copies.
        `beside`: list fields of the state and how many of their newest items stay in the case, at least; see `older`
        and `rewrite_older`.
        """
        store = MongoStore(self.database[collection], model, moments)
        relay = Relay(store, self._producer.send)
        self._stores.append(store)
        self._relays.append(relay)
        self._indexes[collection], self._retired[collection] = [*KERNEL_INDEXES, *indexes], retired

        def saved(write: Write[S]) -> None:
            if write.entries and "relay" in self.settings.roles:
                relay.wake(write.id)
            for moment in store.moments(write.state):
                for timer in self._timers:
                    timer.wake(moment)

        return MongoCases(store, source=self._source, saved=saved, shown=shown, beside=beside or {})

    def indexes(self, collection: str, *indexes: IndexModel) -> None:
        """Indexes of a collection that holds no cases."""
        self._indexes[collection] = [*indexes]

    def on(self, topic: str, *, audience: str | None = None) -> Callable[[Handler], Handler]:
        """Register the handler of a topic; the consumer group is the service's name.

        With `audience` it hears only what is for that audience (the header `ce_audience`), or says nothing of one.
        """
        real = self.settings.topic(topic)
        if audience is not None:
            self._inbox.audiences[real] = audience
        if topic == CONTACTS:
            self._inbox.compacted.add(real)

        def register(handler: Handler) -> Handler:
            self._inbox.handlers[real] = handler
            return handler

        return register

    def on_due(self, cases: MongoCases[S], handler: OnDue) -> None:
        """Call `handler` for each moment of these cases that has come, with the cause to step the case with.

        The step must move or remove the moment: one that has had its effect does not come again.
        """
        self._timers.append(Timer(cases.name, cases.store, handler, self._leases))

    def every(self, seconds: float, name: str, sweep: Callable[[], Awaitable[None]]) -> None:
        """Run `sweep` at this pace, by one of all replicas; two at once must be harmless."""
        self._sweeps.append(lambda: sweep_every(seconds, name, sweep, self._leases))

    @property
    def subscriptions(self) -> list[tuple[str, str]]:
        """Topic and consumer group of everything this service hears."""
        return [(topic, self._inbox.group) for topic in self._inbox.handlers]

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncIterator[None]:  # noqa: ARG002 - FastAPI's signature
        """Runs this process's roles. Whatever is away at the start is waited for, in the background."""
        self.health.add("database", self._database_problem)
        prepared = asyncio.Event()
        self._keep("indexes", lambda: self._prepare(prepared))
        if "relay" in self.settings.roles:
            self._start_relays(prepared)
        if "worker" in self.settings.roles and self._inbox.handlers:
            self.health.add("consumer", self._consumer_problem)
            self._keep("consumer", lambda: self._consume(prepared))
        if "timers" in self.settings.roles:
            for run in (*(timer.follow for timer in self._timers), *self._sweeps):
                self._keep("timer", _after(prepared, run))
        try:
            yield
        finally:
            await self._stop()

    def _start_relays(self, prepared: asyncio.Event) -> None:
        self.health.add("outbox", self._outbox_problem)
        seconds = LONE_SWEEP_SECONDS if self.settings.roles == {"relay"} else SWEEP_SECONDS
        for relay in self._relays:
            self._keep("relay", _after(prepared, lambda relay=relay: relay.follow(seconds)))  # type: ignore[misc]
        self._keep("observe", _after(prepared, lambda: observe(self._stores)))

    def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run for as long as the process does; what fails is logged and begun again."""

        async def forever() -> None:
            while True:
                try:
                    return await run()
                except Exception as error:  # noqa: BLE001 - logged, and begun again
                    told = log.warning if is_transient(error) else log.exception
                    told("will begin again", extra={"task": name, "error": type(error).__name__})
                    await asyncio.sleep(RETRY_SECONDS)

        self._tasks.append(asyncio.create_task(forever(), name=name))

    async def _prepare(self, prepared: asyncio.Event) -> None:
        for collection, indexes in self._indexes.items():
            await prepare(self.database[collection], indexes, self._retired.get(collection, ()))
        prepared.set()

    async def _consume(self, prepared: asyncio.Event) -> None:
        await prepared.wait()
        # A batch that does not end must leave time to close the clients: its wait is shorter than the whole stop's.
        patience = self.settings.shutdown_seconds / 2
        subscription = Subscription(self._inbox, self.settings.bootstrap, patience, self.settings.topic_prefix)
        try:
            await subscription.start()
        except BaseException as error:
            self._unjoined = f"{type(error).__name__}: {error}"
            await subscription.stop()
            raise
        self._subscription = subscription

    async def _database_problem(self) -> str | None:
        await self.database.command("ping")
        return None

    async def _consumer_problem(self) -> str | None:
        if self._subscription is None:
            return f"has not joined its consumer group ({self._unjoined})"
        if problem := self._subscription.problem():
            return problem
        await self._producer.reachable()
        return None

    async def _outbox_problem(self) -> str | None:
        for store in self._stores:
            oldest = await store.oldest_unpublished()
            if oldest is not None and (age := (now() - oldest).total_seconds()) > UNPUBLISHED_SECONDS:
                return f"an event of {store.collection.name} has waited {age:.0f} s to be published"
        return None

    async def _stop(self) -> None:
        """Stop taking, finish and commit the batch, drain the relay, close; what is left is swept by the next start."""
        self._inbox.stopping = True
        taken = [timer.stop() for timer in self._timers]
        if self._subscription is not None:
            taken.append(self._subscription.stop())
        await asyncio.gather(*(self._within(FINISH, work) for work in taken))
        await self._within(DRAIN, self._drained())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._within(CLOSE, self._producer.stop())  # it would wait for a broker that is away
        await self._within(CLOSE, self._leases.release_all())  # and this for a database
        self._client.close()
        shutdown_telemetry()

    async def _within(self, share: float, work: Awaitable[None]) -> None:
        """A step of the stop must not take more than its share of the time: what it leaves is found by the sweep."""
        with suppress(TimeoutError):
            await asyncio.wait_for(work, share * self.settings.shutdown_seconds)

    async def _drained(self) -> None:
        while not all(relay.idle for relay in self._relays):  # noqa: ASYNC110 - once, at the stop
            await asyncio.sleep(0.02)


def _after(prepared: asyncio.Event, run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def waiting() -> None:
        await prepared.wait()
        await run()

    return waiting
