"""In whatever order, however late and from whatever work events come: what they may move, and what they never move."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from services.intake.domain.states import ENDED
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.catalogue import FAMILIES
from shared.events.incidents import OF_INCIDENTS, OF_MEMBERS, IncidentWentOn
from shared.events.work_orders import (
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderEscalated,
    WorkOrderEvent,
    WorkOrderPaused,
    WorkOrderPrioritised,
    WorkOrderRefused,
    WorkOrderSentBack,
)
from tests.support.reports import INCIDENT, NO_LINE, ORDER, OTHER_ORDER, after, report, work

SAMPLES: dict[type[WorkOrderEvent], dict[str, Any]] = {
    WorkOrderPaused: {"reason": "part"},
    WorkOrderRefused: {"reason": "ไม่ใช่"},
    WorkOrderReferred: {"agency": "pea"},
    WorkOrderAgencyTold: {"agency": "pea", "status": "failed"},
    WorkOrderAgencyAnswered: {"agency": "pea", "answer": "declined"},
    WorkOrderAgencyChased: {"agency": "pea", "reason": "overdue"},
    WorkOrderTakenBack: {"agency": "pea"},
    WorkOrderSentBack: {"reason": "ยังรั่ว"},
    WorkOrderCancelled: {"outcome": "not_ours"},
    WorkOrderPrioritised: {"priority": "emergency", "previous_priority": "normal"},
    WorkOrderEscalated: {"clock": "resolve", "percent": 100, "due_at": after(240)},
    WorkOrderAssigned: {"team": "works-roads"},
    **{model: {"work_order_id": OTHER_ORDER, "incident_id": INCIDENT} for model in OF_MEMBERS},
}
OF_REPORTS = [event for event in FAMILIES["work-orders"].events if event not in OF_INCIDENTS]
EVENTS = st.builds(
    lambda model, order, late: (
        work(model, **SAMPLES.get(model, {})),
        order,
        late,
    ),
    st.sampled_from([event for event in OF_REPORTS if issubclass(event, WorkOrderEvent)]),
    st.sampled_from([ORDER, OTHER_ORDER]),
    st.booleans(),
)


NOT_ITS_STATE = {"timeline", "updated_at", "given_to"}  # of whom it is open to some may go, and nobody come


def sends_back(before: Report, event: WorkOrderEvent, order: str, *, late: bool) -> bool:
    """The town itself is not satisfied with what its own work came to, or its incident is not over after all."""
    if late or before.state != "resolved":
        return False
    if isinstance(event, IncidentWentOn):
        return before.incident == event.incident_id
    return isinstance(event, WorkOrderSentBack) and before.work_order == order


@given(st.lists(EVENTS, max_size=25))
def test_no_order_of_events_moves_an_ended_report_back(events: list[tuple[WorkOrderEvent, str, bool]]) -> None:
    now = report()
    for minute, (event, order, late) in enumerate(events, start=1):
        before = now
        now = record_work(before, event, order, after(minute), late=late, reopen_days=14).state
        assert len(now.timeline) == len(before.timeline) + (not isinstance(event, NO_LINE))
        if before.state in ENDED and not sends_back(before, event, order, late=late):
            assert now.model_dump(exclude=NOT_ITS_STATE) == before.model_dump(exclude=NOT_ITS_STATE)
            assert now.given_to.items() <= before.given_to.items()
        assert (now.outcome is not None) == (now.state in ENDED)
        assert (now.paused_from is not None) == (now.state == "paused")
        assert Report.model_validate(now.model_dump()) == now


@given(st.lists(EVENTS, max_size=12), st.data())
def test_late_words_never_change_more_than_the_timeline(
    events: list[tuple[WorkOrderEvent, str, bool]], data: st.DataObject
) -> None:
    now = report()
    for minute, (event, order, _) in enumerate(events, start=1):
        now = record_work(now, event, order, after(minute), late=False, reopen_days=14).state
    for event, order, _ in data.draw(st.permutations(events)):
        again = record_work(now, event, order, after(0.5), late=True, reopen_days=14).state
        assert again.model_dump(exclude={"timeline"}) == now.model_dump(exclude={"timeline"})
