"""What the services say never leaves the published diagrams, whatever is done to a case and in whatever order.

Work orders are followed in `tests/unit/dispatch/test_lifecycle.py`, beside the machine that tries everything on them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain import merging, resident, separating
from services.intake.domain.progress import close_when_over, record_work
from services.intake.domain.report import Report
from services.permits.domain import (
    appeals,
    chasing,
    completeness,
    construction,
    consulting,
    decision,
    handing_in,
    inspections,
    neighbours,
    revoking,
    transfer,
    validity,
)
from services.permits.domain.application import Actor, Application
from services.permits.domain.consultation import Consultation
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.inspections import Finding
from services.permits.domain.neighbours import Asked, Word
from services.permits.domain.open_points import open_points
from services.permits.domain.reaching import Outcome
from shared.events.base import Event
from shared.events.catalogue import FAMILIES
from shared.events.incidents import OF_INCIDENTS
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Reject, Step
from tests.support import permits as desk
from tests.support.lifecycle import Reader
from tests.support.reports import INCIDENT, ORDER, OTHER_ORDER, after, report, submitted, work

WORK: dict[str, dict[str, Any]] = {
    "onestop.work-order.paused.v1": {"reason": "part"},
    "onestop.work-order.refused.v1": {"reason": "ไม่ใช่"},
    "onestop.work-order.referred.v1": {"agency": "pea"},
    "onestop.work-order.agency-told.v1": {"agency": "pea", "status": "failed"},
    "onestop.work-order.agency-answered.v1": {"agency": "pea", "answer": "declined"},
    "onestop.work-order.agency-chased.v1": {"agency": "pea", "reason": "overdue"},
    "onestop.work-order.sent-back.v1": {"reason": "ยังรั่ว"},
    "onestop.work-order.cancelled.v1": {"outcome": "not_ours"},
    "onestop.work-order.prioritised.v1": {"priority": "emergency", "previous_priority": "normal"},
    "onestop.work-order.escalated.v1": {"clock": "resolve", "percent": 100, "due_at": after(240)},
}
MAILS = desk.town_that_mails_neighbours()
OF_INCIDENT = {"work_order_id": OTHER_ORDER, "incident_id": INCIDENT}


def of_work(kind: type[Event]) -> Any:
    more = OF_INCIDENT if kind.type.startswith("onestop.incident.") else WORK.get(kind.type, {})
    return work(kind, **more) if issubclass(kind, WorkOrderEvent) else None


Deed = Callable[[Report, int], Step[Report] | None]


def merged(state: Report, minute: int) -> Step[Report] | None:
    begun = merging.begin_merge(state, after(minute), OTHER_ORDER, "MH-VNC4-QCWB")
    closed = merging.close_as_duplicate(begun.state, after(minute), OTHER_ORDER) if begun else None
    arrived = merging.note_arrival(closed.state, closed.state.transfer.turn) if closed else None
    return Step(arrived.state, closed.events) if closed and arrived else None


def separated(state: Report, minute: int) -> Step[Report]:
    step = separating.separate(state, after(minute))
    noted = separating.note_release(step.state, OTHER_ORDER)
    return Step(noted.state, step.events) if noted else step


DEEDS: dict[str, Deed] = {
    "comment": lambda state, minute: resident.comment(state, after(minute), by="reporter", text="ยังรออยู่"),
    "withdraw": lambda state, minute: resident.withdraw(state, after(minute), None),
    "rate": lambda state, minute: resident.rate(state, after(minute), stars=4, text=None),
    "reopen": lambda state, minute: resident.reopen(state, after(minute), "ยังรั่ว"),
    "wait": lambda state, minute: close_when_over(state, after(minute) + timedelta(days=30)),
    "merge": merged,
    "separate": separated,
}
OF_REPORTS = [one for one in FAMILIES["work-orders"].events if one not in OF_INCIDENTS]
NEWS = [of_work(one) for one in OF_REPORTS if issubclass(one, WorkOrderEvent)]
CHOICES = st.lists(st.integers(0, 1000), max_size=20)  # of all that can be done then, so that no step is wasted


def standing(state: Report) -> str:
    return state.state if state.state in ("resolved", "closed") else "open"


def tried(deed: Callable[[], Step[Any] | None]) -> Step[Any] | None:
    try:
        return deed()
    except Reject:
        return None


def done_by_people(state: Report, minute: int) -> list[tuple[Event | None, Step[Report]]]:
    steps = [tried(partial(deed, state, minute)) for deed in DEEDS.values()]
    return [(None, step) for step in steps if step is not None]


def told_by_dispatch(state: Report, minute: int) -> list[tuple[Event | None, Step[Report]]]:
    return [
        (news, record_work(state, news, order, after(minute), late=False, reopen_days=14))
        for news in NEWS
        for order in (ORDER, OTHER_ORDER)
    ]


def goes_as_its_diagram_says(choices: list[int]) -> None:
    """A report whose people and work do what was chosen, as a reader of the diagram follows it."""
    state, reader = report(), Reader("report")
    for said in submitted().events:
        reader.hear(said)
    for minute, choice in enumerate(choices, start=1):
        of_people, of_work_orders = done_by_people(state, minute), told_by_dispatch(state, minute)
        possible = of_people if choice % 2 and of_people else of_work_orders
        news, step = possible[choice // 2 % len(possible)]
        for said in (*([news] if news else []), *step.events):
            reader.hear(said)
        state = step.state
        assert standing(state) in reader.states


@given(CHOICES)
@settings(max_examples=60, deadline=None)
def test_a_report_goes_as_its_diagram_says(choices: list[int]) -> None:
    goes_as_its_diagram_says(choices)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@given(CHOICES)
@settings(max_examples=2_000, deadline=None)
def test_a_report_goes_as_its_diagram_says_on_thousands_of_ways(choices: list[int]) -> None:
    goes_as_its_diagram_says(choices)


LATER, MINUTE = desk.MONDAY + timedelta(hours=1), timedelta(minutes=1)
WITH_AGENCY = desk.town_with_agency()
DEPUTY = Actor(sub="deputy", level="signatory")
YEARS = desk.MONDAY + timedelta(days=4000)


def _failed(one: Consultation) -> Outcome:
    """The newest message about the question reached nobody."""
    return Outcome(one.id, one.message_at or LATER, "failed", "smtp-550")


def open_of(case: Application) -> tuple[str, ...]:
    """What whoever signs has to have seen."""
    return tuple(one.name for one in open_points(case, desk.HOUSE))


def answered(case: Application) -> Step[Application]:
    complete = desk.with_documents(case, "title-deed", "plans", moment=LATER) if case.open_for_documents else case
    return handing_in.submit(complete, desk.at(LATER), desk.RULES, desk.TOWN, declared=True)


ACTS: dict[str, Callable[[Application], Step[Application] | None]] = {
    "submit": answered,
    "amend": lambda case: handing_in.amend(case, desk.at(LATER)),
    "accept": lambda case: completeness.accept(case, desk.at(LATER), desk.RULES, desk.TOWN, desk.OFFICER),
    "request": lambda case: completeness.request_documents(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.OFFICER, ["plans"], "ขอใหม่"
    ),
    "examine": lambda case: decision.examine(case, desk.at(LATER), desk.EXAMINER, "approve", "", "", ()),
    "approve": lambda case: decision.decide(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signed(seen=open_of(case))
    ),
    "refuse": lambda case: decision.decide(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signed("refused", legal_reason="ม.21", seen=open_of(case))
    ),
    "withdraw": lambda case: handing_in.withdraw(case, desk.at(LATER), Actor(), ""),
    "remind": lambda case: completeness.remind(case, desk.at(YEARS), desk.TOWN),
    "wait for the appeal": lambda case: appeals.end_appeal(case, desk.at(YEARS)),
    "wait for the last day": lambda case: validity.end_validity(case, desk.at(YEARS)),
    "near the last day": lambda case: validity.warn(case, desk.at(YEARS)),
    "ask others": lambda case: consulting.ask(
        case, desk.at(LATER), WITH_AGENCY, desk.OFFICER, Question("pea", "ขัดข้องหรือไม่", (), 3, beyond_due=True)
    ),
    "hear that it did not arrive": lambda case: (
        chasing.note_told(case, desk.at(LATER), _failed(case.consultations[-1])) if case.consultations else None
    ),
    "send it again": lambda case: (
        chasing.ask_again(case, desk.at(LATER), WITH_AGENCY, desk.OFFICER, case.consultations[-1].id)
        if case.consultations
        else None
    ),
    "remind them": lambda case: (
        chasing.chase(case, desk.at(case.consultations[-1].due_at - MINUTE)) if case.consultations else None
    ),
    "hear nothing": lambda case: chasing.chase(case, desk.at(YEARS)),
    "hear from them": lambda case: (
        consulting.answer(
            case, desk.at(LATER), desk.OFFICER, case.consultations[-1].id, Answer("no-objection", "", "x")
        )
        if case.consultations
        else None
    ),
    "ask a neighbour": lambda case: neighbours.ask(
        case,
        desk.at(LATER),
        MAILS,
        desk.OFFICER,
        Asked(f"99/{len(case.neighbours)}", "", 3, "a@example.org", beyond_due=True),
    ),
    "remind the neighbours": lambda case: neighbours.remind(
        case, desk.at(neighbours.find_next_reminder(case) or LATER)
    ),
    "hear from the neighbour": lambda case: (
        neighbours.answer(case, desk.at(LATER), desk.OFFICER, case.neighbours[-1].id, Word("consents", "", "x"))
        if case.neighbours
        else None
    ),
    "plan a visit": lambda case: inspections.plan_inspection(
        case, desk.at(LATER), desk.OFFICER, LATER + MINUTE, beyond_due=True
    ),
    "move a visit": lambda case: (
        inspections.move_inspection(
            case, desk.at(LATER), desk.OFFICER, case.inspections[-1].id, LATER + 2 * MINUTE, beyond_due=True
        )
        if case.inspections
        else None
    ),
    "call off a visit": lambda case: (
        inspections.cancel_inspection(case, desk.at(LATER), desk.OFFICER, case.inspections[-1].id, "")
        if case.inspections
        else None
    ),
    "report a visit": lambda case: (
        inspections.report_inspection(
            case, desk.at(LATER + MINUTE), desk.TOWN, desk.OFFICER, case.inspections[-1].id, Finding("in-order")
        )
        if case.inspections
        else None
    ),
    "begin": lambda case: construction.tell_start(case, desk.at(LATER), desk.HOUSE, Actor(), LATER),
    "finish": lambda case: construction.tell_finish(case, desk.at(LATER), desk.HOUSE, Actor(), LATER),
    "accept the building": lambda case: construction.accept(case, desk.at(LATER), desk.EXAMINER),
    "ask for more time": lambda case: validity.ask_extension(
        case, desk.at(LATER), desk.RULES.permit, desk.TOWN, Actor(), "ช้า"
    ),
    "give more time": lambda case: validity.grant_extension(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signing(desk.SIGNATORY), 30
    ),
    "give none": lambda case: validity.refuse_extension(case, desk.at(YEARS), desk.signing(desk.SIGNATORY), "ม. 35"),
    "transfer": lambda case: transfer.transfer(
        case, desk.at(LATER), desk.HOUSE, desk.signing(desk.SIGNATORY), case.applicant
    ),
    "revoke": lambda case: revoking.revoke(
        case, desk.at(LATER), desk.RULES, desk.TOWN, desk.signing(desk.SIGNATORY), "ม. 40"
    ),
    "appeal": lambda case: appeals.make_appeal(case, desk.at(LATER), Actor(), "ไม่เห็นด้วย"),
    "win it": lambda case: appeals.answer_appeal(case, desk.at(LATER), desk.signing(DEPUTY), "granted", "ฟังขึ้น"),
    "lose it": lambda case: appeals.answer_appeal(case, desk.at(LATER), desk.signing(DEPUTY), "dismissed", "ไม่ฟังขึ้น"),
}
STATES = {"documents-requested": {"asked", "paused"}, "decided": {"decided", "closed"},
          "withdrawn": {"closed"}}  # fmt: skip


@given(CHOICES)
def test_an_application_goes_as_its_diagram_says(choices: list[int]) -> None:
    case, reader = desk.draft(), Reader("permit")
    for choice in (0, *choices):
        steps = [tried(partial(act, case)) for act in ACTS.values()]
        possible = [step for step in steps if step is not None]
        if not possible:
            break
        step = possible[choice % len(possible)]
        for said in step.events:
            reader.hear(said)
        case = step.state
        assert reader.states <= STATES.get(case.state, {case.state})
        assert (case.closed_at is not None) == (reader.states == {"closed"})
