"""Finding incidents on the real database: by its indexes, at the same cost for the first report and for any later."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.dispatch import belonging
from services.dispatch.commands import Desk
from services.dispatch.domain.membership import Member, Membership
from services.dispatch.domain.vicinity import list_alike
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_store import ALONE_MOST, alone_near
from services.dispatch.settling import settle
from services.dispatch.store import Store
from shared.events.base import Place
from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now
from shared.town.work import IncidentRule
from tests.support.found import VILLAGE
from tests.support.work import begun, submitted, town

RULE = IncidentRule(reports=5, minutes=60, radius_m=1500, by_zone=True)
MANY = 3000


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, town())


async def come_in(desk: Desk, at: datetime, place: Place = VILLAGE) -> str:
    report = new_id()
    first = begun(submitted("power-cut", submitted_at=at, location=place, zone="ban-tha-kham"), report_id=report)
    opened = await desk.store.orders.step(order_id(report), lambda _, __: first, Cause.request(), is_new=True)
    await belonging.come_in(desk, opened, Cause.request())
    return report


async def look(desk: Desk, report: str) -> None:
    """Its moment comes."""
    case = await desk.store.memberships.get(report)
    assert case is not None
    assert case.state.due is not None
    moment = Moment("settle", case.state.due)
    await settle(desk, report, moment, Cause.timer(report, moment))


async def states(desk: Desk) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    async for document in desk.store.memberships.collection.find():
        found.setdefault(document["state"]["state"], set()).add(document["state"]["incident"])
    return found


async def test_two_replicas_that_see_the_number_at_once_make_one_incident(desk: Desk) -> None:
    at = now()
    reports = [await come_in(desk, at + timedelta(seconds=number)) for number in range(8)]
    await asyncio.gather(*(look(desk, one) for one in reports))
    for one in reports:  # whoever looked before the others were proposed is taken in by its own next look
        case = await desk.store.memberships.get(one)
        if case is not None and case.state.due is not None:
            await look(desk, one)

    assert await desk.store.incidents.collection.count_documents({}) == 1
    (incident,) = (await states(desk))["proposed"]
    assert await states(desk) == {"proposed": {incident}}


async def test_a_report_twice_and_a_look_twice_change_nothing(desk: Desk) -> None:
    at = now()
    reports = [await come_in(desk, at) for _ in range(5)]
    for one in reports:
        case = await desk.store.memberships.get(one)
        assert case is not None
        assert case.state.due is not None or case.state.state == "proposed"
        if case.state.due is not None:
            moment = Moment("settle", case.state.due)
            await settle(desk, one, moment, Cause.timer(one, moment))
            await settle(desk, one, moment, Cause.timer(one, moment))

    assert await desk.store.incidents.collection.count_documents({}) == 1


async def test_who_looks_passes_over_nobody_who_is_in_an_incident(desk: Desk) -> None:
    """The plan of the query, and how many keys and documents it touches beside thousands of members and strangers."""
    at = now()
    members = [document("joined", at) for _ in range(MANY)]
    strangers = [document("alone", at - timedelta(days=1 + number)) for number in range(300)]
    near = [document("alone", at - timedelta(minutes=number)) for number in range(3)]
    await desk.store.memberships.collection.insert_many([*members, *strangers, *near])
    found = await desk.store.find_alone(member(at), RULE)
    plan = await desk.store.memberships.collection.database.command(
        "explain",
        {
            "find": "memberships",
            "filter": alone_near(member(at), RULE),
            "sort": {"state.reported_at": -1},
            "limit": 200,
        },
        verbosity="executionStats",
    )

    assert len(found) == 3
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalDocsExamined"] <= 10
    assert plan["executionStats"]["totalKeysExamined"] <= 20


@pytest.mark.parametrize("crowd", [3, ALONE_MOST + 50])
async def test_who_looks_at_one_moment_with_others_finds_what_they_would_alone(desk: Desk, crowd: int) -> None:
    """Asked together, and also where so many are near one of them that one query does not hold those near another."""
    at = now()
    here = [document("alone", at + timedelta(seconds=1)) for _ in range(crowd)]
    there = [document("alone", at - timedelta(minutes=1), "nong-hin", 18.9) for _ in range(2)]
    await desk.store.memberships.collection.insert_many([*here, *there])
    looking = [member(at), member(at, "nong-hin", 18.9), member(at)]
    together = await asyncio.gather(*(desk.store.find_alone(one, RULE) for one in looking))

    counts = [len(list_alike(one, found, RULE)) - 1 for one, found in zip(looking, together, strict=True)]
    assert counts == [min(crowd, ALONE_MOST), 2, min(crowd, ALONE_MOST)]
    assert await asyncio.gather(*(desk.store.find_live("power-cut") for _ in range(3))) == [[], [], []]


async def test_it_asks_for_live_incidents_and_walks_by_indexes(desk: Desk) -> None:
    wanted: dict[str, dict[str, Any]] = {
        "incidents": {"state.category": "power-cut", "state.state": {"$in": ["proposed", "open"]}},
        "memberships": {"state.incident": new_id(), "state.state": {"$in": ["proposed", "joined"]}, "_id": {"$gt": ""}},
    }
    for collection, query in wanted.items():
        plan = await desk.store.memberships.collection.database.command(
            "explain", {"find": collection, "filter": query, "sort": {"_id": 1}, "limit": 200}
        )
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


def member(at: datetime, zone: str = "ban-tha-kham", latitude: float = 18.753) -> Member:
    return Member("x", "", "MH-7F3K-9QX2", "power-cut", at, False, True, zone, latitude, 98.964)


def document(state: str, at: datetime, zone: str = "ban-tha-kham", latitude: float = 18.753) -> dict[str, Any]:
    one = Membership(
        incident=new_id() if state == "joined" else None, reference="MH-7F3K-9QX2", category="power-cut",
        zone=zone, latitude=latitude, longitude=98.964, reported_at=at,
    )  # fmt: skip
    kept = Step(one).state.model_dump() | {"state": state}
    return {"_id": new_id(), "v": 1, "state": kept}
