"""Only an optional field may come to a published schema; every other change is noticed."""

from copy import deepcopy
from typing import Any

import pytest

from tools.contract.compatibility import differences, same

CODE = {"type": "string", "pattern": "^a$"}
OLD: dict[str, Any] = {
    "type": "object",
    "title": "Thing",
    "properties": {
        "title": deepcopy(CODE),
        "kind": {"enum": ["a", "b"], "type": "string"},
        "count": {"type": "integer", "default": 0},
        "place": {"anyOf": [{"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
                            {"type": "null"}]},
    },
    "required": ["title", "kind"],
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    new = deepcopy(OLD)
    *way, last = path.split("/")
    node: Any = new
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return new


def test_an_optional_field_may_come_anywhere() -> None:
    assert differences(OLD, changed("properties/more", CODE)) == []
    assert differences(OLD, changed("properties/place/anyOf/0/properties/y", CODE)) == []
    assert not same(OLD, changed("properties/more", CODE))


def test_a_shared_type_may_come_with_its_field_and_never_changes() -> None:
    level = {"Level": {"type": "string", "enum": ["a"]}}
    old = {**OLD, "$defs": level}
    assert differences(OLD, old) == []
    assert differences(old, {**old, "$defs": {**level, "Stage": {"type": "string", "enum": ["b"]}}}) == []
    told = differences(old, {**old, "$defs": {"Level": {"type": "string", "enum": ["a", "b"]}}})
    assert told == ["data, Level.enum changed from ['a'] to ['a', 'b']"]
    assert not same(old, {**old, "$defs": {"Level": {"type": "string", "enum": ["a", "b"]}}})


def test_texts_for_people_may_change() -> None:
    new = changed("description", "Better said.")
    assert differences(OLD, new) == []
    assert same(OLD, new)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("properties/count", None, "data.count was removed"),
        ("properties/title", None, "data.title was removed"),
        ("properties/title/pattern", "^b$", "data.title.pattern changed"),
        ("properties/title/pattern", None, "pattern was removed"),
        ("properties/title/maxLength", 3, "maxLength was added"),
        ("properties/kind/enum", ["a", "b", "c"], "data.kind.enum changed"),
        ("properties/count/default", 1, "data.count.default changed"),
        ("properties/count/type", "number", "data.count.type changed"),
        ("properties/place/anyOf/0/properties/x/type", "integer", "data.place.anyOf[0].x.type changed"),
        ("properties/place/anyOf", [{"type": "null"}], "data.place.anyOf changed"),
        ("required", ["title"], "data.kind is no longer required"),
        ("required", ["title", "kind", "count"], "data.count is now required"),
    ],
)
def test_any_other_change_is_told(path: str, value: Any, told: str) -> None:
    assert any(told in one for one in differences(OLD, changed(path, value)))


def test_a_new_required_field_is_told() -> None:
    new = changed("properties/more", CODE) | {"required": ["title", "kind", "more"]}
    assert differences(OLD, new) == ["data.more was added as required"]


def test_true_is_not_one() -> None:
    assert differences({"default": True}, {"default": 1}) == ["data.default changed from True to 1"]
