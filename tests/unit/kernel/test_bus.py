"""What the subscription does with what it polls; the rest of it needs a broker (`tests/integration/kernel`)."""

from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from shared.events.topics import internal
from shared.kernel.bus import Subscription, _Assignment
from shared.kernel.consume import Inbox
from shared.settings import ServiceSettings

REPORTS = internal("reports")
PLACE = TopicPartition(REPORTS, 0)


class Rebalancing:
    """A consumer of one record, whose partitions are asked back while its first poll is under way."""

    def __init__(self, subscription: Subscription) -> None:
        self._listener = _Assignment(subscription)
        self._has_polled = False

    async def getmany(self, **_limits: object) -> dict[TopicPartition, list[Any]]:
        """As aiokafka: what was fetched before is handed out all the same."""
        if not self._has_polled:
            self._has_polled = True
            await self._listener.on_partitions_revoked({PLACE})
        return {PLACE: [ConsumerRecord(REPORTS, 0, 7, 0, 0, b"key", b"{}", None, 3, 2, ())]}

    async def assign(self) -> None:
        """The rebalance ends, and the same partition is ours again."""
        await self._listener.on_partitions_assigned({PLACE})


async def test_what_is_polled_while_partitions_go_elsewhere_is_left_to_whoever_gets_them() -> None:
    """The group waits for nobody who has given up: taken here, it would be under way in two places."""

    async def park(*_: object) -> None:
        raise AssertionError("nothing fails here")

    inbox = Inbox("dispatch", park)
    inbox.handlers[REPORTS] = park
    subscription = Subscription(inbox, ServiceSettings().brokers, 1)
    consumer: Any = Rebalancing(subscription)
    await consumer.assign()

    assert await subscription._poll(consumer) == ()
    assert subscription._idle.is_set(), "the next to give up would wait for a batch that nobody takes"
    await consumer.assign()
    assert [record.offset for record in await subscription._poll(consumer)] == [7]
    assert not subscription._idle.is_set()
