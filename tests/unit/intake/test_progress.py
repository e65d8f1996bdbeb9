"""Work orders move a report forward; whatever comes late, twice, or from work that is over moves nothing."""

from datetime import timedelta

import pytest

from services.intake.api.views import ReportView
from services.intake.domain import resident
from services.intake.domain.agencies import has_it
from services.intake.domain.progress import close_when_over, record_work
from services.intake.domain.report import Report
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.catalogue import FAMILIES
from shared.events.incidents import OF_INCIDENTS, IncidentJoined, IncidentResolved, IncidentTold
from shared.events.work_orders import (
    WorkOrderAcknowledged,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEscalated,
    WorkOrderEvent,
    WorkOrderPaused,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderStarted,
)
from shared.words import Words
from tests.support.reports import AT, CASE, INCIDENT, NO_LINE, ORDER, OTHER_ORDER, after, report, town, work
from tests.support.work import ROOT
from tools.contract.examples import EXAMPLES

DUE = after(240)


def moved(start: Report, *events: WorkOrderEvent, order: str = ORDER, late: bool = False) -> Report:
    for minute, event in enumerate(events, start=1):
        start = record_work(start, event, order, after(minute), late=late, reopen_days=14).state
    return start


GIVEN = work(WorkOrderReferred, agency="pea", photos=2)


def test_an_agency_that_is_given_the_work_or_a_share_of_it_may_see_the_photos() -> None:
    share = work(WorkOrderReferred, agency="pwa", photos=2, parent=ORDER)
    both = moved(moved(report(), work(WorkOrderCreated), GIVEN), share, order=OTHER_ORDER)

    assert both.given_to == {ORDER: "pea", OTHER_ORDER: "pwa"}
    assert both.agency == "pea"
    assert has_it(both, OTHER_ORDER, "pwa")
    assert not has_it(both, OTHER_ORDER, "pea")


@pytest.mark.parametrize(
    "end",
    [
        work(WorkOrderTakenBack, agency="pea"),
        work(WorkOrderAgencyTold, agency="pea", status="failed"),
        work(WorkOrderAgencyAnswered, agency="pea", answer="declined"),
        work(WorkOrderCancelled, outcome="duplicate"),
    ],
    ids=lambda event: event.type,
)
def test_photos_are_closed_to_an_agency_that_has_the_work_no_more(end: WorkOrderEvent) -> None:
    assert moved(report(), work(WorkOrderCreated), GIVEN, end).given_to == {}
    share = moved(report(), GIVEN.model_copy(update={"parent": OTHER_ORDER}))
    assert moved(share, end.model_copy(update={"parent": OTHER_ORDER})).given_to == {}


def test_what_an_agency_says_late_closes_nothing_and_what_comes_late_gives_nothing() -> None:
    declined = work(WorkOrderAgencyAnswered, agency="pwa", answer="declined", late=True)

    assert moved(report(), work(WorkOrderCreated), GIVEN, declined).given_to == {ORDER: "pea"}
    assert moved(report(), GIVEN, late=True).given_to == {}


class WorkOrderPraised(WorkOrderEvent):
    """One that somebody adds to the contract before intake knows what to say of it."""

    type = "onestop.work-order.praised.v1"


def test_an_event_that_intake_has_no_line_for_is_harmless() -> None:
    before = moved(report(), work(WorkOrderCreated, due_at=DUE))

    assert moved(before, work(WorkOrderPraised)) == before


OF_REPORTS = [kind for kind in FAMILIES["work-orders"].events if kind not in OF_INCIDENTS]


@pytest.mark.parametrize("kind", [kind for kind in OF_REPORTS if issubclass(kind, WorkOrderEvent)])
def test_every_event_about_work_has_a_line_but_for_who_of_a_team_has_it(kind: type[WorkOrderEvent]) -> None:
    lines = len(moved(report(), EXAMPLES[kind.type].event).timeline) - len(report().timeline)  # type: ignore[arg-type]

    assert lines == (0 if issubclass(kind, NO_LINE) else 1)


def test_the_whole_way_of_a_repair() -> None:
    seen = []
    now = report()
    for event in (
        work(WorkOrderCreated, due_at=DUE, rule="water"), work(WorkOrderAcknowledged), work(WorkOrderStarted),
        work(WorkOrderStarted, stage="on_site"), work(WorkOrderPaused, reason="part", note="รอข้อต่อ"),
        work(WorkOrderResumed, due_at=after(300)), work(WorkOrderCompleted, note="เปลี่ยนท่อแล้ว"),
    ):  # fmt: skip
        now = moved(now, event)
        seen.append(now.state)
    assert seen == ["assigned", "acknowledged", "on_the_way", "on_site", "paused", "on_site", "resolved"]
    assert (now.outcome, now.team, now.due_at) == ("fixed", "works-water", after(300))
    assert now.reopen_until == now.resolved_at + timedelta(days=14)  # type: ignore[operator]
    assert [entry.note for entry in now.timeline if entry.note] == ["รอข้อต่อ", "เปลี่ยนท่อแล้ว"]


