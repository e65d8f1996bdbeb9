"""Notify in one process without broker, database or mail server: its real handlers and sender on a store in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any, cast

from services.notify.channels.email import Email
from services.notify.channels.mail import Mail, MailWriter
from services.notify.domain.delivery import Delivery, Outcome, Patience, Sent
from services.notify.domain.file import CaseFile
from services.notify.handlers import subscribe
from services.notify.links import Links
from services.notify.sending import Sender
from services.notify.settings import Settings
from services.notify.store import Store, Wanted
from services.notify.wording import Wording
from shared.kernel import Case, Cause, Moment, now
from shared.kernel.cases import Cases
from shared.kernel.service import Service
from shared.references import make_reference
from shared.town import Town, load_town
from tests.support.heard_by_notify import Word
from tests.support.memory import Fate, MemoryCases
from tests.support.source import ROOT

SECRET = "a-secret-for-tests-that-is-long-enough"
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}
REFERENCE = make_reference("MH", "1" * 26)
PATIENCE = Patience(contact=timedelta(hours=24), provider=timedelta(hours=72), lease=timedelta(seconds=80))


@cache
def maehia() -> Town:
    """The first town, as it is shipped."""
    return load_town(ROOT / "deploy/municipalities/maehia")


def settings(**changes: object) -> Settings:
    """Settings of a service that nobody starts."""
    return Settings.model_validate({"environment": "test", "link_secret": SECRET, **changes})


@dataclass
class FakeService:
    """What the kernel's `Service` offers, in memory."""

    fates: list[Fate] = field(default_factory=list)
    tables: dict[str, MemoryCases] = field(default_factory=dict)
    handlers: dict[str, Any] = field(default_factory=dict)
    due: Any = None

    def cases(
        self,
        collection: str,
        _model: type,
        *,
        moments: Any = None,
        indexes: object = (),
        shown: Callable[[Any], bool] = lambda _: True,
    ) -> Cases[Any]:
        self.tables[collection] = MemoryCases(moments, self.fates)
        return Cases(collection, self.tables[collection], source="/maehia/notify", shown=shown)

    def on(self, topic: str) -> Callable[[Any], Any]:
        return lambda handler: self.handlers.setdefault(topic, handler)

    def on_due(self, _cases: object, handler: Any) -> None:
        self.due = handler


class MemoryStore(Store):
    """The same queries without MongoDB."""

    def __init__(self, service: FakeService) -> None:
        super().__init__(cast(Service, service), maehia())
        self._tables = service.tables

    def all(self) -> dict[str, Delivery]:
        """Every delivery by id."""
        return cast(dict[str, Delivery], self._tables["deliveries"].states())

    async def file_of(self, reference: str) -> Case[CaseFile] | None:
        files = cast(dict[str, CaseFile], self._tables["files"].states())
        return next((Case(key, 1, file) for key, file in files.items() if file.reference == reference), None)

    async def newest(self, wanted: Wanted, most: int, before: str | None = None) -> list[Case[Delivery]]:
        found = [
            Case(key, 1, one) for key, one in self.all().items() if _fits(one, wanted) and (not before or key < before)
        ]
        return sorted(found, key=lambda case: case.id, reverse=True)[:most]

    async def waiting(self, recipient: str) -> list[str]:
        waits = "waiting-for-contact"
        return [key for key, one in self.all().items() if one.recipient == recipient and one.reason == waits]


def _fits(one: Delivery, wanted: Wanted) -> bool:
    level = wanted.levels and one.recipient.startswith("level:")
    return (
        (wanted.recipients is None or one.recipient in wanted.recipients or level)
        and wanted.case_id in (None, one.case_id)
        and wanted.state in (None, one.state)
        and wanted.channel in (None, one.channel)
    )


@dataclass
class FakeServer:
    """Takes every mail and reads it, or answers what it is told to, first to last."""

    answers: list[Outcome] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)

    async def send(self, mail: Mail) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Sent()
        if isinstance(answer, Sent):
            self.taken.append(read(mail))
        return answer


def read(mail: Mail) -> EmailMessage:
    """As a mail program takes it apart."""
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


class House:
    """`hear` gives it an event as Kafka would, `work` lets the timers run off."""

    def __init__(self, town: Town | None = None) -> None:
        self.service = FakeService()
        self.town, self.settings, self.email = town or maehia(), settings(), FakeServer()
        self.links = Links(self.settings)
        self.wording = Wording(self.town, self.links)
        self.store = MemoryStore(self.service)
        email = Email(MailWriter(self.town, self.links, self.wording, ""), self.email)
        self.sender = Sender(self.store, self.town, email, PATIENCE)
        subscribe(cast(Service, self.service), self.store, self.town, self.sender)

    async def hear(self, *words: Word) -> None:
        """In this order, as they come from their topics."""
        for event, envelope in words:
            topic = "private.contacts.v1" if event.family == "contacts" else f"internal.{event.family}.v1"
            await self.service.handlers[topic](event, envelope, Cause.of(envelope))

    async def work(self) -> None:
        """Everything that is due by now, once each; a moment later, for what is due in the next millisecond."""
        await asyncio.sleep(0.002)
        await self.work_at(now())

    async def work_at(self, at: datetime) -> None:
        """Everything that is due then, taken for now."""
        for key, one in self.store.all().items():
            if one.wake_at is not None and one.wake_at <= at:
                moment = Moment("send", one.wake_at)
                cause = Cause.timer(key, moment)
                await self.sender.deliver(key, moment, Cause(cause.id, cause.correlation_id, at))

    def outcomes(self) -> dict[tuple[str, str, str], tuple[str, str | None]]:
        """State and reason by event type, recipient (party or office) and channel."""
        return {
            (one.about, one.party or one.recipient, one.channel): (one.state, one.reason)
            for one in self.store.all().values()
        }

    def said(self) -> list[dict[str, Any]]:
        """Every event that notify has published, as headers."""
        sent = self.service.tables["deliveries"].outbox
        return [{name: value.decode() for name, value in entry.headers} for entry in sent]


async def at_work(house: House, *words: Word) -> None:
    """These words are heard, and what is due because of them is done."""
    await house.hear(*words)
    await house.work()
