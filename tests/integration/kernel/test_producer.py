"""A producer that can send nothing more is built anew: what a broker or aiokafka says once for all must not last."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka

from shared.events.ids import new_id
from shared.events.topics import internal
from shared.kernel import Transient
from shared.kernel.producer import Producer
from tests.support.kernel import Pair, equals, eventually

REPORTS = internal("reports")


def skips_numbers(client: AIOKafkaProducer) -> None:
    """The broker has not seen what lies between: OUT_OF_ORDER_SEQUENCE_NUMBER."""
    for partition in client.client.cluster.partitions_for_topic(client._topic) or ():
        client._txn_manager.increment_sequence_number(TopicPartition(client._topic, partition), 7)


def is_fenced(client: AIOKafkaProducer) -> None:
    """As its task of sending ends when the broker knows a younger epoch."""
    client._message_accumulator.fail_all(kafka.ProducerFenced())


def has_died(client: AIOKafkaProducer) -> None:
    """As that task ends when anything else goes wrong in it."""
    client._message_accumulator.fail_all(kafka.KafkaError("Unexpected error during batch delivery"))


@pytest.fixture
async def producer(pair: Pair) -> AsyncIterator[Producer]:
    """One that has sent something already."""
    settings = pair.writer.settings
    made = Producer(settings.brokers, "test", settings.topic_prefix)
    await made.send(REPORTS, "a case", b"first", ())
    yield made
    await made.stop()


@pytest.mark.parametrize("breaks", [skips_numbers, is_fenced, has_died])
async def test_what_ends_a_producer_costs_one_try(
    producer: Producer, pair: Pair, breaks: Callable[[Any], None]
) -> None:
    client: Any = producer._producer
    client._topic = pair.writer.settings.topic(REPORTS)
    breaks(client)
    with pytest.raises(Transient):
        await producer.send(REPORTS, "a case", b"second", ())
    await producer.send(REPORTS, "a case", b"second", ())
    assert producer._producer is not client


async def test_a_message_that_is_too_large_ends_nothing(producer: Producer) -> None:
    client = producer._producer
    with pytest.raises(kafka.MessageSizeTooLargeError):
        await producer.send(REPORTS, "a case", b"x" * 3_000_000, ())
    assert producer._producer is client


async def test_a_partition_without_a_leader_holds_up_only_its_own_cases(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while its broker is away. By the settings of the producer it says so after 15 s."""
    hung, producer = new_id(), pair.writer._producer
    async with pair.running():
        await pair.submit(hung)
        await eventually(lambda: equals(pair.taken(hung), [1]))
        _, away = producer.place(REPORTS, hung)
        others = [case_id for case_id in (new_id() for _ in range(40)) if producer.place(REPORTS, case_id)[1] != away]
        client: Any = producer._producer
        leader = client.client.cluster.leader_for_partition
        monkeypatch.setattr(
            client.client.cluster,
            "leader_for_partition",
            lambda place: -1 if place.partition == away else leader(place),
        )
        await pair.submit(hung)
        for case_id in others[:3]:
            await pair.submit(case_id)
            await eventually(lambda case_id=case_id: equals(pair.taken(case_id), [1]), 5)  # type: ignore[misc]
        assert await pair.taken(hung) == [1]
        monkeypatch.undo()
        await eventually(lambda: equals(pair.taken(hung), [1, 2]))
