"""Lists of deliveries on the real database: each reads about as many as it shows, however many there are."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest

from services.notify.domain.delivery import Delivery
from services.notify.domain.notice import Notice
from services.notify.domain.rights import Sight
from services.notify.queries import Filter
from services.notify.store import Store
from shared.events.ids import derive_id, new_id
from shared.kernel import Case, now
from shared.kernel.service import Service
from tests.support.kernel import ready
from tests.support.notify_in_memory import fits, settings

MANY, SHOWN = 3000, 20


@pytest.fixture
async def store(mongo: str) -> AsyncIterator[Store]:
    """Notify's database with its indexes and with notices of every state, channel and kind of office."""
    name = f"notify_{new_id()}"
    chosen = settings(mongodb_uri=mongo, mongodb_prefix=name, roles="api", otel_traces_exporter="none")
    service = Service("notify", chosen, "maehia")
    made = Store(service)
    async with service.lifespan():
        await ready(service)
        await made.notices.collection.insert_many(_documents())
        await service.database.command("profile", 2)
        yield made
        await service.database.client.drop_database(service.database.name)


@cache
def _documents() -> list[dict[str, Any]]:
    """Their models take longer than the database does, and no test changes one."""
    return [_document(number) for number in range(MANY)]


def _document(number: int) -> dict[str, Any]:
    """Half go by mail too; one mail in fifty failed, nearly all of it long ago; half of all is a level's."""
    office = "level:head:works-water" if number % 4 < 2 else f"team:works-{number % 7}"
    failed = number % 50 == 1 and number < MANY / 2
    inbox = Delivery(channel="inbox", state="sent", attempts=1, created_at=now(), changed_at=now(), due_at=None)
    mail = inbox.model_copy(update={"channel": "email", "state": "failed" if failed else "sent"})
    notice = Notice(
        event_id=new_id(),
        about="onestop.work-order.escalated.v1",
        happened_at=now(),
        case_id=new_id(),
        reference="MH-4K7T-29Q6",
        subject=new_id(),
        recipient=office,
        party=None,
        announced=True,
        audience="level",
        template="work-escalated",
        urgent=True,
        team="works-water",
        data={},
        language="th",
        traceparent=None,
        created_at=now(),
        deliveries=[inbox, mail] if number % 2 else [inbox],
    )
    _id = derive_id(notice.event_id, office)
    return {"_id": _id, "v": 1, "state": notice.model_dump(), "seen": [], "seq": {}, "heard": {}, "outbox": []}


async def asked(store: Store, wanted: Filter, before: str | None = None) -> tuple[list[Case[Notice]], dict[str, Any]]:
    """What the list shows, and what the database had to read for it."""
    found = await store.list_newest(wanted, SHOWN, before)
    ran = store.notices.collection.database["system.profile"]
    (entry,) = await ran.find({"op": "query", "ns": {"$regex": "notices"}}).sort("ts", -1).limit(1).to_list(1)
    return found, entry


def cheap(entry: dict[str, Any]) -> bool:
    """No sorting in memory; per index range that is merged at most a few entries beyond those that are shown."""
    ranges = 40  # six states times five channels at most, and the place where each begins
    return (
        not entry.get("hasSortStage") and entry["docsExamined"] <= 3 * SHOWN and entry["keysExamined"] <= SHOWN + ranges
    )


LISTS = [
    Filter(state="failed"), Filter(state="failed", channel="email"), Filter(channel="sms"), Filter(state="skipped"),
    Filter(recipients=["team:works-1", "examiner", "signatory"], levels=True), Filter(recipients=[], levels=True),
    Filter(recipients=["team:works-1"]), Filter(channel="email"), Filter(), Filter(sight=Sight(permits=())),
    Filter(sight=Sight(["works-water"], ())), Filter(sight=Sight(["works-roads"], ())), Filter(sight=Sight((), ())),
]  # fmt: skip


@pytest.mark.parametrize("wanted", LISTS, ids=repr)
async def test_a_list_reads_what_it_shows(store: Store, wanted: Filter) -> None:
    found, entry = await asked(store, wanted)
    assert cheap(entry), {name: entry.get(name) for name in ("keysExamined", "docsExamined", "planSummary")}
    if found:
        _, entry = await asked(store, wanted, found[-1].id)
        assert cheap(entry), {name: entry.get(name) for name in ("keysExamined", "docsExamined", "planSummary")}


@pytest.mark.parametrize("wanted", LISTS, ids=repr)
async def test_a_list_shows_all_that_is_wanted_newest_first(store: Store, wanted: Filter) -> None:
    pages: list[str] = []
    while found := await store.list_newest(wanted, 500, pages[-1] if pages else None):
        pages += [case.id for case in found]
    every = [document async for document in store.notices.collection.find().sort("_id", -1)]
    assert pages == [one["_id"] for one in every if fits(Notice.model_validate(one["state"]), wanted)]


async def test_what_the_alarm_for_mail_asks_for_is_read_by_the_index(store: Store) -> None:
    """Every process asks it every five seconds."""
    found = await store.notices.collection.find_one({"state.deliveries.channel": "email"}, sort=[("_id", 1)])
    assert found is not None
    mail = {"state.deliveries.1.state": "retrying", "state.deliveries.1.reason": "mail-server-away"}
    await store.notices.collection.update_one({"_id": found["_id"]}, {"$set": mail})

    assert await store.find_oldest_undelivered("email") is not None
    assert cheap(await _last_query(store))
    assert await store.find_oldest_undelivered("email", since=now()) is None
    assert cheap(await _last_query(store))
    assert await store.count_undelivered("email") == 1
    assert cheap(await _last_query(store))
    assert await store.find_oldest_undelivered("sms") is None
    assert await store.find_last_sent("email") is not None
    assert cheap(await _last_query(store))


async def _last_query(store: Store) -> dict[str, Any]:
    ran = store.notices.collection.database["system.profile"]
    (entry,) = await ran.find({"op": "query", "ns": {"$regex": "notices"}}).sort("ts", -1).limit(1).to_list(1)
    return dict(entry)
