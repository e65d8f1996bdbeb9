"""What everybody asks of the register of permits and of the plan's layers, beside what the database and the index take
for as much."""

import json
import math
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from statistics import median

from shapely import box

from services.permits.api.plan_layers import Layers
from services.permits.codes import read_search
from services.permits.commands import Desk
from services.permits.register_store import Registered
from shared.events.ids import new_id
from shared.town import Town
from shared.town.ground import Building, Ground
from shared.town.ground.model import Box
from tests.bench.measure import OURS, times
from tests.bench.permit_desk import handed_in, issued
from tests.bench.subject import Document
from tests.support.permits import TOWN

STORED, LARGE = 20_000, 1_000_000  # permits in the register
PAGE = 20  # of a list
CALLS = 15  # per round
BUILDINGS, APART = 20_000, 0.0002  # of a plan as large as it may be; degrees
VIEW = 0.004  # degrees: some 400 m, what a phone shows of the plan


async def fill(desk: Desk, count: int) -> None:
    """The register with so many copies of one permit, each with numbers, plot and day of its own."""
    case_id = await handed_in(desk)
    await issued(desk, case_id)
    cases = desk.store.applications.collection
    stored = await cases.find_one({"_id": case_id})
    if stored is None:
        raise LookupError("the permit that was just issued is not there")
    for begin in range(0, count, 2000):
        many = [_another(stored, number) for number in range(begin, min(count, begin + 2000))]
        await cases.insert_many(many, ordered=False)


def _another(stored: Document, number: int) -> Document:
    state, case_id = stored["state"], new_id()
    decided = {
        **state["decision"],
        "number": f"{number + 1000}/2560",
        "verify_code": f"B{number:011d}",
        "at": state["decision"]["at"] - timedelta(minutes=number),
    }
    about = {"id": case_id, "reference": f"ST-B{number:08d}", "zone": f"zone-{number % 10}", "decision": decided,
             "plot_keys": [str(50_000 + number)], "type": f"type-{number % 6}"}  # fmt: skip
    return {**stored, "_id": case_id, "state": {**state, **about}, "outbox": [], "seen": []}


async def ask_register(desk: Desk, count: int) -> dict[str, dict[str, float]]:
    """What is asked of the register, each beside as many documents by their keys."""
    register, prefix = desk.store.register, TOWN.reference_prefix
    asked = {
        "register, newest": Registered(),
        "register, a village's of one type": Registered(zone="zone-4", permit_type="type-4"),
        "register, by number": Registered(sought=read_search(prefix, f"{1000 + count // 2}/2560")),
        "register, by plot": Registered(sought=read_search(prefix, str(50_000 + count // 2))),
    }
    figures: dict[str, dict[str, float]] = {}
    for what, wanted in asked.items():
        ids = [one.id for one in await register.list_permits(wanted, after=None, limit=PAGE)]
        ours = await times(CALLS, partial(register.list_permits, wanted, after=None, limit=PAGE))
        theirs = await times(CALLS, partial(_by_key, desk, ids))
        figures[f"{what}, ms"] = {OURS: median(ours), "by their keys": median(theirs)}
    return figures


async def _by_key(desk: Desk, ids: Sequence[str]) -> None:
    await desk.store.applications.collection.find({"_id": {"$in": list(ids)}}).to_list(None)


def with_many_buildings(town: Town) -> Town:
    """The town with a house of 10 m on each of so many places, in a square around where the map begins."""
    (longitude, latitude), side = Layers(town).start, math.isqrt(BUILDINGS)
    corners = (
        (longitude + (at % side - side / 2) * APART, latitude + (at // side - side / 2) * APART)
        for at in range(BUILDINGS)
    )
    houses = [
        Building(str(at), 6.0, box(west, south, west + APART / 2, south + APART / 2))
        for at, (west, south) in enumerate(corners)
    ]
    many = town.model_copy()
    many.__dict__["ground"] = Ground(town.ground.parcels, town.ground.roads, houses)  # as if they were read
    return many


async def ask_plan(layers: Layers) -> dict[str, float]:
    """The houses of a view, as the map fetches them."""
    (longitude, latitude), layer = layers.start, layers.layers["buildings"]
    view: Box = (longitude - VIEW / 2, latitude - VIEW / 2, longitude + VIEW / 2, latitude + VIEW / 2)

    async def drawn() -> None:
        json.dumps([layer.feature(at) for at in layer.inside([view])])

    async def found() -> None:
        layer.within(view)

    return {OURS: median(await times(CALLS, drawn)), "the index alone": median(await times(CALLS, found))}
