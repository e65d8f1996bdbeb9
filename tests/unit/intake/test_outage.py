"""What the town knows of: as dispatch says it, no more than everybody may know, and where it is."""

from typing import Any

import pytest

from services.intake.domain import resident
from services.intake.domain.outage import Outage, end, know
from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from shared.events.base import Place
from shared.events.incidents import (
    IncidentChanged,
    IncidentClosed,
    IncidentJoined,
    IncidentLeft,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentTold,
    IncidentWentOn,
)
from shared.events.work_orders import WorkOrderCreated, WorkOrderEvent
from tests.support.reports import INCIDENT, ORDER, OTHER_ORDER, after, report, work

HERE = Place(latitude=18.753, longitude=98.964)
WHOLE: dict[str, Any] = {"incident_id": INCIDENT, "work_order_id": OTHER_ORDER, "location": HERE, "radius_m": 1500}
MEMBER: dict[str, Any] = {"incident_id": INCIDENT, "work_order_id": OTHER_ORDER}


def known(before: Outage | None = None, *, late: bool = False, changed: bool = False, **more: Any) -> Outage | None:
    kind = IncidentChanged if changed else IncidentOpened
    news = kind(report_id=INCIDENT, reference="MH-7F3K-9QX2", category="power-cut", **{**WHOLE, **more})
    step = know(before, news, after(5), late=late)
    return step.state if step else None


def moved(state: Report, *events: WorkOrderEvent) -> Report:
    for minute, news in enumerate(events, start=1):
        state = record_work(state, news, ORDER, after(minute), late=False, reopen_days=14).state
    return state


def test_it_stands_as_it_was_said_last_and_goes_when_it_is_over() -> None:
    first = known()
    assert first is not None
    then = known(first, changed=True, agency="pea", expected_until=after(90), public_note="หม้อแปลงเสีย")
    assert then is not None
    assert (then.agency, then.expected_until, then.public_note, then.opened_at) == (
        "pea",
        after(90),
        "หม้อแปลงเสีย",
        after(5),
    )
    closed = IncidentClosed(report_id=INCIDENT, reference="MH-7F3K-9QX2", category="power-cut", **MEMBER)
    step = end(then, closed, after(95))
    assert step is not None
    over = step.state
    assert (over.state, over.outcome) == ("over", "fixed")
    assert known(over, changed=True, agency="pwa") is None


def test_an_older_word_changes_nothing() -> None:
    assert known(known(), late=True, agency="pea") is None


@pytest.mark.parametrize(
    ("place", "zone", "is_there"),
    [((18.754, 98.965), None, True), ((18.80, 98.96), None, False), ((18.80, 98.96), "ban-tha-kham", True),
     ((None, None), None, True)],
)  # fmt: skip
def test_it_is_known_near_it_in_its_zone_and_to_who_does_not_say_where(
    place: tuple[float | None, float | None], zone: str | None, is_there: bool
) -> None:
    outage = known(zone="ban-tha-kham")
    assert outage is not None
    assert outage.is_at(*place, zone) is is_there


def test_of_a_sensitive_one_the_exact_place_is_not_kept_and_of_a_hidden_one_none() -> None:
    sensitive, hidden = known(sensitive=True), known(shown=False)
    assert sensitive is not None
    assert hidden is not None
    assert (sensitive.latitude, sensitive.longitude) == (18.75, 98.96)
    assert (hidden.latitude, hidden.openness) == (None, "hidden")


def test_a_report_hears_of_its_incident_and_ends_with_it() -> None:
    begun = moved(report(), work(WorkOrderCreated, due_at=after(240)))
    joined = moved(begun, work(IncidentJoined, **MEMBER, agency="pea", expected_until=after(60)))
    assert (joined.incident, joined.work_order, joined.agency) == (INCIDENT, OTHER_ORDER, "pea")
    told = moved(joined, work(IncidentTold, **MEMBER, public_note="รออะไหล่"))
    assert (told.timeline[-1].type, told.timeline[-1].public_note) == ("incident_told", "รออะไหล่")
    over = moved(told, work(IncidentResolved, **MEMBER, note="ไฟมาแล้ว"))
    assert (over.state, over.outcome, over.due_at) == ("resolved", "fixed", after(240))


def test_an_incident_that_was_closed_by_mistake_is_known_again() -> None:
    opened = known()
    assert opened is not None
    about = {"report_id": INCIDENT, "reference": "MH-7F3K-9QX2", "category": "power-cut", **MEMBER}
    closed = IncidentClosed(**about)
    over = end(opened, closed, after(95))
    assert over is not None
    word = IncidentReopened(**about, public_note="ยังดับอยู่")
    back = know(over.state, word, after(120), late=False)

    assert back is not None
    assert (back.state.state, back.state.outcome, back.state.public_note) == ("open", None, "ยังดับอยู่")
    assert back.state.opened_at == opened.opened_at
    assert end(back.state, closed, after(95), late=True) is None
    assert know(over.state, word, after(80), late=True) is None


def ended() -> Report:
    joined = moved(report(), work(WorkOrderCreated, due_at=after(240)), work(IncidentJoined, **MEMBER, agency="pea"))
    return moved(joined, work(IncidentResolved, **MEMBER, note="ไฟมาแล้ว"))


def test_a_report_whose_incident_is_not_over_is_open_again_with_what_it_was_promised() -> None:
    back = moved(ended(), work(IncidentWentOn, **MEMBER, public_note="ยังดับอยู่"))

    assert (back.state, back.outcome, back.resolved_at, back.reopen_until) == ("assigned", None, None, None)
    assert (back.incident, back.work_order, back.due_at) == (INCIDENT, OTHER_ORDER, after(240))
    assert [line.public_note for line in back.timeline if line.type == "incident_went_on"] == ["ยังดับอยู่"]
    over = moved(back, work(IncidentResolved, **MEMBER))
    assert over.state == "resolved"
    assert moved(moved(ended(), work(IncidentWentOn, **MEMBER)), work(IncidentLeft, **MEMBER)).incident is None


def test_what_its_resident_opened_again_themselves_stays_with_its_own_work() -> None:
    again = resident.reopen(ended(), after(30), "ยังดับอยู่").state
    heard = moved(again, work(IncidentWentOn, **MEMBER))

    assert (heard.state, heard.incident, heard.work_order) == (again.state, None, again.work_order)
    late = record_work(ended(), work(IncidentWentOn, **MEMBER), ORDER, after(9), late=True, reopen_days=14).state
    assert late.state == "resolved"


def test_another_order_that_does_the_work_by_then_ends_it_too() -> None:
    joined = moved(report(), work(WorkOrderCreated), work(IncidentJoined, **MEMBER))
    over = moved(joined, work(IncidentResolved, incident_id=INCIDENT, work_order_id="01KB58QMC0T5Z9E3PD7AWF1JZZ"))

    assert over.state == "resolved"


def test_one_that_left_is_its_own_works_again() -> None:
    joined = moved(report(), work(WorkOrderCreated, due_at=after(240)), work(IncidentJoined, **MEMBER, agency="pea"))
    left = moved(joined, work(IncidentLeft, **MEMBER, due_at=after(240)))

    assert (left.incident, left.work_order, left.agency, left.due_at) == (None, None, None, after(240))
