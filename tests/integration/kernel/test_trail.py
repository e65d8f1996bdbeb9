"""The trail in MongoDB: saved with the case, moved out of it once and for all, read by case, person and period."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.kernel import Cause, Step, StoredModel, now
from shared.kernel.mongo import MongoCases
from shared.kernel.mongo_trail import MongoTrail, TrailFilter
from shared.kernel.service import Service
from shared.people import Person
from shared.settings import ServiceSettings

NAPA, PICHAI = (
    Person(sub=sub, name=sub, roles=frozenset({"officer"}), signs_for=frozenset({"mayor"}))
    for sub in ("napa", "pichai")
)


class Report(StoredModel):
    reference: str
    text: str


@pytest.fixture
async def service(mongo: str) -> AsyncIterator[Service]:
    chosen: dict[str, Any] = {"environment": "test", "mongodb_uri": mongo, "mongodb_prefix": f"trail_{new_id()}"}
    made = Service("intake", ServiceSettings(**chosen, roles=frozenset(), otel_traces_exporter="none"), "t")
    yield made
    await made.database.client.drop_database(made.database.name)
    made.database.client.close()


@pytest.fixture
async def reports(service: Service) -> MongoCases[Report]:
    made = service.cases("reports", Report)
    for collection, indexes in service.wanted_indexes.items():
        await service.database[collection].create_indexes(list(indexes))
    return made


async def write(reports: MongoCases[Report], case_id: str, text: str, who: Person, at: timedelta = timedelta()) -> None:
    cause = Cause.request(by=who, act="amend", at=now() - at)
    await reports.step(case_id, lambda _, __: Step(Report(reference=f"R-{case_id[-4:]}", text=text)), cause)


async def texts(trail: MongoTrail, wanted: TrailFilter) -> list[tuple[str, list[Any]]]:
    return [(line.who.sub, [change.new for change in line.changes]) for _, line in await trail.newest(wanted, 100)]


async def test_lines_are_found_by_case_reference_person_and_period_newest_first(
    service: Service, reports: MongoCases[Report]
) -> None:
    one, other = new_id(), new_id()
    await write(reports, one, "a", NAPA, timedelta(days=3))
    await write(reports, one, "b", PICHAI, timedelta(days=2))
    await write(reports, other, "c", NAPA, timedelta(days=1))
    await write(reports, one, "d", NAPA)
    trail, day = service.trail, timedelta(days=1)
    assert await texts(trail, TrailFilter(case_id=one)) == [("napa", ["d"]), ("pichai", ["b"]), ("napa", [])]
    assert await texts(trail, TrailFilter(reference=f"R-{other[-4:]}")) == [("napa", [])]
    assert await texts(trail, TrailFilter(sub="pichai")) == [("pichai", ["b"])]
    period = TrailFilter(since=now() - 2.5 * day, until=now() - 0.5 * day)
    assert [sub for sub, _ in await texts(trail, period)] == ["napa", "pichai"]
    first = await trail.newest(TrailFilter(), 1)
    rest = await trail.newest(TrailFilter(), 9, (first[0][1].at, first[0][0]))
    assert [line.act for _, line in [*first, *rest]] == ["amend"] * 4
    assert len({key for key, _ in [*first, *rest]}) == 4


async def test_what_was_moved_twice_because_of_a_crash_stands_there_once(
    service: Service, reports: MongoCases[Report]
) -> None:
    case_id = new_id()
    await write(reports, case_id, "a", NAPA)
    before = await reports.collection.find_one({"_id": case_id})
    assert before is not None
    await service.trail.move()
    assert (await reports.collection.find_one({"_id": case_id}) or {})["trail"] == []
    await reports.collection.update_one({"_id": case_id}, {"$set": {"trail": before["trail"]}})  # as if it had died
    assert len(await service.trail.newest(TrailFilter(), 9)) == 1
    await write(reports, case_id, "b", NAPA)
    assert await texts(service.trail, TrailFilter()) == [("napa", ["b"]), ("napa", [])]


async def test_a_page_reads_the_lines_of_one_case_and_moves_none(service: Service, reports: MongoCases[Report]) -> None:
    one, other = new_id(), new_id()
    await write(reports, one, "a", NAPA, timedelta(days=1))
    await service.trail.move()
    await write(reports, one, "b", PICHAI)
    await write(reports, other, "c", NAPA)

    assert [line.who.sub for line in await service.trail.of_case(one, 9)] == ["pichai", "napa"]
    assert [line.who.sub for line in await service.trail.of_case(one, 1)] == ["pichai"]
    assert len((await reports.collection.find_one({"_id": one}) or {})["trail"]) == 1


async def test_what_is_older_than_the_town_keeps_it_goes(service: Service, reports: MongoCases[Report]) -> None:
    case_id = new_id()
    await write(reports, case_id, "a", NAPA, timedelta(days=service.settings.trail_days + 1))
    await write(reports, case_id, "b", PICHAI, timedelta(days=service.settings.trail_days - 1))
    await service.trail.sweep()
    assert [sub for sub, _ in await texts(service.trail, TrailFilter())] == ["pichai"]


async def test_values_can_be_covered_while_who_did_what_stays(service: Service, reports: MongoCases[Report]) -> None:
    case_id = new_id()
    await write(reports, case_id, "081-234-5678", NAPA)
    await write(reports, case_id, "ไม่มีเบอร์", NAPA)
    await service.trail.rewrite(case_id, lambda value: f"<{len(value)}>")
    line = (await service.trail.newest(TrailFilter(), 1))[0][1]
    assert [(one.field, one.old, one.new) for one in line.changes] == [("text", "<12>", "<10>")]
    assert (line.act, line.who) == ("amend", NAPA)


async def test_each_list_is_read_by_an_index(service: Service, reports: MongoCases[Report]) -> None:
    lines = service.database["trail"]
    for query in ({}, {"case_id": "x"}, {"reference": "x"}, {"who.sub": "x"}):
        plan = await lines.find(query).sort([("at", -1), ("_id", -1)]).explain()
        assert "SORT" not in str(plan["queryPlanner"]["winningPlan"]).replace("SORT_MERGE", ""), query
