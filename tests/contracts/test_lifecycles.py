"""What the services say never leaves the published diagrams, whatever is done to a case and in whatever order.

Work orders are followed in `tests/unit/dispatch/test_lifecycle.py`, beside the machine that tries everything on them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import merging, resident
from services.intake.domain.progress import close_when_over, record_work
from services.intake.domain.report import Report
from services.permits.domain import after_decision, completeness, decision, handing_in
from services.permits.domain.application import Actor, Application
from shared.events import WORK_ORDER_EVENTS, Event, WorkOrderEvent
from shared.kernel import Reject, Step
from tests.support import permits as desk
from tests.support.lifecycle import Reader
from tests.support.reports import INCIDENT, ORDER, OTHER_ORDER, after, report, submitted, work

WORK: dict[str, dict[str, Any]] = {
    "onestop.work-order.paused.v1": {"reason": "part"},
    "onestop.work-order.refused.v1": {"reason": "ไม่ใช่"},
    "onestop.work-order.referred.v1": {"agency": "pea"},
    "onestop.work-order.cancelled.v1": {"outcome": "not_ours"},
    "onestop.work-order.escalated.v1": {"clock": "resolve", "percent": 100, "due_at": after(240)},
}
OF_INCIDENT = {"work_order_id": OTHER_ORDER, "incident_id": INCIDENT}


def of_work(kind: type[Event]) -> Any:
    more = OF_INCIDENT if kind.type.startswith("onestop.incident.") else WORK.get(kind.type, {})
    return work(kind, **more) if issubclass(kind, WorkOrderEvent) else None


Deed = Callable[[Report, int], Step[Report] | None]


def merged(state: Report, minute: int) -> Step[Report] | None:
    begun = merging.begin_merge(state, after(minute), OTHER_ORDER, "MH-VNC4-QCWB")
    return merging.close_as_duplicate(begun.state, after(minute), OTHER_ORDER) if begun else None


DEEDS: dict[str, Deed] = {
    "comment": lambda state, minute: resident.comment(state, after(minute), by="reporter", text="ยังรออยู่"),
    "withdraw": lambda state, minute: resident.withdraw(state, after(minute), None),
    "rate": lambda state, minute: resident.rate(state, after(minute), stars=4, text=None),
    "reopen": lambda state, minute: resident.reopen(state, after(minute), "ยังรั่ว"),
    "wait": lambda state, minute: close_when_over(state, after(minute) + timedelta(days=30)),
    "merge": merged,
}
NEWS = st.builds(of_work, st.sampled_from([one for one in WORK_ORDER_EVENTS if issubclass(one, WorkOrderEvent)]))
STEPS = st.lists(st.sampled_from(sorted(DEEDS)) | st.tuples(NEWS, st.sampled_from([ORDER, OTHER_ORDER])), max_size=20)


def standing(state: Report) -> str:
    return state.state if state.state in ("resolved", "closed") else "open"


@given(STEPS)
def test_a_report_goes_as_its_diagram_says(steps: list[Any]) -> None:
    state, reader = report(), Reader("report")
    for said in submitted().events:
        reader.hear(said)
    for minute, done in enumerate(steps, start=1):
        try:
            if isinstance(done, str):
                step = DEEDS[done](state, minute)
            else:
                reader.hear(done[0])
                step = record_work(state, done[0], done[1], after(minute), late=False, reopen_days=14)
        except Reject:
            continue
        for said in step.events if step else ():
            reader.hear(said)
        state = step.state if step else state
        assert standing(state) in reader.states


LATER = desk.MONDAY + timedelta(hours=1)
YEARS = desk.MONDAY + timedelta(days=4000)


def answered(case: Application) -> Step[Application]:
    complete = desk.with_documents(case, "title-deed", "plans", moment=LATER) if case.open_for_documents else case
    return handing_in.submit(complete, desk.at(LATER), desk.RULES, desk.TOWN)


ACTS: dict[str, Callable[[Application], Step[Application] | None]] = {
    "submit": answered,
    "accept": lambda case: completeness.accept(case, desk.at(LATER), desk.RULES, desk.TOWN, desk.OFFICER),
    "request": lambda case: completeness.request_documents(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.OFFICER, ["plans"], "ขอใหม่"
    ),
    "examine": lambda case: decision.examine(case, desk.at(LATER), desk.EXAMINER, "approve", "", "", ()),
    "approve": lambda case: decision.decide(case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signed()),
    "refuse": lambda case: decision.decide(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signed("refused", legal_reason="ม.21")
    ),
    "withdraw": lambda case: handing_in.withdraw(case, desk.at(LATER), Actor(), ""),
    "remind": lambda case: completeness.remind(case, desk.at(YEARS), desk.TOWN),
    "wait for the appeal": lambda case: after_decision.end_appeal(case, desk.at(YEARS)),
    "wait for the last day": lambda case: after_decision.end_validity(case, desk.at(YEARS)),
}
STATES = {"documents-requested": {"documents-requested", "paused"}, "decided": {"decided", "closed"},
          "withdrawn": {"closed"}}  # fmt: skip


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=20))
def test_an_application_goes_as_its_diagram_says(acts: list[str]) -> None:
    case, reader = desk.draft(), Reader("permit")
    for act in ("submit", *acts):
        try:
            step = ACTS[act](case)
        except Reject:
            continue
        for said in step.events if step else ():
            reader.hear(said)
        case = step.state if step else case
        assert reader.states <= STATES.get(case.state, {case.state})
        assert (case.closed_at is not None) == (reader.states == {"closed"})
