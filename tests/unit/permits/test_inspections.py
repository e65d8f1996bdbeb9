"""Visits to a site: booked, moved, called off, overtaken, reported."""

import pytest

from services.permits.domain import decision, inspections, moments
from services.permits.domain.application import Application, State
from services.permits.domain.inspections import Finding
from shared.kernel import Reject
from tests.support.permit_life import DAY, application_of, begun, types, visited, waits
from tests.support.permits import MONDAY, OFFICER, RULES, TOWN, application, at, signed


def test_a_site_is_visited_before_the_decision_and_the_applicant_told_of_both() -> None:
    planned = inspections.plan_inspection(application("accepted"), at(), OFFICER, MONDAY + DAY, beyond_due=True)
    visit = planned.state.inspections[0].id
    reported = inspections.report_inspection(
        planned.state, at(MONDAY + DAY), TOWN, OFFICER, visit, Finding("defects", "ที่ดินไม่ตรงกับโฉนด")
    )

    assert (types(planned), types(reported)) == (["inspection-planned"], ["inspected"])
    assert reported.events[0].data()["note"] == "ที่ดินไม่ตรงกับโฉนด"
    assert moments.INSPECTION not in waits(reported.state)


def test_what_a_visit_found_changes_what_the_signatory_has_read() -> None:
    planned = inspections.plan_inspection(application("examined"), at(), OFFICER, MONDAY + DAY, beyond_due=True).state
    found = Finding("in-order")
    reported = inspections.report_inspection(
        planned, at(MONDAY + DAY), TOWN, OFFICER, planned.inspections[0].id, found
    ).state

    assert decision.read_mark(planned) == decision.read_mark(application_of(planned))
    assert decision.read_mark(reported) != decision.read_mark(planned)


def booked(state: State = "accepted") -> Application:
    return inspections.plan_inspection(application(state), at(), OFFICER, MONDAY + DAY, beyond_due=True).state


def test_a_visit_is_moved_and_its_day_comes_anew() -> None:
    state = booked()
    visit = state.inspections[0].id
    state = inspections.note_inspections(state, at(MONDAY + DAY)).state  # type: ignore[union-attr]
    step = inspections.move_inspection(state, at(), OFFICER, visit, MONDAY + 2 * DAY, beyond_due=True)
    assert step is not None
    assert (types(step), step.events[0].data()["was"][:10]) == (["inspection-moved"], "2026-11-24")
    assert [one.at for one in inspections.list_awaited(step.state)] == [MONDAY + 2 * DAY]
    assert moments.INSPECTION in waits(step.state)
    same = inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 2 * DAY, beyond_due=True)
    assert same is None
    with pytest.raises(Reject, match="beyond-due"):
        inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 3 * DAY)


def test_a_visit_that_is_called_off_is_waited_for_by_nobody() -> None:
    state = booked()
    step = inspections.cancel_inspection(state, at(), OFFICER, state.inspections[0].id, "จะนัดใหม่")
    data = step.events[0].data()
    assert (types(step), data["because"], data["note"]) == (["inspection-cancelled"], "office", "จะนัดใหม่")
    assert moments.INSPECTION not in waits(step.state)
    visit = state.inspections[0].id
    with pytest.raises(Reject, match="wrong-state"):
        inspections.cancel_inspection(step.state, at(), OFFICER, visit, "")
    with pytest.raises(Reject, match="wrong-state"):
        inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 2 * DAY)
    with pytest.raises(Reject, match="wrong-state"):
        inspections.report_inspection(step.state, at(MONDAY + DAY), TOWN, OFFICER, visit, Finding("in-order"))


@pytest.mark.parametrize("decided", ["approved", "refused"])
def test_what_is_decided_leaves_no_visit_booked_and_the_applicant_hears_of_it(decided: str) -> None:
    state = booked("examined")
    signature = signed(decided, seen=(f"visit:{state.inspections[0].id}",))
    step = decision.decide(state, at(), RULES, TOWN, signature)
    assert (step.state.inspections[0].cancelled_because, step.state.inspections[0].booked) == ("decided", False)
    assert "inspection-cancelled" in types(step)
    assert moments.INSPECTION not in waits(step.state)


def test_a_visit_to_a_permit_that_ends_is_overtaken_without_a_word_more() -> None:
    state = inspections.plan_inspection(application("decided"), at(), OFFICER, MONDAY + DAY).state
    assert not inspections.is_overtaken(state, state.inspections[0])
    assert inspections.is_overtaken(state.model_copy(update={"standing": "revoked"}), state.inspections[0])


@pytest.mark.parametrize(
    ("found", "moment", "code"),
    [
        (Finding("defects"), MONDAY + 3 * DAY, "inspection-note"),
        (Finding("not-done"), MONDAY + 3 * DAY, "inspection-note"),
        (Finding("in-order"), MONDAY + 2 * DAY, "too-early"),
    ],
)
def test_a_visit_is_reported_on_its_day_and_says_what_is_wrong(found: Finding, moment: object, code: str) -> None:
    planned = inspections.plan_inspection(application("decided"), at(), OFFICER, MONDAY + 3 * DAY).state
    with pytest.raises(Reject) as refusal:
        inspections.report_inspection(planned, at(moment), TOWN, OFFICER, planned.inspections[0].id, found)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_visit_is_reported_once_and_must_have_been_booked() -> None:
    case = visited(begun(), "in-order")
    for visit, code in ((case.inspections[0].id, "wrong-state"), ("unknown", "unknown-inspection")):
        with pytest.raises(Reject) as refusal:
            inspections.report_inspection(case, at(MONDAY + 12 * DAY), TOWN, OFFICER, visit, Finding("in-order"))
        assert refusal.value.code == code