def test_another_promise_of_the_same_team_leaves_the_crew_at_work() -> None:
    promised = work(WorkOrderAssigned, previous_team="works-water", due_at=after(500))
    now = moved(report(), work(WorkOrderCreated), work(WorkOrderStarted, stage="on_site"), promised)

    assert (now.state, now.due_at) == ("on_site", after(500))


@pytest.mark.parametrize(
    ("between", "paused_again_from"),
    [
        ([work(WorkOrderAssigned, team="works-roads"), work(WorkOrderAcknowledged)], "acknowledged"),
        ([work(WorkOrderRefused, reason="ไม่ใช่"), work(WorkOrderAssigned)], "assigned"),
        ([work(WorkOrderReferred, agency="pea")], "referred"),
        ([work(WorkOrderEscalated, level="head", clock="resolve", percent=80, due_at=DUE)], "on_site"),
        ([work(WorkOrderPaused, reason="weather")], "on_site"),
        ([work(IncidentTold, work_order_id=ORDER, incident_id=INCIDENT)], "on_site"),
    ],
)
def test_it_goes_on_where_this_pause_began(between: list[WorkOrderEvent], paused_again_from: str) -> None:
    pause, resume = work(WorkOrderPaused, reason="part"), work(WorkOrderResumed)
    now = moved(report(), work(WorkOrderCreated), work(WorkOrderStarted, stage="on_site"), pause)
    assert moved(now, *between, pause, resume).state == paused_again_from


def test_work_without_a_team_is_in_triage() -> None:
    now = moved(report(), work(WorkOrderCreated, team=None, level="triage"))
    assert (now.state, now.team, now.level) == ("received", None, "triage")
    assert now.timeline[-1].type == "triaged"


def test_a_question_is_answered_and_not_repaired() -> None:
    asked = moved(
        report().model_copy(update={"kind": "question"}),
        work(WorkOrderCreated, team="triage", level="triage"),
        work(WorkOrderCompleted, outcome="fixed", kind="question"),
    )
    view = ReportView(town(), Words(ROOT / "services/intake/pages/strings.yaml"), "th")

    assert [view.sentence(entry, named=True) for entry in asked.timeline[1:]] == [
        "ศูนย์บริการเบ็ดเสร็จรับเรื่องไว้ตอบ",
        "ตอบแล้ว",
    ]
    repaired = moved(report(), work(WorkOrderCompleted, outcome="fixed")).timeline[-1]
    assert view.sentence(repaired, named=True) == "แก้ไขเรียบร้อยแล้ว"


def test_refused_work_goes_back_to_triage_and_its_reason_stays_private() -> None:
    refused = work(WorkOrderRefused, team=None, level="triage", previous_team="works-water", reason="ไม่ใช่งานเรา")
    now = moved(report(), work(WorkOrderCreated), refused)
    assert (now.state, now.team) == ("received", None)
    assert (now.timeline[-1].team, now.timeline[-1].note) == ("works-water", None)
    assert now.timeline[-1].private_note == "ไม่ใช่งานเรา"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("not_ours", "resolved"), ("cannot_be_done", "resolved"), ("duplicate", "closed"), ("withdrawn", "closed")],
)
def test_cancelled_work_has_an_honest_outcome(outcome: str, state: str) -> None:
    now = moved(report(), work(WorkOrderCreated), work(WorkOrderCancelled, outcome=outcome, reason="ถนนส่วนบุคคล"))
    assert (now.state, now.outcome) == (state, outcome)
    assert (now.resolved_at is not None) == (state == "resolved")


def test_an_escalation_moves_the_level_and_not_the_state() -> None:
    now = moved(report(), work(WorkOrderCreated, due_at=DUE),
                work(WorkOrderEscalated, level="head", clock="resolve", percent=80, due_at=DUE))  # fmt: skip
    assert (now.state, now.level) == ("assigned", "head")


def test_a_late_word_is_recorded_and_moves_nothing() -> None:
    now = moved(report(), work(WorkOrderCreated), work(WorkOrderStarted))
    later = moved(now, work(WorkOrderAcknowledged), late=True)
    assert later.state == "on_the_way"
    assert "acknowledged" in [entry.type for entry in later.timeline]


def test_lines_stand_in_the_order_of_their_time_however_they_come() -> None:
    now = record_work(report(), work(WorkOrderStarted), ORDER, after(9), late=False, reopen_days=1).state
    now = record_work(now, work(WorkOrderAcknowledged), ORDER, after(5), late=True, reopen_days=1).state
    assert [entry.type for entry in now.timeline] == ["received", "acknowledged", "on_the_way"]


