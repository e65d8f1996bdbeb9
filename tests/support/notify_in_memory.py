"""Notify in one process without broker, database or mail server: its real handlers and sender on a store in memory."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from services.notify.channels.email import Email, MailWriter
from services.notify.channels.limit import Limit
from services.notify.commands import Desk
from services.notify.domain.delivery import Delivery, Patience
from services.notify.domain.file import FOLLOWER, CaseFile, Heard
from services.notify.domain.notice import Notice
from services.notify.domain.planning import Profile
from services.notify.domain.recipient import Recipient
from services.notify.domain.rules import Rules
from services.notify.handlers import subscribe
from services.notify.links import Links
from services.notify.offices import deputies_in
from services.notify.queries import Filter
from services.notify.sending import Sender
from services.notify.settings import Settings
from services.notify.store import UNDELIVERED, Store
from services.notify.timers import schedule
from services.notify.wording import Wording
from shared.emails import same_mailbox
from shared.events.notices import NoticeChannel
from shared.kernel import Case, Cause, Moment, now
from shared.kernel.cases import Cases
from shared.kernel.mongo_trail import TrailFilter
from shared.kernel.service import Service
from shared.kernel.trail import Line
from shared.references import make_reference
from shared.town import Town, load_town
from shared.words.typed import same_number
from tests.support.memory import Fate, MemoryCases
from tests.support.notify_events import Word
from tests.support.notify_mail import FakeServer
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


class MemoryTrail:
    """What the staff did to cases in memory."""

    def __init__(self, tables: Mapping[str, MemoryCases]) -> None:
        self._tables = tables
        self._beside: list[Line] = []

    async def add(self, _collection: str, line: Line) -> None:
        self._beside.append(line)

    async def newest(self, wanted: TrailFilter, most: int) -> Sequence[tuple[str, Line]]:
        lines = [line for table in self._tables.values() for one in table.lines.values() for line in one] + self._beside
        since = wanted.since or lines[0].at if lines else now()
        return [(line.id, line) for line in lines if line.who.sub == wanted.sub and line.at >= since][:most]


@dataclass
class FakeService:
    """What the kernel's `Service` offers, in memory."""

    fates: list[Fate] = field(default_factory=list)
    tables: dict[str, MemoryCases] = field(default_factory=dict)
    handlers: dict[str, Any] = field(default_factory=dict)
    moments: dict[str, Callable[[Any], Sequence[Moment]]] = field(default_factory=dict)
    due: dict[str, Any] = field(default_factory=dict)
    trail: Any = None
    database: dict[str, Any] = field(default_factory=lambda: defaultdict(lambda: None))  # its own queries are not asked

    def __post_init__(self) -> None:
        self.trail = MemoryTrail(self.tables)

    def cases(
        self,
        collection: str,
        _model: type,
        *,
        moments: Callable[[Any], Sequence[Moment]] = lambda _: (),
        kinds: Collection[str] = (),
        beside: Mapping[str, int] | None = None,
        indexes: object = (),
    ) -> Cases[Any]:
        self.tables.setdefault(collection, MemoryCases(moments, self.fates, kinds))
        self.moments[collection] = moments
        return Cases(collection, self.tables[collection], source="/maehia/notify", beside=beside)

    def indexes(self, collection: str, *indexes: object) -> None:
        pass

    def on(self, topic: str) -> Callable[[Any], Any]:
        return lambda handler: self.handlers.setdefault(topic, handler)

    def on_due(self, cases: Cases[Any], handler: Any) -> None:
        self.due[cases.name] = handler


