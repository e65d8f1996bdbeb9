"""What reaches the domain from programs: in one spelling, or refused with one reason for one field."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.permits.bodies import NewApplication, Who
from shared.web import field_errors

BODY: dict[str, Any] = {
    "type": "house-new",
    "location": {"latitude": 18.7, "longitude": 98.9},
    "applicant": {"name": "ก"},
}


def read(value: object) -> Any:
    return NewApplication.model_validate({**BODY, "form": {"it": value}}).form["it"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(150.01, "150.01"), ("150.00", "150.00"), (3, "3"), (True, "yes"), (False, "no"), (None, None), ("", "")],
)
def test_a_value_is_kept_as_it_was_written(given: object, kept: object) -> None:
    assert read(given) == kept


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([1], "string_type"),
        ({"a": 1}, "string_type"),
        ("ก" * 4001, "string_too_long"),
        (10**4001, "string_too_long"),
        ("\ud800", "string_unicode"),
        (float("nan"), "finite_number"),
        (float("-inf"), "finite_number"),
    ],
)
def test_a_value_that_is_none_is_refused_once_and_by_the_name_of_its_field(given: object, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(given)

    assert [(one.field, one.code) for one in field_errors(refused.value, "th")] == [("form.it", code)]


def test_a_telephone_is_kept_as_it_can_be_dialled() -> None:
    assert Who(name="ก", phone="๐๘๑ ๒๓๔ ๕๖๗๘").phone == "081 234 5678"
