"""Work orders and messages from the real bus reach the report's timeline, each once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.events.base import Event
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import new_id
from shared.events.notices import NoticeSent, NoticeSkipped
from shared.events.topics import dlq, internal, public
from shared.events.work_orders import WorkOrderAcknowledged, WorkOrderCompleted, WorkOrderCreated
from shared.kernel import now
from tests.support.intake import Intake, intake
from tests.support.kernel import eventually
from tests.support.reports import by_mail

USED = (internal("work-orders"), internal("notices"), internal("reports"), public("reports"), dlq("intake"),
        "private.contacts.v1")  # fmt: skip


class Bus:
    """Says what dispatch and notify would say."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str) -> None:
        self._producer, self._prefix, self._said = producer, prefix, 0

    async def say(self, subject: str, event: Event, copies: int = 1) -> None:
        self._said += 1
        envelope = Envelope(
            id=new_id(), source="/maehia/test", type=event.type, subject=subject, time=now(), sequence=self._said,
            causation_id=new_id(), correlation_id=subject, traceparent=None, team=None, category=None, zone=None,
        )  # fmt: skip
        for _ in range(copies):
            await self._producer.send_and_wait(
                self._prefix + internal(event.family), encode(event.data()), key=subject.encode(),
                headers=to_headers(envelope),
            )  # fmt: skip


@pytest.fixture
async def live(mongo: str, kafka: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Intake, Bus]]:
    """Intake with all roles on topics of its own."""
    prefix = f"{new_id().lower()}."
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + name, 1, 1) for name in USED])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        roles = "api,worker,relay,timers"
        async with intake(monkeypatch, mongo, kafka=kafka, roles=roles, prefix=prefix) as service:
            yield service, Bus(producer, prefix)
    finally:
        await producer.stop()


async def until(service: Intake, made: dict[str, str], lines: int) -> dict[str, Any]:
    """The report as its reporter sees it, once its timeline has that many lines."""

    async def there() -> bool:
        return len((await service.seen(made, secret=True))["timeline"]) >= lines

    await eventually(there)
    return await service.seen(made, secret=True)


async def test_the_work_is_seen_step_by_step_and_each_step_once(live: tuple[Intake, Bus]) -> None:
    service, bus = live
    made = await service.report()
    order = new_id()
    common: dict[str, Any] = {
        "report_id": made["id"], "reference": made["reference"], "category": "water-leak", "team": "works-water",
    }  # fmt: skip
    await bus.say(
        order,
        WorkOrderCreated(**common, priority="high", rules_version="1", service_level="u"),
        copies=3,
    )
    await bus.say(order, WorkOrderAcknowledged(**common), copies=2)
    await bus.say(new_id(), WorkOrderAcknowledged(**{**common, "report_id": new_id()}))  # of no report
    await bus.say(order, WorkOrderCompleted(**common, note="ซ่อมแล้ว"))
    notice: dict[str, Any] = {
        "case_id": made["id"],
        "reference": made["reference"],
        "about": "onestop.work-order.completed.v1",
    }
    told = new_id()
    await bus.say(
        told, NoticeSkipped(**notice, audience="reporter", channels=by_mail("skipped", "no-contact"))
    )  # no line
    await bus.say(told, NoticeSent(**notice, audience="reporter", channels=by_mail("sent")), copies=2)
    await bus.say(new_id(), NoticeSent(**notice, audience="follower", channels=by_mail("sent")))
    view = await until(service, made, 5)
    assert sorted(entry["type"] for entry in view["timeline"]) == [
        "acknowledged", "completed", "notice", "received", "routed",
    ]  # fmt: skip
    assert (view["state"], view["outcome"], view["team"]) == ("resolved", "fixed", "works-water")


async def test_what_was_accepted_is_published(live: tuple[Intake, Bus]) -> None:
    service, _ = live
    made = await service.report()

    async def published() -> bool:
        return not await service.outbox(made["id"])

    await eventually(published)
