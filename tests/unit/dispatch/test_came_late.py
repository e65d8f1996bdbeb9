"""Acts that happened on a device out of reach: judged by when they happened, and never lost when they are overtaken."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import ActRequest, Desk, act_on_order, add_photo
from services.dispatch.domain import crew_work, desk_work, pausing
from services.dispatch.domain.acts import in_order
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder, moments
from shared.events.base import Event
from shared.events.times import whole
from shared.events.work_orders import WorkOrderAcknowledged, WorkOrderCompleted
from shared.kernel import Case, Reject, now
from shared.web import Person
from tests.support.came_late import CREW, HOUR, MINUTE, desk_with_work, store_of, work_of
from tests.support.dispatch_pages import carded, drawn
from tests.support.uploads import photo
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town

OTHERS = Person(sub="crew-roads", roles=frozenset({"crew"}), team="works-roads")


@pytest.fixture
async def desk() -> Desk:
    return await desk_with_work()


async def act(desk: Desk, name: ActName, body: Body, who: Person = CREW, key: str | None = None) -> Case[WorkOrder]:
    return await act_on_order(desk, who, "W", name, body, ActRequest(key))


async def refused(desk: Desk, name: ActName, body: Body, **more: Any) -> Reject:
    with pytest.raises(Reject) as caught:
        await act(desk, name, body, **more)
    return caught.value


async def test_an_act_counts_when_it_happened_and_says_when_it_came(desk: Desk) -> None:
    then = now() - 2 * HOUR
    case = await act(desk, "acknowledge", bodies.Acknowledge(happened_at=then))
    line, event = case.state.history[-1], store_of(desk).events[-1]

    assert case.state.acknowledged_at == line.happened_at == whole(then)
    assert line.at > then + HOUR
    assert case.state.clocks.acknowledge is not None
    assert case.state.clocks.acknowledge.stopped_at == whole(then)
    assert isinstance(event, WorkOrderAcknowledged)
    assert event.happened_at == whole(then)


async def test_acts_of_a_morning_without_a_network_come_in_one_go(desk: Desk) -> None:
    began = now() - 2 * HOUR
    for minutes, (name, body) in enumerate(
        [("acknowledge", bodies.Acknowledge), ("start", bodies.Start), ("complete", bodies.Complete)]
    ):
        said = {"note": "เปลี่ยนข้อต่อ", "outcome": "cannot_be_done"} if name == "complete" else {}
        await act(desk, name, body(happened_at=began + minutes * MINUTE, **said))  # type: ignore[arg-type]
    work = await work_of(desk)

    assert work.state == "completed"
    assert work.closed_at == whole(began + 2 * MINUTE)
    assert isinstance(store_of(desk).events[-1], WorkOrderCompleted)


async def test_what_was_overtaken_is_refused_and_stands_in_the_history_with_its_words(desk: Desk) -> None:
    finished = now() - HOUR
    officer = Person(sub="officer", name=OFFICER.name, roles=frozenset({"officer"}))
    await act(desk, "acknowledge", bodies.Acknowledge(happened_at=finished - HOUR))
    await act(desk, "cancel", bodies.Cancel(outcome="duplicate", reason="ซ้ำ"), who=officer)
    said = bodies.Complete(outcome="cannot_be_done", note="ท่อของ กปภ.", happened_at=finished)
    told = len(store_of(desk).events)

    first = await refused(desk, "complete", said, key="one")
    again = await refused(desk, "complete", said, key="one")
    work = await work_of(desk)

    assert first.code == again.code == "came-late"
    assert OFFICER.name in first.detail
    assert (work.state, work.outcome) == ("cancelled", "duplicate")
    assert [(line.what, line.text, line.facts["act"]) for line in work.history if line.what == "came_late"] == [
        ("came_late", "ท่อของ กปภ.", "complete")
    ]
    assert len(store_of(desk).events) == told
    page = drawn(
        "order.html", path="/desk/x", card=carded(work), answer=None, earlier=[], rules=[], others=[],
        changed_rules=False, elsewhere=None, reply_key="a-key",
    )  # fmt: skip
    assert "มาถึงช้าเกินไป ไม่มีผล: ปิดงาน" in page
    assert "ส่งถึงระบบ" in page


async def test_work_that_was_given_to_another_team_meanwhile_keeps_what_the_first_did(desk: Desk) -> None:
    officer = Person(sub="officer", roles=frozenset({"officer"}))
    await act(desk, "assign", bodies.Assign(team="works-roads"), who=officer)
    said = bodies.Complete(outcome="cannot_be_done", note="x", happened_at=now() - HOUR)

    assert (await refused(desk, "complete", said)).code == "came-late"
    assert (await refused(desk, "complete", bodies.Complete(note="x"))).code == "other-team"


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(days=-30)])
async def test_a_clock_that_cannot_be_right_loses_nothing_of_what_was_done(desk: Desk, wrong: timedelta) -> None:
    officer = Person(sub="officer", roles=frozenset({"officer"}))
    await act(desk, "assign", bodies.Assign(team="works-roads"), who=officer)
    said = bodies.Complete(outcome="cannot_be_done", note="ท่อแตกสองจุด", happened_at=now() + wrong)

    assert (await refused(desk, "complete", said)).code == "came-late"
    line = (await work_of(desk)).history[-1]
    assert (line.what, line.text, line.happened_at) == ("came_late", "ท่อแตกสองจุด", None)


async def test_a_queue_of_yesterday_keeps_its_steps_and_photos_though_another_team_has_the_work(desk: Desk) -> None:
    officer, yesterday = Person(sub="officer", roles=frozenset({"officer"})), now() - 24 * HOUR
    await act(desk, "assign", bodies.Assign(team="works-roads"), who=officer)
    path = await add_photo(desk, CREW, "W", photo())
    queue: list[tuple[ActName, Body]] = [
        ("acknowledge", bodies.Acknowledge(happened_at=yesterday)),
        ("start", bodies.Start(happened_at=yesterday + MINUTE)),
        ("complete", bodies.Complete(note="ซ่อมแล้ว", photos=[path], happened_at=yesterday + HOUR)),
    ]
    codes = [(await refused(desk, name, body, key=f"key-{name}")).code for name, body in queue]
    work = await work_of(desk)
    late = [line for line in work.history if line.what == "came_late"]

    assert codes == ["came-late"] * 3
    assert (work.team, work.state) == ("works-roads", "assigned")
    assert [line.facts["act"] for line in late] == ["acknowledge", "start", "complete"]
    assert [line.happened_at for line in late] == [whole(body.happened_at) for _, body in queue if body.happened_at]
    assert late[-1].overtaken is not None
    assert (late[-1].text, late[-1].overtaken.brought["photos"]) == ("ซ่อมแล้ว", [path])


async def test_who_never_had_the_work_sends_no_photo_of_it(desk: Desk) -> None:
    with pytest.raises(Reject) as caught:
        await add_photo(desk, OTHERS, "W", photo())
    assert caught.value.code == "other-team"


async def test_who_never_had_the_work_leaves_no_line(desk: Desk) -> None:
    said = bodies.Complete(note="x", happened_at=now() - HOUR)

    assert (await refused(desk, "complete", said, who=OTHERS)).code == "other-team"
    assert (await work_of(desk)).history[-1].what == "created"


async def test_what_happens_now_and_is_overtaken_is_just_refused(desk: Desk) -> None:
    assert (await refused(desk, "resume", bodies.Resume())).code == "stale-action"
    assert (await work_of(desk)).history[-1].what == "created"


def test_what_happened_before_the_present_state_began_is_overtaken_though_the_state_allows_it() -> None:
    given = desk_work.assign(town(), order(), by(OFFICER, MONDAY + HOUR), team="works-roads").state

    with pytest.raises(Reject, match="this happened before"):
        in_order(given, by(SOMCHAI, MONDAY + 2 * HOUR, MONDAY + HOUR / 2))


def test_a_phone_whose_clock_is_a_little_slow_is_not_overtaken_by_itself() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state

    assert in_order(taken, by(SOMCHAI, MONDAY + 2 * HOUR, MONDAY + HOUR - MINUTE)).happened == MONDAY + HOUR


def test_a_pause_that_ended_by_itself_overtakes_nobody() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    waits = pausing.pause(town(), taken, by(SOMCHAI, MONDAY), reason="part", resume_at=MONDAY + 2 * HOUR).state
    goes = elapse(town(), waits, MONDAY + 2 * HOUR)
    assert goes is not None
    acting = in_order(goes.state, by(SOMCHAI, MONDAY + 3 * HOUR, MONDAY + HOUR))
    done: list[Event] = [*crew_work.complete(town(), goes.state, acting, outcome="cannot_be_done", note="x").events]

    assert isinstance(done[-1], WorkOrderCompleted)
    assert done[-1].happened_at == MONDAY + HOUR


def test_what_happened_before_a_pause_that_ended_by_itself_is_overtaken_by_its_beginning() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    began, ended = MONDAY + HOUR, MONDAY + 3 * HOUR
    waits = pausing.pause(town(), taken, by(SOMCHAI, began), reason="part", resume_at=ended).state
    goes = elapse(town(), waits, ended)
    assert goes is not None

    with pytest.raises(Reject, match="this happened before"):
        in_order(goes.state, by(SOMCHAI, ended + HOUR, began - HOUR / 2))
    slow = in_order(goes.state, by(SOMCHAI, ended + HOUR, began - MINUTE))
    assert slow.happened_at == began


def test_late_news_do_not_make_work_late_that_was_done_in_time() -> None:
    work = order()
    assert work.due_at is not None
    taken = crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY)).state
    step = crew_work.complete(
        town(), taken, by(SOMCHAI, work.due_at + HOUR, work.due_at - HOUR), outcome="cannot_be_done", note="x"
    )

    assert isinstance(step.events[-1], WorkOrderCompleted)
    assert not step.events[-1].late


def test_a_pause_that_a_phone_kept_ends_although_the_one_before_ended_at_the_very_time() -> None:
    """Both until the offices open: what wakes the first has had its effect, and wakes nobody again."""
    planned = MONDAY + timedelta(days=1)

    def paused(since: timedelta) -> WorkOrder:
        taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
        return pausing.pause(town(), taken, by(SOMCHAI, MONDAY + since), reason="part", resume_at=planned).state

    first, kept = (
        next(one for one in moments(paused(since)) if one.name.startswith("resume")) for since in (HOUR, 5 * HOUR)
    )
    assert first.at == kept.at
    assert first.name != kept.name


def test_a_team_that_gives_work_back_leaves_no_rung_that_has_rung_already() -> None:
    """The clock of whoever has it now is another one, also where its rungs come at the times of those before."""
    fresh = order()
    refused = crew_work.refuse(town(), fresh, by(SOMCHAI, MONDAY + MINUTE), reason="ไม่ใช่งานของเรา").state
    before, after = ({one.name for one in moments(each) if "acknowledge" in one.name} for each in (fresh, refused))
    assert before
    assert after
    assert not before & after
