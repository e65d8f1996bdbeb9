"""What a crew and the desk may do with a work order, in which state, and what is said about it."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import DECISIONS, decide
from services.dispatch.domain import crew_work, desk_work, pausing, referring
from services.dispatch.domain.acts import ACTS, list_offered
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from shared.events.agencies import WorkOrderReferred
from shared.events.base import Event
from shared.events.reports import ReportKind
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Reject, Step
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, order, promised_times, submitted, town, wake_at

HOUR = timedelta(hours=1)
LATER = MONDAY + HOUR


def events(step: Step[WorkOrder]) -> list[str]:
    return [event.type.removeprefix("onestop.work-order.").removesuffix(".v1") for event in step.events]


def said(step: Step[WorkOrder], number: int = -1) -> Any:
    event: Event = step.events[number]
    assert isinstance(event, WorkOrderEvent)
    return event


def taken() -> WorkOrder:
    return crew_work.acknowledge(town(), order(), by(SOMCHAI, LATER)).state


def on_site() -> WorkOrder:
    return crew_work.start(town(), taken(), by(SOMCHAI, LATER), stage="on_site").state


def paused() -> WorkOrder:
    return pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_at=LATER + 2 * HOUR).state


def refused(work: WorkOrder, **more: Any) -> Reject:
    with pytest.raises(Reject) as caught:
        crew_work.complete(town(), work, by(SOMCHAI, LATER), **more)
    return caught.value


def test_a_report_becomes_work_of_its_team_with_rule_and_due_times() -> None:
    step = begun()
    work, created = step.state, said(step)

    assert (work.state, work.team, work.level) == ("assigned", "works-water", "crew")
    assert (created.team, created.rule, created.rules_version) == ("works-water", "water-burst", town().routing.version)
    assert created.due_at == work.due_at == promised_times(town(), "utilities", "high", MONDAY)[1]
    assert created.reference == work.reference


def test_work_that_no_rule_routes_waits_in_triage_without_a_team() -> None:
    step = begun(submitted("other", text="?"))

    assert (step.state.state, step.state.team, step.state.level) == ("new", "triage", "triage")
    assert (said(step).team, said(step).level, said(step).rule) == (None, "triage", None)


def test_the_crew_takes_it_sets_out_arrives_and_finishes() -> None:
    first = crew_work.acknowledge(town(), order(), by(SOMCHAI, LATER))
    second = crew_work.start(town(), first.state, by(SOMCHAI, LATER))
    third = crew_work.start(town(), second.state, by(SOMCHAI, LATER))
    last = crew_work.complete(town(), third.state, by(SOMCHAI, LATER), note="แก้แล้ว", photos=["/p/1"])

    assert [events(step) for step in (first, second, third, last)] == [
        ["acknowledged"], ["started"], ["started"], ["completed"],
    ]  # fmt: skip
    assert [step.state.state for step in (first, second, third, last)] == [
        "acknowledged", "on_the_way", "on_site", "completed",
    ]  # fmt: skip
    assert (said(second).stage, said(third).stage) == ("on_the_way", "on_site")
    assert (said(last).actor, said(last).photos, said(last).late) == ("crew-water", ["/p/1"], False)
    assert last.state.closed_at == LATER
    assert wake_at(last.state) is None


def test_a_crew_that_sets_out_has_also_seen_the_work() -> None:
    step = crew_work.start(town(), order(), by(SOMCHAI, LATER))

    assert events(step) == ["acknowledged", "started"]


def closed() -> WorkOrder:
    return desk_work.cancel(town(), order(), by(OFFICER, LATER), outcome="cannot_be_done", reason="ที่ดินเอกชน").state


BODIES: tuple[Body, ...] = (
    bodies.Acknowledge(), bodies.Start(), bodies.Pause(reason="part"), bodies.Resume(),
    bodies.Complete(photos=["/p/1"]), bodies.Refuse(reason="ไม่ใช่งานของเรา"), bodies.Refer(agency="highways"),
    bodies.Assign(team="works-roads"), bodies.Cancel(outcome="cannot_be_done", reason="ที่ดินเอกชน"),
    bodies.TakeBack(), bodies.TellAgency(text="ยังรออยู่"),
)  # fmt: skip
STATES = (
    order("other", text="?"), order(), taken(), crew_work.start(town(), taken(), by(SOMCHAI, LATER)).state, on_site(),
    paused(), referring.refer(town(), order(), by(OFFICER, LATER), agency="pwa").state, closed(),
    crew_work.complete(town(), on_site(), by(SOMCHAI, LATER), photos=["/p/1"]).state,
)  # fmt: skip


def act_of(body: Body) -> ActName:
    return next(act for act, decision in DECISIONS.items() if isinstance(body, decision.body))


def tried(work: WorkOrder, body: Body) -> Step[WorkOrder] | Reject:
    try:
        return decide(town(), work, act_of(body), by(OFFICER, LATER), body)
    except Reject as refusal:
        return refusal


@pytest.mark.parametrize("work", STATES, ids=lambda work: work.state)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__.lower())
def test_each_state_allows_exactly_the_acts_that_the_table_names(work: WorkOrder, body: Body) -> None:
    outcome = tried(work, body)

    if work.state in ACTS[act_of(body)].states:
        assert isinstance(outcome, Step)
        assert outcome.events
    else:
        assert isinstance(outcome, Reject)
        only_to_ask = isinstance(body, bodies.Pause) and work.state == "new"
        assert outcome.code == ("triage-asks" if only_to_ask else "stale-action")


def test_finishing_paused_work_says_that_it_went_on() -> None:
    step = crew_work.complete(town(), paused(), by(SOMCHAI, LATER + HOUR), photos=["/p/1"])

    assert events(step) == ["resumed", "completed"]
    assert step.state.waiting is None


def test_fixed_needs_the_proof_of_its_category() -> None:
    assert refused(on_site(), note="แก้แล้ว").code == "proof-photo"
    noise = crew_work.acknowledge(town(), order("noise"), by(SOMCHAI, LATER)).state
    assert refused(noise).code == "proof-note"
    assert crew_work.complete(town(), noise, by(SOMCHAI, LATER), note="ตักเตือนแล้ว").state.state == "completed"


@pytest.mark.parametrize("kind", ["suggestion", "question", "consultation"])
def test_what_wants_an_answer_is_answered_and_closed_in_triage(kind: ReportKind) -> None:
    work = order("road-damage", kind=kind)
    assert "complete" in list_offered(work)
    assert refused(work).code == refused(work, photos=["/p/1"]).code == "proof-answer"

    step = crew_work.complete(town(), work, by(OFFICER, LATER), note="จะสร้างในปีงบประมาณหน้า")
    assert (step.state.state, events(step), said(step).outcome) == ("completed", ["completed"], "fixed")
    assert (said(step).team, said(step).note) == (None, "จะสร้างในปีงบประมาณหน้า")


def test_a_problem_is_not_closed_by_words_in_triage() -> None:
    work = order("other", text="?")
    assert "complete" not in list_offered(work)
    assert refused(work, note="ไม่เป็นไร").code == "stale-action"


def test_an_answer_needs_no_photo_whatever_its_category_asks_of_repairs() -> None:
    work = desk_work.assign(town(), order("road-damage", kind="question"), by(OFFICER, LATER), team="works-roads").state
    held = crew_work.acknowledge(town(), work, by(SOMCHAI, LATER)).state
    assert refused(held).code == "proof-note"
    assert crew_work.complete(town(), held, by(SOMCHAI, LATER), note="เริ่มซ่อมเดือนหน้า").state.state == "completed"


def test_what_cannot_be_fixed_needs_a_reason_and_no_photo() -> None:
    assert refused(on_site(), outcome="cannot_be_done", photos=["/p/1"]).code == "proof-reason"
    step = crew_work.complete(town(), on_site(), by(SOMCHAI, LATER), outcome="cannot_be_done", note="ที่ดินเอกชน")
    assert said(step).outcome == "cannot_be_done"


def test_late_work_says_that_it_is_late() -> None:
    step = crew_work.complete(town(), on_site(), by(SOMCHAI, MONDAY + 48 * HOUR), photos=["/p/1"])

    assert said(step).late


def test_a_stale_action_says_the_state_and_who_brought_it_there() -> None:
    with pytest.raises(Reject) as caught:
        crew_work.acknowledge(town(), taken(), by(SOMCHAI, LATER))

    assert caught.value.status == 409
    assert "acknowledged" in caught.value.detail
    assert SOMCHAI.name in caught.value.detail


def test_refused_work_is_in_triage_again_and_its_promise_to_the_resident_stays() -> None:
    step = crew_work.refuse(town(), taken(), by(SOMCHAI, LATER), reason="เป็นท่อเมนของ กปภ.")

    assert (step.state.state, step.state.team, step.state.level) == ("new", "triage", "triage")
    assert (said(step).team, said(step).previous_team) == (None, "works-water")
    assert step.state.due_at == order().due_at


def test_triage_itself_cannot_refuse() -> None:
    waiting = desk_work.assign(town(), taken(), by(OFFICER, LATER), team="triage").state

    with pytest.raises(Reject):
        crew_work.refuse(town(), waiting, by(OFFICER, LATER), reason="ไม่ใช่ของเรา")


@pytest.mark.parametrize("work", [order(), taken(), on_site(), paused()], ids=lambda work: work.state)
def test_another_team_gets_the_full_time_to_see_it_but_not_to_solve_it(work: WorkOrder) -> None:
    step = desk_work.assign(town(), work, by(OFFICER, LATER), team="works-roads", reason="งานถนน")
    moved = step.state

    assert (moved.state, moved.team) == ("assigned", "works-roads")
    assert moved.clocks.acknowledge is not None
    assert moved.clocks.acknowledge.due_at == LATER + HOUR
    assert moved.due_at == work.due_at
    assert said(step).previous_team == "works-water"
    assert moved.teams == ["works-water", "works-roads"]


def test_a_team_that_the_town_does_not_have_gets_no_work() -> None:
    with pytest.raises(Reject, match="unknown-team"):
        desk_work.assign(town(), order(), by(OFFICER, LATER), team="moon-crew")


def test_an_agency_is_told_where_it_is_and_when_it_is_due() -> None:
    work = order()
    (told,) = referring.refer(town(), work, by(OFFICER, LATER), agency="pwa").events
    assert isinstance(told, WorkOrderReferred)
    assert work.place is not None
    assert told.location is not None
    assert (told.location.latitude, told.location.longitude) == (work.place.latitude, work.place.longitude)
    assert (told.reference, told.zone, told.due_at) == (work.reference, work.zone, work.due_at)


def test_work_that_an_agency_gave_back_to_the_same_team_waits_for_it_again() -> None:
    sent = referring.refer(town(), taken(), by(OFFICER, LATER), agency="pwa").state
    back = desk_work.assign(town(), sent, by(OFFICER, LATER), team=sent.team)

    assert back.state.state == "assigned"
    assert said(back).previous_team is None


def test_an_agency_must_be_known() -> None:
    with pytest.raises(Reject, match="unknown-agency"):
        referring.refer(town(), order(), by(OFFICER, LATER), agency="nasa")


def test_calling_it_off_needs_a_reason_that_the_resident_reads() -> None:
    with pytest.raises(Reject, match="cancel-reason"):
        desk_work.cancel(town(), order(), by(OFFICER, LATER), outcome="cannot_be_done")
    step = desk_work.cancel(town(), paused(), by(OFFICER, LATER + HOUR), outcome="cannot_be_done", reason="ที่ดินเอกชน")
    assert (events(step), step.state.state, step.state.waiting) == (["cancelled"], "cancelled", None)
