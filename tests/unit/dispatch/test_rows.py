"""Rows of a form become the lists of a body; what a row lacks is said by its own label."""

import pytest
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.dispatch import bodies
from services.dispatch.pages.refusals import say_wrong_fields
from services.dispatch.pages.rows import read_rows
from tests.support.dispatch_pages import asked


def form(**fields: list[str]) -> FormData:
    return FormData([(name, value) for name, values in fields.items() for value in values])


def test_rows_with_something_in_them_are_read_and_empty_ones_say_nothing() -> None:
    said = read_rows(
        form(
            material_name=["ท่อ", " ", "ซีเมนต์"],
            material_quantity=["2.5", "", "1"],
            material_unit=["เมตร", "", "ถุง"],
            share_team=["", ""],
            share_task=["", " "],
        )
    )
    body = bodies.Complete.model_validate(said)

    assert set(said) == {"materials"}
    assert [(used.name, used.quantity, used.unit) for used in body.materials] == [
        ("ท่อ", 2.5, "เมตร"),
        ("ซีเมนต์", 1.0, "ถุง"),
    ]


def test_a_row_that_lacks_something_is_refused_by_the_field_s_label() -> None:
    with pytest.raises(ValidationError) as caught:
        bodies.Complete.model_validate(read_rows(form(material_name=["ท่อ"], material_quantity=[""])))

    assert "จำนวน" in say_wrong_fields(asked(), caught.value)


def test_a_form_without_rows_says_nothing_of_them() -> None:
    assert read_rows(form(note=["x"])) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "ท่อ", "quantity": 0, "unit": "เมตร"},
        {"name": "ท่อ", "quantity": -1, "unit": "เมตร"},
        {"name": "ท่อ", "quantity": 1e9, "unit": "เมตร"},
        {"name": "ท่อ", "quantity": "NaN", "unit": "เมตร"},
        {"name": "x" * 121, "quantity": 1, "unit": "เมตร"},
        {"name": "ท่อ", "quantity": 1, "unit": ""},
        {"name": "ท่อ", "quantity": 1, "unit": "เมตร", "price": 3},
    ],
    ids=str,
)
def test_materials_are_bounded(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        bodies.Complete.model_validate({"materials": [wrong]})


@pytest.mark.parametrize("minutes", [0, -5, 10_081, 1.5, "lang"])
def test_time_spent_is_bounded(minutes: object) -> None:
    with pytest.raises(ValidationError):
        bodies.Complete.model_validate({"minutes": minutes})
    assert bodies.Complete.model_validate({"minutes": "90"}).minutes == 90


def test_a_quantity_too_small_to_measure_is_the_smallest_that_is_kept() -> None:
    used = bodies.Used(name="กาว", quantity=0.00001, unit="ลิตร")

    assert used.build_material().quantity == 0.001
