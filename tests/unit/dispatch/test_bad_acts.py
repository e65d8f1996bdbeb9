"""Acts that must not take effect: by whom it is not, twice, on what has moved, or by a phone whose clock is wrong."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import ActRequest, Desk, act_on_order
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Case, Reject, now
from shared.people import Person
from tests.support.field import MemoryStore, memory_desk
from tests.support.work import order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Act = Callable[..., Awaitable[Case[WorkOrder]]]


def person(sub: str, *roles: str, team: str | None = "works-water") -> Person:
    return Person(sub=sub, name=f"name of {sub}", roles=frozenset(roles), team=team)


CREW, MATE = person("crew-water", "crew"), person("crew-water-2", "crew")
LEAD = person("lead-water", "crew", "lead")
OTHERS, OTHER_LEAD = person("x", "crew", team="works-roads"), person("y", "crew", "lead", team="works-roads")
OFFICER, SUPERVISOR = person("officer", "officer", team="triage"), person("supervisor", "supervisor", team=None)
DONE = bodies.Complete(outcome="cannot_be_done", note="ที่ดินเอกชน")


@pytest.fixture
async def desk() -> Desk:
    """Work of the water team that came three hours ago."""
    made = memory_desk()
    store: MemoryStore = made.store  # type: ignore[assignment]  # it stands in for the real one
    await store.put("W", order(text="น้ำซึมใต้ถนนในซอย", submitted_at=now() - 30 * HOUR))
    return made


async def act(desk: Desk, name: ActName, body: Body, who: Person = CREW, **asked: Any) -> WorkOrder:
    return (await act_on_order(desk, who, "W", name, body, ActRequest(**asked))).state


async def refused(desk: Desk, name: ActName, body: Body, who: Person = CREW, **asked: Any) -> Reject:
    with pytest.raises(Reject) as caught:
        await act(desk, name, body, who, **asked)
    return caught.value


async def state(desk: Desk) -> WorkOrder:
    case = await desk.store.orders.get("W")
    assert case is not None
    return case.state


@pytest.mark.parametrize("name", ["acknowledge", "start", "complete", "pause", "refuse", "take"])
async def test_nobody_acts_on_another_team_s_work(desk: Desk, name: ActName) -> None:
    said: dict[str, dict[str, Any]] = {
        "complete": {"note": "x"}, "pause": {"reason": "part"}, "refuse": {"reason": "x"},
    }  # fmt: skip
    kinds: dict[str, type[Body]] = {
        "acknowledge": bodies.Acknowledge, "start": bodies.Start, "complete": bodies.Complete, "pause": bodies.Pause,
        "refuse": bodies.Refuse, "take": bodies.Take,
    }  # fmt: skip
    body = kinds[name].model_validate(said.get(name, {}))

    assert ((await refused(desk, name, body, OTHERS)).code, (await state(desk)).state) == ("other-team", "assigned")


@pytest.mark.parametrize("field", ["team", "actor", "sub", "at", "state", "level"])
def test_a_body_says_neither_team_nor_person_nor_state(field: str) -> None:
    for body in (bodies.Acknowledge, bodies.Start, bodies.Take, bodies.Drop, bodies.Resume):
        with pytest.raises(ValidationError):
            body.model_validate({field: "works-roads"})


async def test_a_team_of_which_the_town_knows_nothing_gets_no_work(desk: Desk) -> None:
    assert (await refused(desk, "assign", bodies.Assign(team="works-moon"), OFFICER)).code == "unknown-team"
    shares = [bodies.OfTeam(team="works-moon", task="x"), bodies.OfTeam(team="works-water", task="y")]
    assert (await refused(desk, "split", bodies.Split(shares=shares), OFFICER)).code == "unknown-team"


@pytest.mark.parametrize(("name", "code"), [("split", "desk-only"), ("verify", "desk-only"), ("give", "lead-only")])
async def test_a_crew_decides_nothing_that_is_the_desk_s_or_the_lead_s(desk: Desk, name: ActName, code: str) -> None:
    bodies_of: dict[str, Body] = {
        "split": bodies.Split(shares=[bodies.OfTeam(team="works-water", task="x")] * 2), "verify": bodies.Verify(),
        "give": bodies.Give(person=MATE.sub),
    }  # fmt: skip

    assert (await refused(desk, name, bodies_of[name])).code == code


async def test_a_lead_gives_work_of_the_own_team_to_one_of_it(desk: Desk) -> None:
    await act(desk, "acknowledge", bodies.Acknowledge(), MATE)  # by which the town knows whose name that is
    given = await act(desk, "give", bodies.Give(person=MATE.sub), LEAD)

    assert given.person is not None
    assert (given.person.sub, given.person.name) == (MATE.sub, MATE.name)
    assert (await refused(desk, "give", bodies.Give(person="nobody"), LEAD)).code == "unknown-member"
    assert (await refused(desk, "give", bodies.Give(person=MATE.sub), OTHER_LEAD)).code == "other-team"


async def test_a_lead_sends_back_what_the_own_team_finished_by_mistake(desk: Desk) -> None:
    await act(desk, "acknowledge", bodies.Acknowledge())
    await act(desk, "complete", DONE)
    again = bodies.SendBack(reason="กดผิดงาน ยังไม่ได้ทำ")

    assert (await refused(desk, "send_back", again)).code == "lead-only"
    assert (await refused(desk, "send_back", again, OTHER_LEAD)).code == "other-team"
    work = await act(desk, "send_back", again, LEAD)
    assert (work.state, work.team, work.completion) == ("assigned", "works-water", None)
    assert work.rework is not None
    assert work.rework.reason == "กดผิดงาน ยังไม่ได้ทำ"


async def test_the_work_of_an_incident_is_sent_back_by_the_desk_alone(desk: Desk) -> None:
    await act(desk, "acknowledge", bodies.Acknowledge())
    done = await act(desk, "complete", DONE)
    store: MemoryStore = desk.store  # type: ignore[assignment]  # it stands in for the real one
    await store.put("W", done.model_copy(update={"incident": "01KB57W53GN6B2X8QK4HT9VR0M"}))

    assert (await refused(desk, "send_back", bodies.SendBack(reason="กดผิดงาน"), LEAD)).code == "desk-only"


async def test_what_a_colleague_has_is_dropped_by_them_their_lead_or_the_desk(desk: Desk) -> None:
    await act(desk, "take", bodies.Take(), MATE)

    assert (await refused(desk, "drop", bodies.Drop())).code == "not-yours"
    for who in (MATE, LEAD, OFFICER):
        assert (await act(desk, "drop", bodies.Drop(), who)).person is None
        await act(desk, "take", bodies.Take(), MATE)


async def test_two_phones_that_set_out_at_once_do_not_both_go(desk: Desk) -> None:
    await act(desk, "start", bodies.Start())
    refusal = await refused(desk, "start", bodies.Start(), MATE)

    assert refusal.code == "with-colleague"
    assert CREW.name in refusal.detail


async def test_who_set_out_without_a_network_while_a_colleague_did_is_told_and_it_is_kept(desk: Desk) -> None:
    await act(desk, "start", bodies.Start(stage="on_the_way", happened_at=now() - 2 * HOUR))
    late = await refused(desk, "start", bodies.Start(stage="on_site", happened_at=now() - HOUR), MATE)

    assert late.code == "came-late"
    assert CREW.name in late.detail
    assert (await state(desk)).history[-1].what == "came_late"


async def test_work_is_completed_once(desk: Desk) -> None:
    await act(desk, "acknowledge", bodies.Acknowledge())
    first = await act(desk, "complete", DONE, key="tap")
    again = await act(desk, "complete", DONE, key="tap")
    by_another = await refused(desk, "complete", DONE, MATE)

    assert again.history == first.history
    assert by_another.code == "stale-action"
    assert CREW.name in by_another.detail


async def test_what_was_decided_on_work_that_has_moved_since_is_refused(desk: Desk) -> None:
    before = (await state(desk)).standing
    await act(desk, "acknowledge", bodies.Acknowledge())
    refusal = await refused(desk, "cancel", bodies.Cancel(outcome="not_ours", reason="x"), OFFICER, standing=before)

    assert (refusal.code, refusal.status) == ("stale-action", 409)
    assert CREW.name in refusal.detail


@pytest.mark.parametrize("wrong", [DAY, -8 * DAY], ids=["ahead", "behind"])
async def test_a_phone_whose_clock_cannot_be_right_is_not_believed(desk: Desk, wrong: timedelta) -> None:
    before = now()
    taken = await act(desk, "acknowledge", bodies.Acknowledge(happened_at=before + wrong))

    assert taken.acknowledged_at is not None
    assert taken.acknowledged_at >= before - timedelta(milliseconds=1)


async def test_a_phone_a_day_behind_neither_moves_nor_loses_what_others_did_since(desk: Desk) -> None:
    await act(desk, "acknowledge", bodies.Acknowledge(happened_at=now() - 2 * HOUR))
    late = await refused(desk, "complete", DONE.model_copy(update={"happened_at": now() - DAY}))
    work = await state(desk)

    assert late.code == "came-late"
    assert work.state == "acknowledged"
    assert (work.history[-1].what, work.history[-1].text) == ("came_late", DONE.note)


async def test_a_day_s_queue_after_the_work_went_elsewhere_is_kept_word_by_word(desk: Desk) -> None:
    """A phone without a network since yesterday; meanwhile the desk gave the work to another team."""
    began = now() - DAY
    await act(desk, "assign", bodies.Assign(team="works-roads"), OFFICER)
    queue: list[tuple[ActName, Body]] = [
        ("acknowledge", bodies.Acknowledge(happened_at=began)),
        ("start", bodies.Start(happened_at=began + HOUR)),
        ("pause", bodies.Pause(reason="part", note="รอข้อต่อ", happened_at=began + 2 * HOUR)),
        ("complete", DONE.model_copy(update={"happened_at": began + 3 * HOUR})),
    ]
    for number, (name, body) in enumerate(queue):
        for _ in range(2):  # each is sent again, as a phone does that had no answer
            assert (await refused(desk, name, body, key=f"q{number}")).code == "came-late"
    work = await state(desk)
    kept = [(line.facts["act"], line.text) for line in work.history if line.what == "came_late"]

    assert (work.team, work.state) == ("works-roads", "assigned")
    assert kept == [("acknowledge", None), ("start", None), ("pause", "รอข้อต่อ"), ("complete", DONE.note)]