class MemoryStore(Store):
    """The same queries without MongoDB."""

    def __init__(self, service: FakeService) -> None:
        super().__init__(cast(Service, service))
        self._tables = service.tables
        self.mails: dict[str, list[str]] = {}

    def all(self) -> dict[str, Notice]:
        """Every notice by id."""
        return cast(dict[str, Notice], self._tables["notices"].states())

    async def find_by_reference(self, reference: str) -> Case[CaseFile] | None:
        return next((case for case in self._cases("files") if case.state.reference == reference), None)

    async def read_older(self, case_id: str, _file: CaseFile) -> Sequence[Heard]:
        moved = self._tables["files"].beside
        return [Heard.model_validate(moved[key].value) for key in sorted(moved) if key[:2] == (case_id, "heard")]

    async def list_followers(self, case_id: str, after: str, most: int) -> list[Case[Recipient]]:
        every = self._cases("recipients")
        return [case for case in every if case.id.startswith(f"{case_id}:{FOLLOWER}") and case.id > after][:most]

    async def list_reached_at(self, address: str, most: int) -> list[Case[Recipient]]:
        every = self._cases("recipients")
        newest = [case for case in every if case.state.mailbox == same_mailbox(address)][::-1]
        return sorted(newest, key=lambda case: case.state.must_confirm)[:most]

    async def list_reached_by(
        self, phone: str | None, email: str | None, party: str, most: int
    ) -> list[Case[Recipient]]:
        ways = [same_number(phone), same_mailbox(email) if email else ""]
        every = [case for case in self._cases("recipients")[::-1] if case.state.party == party]
        return [case for case in every if {case.state.dialled, case.state.mailbox} & {*ways} - {"", None}][:most]

    async def has_room_for_mail(self, mailbox: str, mail_id: str, most: int, at: datetime) -> bool:
        return self._counted(f"{at:%Y-%m-%d} {mailbox}", mail_id, most)

    async def has_room_for_look_up(self, sub: str, look: str, most: int, at: datetime) -> bool:
        return self._counted(f"{at:%Y-%m-%dT%H} {sub}", look, most)

    def _counted(self, key: str, one: str, most: int) -> bool:
        counted = self.mails.setdefault(key, [])
        if one not in counted and len(counted) < most:
            counted.append(one)
        return one in counted

    async def list_merged_into(self, case_id: str, after: str, most: int) -> list[Case[CaseFile]]:
        return [case for case in self._cases("files") if case.state.into == case_id and case.id > after][:most]

    async def list_newest(self, wanted: Filter, most: int, before: str | None = None) -> list[Case[Notice]]:
        every = self._cases("notices")
        found = [case for case in every if fits(case.state, wanted) and (not before or case.id < before)]
        return found[::-1][:most]

    async def find_oldest_undelivered(self, channel: NoticeChannel, since: datetime | None = None) -> Delivery | None:
        waiting = [
            one
            for one in self._on(channel)
            if one.state in UNDELIVERED and not one.waits_for_contact and (since is None or one.created_at > since)
        ]
        return waiting[0] if waiting else None

    async def count_undelivered(self, channel: NoticeChannel) -> int:
        return sum(one.state in UNDELIVERED and not one.waits_for_contact for one in self._on(channel))

    async def find_last_sent(self, channel: NoticeChannel) -> datetime | None:
        return next((one.changed_at for one in self._on(channel)[::-1] if one.state == "sent"), None)

    def _on(self, channel: NoticeChannel) -> list[Delivery]:
        every = [case.state.delivery_on(channel) for case in self._cases("notices")]
        return [one for one in every if one]

    async def _list_waiting(self, recipients: Sequence[str]) -> Sequence[list[str]]:
        waiting = [
            case for case in self._cases("notices") if any(one.waits_for_contact for one in case.state.deliveries)
        ]
        return [[case.id for case in waiting if case.state.recipient == recipient] for recipient in recipients]

    def _cases(self, table: str) -> list[Case[Any]]:
        return [Case(key, 1, state) for key, state in sorted(self._tables[table].states().items())]


