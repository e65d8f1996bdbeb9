"""From an event on Kafka to a mail in the mailbox, with the real broker and the real database."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from opentelemetry.trace import SpanKind

from tests.support.notify_events import Story, Word, new_story, record
from tests.support.stack import Stack

PARTS = ("mail", "traces", "kafka", "mongo", "oidc", "topics", "notify")
Say = Callable[..., object]
OFFICER = "officer"


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """A stack of its own: in the shared one dispatch may run, and would answer what these tests say on its behalf."""
    with Stack() as stack:
        yield stack.up(*PARTS)


@pytest.fixture
async def producer(running: Stack) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**running.kafka_options, acks="all")
    await producer.start()
    yield producer
    await producer.stop()


async def say(producer: AIOKafkaProducer, *words: Word) -> None:
    for word in words:
        await producer.send_and_wait(**record(word))


async def until(found: Callable[[], object], seconds: float = 30) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        await asyncio.sleep(0.1)
    raise AssertionError("it did not happen in time")


async def deliveries(running: Stack, story: Story) -> dict[tuple[str, str, str], dict[str, object]]:
    """By event type, recipient and channel."""
    headers = {"authorization": f"Bearer {running.token(OFFICER)}"}
    async with httpx.AsyncClient(base_url=running.url("notify"), headers=headers) as client:
        answer = await client.get("/api/v1/deliveries", params={"reference": story.reference, "limit": 500})
        answer.raise_for_status()
    notices = answer.json()["items"]
    return {(one["about"], one["recipient"], way["channel"]): way for one in notices for way in one["deliveries"]}


async def test_a_report_is_answered_by_mail_once(running: Stack, producer: AIOKafkaProducer) -> None:
    story = new_story()
    address = f"{story.case_id.lower()}@example.org"
    submitted, contact = story.submitted(), story.contact(email=address)
    await say(producer, submitted, contact, submitted, contact)
    await until(lambda: running.mailbox.to(address))
    await say(producer, submitted)
    await asyncio.sleep(1.5)
    (mail,) = running.mailbox.to(address)
    assert mail["Subject"] == f"ได้รับเรื่องของท่านแล้ว เลขที่ {story.reference}"
    states = {key: one["state"] for key, one in (await deliveries(running, story)).items()}
    assert states == {
        ("onestop.report.submitted.v1", "reporter", "inbox"): "sent",
        ("onestop.report.submitted.v1", "reporter", "email"): "sent",
    }


async def test_word_of_the_work_that_comes_first_waits_for_the_report(
    running: Stack, producer: AIOKafkaProducer
) -> None:
    story = new_story()
    address = f"{story.case_id.lower()}@example.org"
    submitted, created, contact = story.submitted(), story.created(), story.contact(email=address)
    await say(producer, created)
    await asyncio.sleep(1)
    await say(producer, submitted)
    await asyncio.sleep(1)
    assert not running.mailbox.to(address)
    await say(producer, contact)
    await until(lambda: len(running.mailbox.to(address)) == 1)
    team = [mail for mail in running.mailbox.to("works-water@maehia.example") if story.reference in mail["Subject"]]
    assert len(team) == 1


async def test_the_mail_is_in_the_trace_of_the_request_that_began_it(
    running: Stack, producer: AIOKafkaProducer
) -> None:
    story = new_story()
    trace_id = f"{time.time_ns():032x}"
    story.trace = f"00-{trace_id}-00f067aa0ba902b7-01"
    address = f"{story.case_id.lower()}@example.org"
    await say(producer, story.submitted(), story.contact(email=address))
    await until(lambda: running.mailbox.to(address))
    await until(lambda: any(span.name == "deliver email" for span in running.traces.of(trace_id)))
    (sent,) = [span for span in running.traces.of(trace_id) if span.name == "deliver email"]
    assert sent.kind == SpanKind.CLIENT.value + 1  # as OTLP counts
    assert sent.attributes["onestop.reference"] == story.reference
    assert address not in str(running.traces.spans)


async def test_a_mail_server_that_is_away_delays_and_loses_nothing(running: Stack, producer: AIOKafkaProducer) -> None:
    story = new_story()
    address = f"{story.case_id.lower()}@example.org"
    running.stop("mail")
    try:
        await say(producer, story.submitted(), story.contact(email=address))
        key = ("onestop.report.submitted.v1", "reporter", "email")
        await until(lambda: _exists(running, story))
        known: dict[str, object] = {}
        while known.get("reason") != "mail-server-away":
            await asyncio.sleep(0.2)
            known = (await deliveries(running, story)).get(key, {})
        assert known["state"] == "retrying"
    finally:
        running.start("mail")
    await until(lambda: running.mailbox.to(address))
    await asyncio.sleep(1)
    assert len(running.mailbox.to(address)) == 1


def _exists(running: Stack, story: Story) -> bool:
    answer = httpx.get(
        f"{running.url('notify')}/api/v1/deliveries", params={"reference": story.reference},
        headers={"authorization": f"Bearer {running.token(OFFICER)}"},
    )  # fmt: skip
    return answer.status_code == 200
