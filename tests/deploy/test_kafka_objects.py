"""The KafkaTopics and KafkaUsers of the overlay `town`, carried out on a real broker as Strimzi's operators would."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError

from deploy.cluster.kubectl import Kubectl
from deploy.local.parts.services import identity
from deploy.local.secured import ADMIN
from tests.support.beside import Beside
from tests.support.manifests import named, overlay
from tests.support.strimzi import carry_out
from tools.operate import topics


@dataclass(frozen=True)
class Overlay(Kubectl):
    """A cluster that holds the overlay's objects."""

    kubeconfig: Path = Path("/dev/null")

    def items(self, *asked: str) -> list[dict[str, Any]]:
        """Of one kind."""
        kind = {"kafkatopics.kafka.strimzi.io": "KafkaTopic", "kafkausers.kafka.strimzi.io": "KafkaUser"}[asked[0]]
        return named(overlay("town"), kind)

    def make(self, *_: Any) -> str:
        """Nobody mounts the Secrets."""
        return ""


@pytest.fixture
def beside() -> Iterator[Beside]:
    made = Beside()
    yield made.up("kafka")
    made.close()


async def test_the_broker_has_what_the_catalogue_says_and_each_service_may_write_its_own_alone(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carry_out(Overlay(), beside)
    for name, value in identity(beside.ports, beside.secured, ADMIN).items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(topics.main, ["check", "--bootstrap", beside.kafka]) == 0
    async with AIOKafkaProducer(**beside.brokers("intake").options()) as producer:
        await producer.send_and_wait("internal.reports.v1", b"{", key=b"nobody")
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait("internal.work-orders.v1", b"{", key=b"nobody")
