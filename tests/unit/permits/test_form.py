"""A form is read field by field; numbers stay exact, and what is wrong is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.domain.form import list_missing, read
from services.permits.domain.permit_type import FormField, PermitType
from tests.support.permits import FORM, HOUSE, condition, words


def one_field(**field: object) -> PermitType:
    described = FormField.model_validate({"code": "it", "label": words("it").model_dump(), **field})
    return HOUSE.model_copy(update={"fields": (described,)})


def test_a_number_keeps_the_text_it_was_written_as() -> None:
    form, faults = read(HOUSE, {"usable_area_m2": "150.00"})

    assert (form, faults) == ({"usable_area_m2": "150.00"}, [])


@pytest.mark.parametrize(
    ("kind", "typed", "read_as"),
    [("decimal", "๑๕๐.๕", "150.5"), ("decimal", "１５０．５", "150.5"), ("integer", "\u200e\u0661", "1"),
     ("phone", "๐๘๑–๒๓๔–๕๖๗๘", "0812345678"), ("phone", "０８１２３４５６７８", "0812345678"),
     ("citizen-id", "１-๑๐๑๗-00230-70-8", "1101700230708")],
)  # fmt: skip
def test_digits_of_every_script_and_width_are_read(kind: str, typed: str, read_as: str) -> None:
    form, faults = read(one_field(type=kind), {"it": typed})

    assert (form, faults) == ({"it": read_as}, [])


def test_thai_digits_and_thousands_are_read() -> None:
    form, _ = read(HOUSE, {"plot_area_m2": "๑,๖๐๐.๕"})

    assert form["plot_area_m2"] == "1600.5"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ({"type": "decimal"}, "12a", "not-a-number"),
        ({"type": "decimal"}, "NaN", "not-a-number"),
        ({"type": "decimal"}, "1e3", "not-a-number"),
        ({"type": "decimal"}, "10²", "not-a-number"),
        ({"type": "decimal"}, "4,2", "not-a-number"),
        ({"type": "decimal"}, "1,60", "not-a-number"),
        ({"type": "decimal"}, "1,,600", "not-a-number"),
        ({"type": "decimal"}, "1600,5.0", "not-a-number"),
        ({"type": "decimal"}, "9" * 16, "not-a-number"),
        ({"type": "decimal", "minimum": 0}, "-0.01", "out-of-range"),
        ({"type": "decimal", "decimals": 2}, "150.001", "decimals"),
        ({"type": "integer"}, "1.5", "whole-number"),
        ({"type": "integer"}, "ชั้นเดียว", "whole-number"),
        ({"type": "decimal", "minimum": 1}, "0.99", "out-of-range"),
        ({"type": "decimal", "maximum": 10}, "10.01", "out-of-range"),
        ({"type": "text", "max_length": 3}, "abcd", "too-long"),
        ({"type": "text"}, "a\x00b", "control-characters"),
        ({"type": "text"}, "a\x85b", "control-characters"),
        ({"type": "longtext"}, "a\ud800b", "control-characters"),
        ({"type": "date"}, "31/12/2569", "not-a-date"),
        ({"type": "date"}, "2569-12-31", "not-a-date"),
        ({"type": "date"}, "0001-01-01", "not-a-date"),
        ({"type": "yesno"}, "maybe", "no-choice"),
        ({"type": "phone"}, "12", "not-a-phone"),
        ({"type": "email"}, "somebody", "not-an-email"),
        ({"type": "citizen-id"}, "1101700230700", "not-a-citizen-id"),
    ],
)
def test_what_a_field_does_not_take_is_named(field: dict[str, object], value: str, code: str) -> None:
    form, faults = read(one_field(**field), {"it": value})

    assert (form, [fault.code for fault in faults]) == ({}, [code])


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("integer", "2", "2"),
        ("date", "2026-12-31", "2026-12-31"),
        ("date", "๒๐๒๖-๑๒-๓๑", "2026-12-31"),
        ("yesno", True, "yes"),
        ("phone", "081 234-5678", "0812345678"),
        ("citizen-id", "1-1017-00230-70-8", "1101700230708"),
        ("email", "a@example.org", "a@example.org"),
        ("decimal", "12,345,678.90", "12345678.90"),
        ("longtext", "บรรทัดแรก\r\nบรรทัดสอง", "บรรทัดแรก\nบรรทัดสอง"),
    ],
)
def test_what_a_field_takes_is_kept_in_one_spelling(kind: str, value: object, kept: str) -> None:
    assert read(one_field(type=kind), {"it": value}) == ({"it": kept}, [])


def test_a_field_the_form_does_not_have_is_named() -> None:
    _, faults = read(HOUSE, {"pool": "yes"})

    assert [(fault.field, fault.code) for fault in faults] == [("pool", "unknown")]


def test_a_draft_may_leave_required_fields_open_and_they_are_listed() -> None:
    form, faults = read(HOUSE, {**FORM, "height_m": "  "})

    assert faults == []
    assert list_missing(HOUSE, form) == ["height_m"]


@given(st.text(max_size=60))
def test_any_text_is_either_kept_or_named(text: str) -> None:
    form, faults = read(HOUSE, {"usable_area_m2": text})

    assert bool(form) + bool(faults) == (1 if text.strip() else 0)


YES = condition("yes", field="has_agent", one_of=["yes"])
AGENT = HOUSE.model_copy(
    update={
        "fields": tuple(
            FormField.model_validate({"label": words(code).model_dump(), "code": code, **field})
            for code, field in (
                ("has_agent", {"type": "yesno", "required": False}),
                ("agent_name", {"type": "text", "when": [YES.model_dump()]}),
                ("licence", {"type": "text", "required": False, "pattern": "[A-Z]{2}[0-9]+", "example": "AB12"}),
            )
        )
    }
)


def test_a_question_that_waits_for_a_yes_is_neither_asked_nor_kept_without_it() -> None:
    form, faults = read(AGENT, {"has_agent": "no", "agent_name": "วิชัย"})

    assert (form, faults) == ({"has_agent": "no"}, [])
    assert list_missing(AGENT, form) == []
    assert list_missing(AGENT, {"has_agent": "yes"}) == ["agent_name"]
    assert read(AGENT, {"agent_name": "วิชัย", "has_agent": "yes"})[0]["agent_name"] == "วิชัย"


@pytest.mark.parametrize("typed", ["AB", "ab12", "AB12 x"])
def test_what_does_not_fit_its_pattern_is_answered_with_an_example(typed: str) -> None:
    form, (fault,) = read(AGENT, {"licence": typed})

    assert (form, fault.code, fault.values["example"]) == ({}, "pattern", "AB12")


def test_a_pattern_takes_thai_digits() -> None:
    assert read(AGENT, {"licence": "AB๑๒"}) == ({"licence": "AB๑๒"}, [])
