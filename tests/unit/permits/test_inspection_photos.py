"""Photos of a visit: the officers' own until it is reported, unchanged from then on, and gone with the applicant."""

from datetime import timedelta

import pytest

from services.permits.domain import forgetting, inspections, validity
from services.permits.domain.application import Application
from services.permits.domain.decision import read_mark
from services.permits.domain.inspections import PHOTOS_MOST, Finding
from services.permits.domain.permit_life import Photo
from shared.kernel import Reject
from tests.support.permits import MONDAY, OFFICER, TOWN, application, at

DAY = timedelta(days=1)
COME = MONDAY + DAY


def photo(name: str = "a") -> Photo:
    return Photo(id=name, thumbnail=f"{name}-small", sha256=name, size=9, at=COME)


def booked(state: str = "decided") -> Application:
    return inspections.plan_inspection(application(state), at(), OFFICER, COME, beyond_due=True).state  # type: ignore[arg-type]


def visit_of(case: Application) -> str:
    return case.inspections[0].id


def photographed(*names: str) -> Application:
    case = booked()
    for name in names:
        step = inspections.add_photo(case, at(COME), TOWN, visit_of(case), photo(name))
        assert step is not None
        assert not list(step.events)  # nobody outside hears of a photo
        case = step.state
    return case


def reported(case: Application) -> Application:
    return inspections.report_inspection(case, at(COME), TOWN, OFFICER, visit_of(case), Finding("in-order")).state


def shown(case: Application, *, staff: bool) -> list[str]:
    return [one.sha256 for one in inspections.photos_for(case.inspections[0], staff=staff)]


def test_the_applicant_sees_the_photos_with_the_report_and_not_before() -> None:
    case = photographed("a", "b")

    assert (shown(case, staff=True), shown(case, staff=False)) == (["a", "b"], [])
    assert inspections.find_photo(case, visit_of(case), 1, staff=False) is None
    told = reported(case)
    assert shown(told, staff=False) == ["a", "b"]
    found = inspections.find_photo(told, visit_of(told), 2, staff=False)
    assert found is not None
    assert found.sha256 == "b"


def test_the_same_photo_once_more_changes_nothing() -> None:
    case = photographed("a")

    assert inspections.add_photo(case, at(COME), TOWN, visit_of(case), photo("a")) is None


def test_a_photo_keeps_its_number_when_another_is_taken_out() -> None:
    case = photographed("a", "b")
    step = inspections.take_out_photo(case, at(COME), TOWN, visit_of(case), 1)

    assert step is not None
    assert [(one.number, one.sha256) for one in step.state.inspections[0].photos] == [(2, "b")]
    assert inspections.take_out_photo(step.state, at(COME), TOWN, visit_of(case), 1) is None
    more = inspections.add_photo(step.state, at(COME), TOWN, visit_of(case), photo("c"))
    assert more is not None
    assert [one.number for one in more.state.inspections[0].photos] == [2, 3]


def test_the_number_of_a_photo_that_was_taken_out_is_given_to_no_other() -> None:
    """Whoever still sees the one before on their page would take out another."""
    case = photographed("a", "b", "c")
    without = inspections.take_out_photo(case, at(COME), TOWN, visit_of(case), 3)
    assert without is not None

    more = inspections.add_photo(without.state, at(COME), TOWN, visit_of(case), photo("d"))

    assert more is not None
    assert [(one.number, one.sha256) for one in more.state.inspections[0].photos] == [(1, "a"), (2, "b"), (4, "d")]
    assert inspections.take_out_photo(more.state, at(COME), TOWN, visit_of(case), 3) is None


def test_photos_that_were_kept_before_they_were_counted_keep_their_numbers() -> None:
    case = photographed("a", "b")
    visit = case.inspections[0].model_copy(update={"photos_taken": 0})

    more = inspections.add_photo(
        case.model_copy(update={"inspections": (visit,)}), at(COME), TOWN, visit.id, photo("c")
    )

    assert more is not None
    assert [one.number for one in more.state.inspections[0].photos] == [1, 2, 3]


def test_what_was_reported_is_not_changed_any_more() -> None:
    told = reported(photographed("a"))

    with pytest.raises(Reject, match="reported already"):
        inspections.add_photo(told, at(COME), TOWN, visit_of(told), photo("b"))
    with pytest.raises(Reject, match="reported already"):
        inspections.take_out_photo(told, at(COME), TOWN, visit_of(told), 1)


def test_nothing_is_photographed_before_its_day_or_of_no_visit() -> None:
    case = booked()

    with pytest.raises(Reject, match="too-early"):
        inspections.add_photo(case, at(MONDAY), TOWN, visit_of(case), photo())
    with pytest.raises(Reject, match="unknown-inspection"):
        inspections.add_photo(case, at(COME), TOWN, "another", photo())


def test_a_visit_takes_so_many_photos_and_no_more() -> None:
    full = photographed(*map(str, range(PHOTOS_MOST)))

    with pytest.raises(Reject, match="too-many-photos"):
        inspections.add_photo(full, at(COME), TOWN, visit_of(full), photo("more"))


def test_a_photo_of_one_visit_leaves_the_others_alone() -> None:
    twice = inspections.plan_inspection(photographed("a"), at(), OFFICER, COME + DAY, beyond_due=True).state
    second = twice.inspections[1].id

    step = inspections.add_photo(twice, at(COME + DAY), TOWN, second, photo("b"))

    assert step is not None
    assert [[one.sha256 for one in visit.photos] for visit in step.state.inspections] == [["a"], ["b"]]


def test_whoever_reads_before_signing_has_not_to_read_again_for_a_photo_of_an_unreported_visit() -> None:
    before = booked("examined")
    step = inspections.add_photo(before, at(COME), TOWN, visit_of(before), photo())

    assert step is not None
    assert read_mark(before) == read_mark(step.state)


def test_the_photos_go_with_the_applicant_and_what_was_found_stays() -> None:
    over = validity.end_validity(reported(photographed("a", "b")), at(MONDAY + 400 * DAY))
    assert over is not None

    step = forgetting.forget_applicant(over.state, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    visit = step.state.inspections[0]
    assert (visit.result, [one.removed for one in visit.photos]) == ("in-order", [True, True])
    assert inspections.find_photo(step.state, visit.id, 1, staff=True) is None
    assert {"a", "a-small", "b", "b-small"} <= set(forgetting.files_of(over.state))
