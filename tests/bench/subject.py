"""What the figures are taken on: a report of ordinary size as a case, its event, and the event's effect elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import BaseModel, ConfigDict

from shared.events.base import Place
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.reports import ReportSubmitted
from shared.events.topics import PARTITIONS, TOPICS, internal
from shared.kernel import Cause, Step
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.service import Service
from shared.settings import Role, ServiceSettings
from tests.support.stack import Stack

REPORTS = internal("reports")
TEXT = (
    "น้ำประปาไม่ไหลตั้งแต่เมื่อคืน ท่อน่าจะแตกตรงหน้าตลาด มีน้ำซึมขึ้นมาบนผิวถนนและเริ่มท่วมทางเท้า "
    "รถจักรยานยนต์ล้มไปแล้วหนึ่งคัน ขอให้เจ้าหน้าที่มาตรวจสอบโดยด่วน ขอบคุณครับ"
)

Document = dict[str, Any]


class Moment(BaseModel):
    """One line of a timeline."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    what: str
    by: str
    text: str = ""


class Report(BaseModel):
    """The writer's case: as many fields as a real one, about 1.5 kB stored with its event."""

    model_config = ConfigDict(frozen=True)

    reference: str
    category: str
    zone: str
    text: str
    latitude: float
    longitude: float
    answers: dict[str, str] = {}
    photos: list[str] = []
    followers: int = 0
    timeline: list[Moment] = []


class Order(BaseModel):
    """The reader's case: what one event makes of it."""

    model_config = ConfigDict(frozen=True)

    report_id: str
    reference: str
    category: str
    text: str
    timeline: list[Moment] = []


@dataclass(frozen=True)
class Bench:
    """Where the parts are, and how often and how long to measure."""

    kafka: str
    mongo: str
    most_rounds: int = 3
    seconds: float = 0.7  # of one way in one round
    until: float = float("inf")  # by `time.monotonic`: from then on one round has to do

    def rounds(self) -> Iterator[int]:
        """One at least, and as many as there is time for."""
        for number in range(self.most_rounds):
            if number and time.monotonic() > self.until:
                return
            yield number

    def settings(self, *roles: Role, prefix: str | None = None) -> ServiceSettings:
        """Settings of a process with a database and topics of its own, or those of `prefix`."""
        name = prefix or new_id().lower()
        return ServiceSettings(
            kafka_bootstrap_servers=self.kafka,
            mongodb_uri=self.mongo,
            topic_prefix=f"{name}.",
            mongodb_prefix=f"b{name[-12:]}",  # a database's name has 63 bytes at most
            roles=frozenset(roles),
            otel_traces_exporter="none",
            log_level="WARNING",
            shutdown_seconds=5,
        )

    async def fresh_topics(self) -> str:
        """A prefix whose topics exist and are empty: all, for a service reads more of them than a bench writes."""
        prefix = new_id().lower()
        admin = AIOKafkaAdminClient(bootstrap_servers=[self.kafka])
        await admin.start()
        try:
            await admin.create_topics([NewTopic(f"{prefix}.{name}", PARTITIONS, 1) for name in TOPICS])
        finally:
            await admin.close()
        return prefix


@asynccontextmanager
async def writer(settings: ServiceSettings) -> AsyncIterator[MongoCases[Report]]:
    """A running service that saves reports; its indexes are there when the block begins."""
    service = Service("intake", settings, "maehia")
    cases = service.cases("reports", Report)
    await cases.collection.create_indexes(list(KERNEL_INDEXES))
    async with service.lifespan():
        yield cases


@asynccontextmanager
async def served_alone(stack: Stack, name: str) -> AsyncIterator[None]:
    """This service only answers requests, of anybody as many as come, and traces nothing; afterwards as before."""
    before = stack.part(name)
    stack.configure(name, ROLES="api", RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none")
    await asyncio.to_thread(stack.up, "topics", name)
    try:
        yield
    finally:
        await asyncio.to_thread(stack.stop, name)
        stack.change(name, lambda _: before)


def submitted(_state: Report | None, cause: Cause) -> Step[Report]:
    """A new report, with its event."""
    moment = Moment(at=cause.at, what="received", by="reporter")
    report = Report(reference="MH-7K2P-9QXA", category="water-leak", zone="zone-3", text=TEXT, latitude=18.7423,
                    longitude=98.9416, answers={"since": "เมื่อคืน"}, timeline=[moment])  # fmt: skip
    return Step(report, [event(cause.at)])


def followed(state: Report | None, _cause: Cause) -> Step[Report]:
    """One more follower: a change that tells nobody."""
    if state is None:
        raise LookupError("only a stored report is followed")
    return Step(state.model_copy(update={"followers": state.followers + 1}))


def event(at: datetime) -> ReportSubmitted:
    """What the reader hears."""
    return ReportSubmitted(
        reference="MH-7K2P-9QXA", category="water-leak", kind="problem", channel="web", submitted_at=at, zone="zone-3",
        location=Place(latitude=18.7423, longitude=98.9416, accuracy_m=12.5, address="หน้าตลาดแม่เหียะ"), text=TEXT,
        answers={"since": "เมื่อคืน"},
    )  # fmt: skip


def ordered(heard: ReportSubmitted, envelope: Envelope, cause: Cause) -> Step[Order]:
    """The effect of the event."""
    moment = Moment(at=cause.at, what="created", by="dispatch")
    return Step(Order(report_id=envelope.subject, reference=heard.reference, category=heard.category, text=heard.text,
                      timeline=[moment]))  # fmt: skip


async def stored_like(cases: MongoCases[Report]) -> Document:
    """A document exactly as the kernel stores it, to be multiplied by `another`."""
    case_id = new_id()
    await cases.step(case_id, submitted, Cause.request())
    document = await cases.collection.find_one({"_id": case_id})
    if document is None:
        raise LookupError("the case that was just saved is not there")
    return document


def another(document: Document) -> Document:
    """The same document as a case of its own; its messages get its key."""
    case_id = new_id()
    outbox = [
        {**entry, "messages": [[topic, case_id, value] for topic, _, value in entry["messages"]]}
        for entry in document["outbox"]
    ]
    return {**document, "_id": case_id, "outbox": outbox}


def settled(document: Document) -> Document:
    """The same as a case that has told everything it had to tell."""
    return {**document, "_id": new_id(), "outbox": []}


def size(document: Document) -> int:
    """In bytes, as stored before compression."""
    return len(bson.encode(document))
