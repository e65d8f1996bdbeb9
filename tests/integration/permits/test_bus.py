"""On the real bus: what permits says, in order and in public without personal data; what it hears of notify."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.events.base import Event
from shared.events.envelope import Envelope, decode, encode, to_headers
from shared.events.ids import new_id
from shared.events.notices import ChannelOutcome, NoticeChannel, NoticeSent, NoticeSkipped
from shared.events.topics import CONTACTS, dlq, internal, public
from shared.kernel import now
from tests.support.kernel import eventually
from tests.support.permits_running import Permits, permits

USED = (internal("permits"), public("permits"), internal("notices"), CONTACTS, dlq("permits"))


@pytest.fixture
async def live(
    mongo: str, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Permits, AIOKafkaProducer, AIOKafkaConsumer, str]]:
    """Permits with all roles on topics of its own, and somebody who listens to all of them."""
    prefix = f"{new_id().lower()}."
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + name, 1, 1) for name in USED])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    consumer = AIOKafkaConsumer(*(prefix + name for name in USED[:2]), bootstrap_servers=kafka,
                                auto_offset_reset="earliest")  # fmt: skip
    await producer.start()
    await consumer.start()
    try:
        async with permits(monkeypatch, mongo, kafka=kafka, roles="api,worker,relay", prefix=prefix) as running:
            yield running, producer, consumer, prefix
    finally:
        await consumer.stop()
        await producer.stop()


async def test_everything_is_told_in_order_and_in_public_without_personal_data(
    live: tuple[Permits, AIOKafkaProducer, AIOKafkaConsumer, str],
) -> None:
    service, _, consumer, prefix = live
    made = await service.brought_to("decided")

    heard: dict[str, list[str]] = {internal("permits"): [], public("permits"): []}
    texts: list[str] = []
    copies: set[tuple[str, bytes]] = set()
    while min(map(len, heard.values())) < 5:
        record = await consumer.getone()
        if (copy := (record.topic, dict(record.headers)["ce_id"])) in copies:
            continue  # each at least once (ADR 0003)
        copies.add(copy)
        envelope, _event = (decode(record.headers, record.value)) if "internal" in record.topic else (None, None)
        heard[record.topic.removeprefix(prefix)].append(dict(record.headers)["ce_type"].decode())
        texts += [record.value.decode()] if envelope is None else []
        assert record.key.decode() == made["id"]

    assert heard[internal("permits")] == heard[public("permits")] == [
        f"onestop.permit.{name}.v1" for name in ("submitted", "accepted", "examined", "decided", "fees-due")
    ]  # fmt: skip
    assert not any(word in "".join(texts) for word in ("สมชาย", "example.org", "18.745", "หมู่ 3"))


def ended(channel: NoticeChannel, reason: str | None = None) -> ChannelOutcome:
    return ChannelOutcome(channel=channel, outcome="skipped" if reason else "sent", reason=reason)


async def test_what_notify_did_is_a_quiet_line_once_and_other_notices_are_none(
    live: tuple[Permits, AIOKafkaProducer, AIOKafkaConsumer, str],
) -> None:
    service, producer, _, prefix = live
    made = await service.brought_to("submitted")
    common: dict[str, Any] = {"reference": made["reference"], "about": "onestop.permit.submitted.v1"}
    said: list[tuple[Event, int]] = [
        (NoticeSent(case_id=new_id(), audience="applicant", channels=[ended("email")], **common), 1),  # another's case
        (NoticeSent(case_id=made["id"], audience="team", channels=[ended("email")], **common), 1),
        (NoticeSent(case_id=made["id"], audience="applicant", channels=[ended("email")], **common), 3),
        (NoticeSkipped(case_id=made["id"], audience="applicant", channels=[ended("line", "no-contact")], **common), 1),
    ]
    for event, copies in said:
        envelope = Envelope(
            id=new_id(), source="/maehia/notify", type=event.type, subject=new_id(), time=now(), sequence=1,
            causation_id=new_id(), correlation_id=made["id"], traceparent=None, team=None, category=None, zone=None,
        )  # fmt: skip
        for _ in range(copies):
            await producer.send_and_wait(prefix + internal("notices"), encode(event.data()),
                                         key=envelope.subject.encode(), headers=to_headers(envelope))  # fmt: skip

    async def both() -> bool:
        return len(await lines()) >= 2

    async def lines() -> list[str]:
        return [entry["text"] for entry in (await service.seen(made))["timeline"] if entry["type"].startswith("notice")]

    await eventually(both)
    # Notices have keys of their own, so the bus promises no order between them.
    assert sorted(await lines()) == ["แจ้งผู้ยื่นคำขอทางอีเมลแล้ว", "ไม่ได้แจ้งทางไลน์ (ไม่มีข้อมูลติดต่อ)"]
