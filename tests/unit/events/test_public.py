"""What everyone may see is derived from the marks, and a sensitive place cannot be found again."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.events.base import Code, Event, Internal, MeantFor, Part, Place, Public, PublicPlace, Visibility
from shared.events.catalogue import EVENTS
from shared.events.contacts import CONTACT_EVENTS
from shared.events.permits import PermitAccepted, PermitExamined
from shared.events.public import find_meant_for, public_model, to_public, visibility
from shared.events.reports import ReportSubmitted
from shared.events.work_orders import WorkOrderCreated
from tools.contract.examples import EXAMPLES

REPORT = EXAMPLES[ReportSubmitted.type].event
PLACES = st.builds(
    Place,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    accuracy_m=st.none() | st.floats(0, 1000),
    address=st.none() | st.just("99/4 หมู่ 3"),
)


def test_internal_fields_are_gone_and_public_ones_stay() -> None:
    public = to_public(REPORT)
    assert {"text", "answers", "language", "parties"}.isdisjoint(public)
    assert public["reference"] == "MH-KBN0-19PH"
    assert public["photos"] == 2


@given(PLACES)
def test_an_ordinary_place_is_exact_without_address_and_accuracy(place: Place) -> None:
    public = to_public(REPORT.model_copy(update={"location": place}))["location"]
    assert public == {"latitude": place.latitude, "longitude": place.longitude, "coarse": False}


@given(PLACES)
def test_a_sensitive_place_is_rounded_to_about_a_kilometre(place: Place) -> None:
    public = to_public(REPORT.model_copy(update={"location": place, "sensitive": True}))["location"]
    assert public["coarse"] is True
    for name in ("latitude", "longitude"):
        assert public[name] == round(public[name], 2)
        assert abs(public[name] - getattr(place, name)) <= 0.005 + 1e-9


def test_neighbours_of_a_sensitive_place_look_the_same() -> None:
    near = [Place(latitude=18.74312, longitude=98.96385), Place(latitude=18.7449, longitude=98.9601)]
    one, other = (to_public(REPORT.model_copy(update={"location": place, "sensitive": True})) for place in near)
    assert one == other


def test_no_place_stays_no_place() -> None:
    assert to_public(REPORT.model_copy(update={"location": None}))["location"] is None


def test_of_a_sensitive_case_the_rule_and_what_it_promised_stay_inside() -> None:
    created = EXAMPLES[WorkOrderCreated.type].event.model_copy(update={"public_rule": "road"})
    open_one, sensitive = to_public(created), to_public(created.model_copy(update={"sensitive": True}))
    told = ("public_rule", "priority", "service_level", "acknowledge_by", "due_at")
    assert [open_one[name] for name in told[:3]] == ["road", "high", "repair"]
    assert None not in [open_one[name] for name in told]
    assert [sensitive[name] for name in told] == [None] * 5


def test_fields_that_may_be_blanked_stand_in_events_only() -> None:
    """Parts are made public without knowing of the case that they stand in."""
    parts = {part for event in EVENTS.values() for part in parts_of(event)}
    marks = {visibility(part, name) for part in parts for name in part.model_fields}
    assert marks
    assert marks.isdisjoint({Visibility.OPEN, Visibility.EARLIER})


def parts_of(annotation: Any) -> set[type[BaseModel]]:
    """Every model inside an event class."""
    inner = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = tuple(info.annotation for info in annotation.model_fields.values())
    found = {one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)}
    return found.union(*(parts_of(one) for one in inner))


def test_parts_keep_their_public_fields() -> None:
    conditions = to_public(EXAMPLES[PermitAccepted.type].event)["conditions"]
    assert conditions[1] == {"condition": "usable-area", "value": "96.00", "limit": "<= 150", "passed": True}


class Inner(Part):
    """A part with a secret."""

    shown: Public[Code]
    hidden: Internal[str] = "ลับ"


class Outer(Event):
    """An event with parts in every position."""

    type = "onestop.test.outer.v1"
    family = "reports"
    one: Public[Inner]
    perhaps: Public[Inner | None] = None
    many: Public[list[Inner]]
    named: Public[dict[str, Inner]]


def test_the_secrets_of_parts_are_dropped_wherever_the_part_is() -> None:
    inner = Inner(shown="a")
    public = to_public(Outer(one=inner, perhaps=inner, many=[inner], named={"n": inner}))
    assert public == {"one": {"shown": "a"}, "perhaps": {"shown": "a"}, "many": [{"shown": "a"}],
                      "named": {"n": {"shown": "a"}}}  # fmt: skip
    assert "hidden" not in json.dumps(public_model(Outer).model_json_schema())


def test_a_contact_has_no_public_form() -> None:
    for event in CONTACT_EVENTS:
        with pytest.raises(ValueError, match="no public form"):
            to_public(EXAMPLES[event.type].event)


def test_a_field_without_a_mark_or_with_two_is_refused() -> None:
    class Unmarked(BaseModel):
        field: str

    class Twice(BaseModel):
        field: Public[Internal[str]]

    for model in (Unmarked, Twice):
        with pytest.raises(TypeError, match=f"{model.__name__}.field must carry exactly one visibility mark"):
            visibility(model, "field")


def test_a_coarse_place_has_the_public_shape() -> None:
    assert public_model(Place) is PublicPlace
    assert visibility(ReportSubmitted, "location") is Visibility.COARSE


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: str(event.type))
def test_every_text_says_whom_it_is_meant_for_and_has_a_public_form_if_for_everybody(event: type[Event]) -> None:
    """A text without a mark would be given to whoever asks for it; one without a public form would be given raw."""
    for name, field in event.model_fields.items():
        if "max_length=4000" not in repr(field) or name.startswith("public_"):
            continue
        group = find_meant_for(event, name)
        assert group, f"{event.type}: mark {name} as ForEverybody, ForOwner or ForStaff"
        assert (f"public_{name}" in event.model_fields) == (group is MeantFor.EVERYBODY)


def test_what_the_examiner_proposes_is_on_no_public_topic() -> None:
    assert "proposal" not in to_public(EXAMPLES[PermitExamined.type].event)
