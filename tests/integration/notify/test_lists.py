"""Lists of deliveries on the real database: each reads about as many as it shows, however many there are."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from services.notify.domain.delivery import Delivery
from services.notify.store import Store, Wanted
from shared.events import derive_id, new_id
from shared.events.notices import NoticeChannel
from shared.kernel import Case, now
from shared.kernel.service import Service
from tests.support.kernel import eventually
from tests.support.notify_house import maehia, settings

MANY, SHOWN = 3000, 20


@pytest.fixture
async def store(mongo: str) -> AsyncIterator[Store]:
    """Notify's database with its indexes and with notices of every state, channel and kind of office."""
    name = f"notify_{new_id()}"
    chosen = settings(mongodb_uri=mongo, mongodb_prefix=name, roles="api", otel_traces_exporter="none")
    service = Service("notify", chosen, "maehia")
    made = Store(service, maehia())
    async with service.lifespan():
        await eventually(lambda: _indexed(made))
        await made.deliveries.collection.insert_many([_document(number) for number in range(MANY)])
        await service.database.command("profile", 2)
        yield made
        await service.database.client.drop_database(service.database.name)


async def _indexed(store: Store) -> bool:
    return "levels" in await store.deliveries.collection.index_information()


def _document(number: int) -> dict[str, Any]:
    """One in fifty failed, nearly all of it long ago; half of all is a level's."""
    channel: NoticeChannel = "email" if number % 2 else "inbox"
    office = "level:head:works-water" if number % 4 < 2 else f"team:works-{number % 7}"
    failed = number % 50 == 1 and number < MANY / 2
    delivery = Delivery(
        event_id=new_id(), about="onestop.work-order.escalated.v1", happened_at=now(), case_id=new_id(),
        reference="MH-4K7T-29Q6", subject=new_id(), recipient=office, party=None, announced=True, audience="level",
        channel=channel, template="work-escalated", urgent=True, team="works-water", data={}, language="th",
        correlation_id=new_id(), traceparent=None, state="failed" if failed else "sent", created_at=now(),
        changed_at=now(), wake_at=None,
    )  # fmt: skip
    _id = derive_id(delivery.event_id, office, channel)
    return {"_id": _id, "v": 1, "state": delivery.model_dump(), "seen": [], "seq": {}, "heard": {}, "outbox": []}


async def asked(store: Store, wanted: Wanted, before: str | None = None) -> tuple[list[Case[Delivery]], dict[str, Any]]:
    """What the list shows, and what the database had to read for it."""
    found = await store.newest(wanted, SHOWN, before)
    ran = store.deliveries.collection.database["system.profile"]
    (entry,) = await ran.find({"op": "query", "ns": {"$regex": "deliveries"}}).sort("ts", -1).limit(1).to_list(1)
    return found, entry


def cheap(entry: dict[str, Any]) -> bool:
    """No sorting in memory; per index range that is merged at most a few entries beyond those that are shown."""
    ranges = 40  # six states times five channels at most, and the place where each begins
    return (
        not entry.get("hasSortStage") and entry["docsExamined"] <= 2 * SHOWN and entry["keysExamined"] <= SHOWN + ranges
    )


LISTS = [
    Wanted(state="failed"), Wanted(state="failed", channel="email"), Wanted(channel="sms"), Wanted(state="skipped"),
    Wanted(channel="inbox", recipients=["team:works-1", "examiner", "signatory"], levels=True),
    Wanted(channel="inbox", recipients=[], levels=True), Wanted(recipients=["team:works-1"]), Wanted(),
]  # fmt: skip


@pytest.mark.parametrize("wanted", LISTS, ids=repr)
async def test_a_list_reads_what_it_shows(store: Store, wanted: Wanted) -> None:
    found, entry = await asked(store, wanted)
    assert cheap(entry), {name: entry.get(name) for name in ("keysExamined", "docsExamined", "planSummary")}
    if found:
        _, entry = await asked(store, wanted, found[-1].id)
        assert cheap(entry), {name: entry.get(name) for name in ("keysExamined", "docsExamined", "planSummary")}


@pytest.mark.parametrize("wanted", LISTS, ids=repr)
async def test_a_list_shows_all_that_is_wanted_newest_first(store: Store, wanted: Wanted) -> None:
    pages: list[str] = []
    while found := await store.newest(wanted, 500, pages[-1] if pages else None):
        pages += [case.id for case in found]
    every = [document async for document in store.deliveries.collection.find().sort("_id", -1)]
    assert pages == [one["_id"] for one in every if _fits(one["state"], wanted)]


def _fits(one: dict[str, Any], wanted: Wanted) -> bool:
    offices: Sequence[str] | None = wanted.recipients
    mine = offices is None or one["recipient"] in offices
    return (
        (mine or (wanted.levels and one["recipient"].startswith("level:")))
        and wanted.state in (None, one["state"])
        and wanted.channel in (None, one["channel"])
    )