def test_what_triage_asks_its_reporter_about_is_in_triage_again_afterwards() -> None:
    in_triage = {"team": None, "level": "triage"}
    asked = moved(report(), work(WorkOrderCreated, **in_triage), work(WorkOrderPaused, reason="reporter", **in_triage))
    assert asked.state == "paused"
    assert moved(asked, work(WorkOrderResumed, due_at=DUE, **in_triage)).state == "received"


def test_a_reopened_report_does_not_listen_to_the_work_that_was_over() -> None:
    now = moved(report(), work(WorkOrderCreated), work(WorkOrderCompleted))
    now = resident.reopen(now, after(60), "ยังรั่ว").state
    assert moved(now, work(WorkOrderCompleted)).state == "received"
    assert moved(now, work(WorkOrderCreated), order=OTHER_ORDER).state == "assigned"


def test_a_joined_incident_speaks_for_the_report_and_the_old_order_does_not() -> None:
    of_incident = {"work_order_id": OTHER_ORDER, "incident_id": INCIDENT}
    now = moved(report(), work(WorkOrderCreated))
    now = moved(now, work(IncidentJoined, **of_incident), order=CASE)
    assert moved(now, work(WorkOrderCancelled, outcome="duplicate")).is_open
    assert moved(now, work(WorkOrderCompleted), order=OTHER_ORDER).state == "resolved"
    assert moved(now, work(IncidentResolved, **of_incident)).state == "resolved"


def test_work_that_gives_way_to_other_work_on_a_reopened_report_says_nothing_to_its_people() -> None:
    now = resident.reopen(moved(report(), work(WorkOrderCreated), work(WorkOrderCompleted)), after(60), "ยังรั่ว").state
    after_it = moved(now, work(WorkOrderCancelled, outcome="duplicate", replaced=True))

    assert after_it == now


def test_a_crew_that_is_heard_later_to_have_gone_on_moves_the_promise_alone() -> None:
    now = moved(report(), work(WorkOrderStarted, stage="on_site"), work(WorkOrderPaused, reason="part"))
    now = moved(now, work(WorkOrderResumed, due_at=DUE + timedelta(hours=2)))
    sooner = moved(now, work(WorkOrderResumed, due_at=DUE + timedelta(hours=1)))

    assert (sooner.state, sooner.due_at) == ("on_site", DUE + timedelta(hours=1))


def test_a_report_that_is_apart_again_is_spoken_for_by_the_incident_that_it_comes_back_to() -> None:
    """The merge has ended its work, which is the incident's."""
    of_incident = {"work_order_id": OTHER_ORDER, "incident_id": INCIDENT}
    now = moved(report(), work(IncidentJoined, **of_incident))
    apart = now.model_copy(
        update={"ended_orders": [OTHER_ORDER], "work_order": None, "incident": None, "state": "received"}
    )
    assert moved(apart, work(IncidentTold, **of_incident)).incident is None
    back = moved(apart, work(IncidentJoined, **of_incident))
    assert (back.state, back.incident, back.work_order) == ("assigned", INCIDENT, OTHER_ORDER)
    assert moved(back, work(IncidentResolved, **of_incident)).state == "resolved"
    assert moved(back, work(WorkOrderCompleted), order=OTHER_ORDER).state == "resolved"


def test_only_pictures_of_our_own_origin_are_shown() -> None:
    paths = ["/api/v1/work-orders/1/photos/1", "//evil.example/x.jpg", "https://evil.example/x.jpg", "/\\evil.example"]
    now = moved(report(), work(WorkOrderCompleted, photos=paths))
    assert now.timeline[-1].pictures == ["/api/v1/work-orders/1/photos/1"]


def test_a_missed_promise_is_late_until_the_clock_stops() -> None:
    now = moved(report(), work(WorkOrderCreated, due_at=DUE))
    assert not now.is_late(DUE)
    assert now.is_late(DUE + timedelta(seconds=1))
    paused = moved(now, work(WorkOrderPaused, reason="weather"))
    assert not paused.is_late(DUE + timedelta(days=1))
    assert moved(now, work(WorkOrderCompleted, late=True)).is_late(AT)


def test_it_closes_when_the_time_to_reopen_is_over() -> None:
    now = moved(report(), work(WorkOrderCompleted))
    assert now.reopen_until is not None
    assert close_when_over(now, now.reopen_until - timedelta(seconds=1)) is None
    step = close_when_over(now, now.reopen_until)
    assert step is not None
    assert (step.state.state, step.state.outcome) == ("closed", "fixed")
    assert [(said.type, said.data()["outcome"]) for said in step.events] == [("onestop.report.closed.v1", "fixed")]
    assert close_when_over(step.state, now.reopen_until) is None
