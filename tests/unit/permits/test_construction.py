"""A permit that is built under: what is begun, finished, found in order, and so accepted."""

from datetime import timedelta

import pytest

from services.permits.domain import construction, inspections, moments, validity
from services.permits.domain.application import Application
from services.permits.domain.inspections import MENDING_DAYS, Finding
from shared.kernel import Reject
from tests.support.permit_life import DAY, HOLDER, LAST, begun, finished, types, visited, waits
from tests.support.permits import EXAMINER, HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at


def test_what_is_finished_and_found_in_order_is_accepted_and_ends_the_permit() -> None:
    step = construction.accept(visited(finished(), "in-order"), at(MONDAY + 11 * DAY), EXAMINER)

    assert types(step) == ["construction-accepted", "closed"]
    assert (step.state.standing, step.state.closed_at) == ("completed", MONDAY + 11 * DAY)
    assert waits(step.state) == {moments.FORGETTING}


@pytest.mark.parametrize(
    "case",
    [begun(), finished(), visited(finished(), "defects"), visited(finished(), "not-done"), application("decided")],
)
def test_nothing_is_accepted_that_was_not_found_in_order_after_it_was_finished(case: Application) -> None:
    with pytest.raises(Reject, match="in order"):
        construction.accept(case, at(MONDAY + 11 * DAY), EXAMINER)


def test_a_visit_before_the_work_was_finished_accepts_nothing() -> None:
    early = visited(begun(), "in-order", day=3)
    told = construction.tell_finish(early, at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 8 * DAY).state

    assert not construction.can_accept(told)


def test_a_day_that_is_told_long_after_it_makes_no_earlier_visit_the_final_one() -> None:
    early = visited(begun(), "in-order", day=5)
    told = construction.tell_finish(early, at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 2 * DAY).state

    assert not construction.can_accept(told)
    assert construction.can_accept(visited(told, "in-order", day=10))


def test_of_several_visits_the_last_by_its_own_day_counts_in_whatever_order_they_were_booked() -> None:
    case = finished()
    for day in (20, 12):
        case = inspections.plan_inspection(case, at(MONDAY + 11 * DAY), OFFICER, MONDAY + day * DAY).state
    later, sooner = case.inspections
    wrong, right = Finding("defects", "ผนังไม่ตรงแบบ"), Finding("in-order")
    case = inspections.report_inspection(case, at(sooner.at), TOWN, OFFICER, sooner.id, wrong).state
    case = construction.tell_finish(case, at(sooner.at + DAY), HOUSE, HOLDER, sooner.at).state
    case = inspections.report_inspection(case, at(later.at), TOWN, OFFICER, later.id, right).state

    assert construction.can_accept(case)


def test_what_was_finished_in_time_is_visited_and_accepted_after_its_last_day() -> None:
    late = inspections.plan_inspection(finished(), at(LAST + DAY), OFFICER, LAST + 2 * DAY).state
    found = inspections.report_inspection(
        late, at(LAST + 2 * DAY), TOWN, OFFICER, late.inspections[0].id, Finding("in-order")
    )

    assert construction.accept(found.state, at(LAST + 3 * DAY), EXAMINER).state.standing == "completed"


def test_what_was_found_wrong_after_the_last_day_may_still_be_mended_or_more_time_be_asked_for() -> None:
    late = inspections.plan_inspection(finished(), at(LAST + DAY), OFFICER, LAST + 2 * DAY).state
    defects = Finding("defects", "ผนังไม่ตรงแบบ")
    wrong = inspections.report_inspection(
        late, at(LAST + 2 * DAY), TOWN, OFFICER, late.inspections[0].id, defects
    ).state
    end = LAST + (2 + MENDING_DAYS) * DAY

    assert validity.end_validity(wrong, at(end - DAY)) is None
    assert validity.find_standing(wrong, end - DAY) == "in-force"
    assert validity.ask_extension(wrong, at(end - DAY), RULES.permit, TOWN, HOLDER, "รอวัสดุ").state.extension is not None
    mended = construction.tell_finish(wrong, at(end - DAY), HOUSE, HOLDER, LAST + 3 * DAY).state
    assert moments.EXPIRY not in waits(mended)
    over = validity.end_validity(wrong, at(end))
    assert over is not None
    assert over.state.standing == "expired"


def test_a_permit_holds_on_the_whole_of_its_last_day_and_is_expired_with_it() -> None:
    case = application("decided")

    assert case.valid_until == LAST
    assert (
        validity.ask_extension(case, at(LAST - timedelta(hours=1)), RULES.permit, TOWN, HOLDER, "ช้า").state.extension
        is not None
    )
    assert validity.find_standing(case, LAST - timedelta(seconds=1)) == "in-force"
    assert validity.find_standing(case, LAST) == "expired"  # also while nobody has closed it yet
    assert validity.find_standing(finished(), LAST + DAY) == "in-force"


def test_a_finished_building_waits_for_its_visit_and_not_for_its_last_day() -> None:
    assert validity.end_validity(finished(), at(LAST + DAY)) is None
    assert moments.EXPIRY not in waits(finished())


def test_defects_give_a_finished_building_back_to_its_builders() -> None:
    mended = visited(finished(), "defects")

    assert mended.construction is not None
    assert (mended.construction.finished_on, moments.EXPIRY in waits(mended)) == (None, True)
    again = construction.tell_finish(mended, at(MONDAY + 20 * DAY), HOUSE, HOLDER, MONDAY + 19 * DAY).state
    assert construction.can_accept(visited(again, "in-order", day=21))


@pytest.mark.parametrize(("day", "code"), [(MONDAY - DAY, "before-permit"), (LAST + DAY, "after-validity")])
def test_work_begins_while_the_permit_holds(day: object, code: str) -> None:
    with pytest.raises(Reject) as refusal:
        construction.tell_start(application("decided"), at(), HOUSE, HOLDER, day)  # type: ignore[arg-type]
    assert refusal.value.code == code


@pytest.mark.parametrize("day", [MONDAY, MONDAY + 5 * DAY])
def test_work_is_finished_after_it_was_begun_and_not_in_the_future(day: object) -> None:
    with pytest.raises(Reject, match="wrong-day"):
        construction.tell_finish(begun(), at(MONDAY + 4 * DAY), HOUSE, HOLDER, day)  # type: ignore[arg-type]


def test_nothing_is_begun_twice_and_nothing_finished_that_was_not_begun() -> None:
    with pytest.raises(Reject, match="already"):
        construction.tell_start(begun(), at(), HOUSE, HOLDER, MONDAY + DAY)
    with pytest.raises(Reject, match="begun"):
        construction.tell_finish(application("decided"), at(), HOUSE, HOLDER, MONDAY)


def test_where_nothing_is_built_nobody_tells_of_building() -> None:
    with pytest.raises(Reject, match="wrong-state"):
        construction.tell_start(
            application("decided"), at(), HOUSE.model_copy(update={"building_work": False}), HOLDER, MONDAY
        )
