"""Two incidents that are one: an officer makes one part of the other, and everything follows, once."""

import asyncio
from datetime import datetime, timedelta

import pytest

from services.dispatch import belonging
from services.dispatch.domain import crew_work, incident_course, referring
from services.dispatch.domain.from_report import drop_duplicate
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_acts import announce, confirm_incident, open_incident
from services.dispatch.incident_bodies import Announce, Confirm, Merge, Open
from services.dispatch.incident_merging import UNFINISHED, merge_incident
from shared.events.base import Place
from shared.kernel import Cause, Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import confirmed, done, finished
from tests.support.work import MONDAY, town

FAR = Place(latitude=18.7420, longitude=98.9100)


async def two() -> tuple[Storm, str, str]:
    """One that was found, and one that an officer has opened in another village; five reports and two."""
    storm = Storm()
    await storm.cut()
    found = await confirmed(storm)
    there = [await storm.report(place=FAR, at=MONDAY + timedelta(minutes=number)) for number in range(2)]
    body = Open(references=[(await storm.order(one)).reference for one in there])
    opened = await open_incident(storm.desk, asked(body), body)
    await storm.settle()
    return storm, found, opened.id


async def merge(storm: Storm, incident_id: str, into: str, key: str | None = None) -> None:
    body = Merge(into=into)
    await merge_incident(storm.desk, asked(body, key), incident_id, body)


async def test_its_reports_and_their_work_are_in_the_other_one_and_everyone_is_told_once() -> None:
    storm, part, whole = await two()
    for _ in range(2):
        await merge(storm, part, whole, "once")
        await storm.settle()

    incidents = await storm.incidents()
    assert (incidents[part].state, incidents[part].outcome, incidents[part].into) == ("resolved", "duplicate", whole)
    assert storm.said(part) == ["opened", "closed"]
    assert (storm.last(part)["outcome"], storm.last(part)["into"]) == ("duplicate", whole)
    moved, there = storm.reports[:5], storm.reports[5:]
    assert [storm.said(one) for one in moved] == [["joined", "joined"]] * 5
    assert {storm.last(one)["incident_id"] for one in moved} == {whole}
    assert [storm.said(one) for one in there] == [["joined"]] * 2
    orders = [await storm.order(one) for one in storm.reports]
    assert {order.incident for order in orders} == {whole}
    assert [order.is_open for order in orders] == [False] * 5 + [True, False]
    assert storm.trail(part) == [("confirm", "officer"), ("merge", "officer")]

    await finished(storm)
    assert [storm.said(one) for one in moved] == [["joined", "joined", "resolved"]] * 5


async def test_a_proposal_becomes_part_of_what_is_known_already() -> None:
    storm = Storm()
    there = await storm.report(place=FAR)
    body = Open(references=[(await storm.order(there)).reference])
    whole = (await open_incident(storm.desk, asked(body), body)).id
    await storm.cut()
    (part,) = [key for key, one in (await storm.incidents()).items() if one.state == "proposed"]
    await merge(storm, part, whole)
    await storm.settle()

    assert storm.said(part) == [], "nobody ever knew of it"
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined"]] * 5
    assert {(await storm.order(one)).state for one in storm.reports[1:]} == {"joined"}


async def test_work_that_went_on_without_its_own_report_is_called_off() -> None:
    storm, part, whole = await two()
    lead = storm.reports[0]
    await storm.act(lead, lambda order: done(drop_duplicate(town(), order, "MH-AAAA-BBBB", now())))
    await belonging.be_gone(storm.desk, lead, Cause.request())
    await merge(storm, part, whole)
    await storm.settle()

    assert (await storm.order(lead)).state == "cancelled"


async def test_who_was_on_the_way_in_is_taken_along_and_who_comes_too_late_ends_with_it() -> None:
    storm, part, whole = await two()
    await merge(storm, part, whole)
    body = Announce(note="ทราบแล้ว")
    await announce(storm.desk, asked(body), whole, body)
    lead = storm.reports[5]
    await storm.desk.store.orders.step(
        order_id(lead),
        lambda order, _: crew_work.acknowledge(town(), order, acting()) if order else None,
        Cause.request(),
    )
    await storm.settle()
    await finished(storm)

    assert [storm.said(one)[-1] for one in storm.reports[:5]] == ["resolved"] * 5
    assert all([(await storm.order(one)).closed_at for one in storm.reports])


async def test_when_the_other_one_is_over_before_its_reports_are_there_all_its_work_ends_and_everyone_hears() -> None:
    storm, part, whole = await two()
    await merge(storm, part, whole)
    await finished(storm)

    incidents = await storm.incidents()
    assert incidents[whole].outcome == "fixed"
    assert [storm.said(one) for one in storm.reports[:5]] == [["joined", "joined", "resolved"]] * 5
    orders = [await storm.order(one) for one in storm.reports[:5]]
    assert [(order.outcome, order.is_open) for order in orders] == [("fixed", False)] * 5, "also what did the work"


