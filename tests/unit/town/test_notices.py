"""Placeholders of notices: what each event offers to a template, and braces that do not fit."""

import pytest

from shared.town.checks.notices import EVENTS
from shared.town.models import PLACEHOLDERS
from shared.town.notices import placeholders


def test_every_event_that_people_hear_of_has_its_placeholders() -> None:
    assert set(PLACEHOLDERS) == set(EVENTS)
    assert all({"town", "reference", "link"} <= names for names in PLACEHOLDERS.values())


@pytest.mark.parametrize(
    ("text", "names"),
    [("{a} {b}", {"a", "b"}), ("", set()), ("{a", {"{"}), ("a}", {"}"}), ("{}", {""}), ("{{a}}", {"a", "{", "}"})],
)
def test_braces_that_do_not_fit_are_found(text: str, names: set[str]) -> None:
    assert placeholders(text) == names
