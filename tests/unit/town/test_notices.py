"""Notice rules and templates: which events a rule speaks of, and how a text is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.town.checks.notices import EVENTS
from shared.town.models import PLACEHOLDERS, Message, NoticeRule, Template
from shared.town.notices import fill, placeholders

RULE = NoticeRule(
    code="late",
    event="onestop.work-order.escalated.v1",
    audience="reporter",
    channels=("inbox",),
    template="late",
    when={"percent": ("100", "200"), "clock": ("resolve",)},
)


def test_every_event_that_people_hear_of_has_its_placeholders() -> None:
    assert set(PLACEHOLDERS) == set(EVENTS)
    assert all({"town", "reference", "link"} <= names for names in PLACEHOLDERS.values())


@pytest.mark.parametrize(
    ("data", "matches"),
    [
        ({"percent": 100, "clock": "resolve"}, True),
        ({"percent": 200, "clock": "resolve"}, True),
        ({"percent": 80, "clock": "resolve"}, False),
        ({"percent": 100, "clock": "acknowledge"}, False),
        ({"clock": "resolve"}, False),
    ],
)
def test_a_rule_speaks_of_events_whose_fields_all_fit(data: dict[str, object], matches: bool) -> None:
    assert RULE.matches(RULE.event, data) is matches
    assert not RULE.matches("onestop.work-order.created.v1", data)


def test_yes_and_no_are_written_as_in_yaml() -> None:
    rule = RULE.model_copy(update={"when": {"late": ("true",)}})
    assert rule.matches(RULE.event, {"late": True})
    assert not rule.matches(RULE.event, {"late": False})


def test_a_line_with_an_empty_placeholder_is_left_out() -> None:
    text = "Report {reference}\nDetails: {note}\nSee {link}"
    values = {"reference": "MH-1", "note": "", "link": "https://x"}
    assert fill(text, values) == "Report MH-1\nSee https://x"


def test_a_value_is_never_taken_for_a_template() -> None:
    assert fill("{note}", {"note": "{link} {0.__class__}"}) == "{link} {0.__class__}"


def test_a_placeholder_without_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{link}", {})


@pytest.mark.parametrize(
    ("text", "names"),
    [("{a} {b}", {"a", "b"}), ("", set()), ("{a", {"{"}), ("a}", {"}"}), ("{}", {""}), ("{{a}}", {"a", "{", "}"})],
)
def test_braces_that_do_not_fit_are_found(text: str, names: set[str]) -> None:
    assert placeholders(text) == names


@given(st.text(), st.text())
def test_filling_in_keeps_any_value_as_it_is(before: str, value: str) -> None:
    text = "".join(letter for letter in before if letter not in "{}").strip() + "{value}"
    if value.strip() and not set(text) & set("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        assert fill(text, {"value": value}).endswith(value.strip())  # a message has no blanks at its ends


def test_short_messages_are_for_phones_only() -> None:
    message = Message(subject="Subject", body="Long", short="Short")
    assert message.render("sms", {}) == ("Subject", "Short")
    assert message.render("line", {}) == ("Subject", "Short")
    assert message.render("email", {}) == ("Subject", "Long")
    assert message.model_copy(update={"short": None}).render("line", {}) == ("Subject", "Long")


def test_a_language_that_is_missing_falls_back_to_the_other() -> None:
    thai = Message(subject="ก", body="ก")
    assert Template(th=thai).message("en") is thai
    with pytest.raises(KeyError):
        Template().message("en")
