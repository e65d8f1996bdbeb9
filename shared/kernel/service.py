"""One process of a service: its clients, its cases, what it hears and what it does by the clock, started by role."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel
from pymongo import IndexModel

from shared.events.ids import new_id
from shared.events.topics import CONTACTS
from shared.kernel.attempts import OnDue
from shared.kernel.background import Background, Run, after, within
from shared.kernel.batches import count_from_zero
from shared.kernel.breaker import THRESHOLDS, Breaker
from shared.kernel.bus import Subscription
from shared.kernel.clockwork import Clockwork
from shared.kernel.connections import broker_away, connect, database_away
from shared.kernel.consume import Handler, Inbox
from shared.kernel.dlq import build_park, build_park_moment
from shared.kernel.ended_sessions import ENDED_INDEXES, EndedSessions
from shared.kernel.ending import CLOSE, DRAIN, Ending
from shared.kernel.errors import say_error
from shared.kernel.garbage import collect_seldom
from shared.kernel.health import Health
from shared.kernel.keys import KEY_INDEXES, Keys
from shared.kernel.leases import LEASE_INDEXES, MongoLeases
from shared.kernel.moments import Moment
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases, MongoStore
from shared.kernel.mongo_indexes import find_unprepared, prepare, prepare_all
from shared.kernel.mongo_trail import MOVE_SECONDS, TRAIL_INDEXES, MongoTrail
from shared.kernel.open_dead_letters import OpenDeadLetters
from shared.kernel.producer import Producer
from shared.kernel.publishing import Publishing
from shared.kernel.wakes import follow_saves, follow_when
from shared.settings import ALL_ROLES, ServiceSettings
from shared.telemetry import get_log, metrics
from shared.telemetry import setup as setup_telemetry
from shared.telemetry import shutdown as shutdown_telemetry

log = get_log(__name__)
S = TypeVar("S", bound=BaseModel)


class Service:
    """The composition root's tool: declare cases, handlers, timers and sweeps, then run `lifespan`."""

    def __init__(self, name: str, settings: ServiceSettings, town_code: str) -> None:
        setup_telemetry(name, settings)
        self.name = name
        self._source = f"/{town_code}/{name}"  # not the folder's name: a profile may be mounted anywhere
        self.settings = settings
        self.health = Health()
        self._client = connect(settings.mongodb_uri, name)
        self.database = self._client[f"{settings.mongodb_prefix}_{name}"]
        self._producer = Producer(settings.brokers, name, settings.topic_prefix)
        breaker = Breaker(trips_on={"bug"} if settings.park_refused else THRESHOLDS)
        self._inbox = Inbox(name, build_park(self._producer, name, settings.topic_prefix), breaker=breaker)
        self._leases = MongoLeases(self.database["leases"], f"{socket.gethostname()}/{os.getpid()}/{new_id()}")
        self.keys = Keys(self.database["idempotency_keys"])
        self.ended_sessions = EndedSessions.of(self._client, settings.mongodb_prefix)
        self._publishing = Publishing(name, self._producer)
        self._clockwork = Clockwork(self._leases)
        self.trail = MongoTrail(self.database, settings.trail_days)
        self._clockwork.add_sweep(MOVE_SECONDS, "trail", self.trail.sweep)
        self.ending = Ending(settings.shutdown_seconds)
        self._cases: list[MongoCases[Any]] = []
        own = {"idempotency_keys": KEY_INDEXES, "leases": LEASE_INDEXES, "trail": TRAIL_INDEXES}
        self.wanted_indexes: dict[str, Sequence[IndexModel]] = {**own}  # by collection
        self._retired: dict[str, Sequence[IndexModel]] = {}
        self._subscription: Subscription | None = None
        self._unjoined = "not tried yet"
        self._background = Background()

    def cases(
        self,
        collection: str,
        model: type[S],
        *,
        moments: Callable[[S], Sequence[Moment]] | None = None,
        kinds: Collection[str] = (),
        shown: Callable[[S], bool] = lambda _: True,
        beside: Mapping[str, int] | None = None,
        silent: Collection[str] = (),
        indexes: Sequence[IndexModel] = (),
        retired: Sequence[IndexModel] = (),
    ) -> MongoCases[S]:
        """The cases of one collection; this service publishes their events and keeps their indexes (not the `retired`).

        `moments`: what a case in this state waits for, each of one of these `kinds`; when one has come, `on_due` is
        called. `shown`: whether the public may hear of it; a step that leads to a state which is not shown has no
        public copies of its events. `beside`: list fields, and how many of their newest items stay in the case at
        least; the rest is in `older`. The trail leaves out what changes in them and in the `silent` fields.
        """
        store = MongoStore(self.database[collection], model, moments, kinds)
        metrics.save_conflicts_total.labels(collection)  # begins at 0
        relay = self._publishing.add(store)
        self.trail.follow(store.collection)
        self.wanted_indexes[collection], self._retired[collection] = [*KERNEL_INDEXES, *indexes], retired

        cases = MongoCases(store, source=self._source, shown=shown, beside=beside or {}, silent=silent)
        if "relay" in self.settings.roles:  # what this process saves it publishes at once; others know it by `wakes.py`
            cases.wakes.append(lambda case_id, _, entries: relay.wake(case_id, entries))
        self._cases.append(cases)
        return cases

    def indexes(self, collection: str, *indexes: IndexModel, retired: Sequence[IndexModel] = ()) -> None:
        """Indexes of a collection that holds no cases (not the `retired`)."""
        self.wanted_indexes[collection], self._retired[collection] = [*indexes], retired

    def on(self, topic: str, *, audience: str | tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
        """Register the handler of a topic; the consumer group is the service's name.

        With `audience` it hears only what is for that one, or one of those (the header `ce_audience`), or says nothing
        of any.
        """
        real = self.settings.topic(topic)
        count_from_zero(real)
        if audience:
            self._inbox.audiences[real] = frozenset((audience,) if isinstance(audience, str) else audience)
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
        park = build_park_moment(self._producer, self.name, cases.name)
        timer = self._clockwork.add_timer(cases.name, cases.waiting, handler, park)
        if "timers" in self.settings.roles:
            cases.wakes.append(timer.wake_all)

    def limit_pool(self, name: str, *, most: int) -> None:
        """At most so many moments under way at once in this pool (and in each of `<name>:…`), by all replicas."""
        self._clockwork.pools.limit(name, most)

    def every(self, seconds: float, name: str, sweep: Callable[[], Awaitable[None]]) -> None:
        """Run `sweep` at this pace, by one of all replicas; two at once must be harmless."""
        self._clockwork.add_sweep(seconds, name, sweep)

    def gauge(self, observe: Callable[[], Awaitable[None]]) -> None:
        """Measure something for `/metrics` every 15 s, in each process with the role `timers`."""
        self._clockwork.add_gauge(observe)

    @property
    def subscriptions(self) -> list[tuple[str, str]]:
        """Topic and consumer group of everything this service hears."""
        return [(topic, self._inbox.group) for topic in self._inbox.handlers]

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncIterator[None]:  # noqa: ARG002 - FastAPI's signature
        """Runs this process's roles. Whatever is away at the start is waited for, in the background."""
        collect_seldom()
        self.health.add("database", partial(database_away, self._client, self.settings.mongodb_uri))
        prepared = asyncio.Event()
        self.health.add("indexes", partial(find_unprepared, prepared))
        when = partial(after, prepared)
        self._background.keep("indexes", lambda: self._prepare(prepared))
        if "relay" in self.settings.roles:
            self.health.add_work("outbox", self._publishing.problem)
            self._publishing.start(self._background, when)
        if "worker" in self.settings.roles and self._inbox.handlers:
            self.health.add_work("consumer", self._consumer_problem)
            self._background.keep("consumer", lambda: self._consume(prepared))
        if "timers" in self.settings.roles:
            self.health.add_work("timers", self._clockwork.problem)
            self.health.add_work("sweeps", self._clockwork.sweep_problem)
            self._clockwork.start(self._background, when)
        self._follow_others(when)
        self.health.add_work("tasks", self._background.problem)
        self._background.keep("health", self.health.observe)
        try:
            yield
        finally:
            await self._stop()

    def _follow_others(self, when: Callable[[Run], Run]) -> None:
        """What other processes save is followed where this one is to go on with it.

        With all roles a process publishes what it saves itself; then only timers which share the cases need to know.
        """
        alone = self.settings.roles == ALL_ROLES
        timed = {timer.name for timer in self._clockwork.timers}
        cases = [one for one in self._cases if not alone or one.name in timed]
        if (follower := follow_saves(self.database, cases, self._clockwork.look_now)) is None:
            return
        begin = self._clockwork.shared
        if not alone:
            begin.set()
        self.health.add_work("changes", follower.problem)
        self._background.keep("changes", when(lambda: follow_when(begin, follower)))

    async def _prepare(self, prepared: asyncio.Event) -> None:
        await prepare(self.ended_sessions.collection, ENDED_INDEXES)
        await prepare_all(self.database, self.wanted_indexes, self._retired)
        prepared.set()

    async def _consume(self, prepared: asyncio.Event) -> None:
        await prepared.wait()
        # A batch that does not end must leave time to close the clients: its wait is shorter than the whole stop's.
        patience = self.settings.shutdown_seconds / 2
        subscription = Subscription(self._inbox, self.settings.brokers, patience, self.settings.topic_prefix)
        try:
            await subscription.start()
        except BaseException as error:
            self._unjoined = say_error(error)
            await subscription.stop()
            raise
        self._subscription = subscription
        self._background.keep("lag", subscription.observe)
        self._background.keep("dead letters", OpenDeadLetters(self.name, self.settings).follow)

    async def _consumer_problem(self) -> str | None:
        if away := await broker_away(self._producer, str(self.settings.brokers)):
            return away
        if self._subscription is None:
            return f"has not joined its consumer group ({self._unjoined})"
        return self._subscription.problem()

    async def _stop(self) -> None:
        """Stop taking, finish the batch, drain the relay, close, each in its share; the next start does the rest."""
        self._inbox.stopping = True
        whole = self.settings.shutdown_seconds
        taken = [self._clockwork.stop()]
        if self._subscription is not None:
            taken.append(self._subscription.stop())
        await self.ending.finish(taken)
        await within(DRAIN * whole, self._publishing.drain())
        await self._background.end()
        await within(CLOSE * whole, self._producer.stop())  # it would wait for a broker that is away
        await within(CLOSE * whole, self._leases.release_all())  # and this for a database
        self._client.close()
        shutdown_telemetry()
