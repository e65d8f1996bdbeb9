"""How incidents are found: by kind, place, time and number, by zone without a place, and once whoever counts."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from services.dispatch.incident_acts import confirm_incident, deny_incident
from services.dispatch.incident_bodies import Confirm, Deny
from shared.events.base import Place
from shared.kernel import Transient
from tests.support.found import VILLAGE, Storm, asked
from tests.support.memory import Fate
from tests.support.work import MONDAY

FAR = Place(latitude=18.7420, longitude=98.9100)  # another village, more than four kilometres away
ADDRESS = {"address": "บ้านเลขที่ 12 หมู่ที่ 4 บ้านท่าข้าม"}


@pytest.fixture
def storm() -> Storm:
    return Storm()


async def test_as_many_as_the_town_says_are_proposed_and_told_to_nobody(storm: Storm) -> None:
    reports = await storm.cut(4)
    assert await storm.incidents() == {}
    reports.append(await storm.report(at=MONDAY + timedelta(minutes=5)))

    incident_id, incident = await storm.only()
    assert (incident.state, incident.category, incident.report) == ("proposed", "power-cut", reports[0])
    assert [(await storm.membership(one)).state for one in reports] == ["proposed"] * 5
    assert [(await storm.order(one)).state for one in reports] == ["assigned"] * 5
    assert storm.said(incident_id) == []
    assert [storm.said(one) for one in reports] == [[]] * 5


@pytest.mark.parametrize(
    ("category", "place", "minutes"),
    [("street-light", VILLAGE, 1), ("power-cut", FAR, 1), ("power-cut", VILLAGE, 61)],
    ids=["another kind", "another village", "an hour later"],
)
async def test_what_is_not_like_them_is_not_counted(storm: Storm, category: str, place: Place, minutes: int) -> None:
    await storm.cut(4)
    await storm.report(category, place=place, at=MONDAY + timedelta(minutes=3 + minutes))

    assert await storm.incidents() == {}


async def test_an_address_that_names_the_village_counts_without_degrees(storm: Storm) -> None:
    await storm.cut(3)
    without = [await storm.report(place=None, answers=ADDRESS) for _ in range(2)]

    _, incident = await storm.only()
    assert incident.zone == "ban-tha-kham"
    assert (await storm.membership(without[0])).zone == "ban-tha-kham"


async def test_without_any_place_a_report_belongs_to_nothing_by_itself(storm: Storm) -> None:
    await storm.cut(5)
    lost = await storm.report(place=None, answers={"address": "หน้าบ้าน"})

    assert (await storm.membership(lost)).state == "alone"


async def test_who_says_that_it_is_the_known_one_joins_also_without_a_place(storm: Storm) -> None:
    await storm.cut()
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    same = await storm.report(place=None, answers={"address": "หน้าบ้าน"}, said=incident_id)
    elsewhere = await storm.report(place=FAR, said=incident_id)

    assert (await storm.membership(same)).state == "joined"
    assert (await storm.membership(elsewhere)).state == "alone"


async def test_several_that_look_at_once_make_one_incident(storm: Storm) -> None:
    for number in range(12):
        await storm.come_in(at=MONDAY + timedelta(seconds=number))
    await storm.settle()

    incident_id, _ = await storm.only()
    assert {(await storm.membership(one)).incident for one in storm.reports} == {incident_id}


async def test_two_processes_that_count_the_same_reports_make_one_incident(storm: Storm) -> None:
    reports = [await storm.come_in(at=MONDAY + timedelta(seconds=number)) for number in range(8)]
    moments = [(one, storm.service.waits(storm.desk.store.memberships, one)[0]) for one in reports]
    await asyncio.gather(*(storm.settle_one(one, moment) for one, moment in moments))
    await storm.settle()

    incident_id, _ = await storm.only()
    assert {(await storm.membership(one)).incident for one in reports} == {incident_id}


async def test_what_was_denied_does_not_come_back_for_the_same_reports(storm: Storm) -> None:
    denied = await storm.cut()
    incident_id, _ = await storm.only()
    await deny_incident(storm.desk, asked(Deny()), incident_id)
    later = [await storm.report(at=MONDAY + timedelta(minutes=10 + number)) for number in range(4)]

    assert list(await storm.incidents()) == [incident_id]
    assert [(await storm.order(one)).state for one in (*denied, *later)] == ["assigned"] * 9

    last = await storm.report(at=MONDAY + timedelta(minutes=20))
    assert len(await storm.incidents()) == 2
    assert (await storm.membership(denied[0])).incident == incident_id
    assert (await storm.membership(last)).incident != incident_id


async def test_what_comes_too_late_or_from_elsewhere_does_not_join(storm: Storm) -> None:
    await storm.cut()
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    near = await storm.report(at=MONDAY + timedelta(hours=2))
    far = await storm.report(at=MONDAY + timedelta(hours=2), place=FAR)
    late = await storm.report(at=MONDAY + timedelta(days=300))

    assert [(await storm.membership(one)).state for one in (near, far, late)] == ["joined", "alone", "alone"]


async def test_a_suggestion_is_no_case_of_it(storm: Storm) -> None:
    await storm.cut(4)
    await storm.report(kind="suggestion")

    assert await storm.incidents() == {}


async def test_a_report_of_another_openness_neither_counts_nor_joins(storm: Storm) -> None:
    await storm.cut(4)
    hidden = await storm.report(sensitive=True)
    assert await storm.incidents() == {}
    await storm.report()
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    later = await storm.report(sensitive=True)

    assert [(await storm.membership(one)).state for one in (hidden, later)] == ["alone", "alone"]


@pytest.mark.parametrize("calls", range(0, 16, 3))
async def test_wherever_a_process_dies_all_that_were_counted_are_proposed(storm: Storm, calls: int) -> None:
    await storm.cut(4)
    await storm.come_in(at=MONDAY + timedelta(minutes=2, seconds=30))  # not the youngest: others come after it
    fates = storm.service.tables["memberships"].fates
    arrive: list[Fate] = ["ok"] * calls
    fates += [*arrive, "lost"]
    with suppress(Transient):
        await storm.settle()
    fates.clear()
    await storm.settle()

    incident_id, _ = await storm.only()
    assert [(await storm.membership(one)).incident for one in storm.reports] == [incident_id] * 5