async def test_of_an_incident_that_is_over_by_the_time_people_are_told_once() -> None:
    """That they are in it is for the record then: only what follows is a notice."""
    storm, part, whole = await two()
    await merge(storm, part, whole)
    await finished(storm)

    said = [[one.get("over") for one in storm.all_of_it(report)] for report in storm.reports[:5]]
    assert said == [[False, True, None]] * 5
    for event in ("joined", "went-on"):
        rules = [rule for rule in town().notices if rule.event == f"onestop.incident.{event}.v1"]
        assert {rule.when["over"] for rule in rules} == {("false",)}


async def cut_off(storm: Storm, part: str, into: str, at: datetime) -> None:
    """Somebody had begun to merge, and their process ended between the two steps."""

    def begin(before: Incident | None, _: Cause) -> Step[Incident] | None:
        return incident_course.take_in(before, part, at) if before else None

    await storm.desk.store.incidents.step(into, begin, Cause.request())


async def test_one_that_was_to_take_another_in_which_never_came_may_become_part_itself() -> None:
    storm, part, whole = await two()
    await cut_off(storm, part, whole, now() - 2 * UNFINISHED)
    await merge(storm, whole, part)

    incidents = await storm.incidents()
    assert (incidents[whole].into, incidents[whole].took_in) == (part, [])


async def test_one_that_is_just_taking_another_in_waits_for_it() -> None:
    storm, part, whole = await two()
    await cut_off(storm, part, whole, now())
    with pytest.raises(Reject, match="incident-took-in"):
        await merge(storm, whole, part)


async def test_what_came_long_ago_stays_part_of_it() -> None:
    storm, part, whole = await two()
    await merge(storm, part, whole)
    third = await storm.report(place=FAR, at=MONDAY + timedelta(days=300))
    body = Open(references=[(await storm.order(third)).reference])
    more = (await open_incident(storm.desk, asked(body), body)).id
    long_ago = {"took_in_at": now() - 2 * UNFINISHED}
    await storm.desk.store.incidents.step(
        whole, lambda one, _: Step(one.model_copy(update=long_ago)) if one else None, Cause.request()
    )
    with pytest.raises(Reject, match="incident-took-in"):
        await merge(storm, whole, more)
    assert (await storm.incidents())[whole].took_in == [part]


async def test_of_two_officers_who_merge_each_into_the_other_no_circle_comes() -> None:
    storm, one, other = await two()
    await asyncio.gather(merge(storm, one, other), merge(storm, other, one), return_exceptions=True)
    await storm.settle()
    incidents = await storm.incidents()

    assert not (incidents[one].into and incidents[other].into)
    if not (incidents[one].into or incidents[other].into):
        await merge(storm, one, other)


async def test_what_has_taken_another_in_is_part_of_none_and_what_is_over_takes_none() -> None:
    storm, part, whole = await two()
    await merge(storm, part, whole)
    third = await storm.report(place=FAR, at=MONDAY + timedelta(days=300))
    body = Open(references=[(await storm.order(third)).reference])
    more = (await open_incident(storm.desk, asked(body), body)).id
    await storm.settle()

    with pytest.raises(Reject, match="incident-took-in"):
        await merge(storm, whole, more)
    assert (await storm.incidents())[more].took_in == [], "nothing came of it"
    with pytest.raises(Reject, match="incident-not-open"):
        await merge(storm, more, part)
    with pytest.raises(Reject, match="same-incident"):
        await merge(storm, more, more)


async def test_one_of_another_category_or_whose_work_an_agency_has_is_not_made_part() -> None:
    storm, part, whole = await two()
    tree = await storm.report("fallen-tree")
    body = Open(references=[(await storm.order(tree)).reference])
    other = (await open_incident(storm.desk, asked(body), body)).id
    with pytest.raises(Reject, match="incident-mixed"):
        await merge(storm, part, other)
    await storm.act(storm.reports[0], lambda order: referring.refer(town(), order, acting(), agency="pea"))
    with pytest.raises(Reject, match="incident-work-elsewhere"):
        await merge(storm, part, whole)

    await merge(storm, whole, part)
    await storm.settle()
    assert (await storm.incidents())[whole].into == part


async def test_an_incident_that_was_only_confirmed_takes_its_reports_along_all_the_same() -> None:
    """Its walk had not begun."""
    storm = Storm()
    there = await storm.report(place=FAR)
    body = Open(references=[(await storm.order(there)).reference])
    whole = (await open_incident(storm.desk, asked(body), body)).id
    await storm.cut()
    (part,) = [key for key, one in (await storm.incidents()).items() if one.state == "proposed"]
    await confirm_incident(storm.desk, asked(Confirm()), part, Confirm())
    await merge(storm, part, whole)
    await storm.settle()

    assert [storm.said(one) for one in storm.reports[1:]] == [["joined"]] * 5
