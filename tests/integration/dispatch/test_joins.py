"""Many reports in one incident: each is told once, whatever stops in between and whoever joins meanwhile."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch import joins
from services.dispatch.belonging import be_gone
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Middle
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.vicinity import rule_for
from services.dispatch.incident_store import People
from services.dispatch.joins import join_incident, tell_members
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Reject, Step, now
from tests.support.joined import incident, join, member, proposal, resolve, walk
from tests.support.work import begun, submitted, town

MEMBERS = 25  # beside the one that it began with


class Lost(Exception):
    """The process dies here."""


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(joins, "PAGE", 10)
    return Desk(store, town())


async def told(desk: Desk, report: str) -> list[str]:
    """The types of events that a report's topic holds about its incident, in order; each keyed by the report."""
    document = await desk.store.memberships.collection.find_one({"_id": report})
    assert document is not None
    assert {message[1] for entry in document["outbox"] for message in entry["messages"]} == {report}
    headers = [{name: bytes(value).decode() for name, value in entry["headers"]} for entry in document["outbox"]]
    return [each["ce_type"].removeprefix("onestop.incident.").removesuffix(".v1") for each in headers]


async def filled(desk: Desk) -> tuple[str, list[str]]:
    incident_id = await incident(desk)
    await asyncio.gather(*(join(desk, incident_id) for _ in range(MEMBERS)))
    members = await desk.store.find_untold(incident_id, 2, "", 1000)
    return incident_id, members


async def test_whom_its_news_reach_is_counted_with_those_who_follow_its_reports(desk: Desk) -> None:
    incident_id = await incident(desk)  # of the first one's work nothing is known here
    for followers in (0, 3, 4):
        order, first = new_id(), begun(submitted("power-cut")).state.model_copy(update={"followers": followers})
        await desk.store.orders.step(order, lambda _, __, first=first: Step(first), Cause.request())  # type: ignore[misc]
        await join_incident(desk, incident_id, member(work_order=order), Cause.request())
    gone = await join(desk, incident_id)
    await be_gone(desk, gone, Cause.request())

    told = await desk.store.count_people(incident_id)
    assert (told, told.count) == (People(reports=4, followers=7), 11)
    assert await desk.store.count_people(new_id()) == People()


@pytest.mark.parametrize("at_a_time", [1, 200])
async def test_who_came_alone_meanwhile_is_found_by_place_by_zone_and_by_word(desk: Desk, at_a_time: int) -> None:
    """As the store is asked; the limits themselves are those by which any report joins (`vicinity.admits`)."""
    since = now() - timedelta(hours=1)
    here, far = {"latitude": 18.75, "longitude": 98.96}, {"latitude": 18.85, "longitude": 98.96}
    over = proposal(member()).model_copy(
        update={"middle": Middle(**here), "radius_m": 500, "zone": "village-4", "by_zone": True}
    )
    said: dict[str, dict[str, Any]] = {
        "here": here, "its zone": {**far, "zone": "village-4"}, "its word": {"said": "I"},
        "elsewhere": far, "before": {**here, "reported_at": since - timedelta(minutes=1)},
        "too late": {**here, "reported_at": over.joins_until + timedelta(minutes=1)},
        "another kind": {**here, "category": "water-leak"}, "taken out": {**here, "state": "left"},
    }  # fmt: skip
    known = {new_id(): (name, about) for name, about in said.items()}
    for report, (_, about) in known.items():
        alone = Membership(**{"reference": "MH-7F3K-9QX2", "category": "power-cut", "reported_at": now(), **about})
        await desk.store.memberships.step(report, lambda _, __, alone=alone: Step(alone), Cause.request())  # type: ignore[misc]
    found: list[str] = []
    while page := await desk.store.find_missed(
        "I", over, rule_for(town(), "power-cut"), since, found[-1] if found else "", at_a_time
    ):
        found += [case.id for case in page]

    assert sorted(known[one][0] for one in found) == ["here", "its word", "its zone"]


async def test_each_member_is_told_once_that_it_is_over_page_by_page(desk: Desk) -> None:
    incident_id, members = await filled(desk)
    await resolve(desk, incident_id)

    assert len(members) == MEMBERS + 1
    assert await walk(desk, incident_id) == 3
    assert [await told(desk, each) for each in members] == [["joined", "resolved"]] * len(members)


