"""Work of several teams: each does its share as work of its own, and the whole goes as they do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.domain import checking, crew_work, desk_work, from_report
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.splitting import CHILDREN_MOST, Share, split
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from shared.events.base import Event
from shared.events.outcomes import Outcome
from shared.events.reports import ReportAmended
from shared.events.work_orders import (
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderSplit,
)
from shared.kernel import Cause, Reject, Step
from tests.support.dispatch_pages import carded, drawn
from tests.support.family import SHARES, WHOLE, Family
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, promised_times, town

HOUR = timedelta(hours=1)
Act = Callable[[WorkOrder], Step[WorkOrder]]


@pytest.fixture
async def family() -> Family:
    """A burst pipe below a road: water mends the pipe, roads the road."""
    made = Family()
    await made.begin()
    await made.split()
    return made


def finished(note: str, outcome: Outcome = "fixed", at: timedelta = HOUR) -> Act:
    def act(work: WorkOrder) -> Step[WorkOrder]:
        taken = crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY)).state if work.state == "assigned" else work
        proof: dict[str, Any] = {"note": note, "photos": [f"/p/{note}"], "minutes": 30}
        return crew_work.complete(town(), taken, by(SOMCHAI, MONDAY + at), outcome=outcome, **proof)

    return act


def called_off(work: WorkOrder) -> Step[WorkOrder]:
    return desk_work.cancel(town(), work, by(OFFICER, MONDAY + HOUR), outcome="not_ours", reason="ไม่ต้องทำ")


async def end(family: Family, number: int, act: Act) -> None:
    child = (await family.children())[number]
    await family.change(child, act(await family.get(child)))


def last(family: Family, kind: type[Event]) -> Event:
    return [event for event in family.events if isinstance(event, kind)][-1]


async def test_each_team_gets_its_share_with_words_and_clocks_of_its_own(family: Family) -> None:
    whole = await family.whole()
    water, roads = [await family.get(child) for child in await family.children()]

    assert whole.state == "split"
    assert [child.state for child in whole.children] == ["open", "open"]
    assert (water.team, water.task, water.parent) == ("works-water", "ซ่อมท่อ", WHOLE)
    assert (roads.team, roads.task, roads.text) == ("works-roads", "คืนผิวถนน", whole.text)
    assert roads.clocks.acknowledge is not None
    assert roads.clocks.acknowledge.stopped_at is None
    assert roads.report == whole.report


async def test_the_promise_to_the_resident_does_not_move(family: Family) -> None:
    whole = await family.whole()

    assert whole.due_at == promised_times(town(), "utilities", "high", MONDAY)[1]
    assert isinstance(family.events[0], WorkOrderSplit)
    assert family.events[0].due_at == whole.due_at


async def test_events_of_a_share_name_the_whole(family: Family) -> None:
    created = [event for event in family.events if isinstance(event, WorkOrderCreated)]

    assert [(event.parent, event.team, event.task) for event in created] == [
        (WHOLE, "works-water", "ซ่อมท่อ"),
        (WHOLE, "works-roads", "คืนผิวถนน"),
    ]


async def test_a_share_may_be_more_urgent_than_the_whole() -> None:
    family = Family()
    await family.begin()
    await family.split(Share("works-water", "ปิดวาล์ว", "emergency"), Share("works-roads", "คืนผิวถนน"))
    water, roads = [await family.get(child) for child in await family.children()]

    assert [water.priority, roads.priority] == ["emergency", "high"]


async def test_the_whole_is_done_when_the_last_share_is_with_the_proof_of_all(family: Family) -> None:
    await end(family, 0, finished("pipe"))
    assert (await family.whole()).state == "split"
    await end(family, 1, finished("road", at=3 * HOUR))
    whole = await family.whole()
    completed = last(family, WorkOrderCompleted)

    assert (whole.state, whole.outcome, whole.closed_at) == ("completed", "fixed", MONDAY + 3 * HOUR)
    assert whole.completion is not None
    assert whole.completion.photos == ["/p/pipe", "/p/road"]
    assert whole.completion.minutes == 60
    assert [line.rpartition(": ")[2] for line in (whole.completion.note or "").splitlines()] == ["pipe", "road"]
    assert isinstance(completed, WorkOrderCompleted)
    assert completed.parent is None
    assert completed.to_verify


async def test_a_share_is_checked_with_the_whole(family: Family) -> None:
    await end(family, 0, finished("pipe"))
    share = await family.get((await family.children())[0])

    assert not share.to_verify
    assert not {"verify", "send_back", "split"} & set(list_offered(share))


@pytest.mark.parametrize(
    ("one", "other", "whole"),
    [
        ("fixed", "cannot_be_done", "cannot_be_done"),
        ("not_ours", "fixed", "not_ours"),
        ("not_ours", "cannot_be_done", "cannot_be_done"),
    ],
)
async def test_the_whole_is_as_good_as_its_worst_share(
    family: Family, one: Outcome, other: Outcome, whole: Outcome
) -> None:
    await end(family, 0, finished("a", one))
    await end(family, 1, finished("b", other))

    assert (await family.whole()).outcome == whole


async def test_a_share_that_is_called_off_is_no_failure_of_the_others(family: Family) -> None:
    await end(family, 0, finished("pipe"))
    await end(family, 1, called_off)

    assert ((await family.whole()).state, (await family.whole()).outcome) == ("completed", "fixed")


async def test_when_all_shares_are_called_off_the_whole_is_its_own_team_s_again(family: Family) -> None:
    await end(family, 0, called_off)
    await end(family, 1, called_off)
    whole = await family.whole()

    assert (whole.state, whole.team, whole.outcome) == ("assigned", "works-water", None)
    assert isinstance(family.events[-1], WorkOrderAssigned)
    assert {"split", "cancel", "assign"} <= set(list_offered(whole))


async def test_a_share_of_what_was_in_triage_comes_back_to_triage() -> None:
    family = Family()
    await family.begin(order("other", text="?"))
    await family.split()
    await end(family, 0, called_off)
    await end(family, 1, called_off)

    assert ((await family.whole()).state, (await family.whole()).team) == ("new", "triage")


@pytest.mark.parametrize(
    "ended",
    [
        called_off,
        lambda work: from_report.withdraw(town(), work, None, MONDAY + HOUR),
        lambda work: from_report.drop_duplicate(town(), work, "MH-AAAA-BBBB", MONDAY + HOUR),
    ],
    ids=["cancelled", "withdrawn", "merged"],
)
async def test_shares_end_with_the_whole_and_what_is_done_stays_done(family: Family, ended: Act) -> None:
    await end(family, 0, finished("pipe"))
    await family.change(WHOLE, ended(await family.whole()))
    water, roads = [await family.get(child) for child in await family.children()]

    assert (water.state, roads.state) == ("completed", "cancelled")
    assert roads.outcome == (await family.whole()).outcome
    assert [child.state for child in (await family.whole()).children] == ["completed", "cancelled"]
    cancelled = [event for event in family.events if isinstance(event, WorkOrderCancelled)]
    assert [event.parent for event in cancelled] == [None, WHOLE]


async def test_a_share_alone_is_neither_withdrawn_nor_merged(family: Family) -> None:
    share = await family.get((await family.children())[0])

    assert from_report.withdraw(town(), share, None, MONDAY) is None
    assert from_report.drop_duplicate(town(), share, "MH-AAAA-BBBB", MONDAY) is None


async def test_a_corrected_category_moves_the_promise_and_no_team(family: Family) -> None:
    event = ReportAmended(reference=(await family.whole()).reference, category="noise")
    for order_id in (WHOLE, *await family.children()):
        before = await family.get(order_id)
        facts = facts_of_order(town(), from_report.correct(before, event))
        await family.change(order_id, from_report.amend(town(), before, event, facts, 2, MONDAY))
    whole = await family.whole()
    water, roads = [await family.get(child) for child in await family.children()]

    assert (whole.state, whole.category, whole.clocks.service_level) == ("split", "noise", "standard")
    assert isinstance(last(family, WorkOrderSplit), WorkOrderSplit)
    assert [(work.team, work.state, work.category) for work in (water, roads)] == [
        ("works-water", "assigned", "noise"),
        ("works-roads", "assigned", "noise"),
    ]


async def test_more_teams_are_added_while_it_is_split(family: Family) -> None:
    await end(family, 0, finished("pipe"))
    await family.split(Share("works-lights", "ตั้งเสาไฟ"))
    assert [child.team for child in (await family.whole()).children] == ["works-water", "works-roads", "works-lights"]
    await end(family, 1, finished("road"))
    assert (await family.whole()).state == "split"
    await end(family, 2, finished("lamp"))

    assert (await family.whole()).state == "completed"


async def test_what_is_sent_back_may_be_split_anew_and_old_shares_count_no_second_time(family: Family) -> None:
    await end(family, 0, finished("pipe"))
    await end(family, 1, finished("road"))
    again = checking.send_back(town(), await family.whole(), by(OFFICER, MONDAY + 2 * HOUR), reason="ถนนทรุด")
    await family.change(WHOLE, again)
    await family.split(Share("works-roads", "บดอัดใหม่"), Share("works-water", "ตรวจรอยรั่ว"))
    await end(family, 2, finished("again", at=4 * HOUR))
    await end(family, 3, finished("dry", at=5 * HOUR))
    whole = await family.whole()

    assert whole.state == "completed"
    assert whole.completion is not None
    assert whole.completion.photos == ["/p/again", "/p/dry"]


async def test_each_word_between_them_is_carried_over_once_whatever_stops_in_between() -> None:
    """The moment stays until the step that ends it, so all before it may happen again."""
    family = Family()
    await family.begin()
    divided = split(town(), await family.whole(), by(OFFICER, MONDAY), shares=SHARES)
    await family.change(WHOLE, divided, settle=False)
    due = family.due()
    for order_id, moment in (*due, *due):
        await family.tell(order_id, moment)
    child = (await family.children())[0]
    await family.change(child, finished("pipe")(await family.get(child)), settle=False)
    for _ in range(2):
        for order_id, moment in family.due():
            stopped = Cause(f"stopped{len(family.events)}", "", MONDAY)
            await family.tell(order_id, moment)
            await family.store.orders.step(order_id, lambda _, __: None, stopped)

    assert len([event for event in family.events if isinstance(event, WorkOrderCreated)]) == 2
    whole = await family.whole()
    assert [line.what for line in whole.history].count("share_ended") == 1
    assert [child.state for child in whole.children] == ["completed", "open"]


async def test_a_share_that_began_unnoted_is_called_off_too() -> None:
    """The process stopped after it had begun a share and before it could note it, and then the whole was cancelled."""
    family = Family()
    await family.begin()
    divided = split(town(), await family.whole(), by(OFFICER, MONDAY), shares=SHARES).state
    await family.change(WHOLE, Step(divided))
    await family.change(WHOLE, called_off(divided))  # as if nothing of the children had been noted

    children = [await family.get(child) for child in await family.children()]
    assert [child.state for child in children] == ["cancelled", "cancelled"]
    assert family.due() == []


@pytest.mark.parametrize("count", [1, CHILDREN_MOST + 1])
def test_one_share_is_no_split_and_there_are_not_too_many(count: int) -> None:
    with pytest.raises(Reject, match="shares") as caught:
        split(town(), order(), by(OFFICER, MONDAY), shares=[SHARES[0]] * count)

    assert caught.value.status == 422


def test_a_share_goes_to_a_team_of_the_town() -> None:
    with pytest.raises(Reject, match="unknown-team"):
        split(town(), order(), by(OFFICER, MONDAY), shares=[SHARES[0], Share("works-moon", "x")])


async def test_split_work_is_nobody_s_to_refuse_refer_or_assign(family: Family) -> None:
    assert set(list_offered(await family.whole())) == {"split", "prioritise", "cancel"}


async def test_the_desk_sees_what_each_team_does(family: Family) -> None:
    shares = [carded(await family.get(child), child) for child in await family.children()]
    page = drawn(
        "order.html", path="/desk/x", card=carded(await family.whole(), WHOLE), answer=None, earlier=[], rules=[],
        others=[], changed_rules=False, elsewhere=None, shares=shares, reply_key="a-key",
    )  # fmt: skip

    assert "คืนผิวถนน" in page
    assert f'href="/desk/{shares[1].id}"' in page
    of_share = drawn(
        "order.html",
        path="/desk/y",
        card=shares[1],
        answer=None,
        earlier=[],
        rules=[],
        others=[],
        changed_rules=False,
        elsewhere=None,
        reply_key="a-key",
    )
    assert f'href="/desk/{WHOLE}"' in of_share