def fits(one: Notice, wanted: Filter) -> bool:
    """Whether a list of these would show it."""
    level = wanted.levels and one.recipient.startswith("level:")
    ways = [
        delivery
        for delivery in one.deliveries
        if wanted.state in (None, delivery.state) and wanted.channel in (None, delivery.channel)
    ]
    mine = wanted.recipients is None or one.recipient in wanted.recipients or level
    return bool(
        mine and ways and wanted.case_id in (None, one.case_id) and (wanted.sight is None or wanted.sight.reads(one))
    )


class NotifyInMemory:
    """`hear` gives it an event as Kafka would, `work` lets the timers run off."""

    def __init__(self, town: Town | None = None, before: "NotifyInMemory | None" = None) -> None:
        """`before`: another one, whose cases this one goes on with."""
        self.service: FakeService = FakeService(tables=before.service.tables if before else {})
        self.town, self.settings, self.email = town or maehia(), settings(), FakeServer()
        self.links = Links(self.settings)
        self.wording = Wording(self.town, self.links)
        self.store = MemoryStore(self.service)
        limit = Limit(self.store, SECRET, self.settings.mails_to_stranger, self.settings.mails_to_person)
        email = Email(MailWriter(self.town, self.links, self.wording, ""), self.email, limit)
        self.sender = Sender(self.store, self.town, {"email": email}, PATIENCE)
        profile = Profile(Rules(self.town.notices), self.sender.channels, deputies_in(self.town))
        self.desk = Desk(self.store, self.town, self.links, self.sender, profile, email)
        subscribe(cast(Service, self.service), self.desk)
        schedule(cast(Service, self.service), self.desk)

    async def hear(self, *words: Word) -> None:
        """In this order, as they come from their topics."""
        for event, envelope in words:
            topic = "private.contacts.v1" if event.family == "contacts" else f"internal.{event.family}.v1"
            await self.service.handlers[topic](event, envelope, Cause.of(envelope))
        await self.sender.wait_until_idle()

    async def work(self) -> None:
        """Everything that is due by now, once each; a moment later, for what is due in the next millisecond."""
        await asyncio.sleep(0.002)
        await self.work_at(now())

    async def work_at(self, at: datetime) -> None:
        """Everything that is due then, page after page, and what that makes due at once."""
        while due := self._due("files", at):
            await self._handle("files", due, at)
            at += timedelta(milliseconds=1)
        await self._handle("notices", self._due("notices", at), at)

    async def _handle(self, name: str, due: Sequence[tuple[str, Moment]], at: datetime) -> None:
        for key, moment in due:
            cause = Cause.timer(key, moment)
            await self.service.due[name](key, moment, Cause(cause.id, cause.correlation_id, at))
        await self.sender.wait_until_idle()

    def _due(self, name: str, at: datetime) -> list[tuple[str, Moment]]:
        rows = self.service.tables[name].states().items()
        waiting = [(key, moment) for key, state in rows for moment in self.service.moments[name](state)]
        return [(key, moment) for key, moment in waiting if moment.at <= at]

    def deliveries(self) -> list[tuple[Notice, Delivery]]:
        """Every delivery of every notice."""
        return [(notice, one) for notice in self.store.all().values() for one in notice.deliveries]

    def outcomes(self) -> dict[tuple[str, str, str], tuple[str, str | None]]:
        """State and reason by event type, recipient (party or office) and channel."""
        return {
            (notice.about, notice.party or notice.recipient, one.channel): (one.state, one.reason)
            for notice, one in self.deliveries()
        }

    def said(self, table: str = "notices") -> list[dict[str, Any]]:
        """Every event that notify has published of these cases, as headers."""
        sent = self.service.tables[table].outbox
        return [{name: value.decode() for name, value in entry.headers} for entry in sent]

    def ends(self) -> list[dict[str, Any]]:
        """What it has published of notices that ended, as data."""
        return [json.loads(entry.messages[0].value or b"") for entry in self.service.tables["notices"].outbox]


async def at_work(notify: NotifyInMemory, *words: Word) -> None:
    """These words are heard, and what is due because of them is done."""
    await notify.hear(*words)
    await notify.work()