@pytest.mark.parametrize("dies_at", [0, 1, 7, 9, 10, 17, 25])
async def test_a_walk_that_dies_goes_on_and_tells_nobody_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    incident_id, members = await filled(desk)
    await resolve(desk, incident_id)
    step, steps = desk.store.memberships.step, 0

    async def dies(*arguments: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps > dies_at:
            raise Lost
        return await step(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(desk.store.memberships, "step", dies)
        with pytest.raises(Lost):
            await walk(desk, incident_id)
    await walk(desk, incident_id)

    assert [await told(desk, each) for each in members] == [["joined", "resolved"]] * len(members)


async def test_a_page_that_was_told_but_not_noted_is_told_again_to_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident_id, members = await filled(desk)
    await resolve(desk, incident_id)

    async def dies(*_: Any) -> Any:
        raise Lost

    with monkeypatch.context() as patched:
        patched.setattr(desk.store.incidents, "step", dies)
        with pytest.raises(Lost):
            await walk(desk, incident_id)
    await walk(desk, incident_id)

    assert [await told(desk, each) for each in members] == [["joined", "resolved"]] * len(members)


async def test_two_replicas_that_walk_at_once_tell_each_member_once(desk: Desk) -> None:
    incident_id, members = await filled(desk)
    await resolve(desk, incident_id)
    await asyncio.gather(walk(desk, incident_id), walk(desk, incident_id))

    assert [await told(desk, each) for each in members] == [["joined", "resolved"]] * len(members)


async def test_who_joins_behind_a_walk_is_told_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The join looked at the incident while it was open, and is written when the walk has passed."""
    incident_id, _ = await filled(desk)
    joining = member("0" * 26)  # sorts before all others
    step = desk.store.memberships.step

    async def late(*arguments: Any) -> Any:
        monkeypatch.setattr(desk.store.memberships, "step", step)
        await resolve(desk, incident_id)
        await walk(desk, incident_id)
        return await step(*arguments)

    monkeypatch.setattr(desk.store.memberships, "step", late)
    await join_incident(desk, incident_id, joining, Cause.request())

    assert await told(desk, joining.report) == ["joined", "resolved"]


async def test_who_is_gone_is_not_told_and_nothing_joins_what_is_over(desk: Desk) -> None:
    incident_id, members = await filled(desk)
    await be_gone(desk, members[3], Cause.request())
    await resolve(desk, incident_id)
    await walk(desk, incident_id)

    assert await told(desk, members[3]) == ["joined"]
    with pytest.raises(Reject, match="incident-over"):
        await join(desk, incident_id)


async def test_a_report_that_joins_twice_is_one_member_and_one_that_moves_belongs_to_the_new_one(desk: Desk) -> None:
    first, second = await incident(desk), await incident(desk)
    report = await join(desk, first)
    await join(desk, first, report)
    await join(desk, second, report)
    await resolve(desk, first)
    await walk(desk, first)

    assert await told(desk, report) == ["joined", "joined"]
    case = await desk.store.memberships.get(report)
    assert case is not None
    assert (case.state.incident, case.state.told) == (second, 1)


async def test_a_moment_that_comes_twice_does_nothing_more(desk: Desk) -> None:
    incident_id, _ = await filled(desk)
    await resolve(desk, incident_id)
    case = await desk.store.incidents.get(incident_id)
    assert case is not None
    assert case.state.telling is not None
    moment = Moment("tell", case.state.telling.at)
    await walk(desk, incident_id)
    after = await desk.store.incidents.get(incident_id)
    await tell_members(desk, incident_id, Cause.timer(incident_id, moment))

    assert await desk.store.incidents.get(incident_id) == after


async def test_an_incident_does_not_grow_with_its_members(desk: Desk) -> None:
    few = await desk.store.incidents.get(await incident(desk))
    many = await desk.store.incidents.get((await filled(desk))[0])
    sizes: Sequence[int] = [len(case.state.model_dump_json()) for case in (few, many) if case]

    assert sizes[0] == sizes[1]
