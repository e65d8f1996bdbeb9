"""Time alone: the next level is told once for each rung, whoever sleeps, and a pause ends as planned."""

from datetime import timedelta
from typing import Any

from services.dispatch.domain import agency_work, clocks, crew_work, desk_work, pausing, referring
from services.dispatch.domain.chasing import chase
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import WorkOrderEscalated
from shared.town.models import EscalationStep
from tests.support.dispatch_pages import carded, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, order, town, wake_at

HOUR = timedelta(hours=1)


def asleep(work: WorkOrder, until: timedelta) -> tuple[WorkOrder, list[WorkOrderEscalated]]:
    """Wake whenever the work asks for it, and do nothing else."""
    told: list[WorkOrderEscalated] = []
    while (at := wake_at(work)) is not None and at <= MONDAY + until:
        step = elapse(town(), work, at) or chase(town(), work, at)
        assert step is not None
        work = step.state
        told += [event for event in step.events if isinstance(event, WorkOrderEscalated)]
    return work, told


def told_anew(told: list[WorkOrderEscalated]) -> list[tuple[str, str]]:
    return [(event.level, event.clock) for event in told if not event.again]


def rungs(told: list[WorkOrderEscalated], clock: str) -> list[tuple[int, str]]:
    return [(event.percent, event.level) for event in told if event.clock == clock]


LADDER: dict[str, Any] = {
    clock: [(step.percent, step.level) for step in town().escalation if step.clock == clock]
    for clock in ("acknowledge", "resolve")
}


def test_work_that_nobody_touches_climbs_the_whole_ladder_once() -> None:
    work, told = asleep(order(), timedelta(days=400))

    assert rungs(told, "acknowledge") == LADDER["acknowledge"]
    assert rungs(told, "resolve") == LADDER["resolve"]
    assert work.level == "mayor"
    assert wake_at(work) is None


def test_each_level_hears_of_work_that_nobody_touches_once() -> None:
    work, told = asleep(order(), timedelta(days=400))

    page = drawn("history.html", language="en", card=carded(work), lines=work.history)
    assert (page.count("head of section was informed"), page.count("head of section knows already")) == (1, 1)
    assert told_anew(told) == [
        ("crew", "acknowledge"), ("head", "acknowledge"), ("director", "acknowledge"), ("clerk", "resolve"),
        ("mayor", "resolve"),
    ]  # fmt: skip


def test_a_level_hears_again_of_work_that_was_taken_and_then_is_late() -> None:
    work, told = asleep(order(), timedelta(minutes=61))
    taken = crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY + timedelta(minutes=62))).state
    _, later = asleep(taken, timedelta(days=400))

    assert told_anew(told) == [("crew", "acknowledge"), ("head", "acknowledge")]
    assert told_anew(later) == [
        ("crew", "resolve"), ("head", "resolve"), ("director", "resolve"), ("clerk", "resolve"), ("mayor", "resolve"),
    ]  # fmt: skip


def test_the_head_of_another_team_hears_of_what_the_first_ones_head_was_told() -> None:
    unseen, _ = asleep(order(), timedelta(minutes=61))
    at = MONDAY + timedelta(minutes=62)
    same_head = desk_work.assign(town(), unseen, by(OFFICER, at), team="works-roads").state
    other_head = desk_work.assign(town(), unseen, by(OFFICER, at), team="health-waste").state

    for given in (same_head, other_head):  # it is new to the team, so it may lie there for its full time once more
        told = told_anew(asleep(given, timedelta(hours=3))[1])
        assert told == [("crew", "acknowledge"), ("head", "acknowledge")]


def test_a_warned_level_hears_again_when_the_work_becomes_its_own() -> None:
    warned = town().model_copy(
        update={
            "escalation": (
                EscalationStep(clock="resolve", percent=80, level="head"),
                EscalationStep(clock="resolve", percent=100, level="head"),
                EscalationStep(clock="resolve", percent=120, level="head"),
            )
        }
    )
    work = order()
    work = work.model_copy(
        update={"clocks": clocks.start(warned, work.clocks.service_level, work.priority, "v1", MONDAY)}
    )
    step = elapse(warned, work, MONDAY + timedelta(days=10))
    assert step is not None

    told = [event for event in step.events if isinstance(event, WorkOrderEscalated)]
    assert [event.again for event in told] == [False, False, True]
    assert step.state.level == "head"


def test_work_in_triage_climbs_too() -> None:
    work, told = asleep(order("other", text="?"), timedelta(days=400))

    assert rungs(told, "acknowledge") == LADDER["acknowledge"]
    assert told[0].team is None
    assert work.level == "mayor"


def test_acknowledged_work_is_chased_for_its_repair_only() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + timedelta(minutes=5))).state
    _, told = asleep(taken, timedelta(days=400))

    assert not rungs(told, "acknowledge")
    assert rungs(told, "resolve") == LADDER["resolve"]


def test_eighty_percent_is_a_warning_and_the_work_stays_with_the_crew() -> None:
    work, told = asleep(order(), timedelta(minutes=50))  # 48 of 60 minutes

    assert [(event.percent, event.due_at) for event in told] == [(80, MONDAY + HOUR)]
    assert work.level == "crew"


def test_a_warning_to_a_higher_level_does_not_give_it_the_work() -> None:
    warns_early = town().model_copy(
        update={"escalation": (EscalationStep(clock="acknowledge", percent=80, level="director"),)}
    )
    work = begun().state
    work = work.model_copy(
        update={"clocks": clocks.start(warns_early, work.clocks.service_level, work.priority, "v1", MONDAY)}
    )
    step = elapse(warns_early, work, MONDAY + HOUR)

    assert step is not None
    assert [event.data()["level"] for event in step.events] == ["director"]
    assert step.state.level == "crew"


