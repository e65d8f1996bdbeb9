"""The relays of one process: started, watched and drained together."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from shared.events.topics import TOPICS, dlq
from shared.kernel.background import Background, Run
from shared.kernel.clock import now
from shared.kernel.mongo import MongoStore, observe
from shared.kernel.producer import Producer
from shared.kernel.relay import Relay
from shared.telemetry import metrics

SWEEP_SECONDS = 1.0
UNPUBLISHED_SECONDS = 30.0  # an event that waits longer than this says that the outbox does not drain


class Publishing:
    """What this process publishes of what its service has saved; nothing runs before `start`."""

    def __init__(self, service: str, producer: Producer) -> None:
        for topic in TOPICS.values():
            if service in topic.writers and topic.name != dlq(service):
                metrics.published_total.labels(topic.name)  # begins at 0
        self.stores: list[MongoStore[Any]] = []
        self._relays: list[Relay] = []
        self._producer = producer

    def add(self, store: MongoStore[Any]) -> Relay:
        """Have the outboxes of one more collection emptied, by a relay of its own."""
        relay = Relay(store, self._producer.send_all, self._producer.place)
        self.stores.append(store)
        self._relays.append(relay)
        return relay

    def start(self, background: Background, when: Callable[[Run], Run]) -> None:
        """Run all of it; `when` holds each back until the database is prepared."""
        for relay in self._relays:
            background.keep("relay", when(partial(relay.follow, SWEEP_SECONDS)))
        background.keep("observe", when(partial(observe, self.stores)))

    async def problem(self) -> str | None:
        """Why events are not published: one that can never leave says so at once."""
        for relay, store in zip(self._relays, self.stores, strict=True):
            for case_id, why in relay.stuck.items():
                return f"an event of {case_id} in {store.collection.name} cannot be published: {why}"
        for store in self.stores:
            oldest = await store.oldest_unpublished()
            if oldest is not None and (age := (now() - oldest).total_seconds()) > UNPUBLISHED_SECONDS:
                return f"an event of {store.collection.name} has waited {age:.0f} s to be published"
        return None

    async def drain(self) -> None:
        """Returns when all that was woken has been published."""
        while not all(relay.idle for relay in self._relays):  # noqa: ASYNC110 - once, at the stop
            await asyncio.sleep(0.02)
