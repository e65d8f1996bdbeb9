"""What nobody should write on a topic: it is parked by each reader with its bytes, and the others' work goes on."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from services.dispatch.domain.work_order import order_id
from shared.events.base import Event
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import new_id
from shared.events.topics import TOPICS, internal
from shared.events.work_orders import WorkOrderAcknowledged, WorkOrderCreated
from shared.kernel import now
from tests.support.kernel import eventually
from tests.support.notify_events import Story, record
from tests.support.persistent_clients import Asked, PersistentClients
from tests.support.reconciliation import (
    COLLECTIONS,
    Cases,
    caught_up,
    collection_of,
    everything,
    letters_of,
    produce,
    settle,
)
from tests.support.stack import Stack

READ = [topic for topic in TOPICS.values() if set(topic.readers) & {"intake", "dispatch", "permits", "notify"}]
AUDIENCE = {
    "intake": b"reporter",
    "dispatch": b"agency",
    "permits": b"applicant",
}  # of notices: whose outcome they keep
ENVELOPE = (("ce_specversion", b"1.0"), ("ce_id", b"01J00000000000000000000000"))
BAD: Mapping[str, tuple[bytes, list[tuple[str, bytes | None]]]] = {
    "undecodable": (b"\xff\x00", []),
    "null-header": (b"{}", [("ce_id", None), ("ce_type", b"onestop.report.submitted.v1")]),
    "binary-header": (b"{}", [*ENVELOPE, ("ce_type", b"\xff\xfe\x00")]),
    "empty": (b"", [("content-type", b"application/json")]),
}


async def test_bad_records_on_every_topic_are_parked_by_each_reader_and_others_go_on(
    battered: Stack, clients: PersistentClients
) -> None:
    real = await _one_of_each(battered, clients)
    wanted: dict[str, set[tuple[str, bytes, bytes, tuple[Any, ...]]]] = {}
    for topic in READ:
        bad = {**BAD, "schema": (b'{"reference": 1}', [*real[topic.name].headers])}
        for what, (value, headers) in bad.items():
            key = f"test-{new_id()}-{what}".encode()
            await produce(battered, {"topic": topic.name, "key": key, "value": value, "headers": headers})
            for reader in topic.readers:
                if _is_for_another(reader, headers):
                    continue
                wanted.setdefault(reader, set()).add((topic.name, key, value, tuple(headers)))
        await asyncio.to_thread(_kcat, battered, topic.name)
    asked = await clients.report()
    for group, letters in wanted.items():
        await eventually(lambda group=group, letters=letters: _parked(battered, group, letters), 60)  # type: ignore[misc]
    named = [letter for letter in await letters_of(battered, "notify").all() if letter.key == b"test-kcat"]
    assert {letter.topic for letter in named} == {topic.name for topic in READ if "notify" in topic.readers}
    assert {tuple(letter.headers) for letter in named} == {(("\\xff\\xfe", b"1"),)}
    await settle(battered, Cases([asked.answer["id"]]))


async def test_what_came_too_early_is_replayed_by_the_operator_and_takes_effect_once(
    battered: Stack, clients: PersistentClients
) -> None:
    key = new_id()
    report_id = await clients.claim("reports", key)
    order = new_id()
    await produce(battered, _work(WorkOrderAcknowledged, report_id, order, 1))
    await eventually(lambda: _open(battered, "intake", report_id), 60)
    assert [letter.reason for letter in await _letters(battered, "intake", report_id)] == ["reject"]
    asked = await clients.report(key)
    for _ in range(2):
        await asyncio.to_thread(_replay, battered, "intake", report_id)
    await eventually(lambda: _times(clients, asked, "acknowledged", 1), 30)
    await caught_up(battered)
    assert await _times(clients, asked, "acknowledged", 1)
    assert [letter.state for letter in await _letters(battered, "intake", report_id)] == ["replayed"]


async def test_everything_published_a_second_time_changes_nothing(battered: Stack, clients: PersistentClients) -> None:
    asked = await clients.report()
    await clients.work(asked.answer["id"], "acknowledge", "start", "start", "complete")
    await settle(battered, Cases([asked.answer["id"]]))
    await caught_up(battered)
    before, mails = await _documents(clients), len(battered.mailbox.messages)
    mine = [
        {"topic": one.topic, "key": one.key, "value": one.value, "headers": list(one.headers)}
        for one in await everything(battered, [topic.name for topic in READ])
        if asked.answer["id"].encode() in (one.key or b"") + (one.value or b"")
    ]
    assert len({one["topic"] for one in mine}) == 4
    await produce(battered, *mine, *reversed(mine))
    await caught_up(battered)
    assert await _documents(clients) == before
    assert len(battered.mailbox.messages) == mails


async def test_notify_tells_the_same_in_whatever_order_it_hears(battered: Stack, clients: PersistentClients) -> None:
    straight, turned = Story(), Story(reference="MH-4K7T-29Q7")
    heard: dict[str, list[str]] = {}
    for story in (straight, turned):
        words = [story.contact(), story.submitted(), story.created(), story.completed()]
        heard[story.case_id] = [envelope.id for _, envelope in words]
        records = [_from_test(record(word)) for word in words]
        for one in reversed(records) if story is turned else records:
            await produce(battered, one)
            await caught_up(battered)
    await eventually(lambda: _all_told(clients, straight.case_id, turned.case_id), 60)
    told = await _told(clients, straight.case_id, heard[straight.case_id])
    assert await _told(clients, turned.case_id, heard[turned.case_id]) == told
    assert {about.split(".", 2)[2] for about, _, _ in told} == {"submitted.v1", "created.v1", "completed.v1"}


async def test_a_late_event_is_recorded_and_moves_nothing_back(battered: Stack, clients: PersistentClients) -> None:
    asked = await clients.report()
    report_id = asked.answer["id"]
    await settle(battered, Cases([report_id]))
    order = order_id(report_id)
    await produce(battered, _work(WorkOrderAcknowledged, report_id, order, 7))
    await eventually(lambda: _times(clients, asked, "acknowledged", 1), 30)
    before = await clients.seen(asked)
    await produce(battered, _work(WorkOrderCreated, report_id, order, 5))
    await caught_up(battered)
    after = await clients.seen(asked)
    assert after["state"] == before["state"]
    first = next(entry["type"] for entry in before["timeline"] if entry["team"])  # what a new work order says
    assert await _times(clients, asked, first, 2), "the late word is not in the timeline"


def _is_for_another(reader: str, headers: Sequence[tuple[str, bytes | None]]) -> bool:
    """Whether the record names an audience that this reader does not hear: it then skips it unread."""
    named = dict(headers).get("ce_audience")
    return named is not None and AUDIENCE.get(reader, named) != named


async def _one_of_each(stack: Stack, clients: PersistentClients) -> dict[str, Any]:
    """A good record of every topic, with an envelope that readers know."""
    if not {record.topic for record in await everything(stack)} >= {topic.name for topic in READ}:
        asked, *_ = await asyncio.gather(clients.report(), clients.permit(new_id()), _absent(clients))
        await settle(stack, Cases([asked.answer["id"]]))
    return {record.topic: record for record in await everything(stack) if record.value}


async def _absent(clients: PersistentClients) -> None:
    """An office is stood in for on a day that is far off."""
    away = {"office": "mayor", "deputy": "clerk", "first_day": "2099-01-05", "last_day": "2099-01-06", "order": "1"}
    asked = await clients.ask("permits", "/api/v1/permits/absences", new_id(), "supervisor", json=away)
    assert asked.status == 201, asked


def _kcat(stack: Stack, topic: str) -> None:
    """A header name that is no UTF-8: our own client writes none."""
    command = [b"kcat", b"-P", *map(str.encode, stack.kcat_options), b"-t", topic.encode(), b"-k", b"test-kcat"]
    subprocess.run([*command, b"-H", b"\xff\xfe=1"], input=b"\xffvalue", check=True, capture_output=True)


async def _parked(stack: Stack, group: str, wanted: set[tuple[str, bytes, bytes, tuple[Any, ...]]]) -> bool:
    letters = await letters_of(stack, group).all()
    return wanted <= {(one.topic, one.key, one.value, tuple(one.headers)) for one in letters}


def _work(kind: type[Event], report_id: str, order: str, sequence: int) -> dict[str, Any]:
    """An event of work about a report, as a test says it."""
    made = Story(case_id=report_id, order_id=order)
    event, envelope = made.created() if kind is WorkOrderCreated else made.of_work(kind)
    said = Envelope(**{**_fields(envelope), "sequence": sequence, "time": now(), "source": "/maehia/test"})
    return {"topic": internal("work-orders"), "key": f"test-{order}".encode(), "value": encode(event.data()),
            "headers": to_headers(said)}  # fmt: skip


def _from_test(sent: dict[str, Any]) -> dict[str, Any]:
    headers = [(name, b"/maehia/test" if name == "ce_source" else value) for name, value in sent["headers"]]
    return {**sent, "headers": headers}


def _fields(envelope: Envelope) -> dict[str, Any]:
    return {name: getattr(envelope, name) for name in envelope.__dataclass_fields__}


async def _letters(stack: Stack, group: str, about: str) -> list[Any]:
    return [one for one in await letters_of(stack, group).all() if about.encode() in (one.value or b"")]


async def _open(stack: Stack, group: str, about: str) -> bool:
    return any(one.state == "open" for one in await _letters(stack, group, about))


def _replay(stack: Stack, group: str, about: str) -> None:
    """By the command that the operator has."""
    (letter,) = asyncio.run(_letters(stack, group, about))
    command = [sys.executable, "-m", "tools.operate", "dlq", "replay", letter.id, "--group", group]
    subprocess.run(command, env={**os.environ, **stack.env}, check=True, capture_output=True)


async def _times(clients: PersistentClients, asked: Asked, kind: str, times: int) -> bool:
    timeline = (await clients.seen(asked))["timeline"]
    return [entry["type"] for entry in timeline].count(kind) == times


async def _all_told(clients: PersistentClients, *cases: str) -> bool:
    notices = clients.mongo["onestop_notify"]["notices"]
    waiting = {"state.case_id": {"$in": cases}, "state.deliveries": {"$elemMatch": {"due_at": {"$ne": None}}}}
    return not await notices.count_documents(waiting)


async def _told(clients: PersistentClients, case_id: str, events: Sequence[str]) -> list[tuple[str, str, str]]:
    """What went out about these events; dispatch hears the report too, and what it then does is another story."""
    wanted = {"state.case_id": case_id, "state.event_id": {"$in": events}}
    found = [one["state"] async for one in clients.mongo["onestop_notify"]["notices"].find(wanted)]
    return sorted(
        (one["about"], one["recipient"].replace(case_id, "case"), delivery["channel"])
        for one in found
        for delivery in one["deliveries"]
        if delivery["state"] == "sent"
    )


async def _documents(clients: PersistentClients) -> dict[str, Any]:
    """Everything that all services know."""
    return {
        name: [one async for one in collection_of(clients.mongo, name).find({}).sort("_id", 1)] for name in COLLECTIONS
    }
