"""Placeholders of notices: what each event offers to a template, and braces that do not fit."""

import pytest

from shared.town.checks.notices import EVENTS, findings
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


RULE = {
    "code": "a", "event": "onestop.work-order.created.v1", "audience": "team", "channels": ["inbox", "email"],
    "template": "t", "when": {"priority": ["high", "low"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"when": {"priority": ["high"]}}, True),
        ({"when": {"priority": ["high"], "again": ["true"]}, "channels": ["inbox"]}, True),
        ({"when": {"priority": ["high", "normal"]}}, False),
        ({"when": {}}, False),
        ({"when": {"priority": ["high"]}, "channels": ["sms"]}, False),
        ({"when": {"priority": ["high"]}, "template": "other"}, False),
        ({"when": {"priority": ["high"]}, "urgent": True}, False),
        ({"when": {"priority": ["high"]}, "audience": "reporter"}, False),
    ],
)
def test_a_rule_that_never_adds_anything_is_named(changes: dict[str, object], found: bool) -> None:
    data = {"notices": [RULE, {**RULE, "code": "b", **changes}], "templates": {}}
    found_here = [what for where, what in findings(data) if where == ("notices", 1)]
    said = [what for what in found_here if not what.startswith("no mail asks")]
    assert said == (["never adds anything: notice 'a' says the same whenever this one applies"] if found else [])


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"priority": ["hgih"]}, "priority of onestop.work-order.created.v1 is never hgih"),
        ({"again": ["yes"]}, "again of onestop.work-order.created.v1 is never yes"),
        ({"priority": ["high"], "again": ["true"], "zone": ["anything"]}, None),
    ],
)
def test_a_value_that_the_event_never_has_is_named(when: dict[str, list[str]], said: str | None) -> None:
    data = {"notices": [{**RULE, "when": when}], "templates": {}}
    assert [what for where, what in findings(data) if "when" in where] == ([said] if said else [])


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("onestop.permit.consulted.v1", []),
        ("onestop.permit.decided.v1", ["onestop.permit.decided.v1 asks nobody for their view"]),
        ("onestop.work-order.created.v1", ["onestop.work-order.created.v1 has no consultee to tell"]),
    ],
)
def test_only_whoever_is_asked_is_told_as_such(event: str, said: list[str]) -> None:
    rule = {**RULE, "event": event, "audience": "consultee", "when": {}}
    assert [what for where, what in findings({"notices": [rule], "templates": {}}) if "audience" in where] == said
