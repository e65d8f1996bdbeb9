"""The fast lane: every condition with its value and limit, and the exact edge of each."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.domain.application import Application
from services.permits.domain.completeness import accept, judge
from services.permits.domain.lanes import ConditionResult, list_failed, within_reach
from shared.kernel import Reject
from tests.support.permits import ELSEWHERE, OFFICER, RULES, TOWN, application, at, draft, with_documents


def lane_of(application: Application) -> tuple[str, tuple[ConditionResult, ...]]:
    lane, conditions = judge(application, RULES, TOWN)
    assert lane is not None
    return lane.code, conditions


def ready(**form: str) -> Application:
    return with_documents(draft(form), "title-deed", "plans", "engineer")


@pytest.mark.parametrize(
    ("area", "lane"), [("149.99", "fast"), ("150", "fast"), ("150.00", "fast"), ("150.01", "normal")]
)
def test_150_square_metres_are_in_and_a_hundredth_more_is_out(area: str, lane: str) -> None:
    taken, _ = lane_of(ready(usable_area_m2=area))

    assert taken == lane


@pytest.mark.parametrize(
    ("form", "condition", "value"),
    [
        ({"storeys": "2"}, "storeys", "2"),
        ({"usable_area_m2": "150.01"}, "usable-area", "150.01"),
        ({"use": "shop"}, "residential", "shop"),
        ({"use": "shop"}, "zone", "shop"),
        ({"height_m": "12.1"}, "plan", "4"),
        ({"covered_area_m2": "240.01"}, "plan", "4"),
        ({"setback_m": "1.99"}, "plan", "4"),
    ],
)
def test_what_keeps_it_out_is_recorded_with_its_value(form: dict[str, str], condition: str, value: str) -> None:
    lane, conditions = lane_of(ready(**form))

    assert lane == "normal"
    assert (condition, value) in [(one.code, one.value) for one in list_failed(conditions)]


def test_every_condition_is_recorded_also_the_ones_that_hold() -> None:
    _, conditions = lane_of(ready())

    assert [(one.code, one.value, one.limit, one.passed) for one in conditions] == [
        ("storeys", "1", "= 1", True),
        ("usable-area", "150.00", "<= 150.0", True),
        ("residential", "house", "house, row-house", True),
        ("zone", "house", "low", True),
        ("documents", "2", "= 2", True),
        ("plan", "5", "= 5", True),
    ]


def test_what_is_empty_waits_and_what_is_wrong_fails() -> None:
    _, conditions = lane_of(ready(storeys="", height_m="", use="shop"))

    assert {one.code: one.waits for one in list_failed(conditions)} == {
        "storeys": True, "residential": False, "zone": False, "plan": False,
    }  # fmt: skip
    _, conditions = lane_of(ready(height_m="", setback_m="1"))
    assert [one.waits for one in list_failed(conditions)] == [False]


def test_the_lane_within_reach_is_the_one_that_nothing_speaks_against_yet() -> None:
    def hoped(case: Application) -> str:
        lane = within_reach(RULES.permit, lane_of(case)[1])
        return lane.code if lane else ""

    assert lane_of(draft())[0] == "normal"  # as it stands, without a document
    assert hoped(draft()) == "fast"
    assert hoped(ready()) == "fast"
    assert hoped(draft({"storeys": ""})) == "fast"
    assert hoped(draft({"usable_area_m2": "150.01"})) == "normal"
    assert hoped(draft(location=ELSEWHERE)) == "normal"


def test_documents_of_a_draft_are_waited_for_and_have_not_failed() -> None:
    documents = next(one for one in lane_of(draft())[1] if one.code == "documents")

    assert (documents.passed, documents.waits, documents.pending) == (False, True, True)


def test_a_missing_document_keeps_it_out() -> None:
    _, conditions = lane_of(with_documents(draft(), "plans"))

    assert [(one.code, one.value, one.limit) for one in list_failed(conditions)] == [("documents", "1", "= 2")]


def test_outside_the_plans_zones_neither_use_nor_plan_can_pass() -> None:
    _, conditions = lane_of(with_documents(draft(location=ELSEWHERE), "title-deed", "plans"))

    assert [one.code for one in list_failed(conditions)] == ["zone", "plan"]


def test_a_field_left_open_never_passes() -> None:
    case = ready()
    open_area = case.model_copy(update={"form": {k: v for k, v in case.form.items() if k != "usable_area_m2"}})

    assert "usable-area" in [one.code for one in list_failed(lane_of(open_area)[1])]


@given(st.decimals(min_value=1, max_value=1000, places=2), st.integers(1, 5))
def test_the_fast_lane_is_taken_exactly_when_every_condition_holds(area: Decimal, storeys: int) -> None:
    lane, conditions = lane_of(ready(usable_area_m2=str(area), storeys=str(storeys)))

    assert (lane == "fast") == (storeys == 1 and area <= 150) == (not list_failed(conditions))


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_was_written_the_event_takes_the_measure(value: str, limit: str) -> None:
    _, conditions = lane_of(ready())

    said = conditions[0].model_copy(update={"value": value, "limit": limit}).for_event()

    assert len(said.value) <= 40


def test_a_lane_that_only_a_newer_release_knows_is_not_taken_and_no_error() -> None:
    express = RULES.permit.lanes[1].model_copy(update={"code": "express", "conditions": ()})
    newer = RULES.model_copy(update={"permit": RULES.permit.model_copy(update={"lanes": (express,)})})

    with pytest.raises(Reject) as refused:
        accept(application("submitted"), at(), newer, TOWN, OFFICER)
    assert refused.value.code == "no-lane"
