"""What the store asks costs as much as the work that is open or shown, however much was closed before."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.dispatch.domain.period import Period
from services.dispatch.domain.states import OPEN, UNSEEN
from services.dispatch.queries import Around, Filter
from services.dispatch.store import Store
from shared.kernel import now
from tests.support.work import MARKET, order

OLD, ROADS, RECENT, RUNNING, SHOWN = 3000, 600, 40, 30, 50
MOST_READ = 200  # keys; far below what is stored of one team or category, above what is open or shown
HOUR = timedelta(hours=1)
Asked = Callable[[Store, datetime], Awaitable[Any]]


@pytest.fixture
async def moment(store: Store) -> datetime:
    """Now, with three thousand orders of some years at one place: first those of the roads, then all of the water."""
    at = now()
    roads = {"team": "works-roads", "category": "road-damage", "level": "head"}
    old = [_stored(n, at - (OLD + 100 - n) * 12 * HOUR, **(roads if n < ROADS else {})) for n in range(OLD)]
    recent = [_stored(OLD + number, at - number * HOUR) for number in range(RECENT)]
    running = [_stored(OLD + RECENT + number, at - number * HOUR, state="assigned") for number in range(RUNNING)]
    await store.orders.collection.insert_many([*old, *recent, *running])
    return at


def _stored(number: int, at: datetime, *, state: str = "completed", **more: str) -> dict[str, Any]:
    closed = {"state": state, "closed_at": at + HOUR} if state == "completed" else {"state": state}
    about = {"report": {"id": f"R{number:08}"}, "reference": f"MH-{number:08}", "created_at": at, "changed_at": at}
    place = {"place": MARKET.model_dump() | {"latitude": MARKET.latitude + number * 1e-8}}  # metres apart
    document = order().model_dump() | about | closed | place | more
    return {"_id": f"W{number:08}", "v": 1, "state": document, "seen": [], "seq": {}, "heard": {}, "outbox": []}


async def read(store: Store, ask: Awaitable[Any]) -> list[tuple[int, str]]:
    """How many keys and documents each query of `ask` looked at, and by which plan."""
    database = store.orders.collection.database
    await database.command("profile", 2)
    await ask
    await database.command("profile", 0)
    wanted = {"ns": store.orders.collection.full_name, "op": {"$in": ["query", "command"]}}
    found = await database["system.profile"].find(wanted).to_list(None)
    return [(max(one["keysExamined"], one["docsExamined"]), one["planSummary"]) for one in found]


ASKED: dict[str, Asked] = {
    "everything": lambda store, at: store.list_newest(Filter(), None, SHOWN),
    "the next page": lambda store, at: store.list_newest(Filter(), "W00002000", SHOWN),
    "open": lambda store, at: store.list_newest(Filter(states=OPEN), None, SHOWN),
    "one state": lambda store, at: store.list_newest(Filter(states=("paused",)), None, SHOWN),
    "late": lambda store, at: store.list_newest(Filter(states=OPEN, late_at=at), None, SHOWN),
    "a team": lambda store, at: store.list_newest(Filter(teams=("works-roads",)), None, SHOWN),
    "a team's open": lambda store, at: store.list_newest(Filter(teams=("works-water",), states=OPEN), None, SHOWN),
    "a category": lambda store, at: store.list_newest(Filter(category="road-damage"), None, SHOWN),
    "a category's closed": lambda store, at: store.list_newest(
        Filter(category="road-damage", states=("completed", "cancelled")), None, SHOWN
    ),
    "a category's open": lambda store, at: store.list_newest(Filter(category="water-leak", states=OPEN), None, SHOWN),
    "a level": lambda store, at: store.list_newest(Filter(level="head"), None, SHOWN),
    "a level's open": lambda store, at: store.list_newest(Filter(level="crew", states=OPEN), None, SHOWN),
    "a reference": lambda store, at: store.list_newest(Filter(reference="MH-00002007"), None, SHOWN),
    "done today": lambda store, at: store.list_newest(
        Filter(teams=("works-water",), states=("completed",), closed_since=at - 10 * HOUR), None, 200
    ),
    "a team's most urgent": lambda store, at: store.list_most_urgent(
        Filter(teams=("works-water",), states=OPEN), SHOWN
    ),
    "what a team has": lambda store, at: store.count_standing("works-water", at),
    "how many are done today": lambda store, at: store.count(
        Filter(teams=("works-water",), states=("completed",), closed_since=at - 10 * HOUR)
    ),
    "a team's less urgent": lambda store, at: store.list_most_urgent(
        Filter(teams=("works-water",), states=OPEN), SHOWN, (at, "W00003050")
    ),
    "how many are open": lambda store, at: store.count(Filter(states=OPEN)),
    "how many are late": lambda store, at: store.count(Filter(states=OPEN, late_at=at)),
    "how many a team has": lambda store, at: store.count(Filter(teams=("works-water",), states=OPEN)),
    "what is open": lambda store, at: store.count_open(at),
    "a period's figures": lambda store, at: store.figures.measure(Period.up_to(at.date(), 2)),
    "what waits": lambda store, at: store.list_newest(Filter(states=("paused",), waits_for="part"), None, SHOWN),
    "what nobody took": lambda store, at: store.list_newest(Filter(states=UNSEEN), None, SHOWN),
    "what came again": lambda store, at: store.list_newest(Filter(again=True), None, SHOWN),
    "what was done late": lambda store, at: store.list_newest(Filter(broken=True), None, SHOWN),
    "what each team has": lambda store, at: store.count_by_team(at),
    "about a report": lambda store, at: store.find_about("R00002007"),
    "recurrence": lambda store, at: store.find_sightings(
        Around("water-leak", MARKET.latitude, MARKET.longitude, 60, at - timedelta(days=30)), "R00003041"
    ),
}  # fmt: skip


async def test_no_query_reads_more_as_closed_work_grows(store: Store, moment: datetime) -> None:
    for name, ask in ASKED.items():
        await store.orders.collection.database["system.profile"].drop()
        looked = await read(store, ask(store, moment))

        assert looked, name
        assert all(keys <= MOST_READ and "COLLSCAN" not in plan for keys, plan in looked), (name, looked)