def test_taking_the_work_ends_the_chase_for_that() -> None:
    work, _ = asleep(order(), timedelta(minutes=61))
    assert work.level == "head"

    assert crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY + timedelta(minutes=62))).state.level == "crew"


def test_a_second_alarm_of_the_same_moment_says_nothing() -> None:
    at = MONDAY + HOUR
    first = elapse(town(), order(), at)

    assert first is not None
    assert elapse(town(), first.state, at) is None


def test_closed_work_wakes_for_nothing() -> None:
    closed = desk_work.cancel(town(), order(), by(OFFICER, MONDAY), outcome="cannot_be_done", reason="ที่ดินเอกชน").state

    assert wake_at(closed) is None
    assert elapse(town(), closed, MONDAY + 1000 * HOUR) is None


def test_a_pause_ends_as_planned_by_itself() -> None:
    on_site = crew_work.start(town(), order(), by(SOMCHAI, MONDAY), stage="on_site").state
    waits = pausing.pause(town(), on_site, by(SOMCHAI, MONDAY + HOUR), reason="part", resume_at=MONDAY + 3 * HOUR).state
    step = elapse(town(), waits, MONDAY + 3 * HOUR)

    assert wake_at(waits) == MONDAY + 3 * HOUR
    assert step is not None
    assert (step.state.state, step.state.waiting) == ("on_site", None)
    assert [event.type for event in step.events] == ["onestop.work-order.resumed.v1"]


def test_referred_work_is_still_chased() -> None:
    sent = referring.refer(town(), order(), by(OFFICER, MONDAY), agency="pwa").state
    work, told = asleep(sent, timedelta(days=400))

    assert rungs(told, "resolve") == LADDER["resolve"]
    assert (work.state, work.level) == ("referred", "mayor")


def test_what_an_agency_has_is_the_agency_s_until_it_is_late_and_then_a_level_of_the_town_s_to_chase() -> None:
    """It was told to the head, the director, the clerk and the mayor, and stood on nobody's board."""
    sent = referring.refer(town(), order(), by(OFFICER, MONDAY), agency="highways").state
    due = sent.due_at
    assert due is not None
    warned, _ = asleep(sent, 0.9 * (due - MONDAY))
    late, told = asleep(sent, 1.1 * (due - MONDAY))

    assert (warned.level, late.level, late.state) == ("agency", "head", "referred")
    assert told_anew(told) == [("crew", "resolve"), ("head", "resolve")]
    answered = agency_work.answer(town(), late, by(OFFICER, due + HOUR), note="สัปดาห์หน้า").state
    assert answered.level == "head"
    back = referring.take_back(town(), late, by(OFFICER, due + HOUR)).state
    assert (back.state, back.level) == ("acknowledged", "head")


def test_who_chases_the_overdue_repair_goes_on_when_another_team_gets_it() -> None:
    promised = order().due_at
    assert promised is not None
    at = MONDAY + 1.6 * (promised - MONDAY)  # water runs round the clock
    overdue, _ = asleep(order(), at - MONDAY)
    given = desk_work.assign(town(), overdue, by(OFFICER, at), team="works-roads").state
    back = crew_work.refuse(town(), given, by(SOMCHAI, at), reason="ไม่ใช่งานถนน").state
    agency = referring.refer(town(), given, by(OFFICER, at), agency="pwa").state
    again = desk_work.assign(town(), agency, by(OFFICER, at), team="works-water").state

    assert [given.level, back.level, agency.level, again.level] == ["director"] * 4


def test_who_chased_the_first_team_to_look_at_it_does_not_hold_it_for_the_next() -> None:
    unseen, _ = asleep(order(), timedelta(minutes=61))

    assert unseen.level == "head"
    assert desk_work.assign(town(), unseen, by(OFFICER, MONDAY + 2 * HOUR), team="works-roads").state.level == "crew"


def test_work_outlives_the_service_level_that_it_was_promised_by() -> None:
    """A profile that was changed must stop neither a crew nor the ladder."""
    levels = {code: level for code, level in town().service_levels.items() if code != order().clocks.service_level}
    poorer = town().model_copy(update={"service_levels": levels})
    on_site = crew_work.start(poorer, order(), by(SOMCHAI, MONDAY), stage="on_site").state
    waits = pausing.pause(poorer, on_site, by(SOMCHAI, MONDAY + HOUR), reason="part", resume_at=MONDAY + 3 * HOUR).state
    goes = elapse(poorer, waits, MONDAY + 3 * HOUR)
    assert goes is not None
    late = elapse(poorer, goes.state, MONDAY + timedelta(days=30))
    assert late is not None

    assert late.state.level != "crew"
    assert desk_work.assign(
        poorer, late.state, by(OFFICER, MONDAY + timedelta(days=30)), team="works-roads"
    ).state.due_at


def test_who_was_only_warned_of_the_repair_does_not_hold_it_for_the_next_team() -> None:
    steps = (
        EscalationStep(clock="resolve", percent=80, level="director"),
        EscalationStep(clock="resolve", percent=100, level="head"),
    )
    warns_early = town().model_copy(update={"escalation": steps})
    work, at = order(), MONDAY + timedelta(days=2)
    work = work.model_copy(
        update={"clocks": clocks.start(warns_early, work.clocks.service_level, work.priority, "v1", MONDAY)}
    )
    late = elapse(warns_early, work, at)
    assert late is not None

    assert desk_work.assign(warns_early, late.state, by(OFFICER, at), team="works-roads").state.level == "head"
