"""What programs send is taken as it is meant or refused by field; nothing is guessed."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.bodies import ContactBody, NewReport, Rating
from services.intake.domain.submission import Submission

GOOD: dict[str, Any] = {"category": "water-leak", "text": "ท่อแตก", "location": {"latitude": 18.7, "longitude": 98}}


def faults(**changes: Any) -> set[tuple[str, str]]:
    with pytest.raises(ValidationError) as wrong:
        NewReport.model_validate({**GOOD, **changes})
    return {(".".join(map(str, one["loc"])), one["type"]) for one in wrong.value.errors()}


def test_nothing_that_is_taken_is_left_at_the_door() -> None:
    taken = {"contact" if name == "reporter" else name for name in NewReport.model_fields}

    assert taken | {"language"} == {field.name for field in fields(Submission)}  # which may be that of the request


def test_the_shape_of_the_issue_is_taken() -> None:
    body = NewReport.model_validate({
        **GOOD, "kind": "problem", "answers": {"flow": "burst", "danger": True, "people": 3},
        "location": {"latitude": 18.7, "longitude": 98.9, "address": "หน้าตลาด", "accuracy_m": 12},
        "reporter": {"name": "สมชาย", "phone": "081-234 5678", "email": "a@example.org", "language": "en"},
    })  # fmt: skip
    assert body.answers == {"flow": "burst", "danger": "yes", "people": "3"}
    assert body.reporter is not None
    assert body.reporter.contact("th").language == "en"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": 5}, ("text", "string_type")),
        ({"text": None}, ("text", "string_type")),
        ({"text": "  \n "}, ("text", "too_short")),
        ({"text": "ก" * 4001}, ("text", "too_long")),
        ({"text": "a\x07b"}, ("text", "control_characters")),
        ({"text": "a\ud800b"}, ("text", "control_characters")),
        ({"location": {"latitude": "18.7", "longitude": 98.9}}, ("location.latitude", "float_type")),
        ({"location": {"latitude": True, "longitude": 98.9}}, ("location.latitude", "float_type")),
        ({"location": {"latitude": float("nan"), "longitude": 98.9}}, ("location.latitude", "finite_number")),
        ({"location": {"latitude": 18.7, "longitude": float("inf")}}, ("location.longitude", "finite_number")),
        ({"location": {"latitude": 91, "longitude": 98.9}}, ("location.latitude", "less_than_equal")),
        ({"location": [18.7, 98.9]}, ("location", "model_type")),
        ({"category": 7}, ("category", "string_type")),
        ({"kind": "complaint"}, ("kind", "literal_error")),
        ({"photos": ["../etc/passwd"]}, ("photos.0", "string_pattern_mismatch")),
        ({"photos": ["a" * 32] * 6}, ("photos", "too_long")),
        ({"reporter": {"email": "not an address"}}, ("reporter.email", "not_an_email")),
        ({"reporter": {"phone": "call me"}}, ("reporter.phone", "string_pattern_mismatch")),
        ({"answers": {"flow": ["x"]}}, ("answers.flow", "string_type")),
    ],
)
def test_a_mistake_is_named_by_its_field(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in faults(**changes)


def test_thai_marks_count_as_characters_of_their_own() -> None:
    assert NewReport.model_validate({**GOOD, "text": "ก็" * 2000}).text == "ก็" * 2000
    assert faults(text="ก็" * 2000 + "ก") == {("text", "too_long")}


def test_what_was_left_empty_was_left_out() -> None:
    contact = ContactBody.model_validate({"name": " ", "phone": "", "email": ""})
    assert contact.model_dump(exclude_none=True) == {"consent": True}
    assert NewReport.model_validate({**GOOD, "location": {"address": ""}}).location.location() is None  # type: ignore[union-attr]


@pytest.mark.parametrize("stars", [0, 6, 4.5, "5"])
def test_stars_are_whole_numbers_from_one_to_five(stars: object) -> None:
    with pytest.raises(ValidationError):
        Rating.model_validate({"stars": stars})


@given(st.text())
def test_any_text_is_taken_or_refused_and_never_breaks(text: str) -> None:
    try:
        taken = NewReport.model_validate({**GOOD, "text": text}).text
    except ValidationError:
        return
    assert 1 <= len(taken) <= 4000
    taken.encode()
