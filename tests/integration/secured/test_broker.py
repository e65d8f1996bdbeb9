"""Who may what on the broker: each principal what the catalogue says and nothing else, however it signs in."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError, for_code

from deploy.local.parts.services import BY_CERTIFICATE, identity
from deploy.local.secured import ADMIN
from shared.brokers import Brokers, Identity
from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS, dlq
from tests.support.guarded import kcat_options
from tests.support.kernel import eventually
from tests.support.stack import Stack
from tools.contract.schemas import INTEGRATORS
from tools.operate.__main__ import main
from tools.operate.acls import OPERATORS, PUBLIC, apply, grants, list_missing

OUTSIDER, STRANGER = "pea", "nobody"  # the one has been given the public topics, the other nothing


def by_certificate(stack: Stack, name: str) -> Brokers:
    """The broker's other door."""
    assert stack.secured is not None
    chain = stack.secured.certificate(name)
    if not chain.exists():
        chain.write_text(stack.secured.authority.issue(name))
    who = Identity("SSL", ca=stack.secured.ca, certificate=chain)
    return Brokers((f"127.0.0.1:{stack.ports.kafka_certificates}",), who)


@pytest.mark.parametrize(
    ("name", "way"),
    [*((name, Stack.brokers) for name in (*SERVICES, OPERATORS)), *((name, by_certificate) for name in BY_CERTIFICATE)],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
async def test_each_principal_may_what_the_catalogue_says_and_nothing_else(secured: Stack, name: str, way: Any) -> None:
    may_write = {topic.name for topic in TOPICS.values() if name in topic.writers or name == OPERATORS}
    may_read = {topic.name for topic in TOPICS.values() if name in topic.readers or name == OPERATORS}
    may_read |= {dlq(name)} if name in SERVICES else set()  # counted by whoever parked them

    assert await _writes(way(secured, name)) == may_write
    assert await _reads(way(secured, name)) == may_read


async def test_an_outside_reader_reads_the_public_topics_alone(secured: Stack) -> None:
    await _give(secured, OUTSIDER)
    may_read = {name for name in TOPICS if name.startswith(PUBLIC)}

    assert await _reads(by_certificate(secured, OUTSIDER)) == may_read
    assert await _writes(by_certificate(secured, OUTSIDER)) == set()
    assert await _joins(by_certificate(secured, OUTSIDER), f"{OUTSIDER}.reports")
    assert not await _joins(by_certificate(secured, OUTSIDER), "notify")


async def test_an_outside_reader_reads_as_the_integrators_page_says(secured: Stack) -> None:
    await _give(secured, OUTSIDER)
    await _writes(secured.brokers("intake"))
    assert secured.secured is not None
    command = ["kcat", "-q", *kcat_options(secured.ports, secured.secured, OUTSIDER), "-C", "-t"]
    read = await asyncio.to_thread(_run, *command, "public.reports.v1", "-o", "beginning", "-e", "-f", "%k %h\n")
    assert "nobody" in read
    with pytest.raises(subprocess.CalledProcessError):
        await asyncio.to_thread(_run, *command, "internal.reports.v1", "-o", "beginning", "-e")


async def test_the_sample_device_signs_in_by_certificate_or_by_password(secured: Stack) -> None:
    await _give(secured, OUTSIDER)
    assert secured.secured is not None
    door = by_certificate(secured, OUTSIDER)
    by_chain = {
        "KAFKA_BOOTSTRAP_SERVERS": str(door),
        "KAFKA_SECURITY_PROTOCOL": "SSL",
        "KAFKA_CERTIFICATE_FILE": str(door.identity.certificate),
        "KAFKA_CA_FILE": str(secured.secured.ca),
    }
    by_password = {"KAFKA_BOOTSTRAP_SERVERS": secured.kafka, **identity(secured.ports, secured.secured, OPERATORS)}
    for env in (by_chain, by_password):
        assert (await asyncio.to_thread(_device, env)).startswith("= works-water: ")


async def test_the_sample_device_says_what_does_not_let_it_in(secured: Stack) -> None:
    assert secured.secured is not None
    known = {"KAFKA_BOOTSTRAP_SERVERS": secured.kafka, **identity(secured.ports, secured.secured, OPERATORS)}
    stranger = {**known, "KAFKA_SASL_PASSWORD": "guessed"}
    told = await asyncio.to_thread(_device, stranger)
    assert "SaslAuthenticationFailed: Authentication failed" in told
    assert told.splitlines()[-1].startswith("Kafka refuses, or gives no answer: ")
    elsewhere = {**known, "TOPIC_PREFIX": "nbn."}
    told = await asyncio.to_thread(_device, elsewhere)
    assert "TopicAuthorizationFailedError" in told.splitlines()[-1]
    unguarded = {"KAFKA_BOOTSTRAP_SERVERS": secured.kafka, "KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}
    assert "SASL_SSL needs KAFKA_SASL_USERNAME" in await asyncio.to_thread(_device, unguarded)


def _device(env: dict[str, str]) -> str:
    """The first that it says, by nothing but the environment."""
    command = [sys.executable, "-u", str(INTEGRATORS / "device.py"), "works-water"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **env}
    ) as running:
        assert running.stdout is not None
        seen = ""
        for line in running.stdout:
            seen += line
            if line.startswith("= "):
                break
        running.terminate()
    return seen


async def test_a_certificate_alone_opens_nothing(secured: Stack) -> None:
    assert await _reads(by_certificate(secured, STRANGER)) == set()
    assert await _writes(by_certificate(secured, STRANGER)) == set()


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_has_its_own_group_and_no_other(secured: Stack, name: str) -> None:
    for group in (*SERVICES, "anything"):
        assert await _joins(secured.brokers(name), group) == (group == name)


@pytest.mark.parametrize("name", [*SERVICES, OUTSIDER])
async def test_who_is_no_operator_makes_changes_and_removes_no_topic(secured: Stack, name: str) -> None:
    assert await _refused(by_certificate(secured, name)) == {"create", "grow", "delete"}


async def test_operators_make_the_topics_of_the_catalogue_and_no_other(secured: Stack) -> None:
    assert await _refused(secured.brokers(OPERATORS)) == {"create", "grow", "delete"}


@pytest.mark.parametrize("name", [*SERVICES, OPERATORS])
def test_who_is_not_the_brokers_administrator_gives_no_rights_and_is_told_so(
    secured: Stack, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = identity(secured.ports, secured.secured, name)
    address = told.get("KAFKA_BOOTSTRAP_SERVERS", secured.kafka)
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    assert main(["topics", "acls", "--apply", "--bootstrap", address]) == 2
    why = "[Error 31] ClusterAuthorizationFailedError: only the cluster's administrator reads and gives rights"
    assert f"Kafka at {address} refuses: {why}" in "".join(capsys.readouterr())


async def test_nobody_is_let_in_without_a_name_or_in_the_clear(secured: Stack) -> None:
    for stranger in _strangers(secured):
        producer = AIOKafkaProducer(**stranger.options(), request_timeout_ms=2000)
        with pytest.raises(KafkaError):
            await producer.start()
        await producer.stop()


def _strangers(secured: Stack) -> Iterator[Brokers]:
    """In the clear; with a guessed password; without a certificate; with one that somebody else has issued."""
    assert secured.secured is not None
    yield Brokers((secured.kafka,))
    known = secured.brokers("intake")
    yield replace(known, identity=replace(known.identity, password="guessed"))
    door = by_certificate(secured, "intake")
    yield replace(door, identity=replace(door.identity, certificate=None))
    elsewhere = replace(
        secured.secured.authority, certificate=secured.home / "other.pem", key=secured.home / "other.key"
    )
    elsewhere.found()
    forged = secured.home / "forged.pem"
    forged.write_text(elsewhere.issue("intake"))
    yield replace(door, identity=replace(door.identity, certificate=forged))


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


async def _writes(brokers: Brokers) -> set[str]:
    """What it writes is nothing that anybody can read: their dead letters, once all this is over."""
    producer = AIOKafkaProducer(**brokers.options(), request_timeout_ms=5000)
    await producer.start()
    try:
        return {topic for topic in TOPICS if await _sends(producer, topic)}
    finally:
        await producer.stop()


async def _sends(producer: AIOKafkaProducer, topic: str) -> bool:
    try:
        await producer.send_and_wait(topic, b"{", key=b"nobody")
    except TopicAuthorizationFailedError:
        return False
    return True


async def _reads(brokers: Brokers) -> set[str]:
    return {topic for topic in TOPICS if await _fetches(brokers, topic)}


async def _fetches(brokers: Brokers, topic: str) -> bool:
    consumer = AIOKafkaConsumer(topic, **brokers.options(), auto_offset_reset="earliest")
    try:
        await consumer.start()
        await consumer.getmany(timeout_ms=300)
    except TopicAuthorizationFailedError:
        return False
    finally:
        await consumer.stop()
    return True


async def _joins(brokers: Brokers, group: str) -> bool:
    """Whether it may ask for the group's place, without taking anything from its members."""
    admin = AIOKafkaAdminClient(**brokers.options())
    await admin.start()
    try:
        await admin.list_consumer_group_offsets(group)
    except GroupAuthorizationFailedError:
        return False
    finally:
        await admin.close()
    return True


async def _refused(brokers: Brokers) -> set[str]:
    """Of what only an administrator does, what the broker refuses."""
    admin = AIOKafkaAdminClient(**brokers.options())
    await admin.start()
    try:
        made = await admin.create_topics([NewTopic("internal.mistyped.v1", 1, 1)])
        gone = await admin.delete_topics(["internal.reports.v1"])
        answers = {"create": for_code(made.topic_errors[0][1]), "delete": for_code(gone.topic_error_codes[0][1])}
        try:
            await admin.create_partitions({"internal.reports.v1": NewPartitions(24)})
        except KafkaError as error:  # of this answer alone the client makes an exception
            answers["grow"] = type(error)
    finally:
        await admin.close()
    return {what for what, kind in answers.items() if kind is TopicAuthorizationFailedError}


async def _give(secured: Stack, reader: str) -> None:
    admin = AIOKafkaAdminClient(**secured.brokers(ADMIN).options())
    await admin.start()
    try:
        wanted = [grant for grant in grants(readers=[reader]) if grant.principal == reader]
        await apply(admin, wanted)

        async def in_force() -> bool:
            return not await list_missing(admin, wanted)

        await eventually(in_force, 30)  # the controller has them first, the broker a moment later
    finally:
        await admin.close()
