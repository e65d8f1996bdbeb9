"""What is told again, and what is not: decided on events and a broker's records that the test makes."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.events.catalogue import SERVICES
from shared.events.envelope import Envelope, to_headers
from shared.events.ids import new_id
from shared.events.topics import CONTACTS, internal, public
from shared.kernel import Transient, now
from shared.kernel.journal import Told
from shared.kernel.outbox import Entry, Message
from shared.kernel.restored import RESTORED
from shared.settings import ServiceSettings
from tools.operate.on_broker import OnBroker
from tools.operate.republish import Journals, Lost, Outcome, heal, overtake
from tools.operate.republish import _say_outcome as said

CASE = new_id()
SINCE = now() - timedelta(hours=6)
INTERNAL, PUBLIC = internal("reports"), public("reports")


class Database:
    """One service's, with the mark of a restoration if there was one."""

    def __init__(self, name: str, mark: dict[str, Any] | None) -> None:
        self.name = name
        self._mark = mark

    def __getitem__(self, name: str) -> "Database":
        assert name == RESTORED
        return self

    async def find_one(self, _: Any) -> dict[str, Any] | None:
        return self._mark


class Broker:
    """What is published, in its order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []

    async def publish(self, losses: Sequence[Lost]) -> None:
        self.sent += [(one.message.topic, one.sequence) for one in losses]


def told(sequence: int, *topics: str, key: str = CASE, at: datetime | None = None, value: bytes | None = b"{}") -> Told:
    time = at or SINCE + timedelta(minutes=sequence)
    envelope = Envelope(
        new_id(), "/maehia/intake", "onestop.report.commented.v1", key, time, sequence, new_id(), CASE,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )  # fmt: skip
    messages = [Message(topic, key, value) for topic in topics or (INTERNAL, PUBLIC)]
    return Told("reports", CASE, Entry(envelope.id, time, to_headers(envelope), messages))


def has(kept: OnBroker, one: Told, *topics: str) -> None:
    headers = dict(one.entry.headers)
    for topic in topics or (INTERNAL, PUBLIC):
        key = one.entry.messages[0].key
        kept.add(topic, key, one.entry.id, int(headers["ce_sequence"]), headers["ce_time"].decode())


async def healed(journal: Sequence[Told], kept: OnBroker, broker: Broker, waiting: Sequence[str] = ()) -> Outcome:
    async def read() -> AsyncIterator[Told]:
        for one in journal:
            yield one

    return await heal(read(), kept, set(waiting), broker.publish, SINCE)


async def test_what_the_broker_has_is_left_alone() -> None:
    journal, kept, broker = [told(1), told(2)], OnBroker(), Broker()
    for one in journal:
        has(kept, one)
    outcome = await healed(journal, kept, broker)
    assert (outcome.told, sum(outcome.lost.values()), broker.sent) == (2, 0, [])


async def test_what_it_has_lost_is_told_again_in_order_as_it_was() -> None:
    journal, kept, broker = [told(1), told(2), told(3)], OnBroker(), Broker()
    has(kept, journal[0])
    outcome = await healed(journal, kept, broker)
    assert broker.sent == [(INTERNAL, 2), (PUBLIC, 2), (INTERNAL, 3), (PUBLIC, 3)]
    assert outcome.lost == {INTERNAL: 2, PUBLIC: 2}


async def test_a_lost_copy_bears_the_headers_that_the_first_one_bore() -> None:
    one, sent = told(1, INTERNAL), list[Lost]()

    async def publish(losses: Sequence[Lost]) -> None:
        sent.extend(losses)

    async def read() -> AsyncIterator[Told]:
        yield one

    await heal(read(), OnBroker(), set(), publish, SINCE)
    headers = dict(sent[0].headers)
    assert headers["ce_id"] == one.entry.id.encode()
    assert headers["ce_dataschema"].startswith(b"urn:onestop:schema:internal:onestop.report.commented.v1:r")
    assert headers["traceparent"].startswith(b"00-0af7651916cd43dd")
    assert [name for name, _ in sent[0].headers].count("traceparent") == 1


async def test_doing_it_again_finds_nothing() -> None:
    journal, kept, broker = [told(1)], OnBroker(), Broker()
    await healed(journal, kept, broker)
    outcome = await healed(journal, kept, broker)
    assert (sum(outcome.lost.values()), len(broker.sent)) == (0, 2)


async def test_an_event_that_still_waits_in_its_outbox_is_the_relays() -> None:
    journal, broker = [told(1)], Broker()
    await healed(journal, OnBroker(), broker, waiting=[journal[0].entry.id])
    assert broker.sent == []


async def test_what_happened_twice_in_the_journal_is_told_once() -> None:
    one, broker = told(1), Broker()
    await healed([one, one], OnBroker(), broker)
    assert broker.sent == [(INTERNAL, 1), (PUBLIC, 1)]


async def test_services_hear_of_a_gap_and_readers_who_are_past_it_are_not_moved_back() -> None:
    """A later event may have hidden the case: an older one would show it again."""
    journal, kept, broker = [told(1), told(2), told(3)], OnBroker(), Broker()
    has(kept, journal[0])
    has(kept, journal[2])
    outcome = await healed(journal, kept, broker)
    assert broker.sent == [(INTERNAL, 2)]
    assert outcome.overtaken == 1


async def test_what_a_topic_no_longer_keeps_is_not_lost() -> None:
    journal, broker = [told(1, at=now() - timedelta(days=14))], Broker()
    await healed(journal, OnBroker(), broker)
    assert broker.sent == [(PUBLIC, 1)]


KEY = f"{CASE}:reporter"


async def test_of_a_contact_only_the_newest_word_counts_whichever_service_said_it() -> None:
    recorded = told(1, CONTACTS, key=KEY)
    erased = told(1, CONTACTS, key=KEY, at=SINCE + timedelta(minutes=30), value=None)
    broker = Broker()
    outcome = await healed([erased, recorded], OnBroker(), broker)
    assert outcome.lost == {CONTACTS: 1}

    kept = OnBroker()
    has(kept, erased, CONTACTS)
    again = Broker()
    await healed([recorded], kept, again)
    assert again.sent == []


def journals(monkeypatch: pytest.MonkeyPatch, **marks: dict[str, Any]) -> tuple[Journals, dict[str, datetime]]:
    """Those of all services, and from when on each is read."""
    read: dict[str, datetime] = {}

    async def read_told(database: Database, at: datetime, _: tuple[str, str]) -> AsyncIterator[Told]:
        read[database.name] = at
        nothing: Sequence[Told] = ()
        for one in nothing:
            yield one

    monkeypatch.setattr("tools.operate.republish.read_told", read_told)
    client: Any = {f"onestop_{name}": Database(name, marks.get(name)) for name in SERVICES}
    return Journals(client, ServiceSettings(mongodb_prefix="onestop"), SINCE), read


async def test_what_a_restoration_made_forgotten_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, long_ago = SINCE + timedelta(hours=2), SINCE - timedelta(days=9)
    source, read = journals(
        monkeypatch, intake={"begun_at": begun, "finished": True}, notify={"begun_at": long_ago, "finished": True}
    )
    assert [one async for one in source.read_told()] == []
    assert read == {"intake": begun, "dispatch": SINCE, "permits": SINCE, "notify": SINCE}
    assert await source.find_restored_at() == begun


async def test_nothing_is_told_again_while_a_restoration_is_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    source, _ = journals(monkeypatch, dispatch={"begun_at": SINCE - timedelta(hours=1), "finished": False})
    with pytest.raises(Transient, match="being restored"):
        await source.find_restored_at()


def test_it_is_said_from_when_on_events_are_remembered() -> None:
    begun = SINCE + timedelta(hours=2)
    assert f"none from before {begun.isoformat(timespec='seconds')}" in said(Outcome(SINCE, begun), is_dry=False)
    assert "none from before" not in said(Outcome(SINCE), is_dry=True)


async def test_a_contact_that_was_erased_meanwhile_is_erased_after_what_was_told_again() -> None:
    """The erasure reached the broker before the old record did, which would now be the last of its key."""
    broker = Broker()

    async def read() -> AsyncIterator[Told]:
        for one in (told(7, CONTACTS, value=None), told(8), told(6, CONTACTS)):
            yield one

    await overtake(read(), broker.publish)
    assert broker.sent == [(CONTACTS, 7)]
