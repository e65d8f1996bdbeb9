"""A webhook: what is sent can be checked by its receiver, and each answer of theirs means one thing."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.notify.agencies import ToAgency
from services.notify.channels.guarded import Guarded, networks
from services.notify.channels.webhook import Webhook
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from services.notify.domain.moments import moments
from services.notify.domain.notice import Notice
from services.notify.domain.rules import Rules
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.work_orders import WorkOrderCancelled, WorkOrderCompleted, WorkOrderEvent
from shared.town import Town
from shared.town.models import Webhook as Address
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory, maehia
from tests.support.source import ROOT
from tests.unit.notify.test_agencies import GIVEN, LINK

KEY = b"0123456789abcdef01234567"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
HERE = "127.0.0.0/8"
PAGE = (ROOT / "docs/integrators/agencies.md").read_text(encoding="utf-8")


@dataclass
class Receiver:
    """A program of an agency's that answers as it is told."""

    status: str = "200 OK"
    headers: str = ""
    silent: bool = False
    bodies: list[bytes] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        named = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        self.asked.append({name.lower(): value for name, value in named.items()})
        self.bodies.append(await reader.readexactly(int(self.asked[-1]["content-length"])))
        if not self.silent:
            writer.write(f"HTTP/1.1 {self.status}\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()
        else:
            await reader.read()  # until the other side has had enough
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[int]:
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def town_with(url: str) -> Town:
    pea = maehia().agencies["pea"].model_copy(update={"webhook": Address(url=url), "email": None})
    return maehia().model_copy(update={"agencies": {**maehia().agencies, "pea": pea}})


async def notice_for(town: Town) -> tuple[str, Notice, NotifyInMemory]:
    notify, story = NotifyInMemory(town), Story()
    await notify.hear(story.submitted(), story.created(), story.of_work(WorkOrderReferred, **GIVEN))
    key, notice = next((key, one) for key, one in notify.store.all().items() if one.agency)
    return key, notice, notify


async def sent_to(url: str, *, inside: str = HERE, secret: str = SECRET, seconds: float = 2) -> tuple[str, Outcome]:
    town = town_with(url)
    key, notice, notify = await notice_for(town)
    secrets = {"pea": secret} if secret else {}
    guard = Guarded(networks(inside))
    webhook = Webhook(town, notify.wording, ToAgency(town, notify.links), secrets, guard, seconds)
    try:
        return key, await webhook.send(key, notice, None)
    finally:
        await webhook.close()


async def test_what_is_sent_can_be_checked_by_its_receiver_and_holds_all_that_a_mail_does() -> None:
    receiver = Receiver()
    async with listening(receiver) as port:
        key, outcome = await sent_to(f"http://127.0.0.1:{port}/onestop")
    assert outcome == Sent()
    (asked,), (body,) = receiver.asked, receiver.bodies
    signed = f"{key}.{asked['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert asked["webhook-id"] == key
    assert asked["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    data = told["data"]
    assert told["type"] == WorkOrderReferred.type
    assert (data["agency"], data["text"], data["location"]["latitude"]) == ("pea", "ไฟดับทั้งซอย 4", 18.7425)
    assert len(data["photo_urls"]) == 2
    assert "/agency/answer?" in data["answer_url"]
    assert data["message"]["subject"]
    assert not {"actor", "shown", "sensitive", "link_number"} & set(data)


ANSWERED: dict[str, Any] = {"agency": "pea", "answer": "received", "agency_reference": "W-77", **LINK}
CHASED: dict[str, Any] = {"agency": "pea", "reason": "reminder", "reminders": 1, **LINK}
BROUGHT: list[tuple[type[WorkOrderEvent], dict[str, Any], bool]] = [
    (WorkOrderReferred, GIVEN, True),
    (WorkOrderAgencyAnswered, ANSWERED, True),
    (WorkOrderAgencyAnswered, {**ANSWERED, "answer": "answered"}, True),
    (WorkOrderAgencyChased, CHASED, True),
    (WorkOrderAgencyChased, {**CHASED, "reason": "overdue"}, True),
    (WorkOrderAgencyChased, {**CHASED, "reason": "reply", "text": "ต้นหน้าวัด"}, True),
    (WorkOrderTakenBack, {"agency": "pea"}, False),
    (WorkOrderCompleted, {"agency": "pea"}, False),
    (WorkOrderCancelled, {"agency": "pea", "outcome": "not_ours"}, False),
]


@pytest.mark.parametrize(("kind", "fields", "answerable"), BROUGHT)
async def test_whoever_has_a_webhook_alone_is_told_all_that_a_mail_says_with_the_link_of_each(
    kind: type[WorkOrderEvent], fields: dict[str, Any], answerable: bool
) -> None:
    town = town_with("https://pea.example/")
    notify, story = NotifyInMemory(town), Story()
    await notify.hear(story.submitted(), story.created(), story.of_work(kind, **fields))
    (told,) = [one for one in notify.store.all().values() if one.about == kind.type and one.agency]
    rules = Rules(town.notices).select_matching(kind.type, {**told.data, "late": False})
    assert ["webhook" in rule.channels for rule in rules if rule.audience == "agency"] == [True]
    webhook = Webhook(town, notify.wording, ToAgency(town, notify.links), {}, Guarded(networks("")), 2)
    said = webhook.payload(told, "th")
    await webhook.close()
    assert said["type"] == kind.type
    assert ("/agency/answer?" in (said["data"]["answer_url"] or "")) == answerable
    row = next(row for row in PAGE.splitlines() if row.startswith(f"| `{kind.type}`"))
    assert row.split(" | ")[-1].startswith("yes" if answerable else "no")


async def test_what_the_towns_services_tell_each_other_does_not_leave() -> None:
    town = town_with("https://pea.example/")
    _, referred, notify = await notice_for(town)
    done: dict[str, Any] = {
        "agency": "pea", "outcome": "fixed", "note": "เปลี่ยนหม้อแปลง", "public_note": "เปลี่ยนหม้อแปลง", "late": True,
        "before": ["/api/v1/work-orders/1/photos/a"], "photos": ["/api/v1/work-orders/1/photos/b"],
        "materials": [{"name": "ฟิวส์", "quantity": 2}], "minutes": 40, "actor": "u-1", "person": "u-2",
    }  # fmt: skip
    notice = referred.model_copy(update={"about": WorkOrderCompleted.type, "data": done})
    webhook = Webhook(town, notify.wording, ToAgency(town, notify.links), {}, Guarded(networks("")), 2)
    data = webhook.payload(notice, "th")["data"]

    assert (data["outcome"], data["late"], data["note"]) == ("fixed", True, "เปลี่ยนหม้อแปลง")
    assert not {"before", "photos", "materials", "minutes", "actor", "person"} & set(data)
    await webhook.close()


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        ("204 No Content", "", Sent()),
        ("410 Gone", "", Refused("http-410")),
        ("401 Unauthorized", "", Refused("http-401")),
        ("302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n", Refused("http-302")),
        ("429 Too Many", "Retry-After: 120\r\n", Later("http-429", timedelta(seconds=120))),
        ("503 Away", "Retry-After: 999999\r\n", Later("http-503", timedelta(hours=1))),
        ("500 Oops", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", Later("http-500")),
    ],
)
async def test_each_answer_means_one_thing(status: str, headers: str, outcome: Outcome) -> None:
    receiver = Receiver(status, headers)
    async with listening(receiver) as port:
        assert (await sent_to(f"http://127.0.0.1:{port}/"))[1] == outcome
    assert len(receiver.asked) == 1  # a redirect is not followed


async def test_who_says_nothing_or_is_not_there_is_asked_again_later() -> None:
    async with listening(Receiver(silent=True)) as port:
        assert (await sent_to(f"http://127.0.0.1:{port}/", seconds=0.2))[1] == Later("webhook-away")
    assert (await sent_to(f"http://127.0.0.1:{port}/"))[1] == Later("webhook-away")
    assert (await sent_to("https://nobody.invalid/"))[1] == Later("webhook-away")


async def test_an_address_inside_is_refused_before_anything_is_sent() -> None:
    receiver = Receiver()
    async with listening(receiver) as port:
        assert (await sent_to(f"http://localhost:{port}/", inside=""))[1] == Refused("private-address")
        assert (await sent_to(f"http://127.0.0.1:{port}/", inside="10.0.0.0/8"))[1] == Refused("private-address")
    assert receiver.asked == []


async def test_nothing_is_sent_unsigned() -> None:
    receiver = Receiver()
    async with listening(receiver) as port:
        assert (await sent_to(f"http://127.0.0.1:{port}/", secret=""))[1] == Refused("no-secret")
    assert receiver.asked == []


async def test_each_agency_has_a_pool_of_its_own() -> None:
    _, notice, _ = await notice_for(town_with("https://hooks.pea.example/"))
    owed = [one.model_copy(update={"channel": "webhook", "due_at": one.created_at}) for one in notice.deliveries]
    waiting = notice.model_copy(update={"deliveries": owed})
    assert {one.pool for one in moments(waiting)} == {"webhook:pea"}
