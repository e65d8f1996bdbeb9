"""A stack in which nobody is anonymous: each service may what the catalogue says and nothing else, and all works."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.parts.mongo import mongo_uri
from deploy.local.parts.services import identity
from shared.brokers import Brokers
from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from tests.support.stack import Stack
from tests.support.waiting import until
from tools.operate.__main__ import main
from tools.operate.acls import OPERATORS

REPORT = {
    "category": "water-leak",
    "text": "ท่อประปาแตกหน้าตลาด",
    "location": {"latitude": 18.7431, "longitude": 98.9638},
    "reporter": {"name": "มาลี", "email": "malee@resident.example", "consent": True},
}


@pytest.fixture(scope="module")
def secured() -> Iterator[Stack]:
    with Stack(is_secured=True) as stack:
        yield stack.up()


def test_a_report_goes_its_whole_way(secured: Stack) -> None:
    answer = httpx.post(f"{secured.origin}/api/v1/reports", json=REPORT)
    answer.raise_for_status()
    until(lambda: len(secured.mailbox.to("malee@resident.example")) >= 1, "the mail of a secured stack")


@pytest.mark.parametrize("name", [*SERVICES, OPERATORS])
async def test_each_principal_may_what_the_catalogue_says_and_nothing_else(secured: Stack, name: str) -> None:
    brokers = secured.brokers(name)
    may_write = {topic.name for topic in TOPICS.values() if name in topic.writers or name == OPERATORS}
    may_read = {topic.name for topic in TOPICS.values() if name in topic.readers or name == OPERATORS}

    assert {topic for topic in TOPICS if await _writes(brokers, topic)} == may_write
    assert {topic for topic in TOPICS if await _reads(brokers, topic)} == may_read


def test_who_is_not_the_brokers_administrator_gives_no_rights_and_is_told_so(
    secured: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in identity(secured.ports, secured.secured, OPERATORS).items():
        monkeypatch.setenv(name, value)
    assert main(["topics", "acls", "--apply", "--bootstrap", secured.kafka]) == 2
    assert f"Kafka at {secured.kafka} refuses: ClusterAuthorizationFailedError" in "".join(capsys.readouterr())


async def test_nobody_takes_the_place_of_another_group(secured: Stack) -> None:
    consumer = AIOKafkaConsumer("internal.reports.v1", **secured.brokers("dispatch").options(), group_id="notify")
    with pytest.raises(GroupAuthorizationFailedError):
        await consumer.start()
    await consumer.stop()


async def test_nobody_is_let_in_without_a_name_or_in_the_clear(secured: Stack) -> None:
    for stranger in (Brokers((secured.kafka,)), _with_another_password(secured)):
        producer = AIOKafkaProducer(**stranger.options(), request_timeout_ms=2000)
        with pytest.raises(KafkaError):
            await producer.start()
        await producer.stop()


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_opens_its_own_database_alone(secured: Stack, name: str) -> None:
    with MongoClient[dict[str, object]](mongo_uri(secured.ports, secured.secured, name)) as client:
        for other in SERVICES:
            collection = client[f"onestop_{other}"]["reports"]
            if other == name:
                collection.find_one()
            else:
                with pytest.raises(OperationFailure, match="not authorized"):
                    collection.find_one()


def test_the_database_tells_a_stranger_nothing(secured: Stack) -> None:
    plain = f"mongodb://127.0.0.1:{secured.ports.mongo}/?directConnection=true&serverSelectionTimeoutMS=1500"
    for uri in (plain, f"{plain}&tls=true&tlsCAFile={secured.secured.ca if secured.secured else ''}"):
        with MongoClient[dict[str, object]](uri) as client, pytest.raises(PyMongoError):
            client["onestop_intake"]["reports"].find_one()


async def _writes(brokers: Brokers, topic: str) -> bool:
    """What it writes is nothing that anybody can read: their dead letters, once all this is over."""
    producer = AIOKafkaProducer(**brokers.options(), request_timeout_ms=5000)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{", key=b"nobody")
    except TopicAuthorizationFailedError:
        return False
    finally:
        await producer.stop()
    return True


async def _reads(brokers: Brokers, topic: str) -> bool:
    consumer = AIOKafkaConsumer(topic, **brokers.options(), auto_offset_reset="earliest")
    try:
        await consumer.start()
        await consumer.getmany(timeout_ms=300)
    except TopicAuthorizationFailedError:
        return False
    finally:
        await consumer.stop()
    return True


def _with_another_password(secured: Stack) -> Brokers:
    brokers = secured.brokers("intake")
    return replace(brokers, identity=replace(brokers.identity, password="guessed"))
