"""Nothing on a public topic can hold a sentence, a contact or an exact home: proven on the schemas and on the data."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from shared.events.base import Event, Visibility
from shared.events.catalogue import EVENTS, FAMILIES, PUBLIC_FAMILIES
from shared.events.public import to_public, visibility
from tools.contract.examples import EXAMPLES
from tools.contract.shapes import Shape, shapes

PUBLIC_SHAPES = [shape for shape in shapes() if shape.topic.startswith("public.")]
PUBLIC_EVENTS = [event for name in PUBLIC_FAMILIES for event in FAMILIES[name].events]
FREE = {
    "a Thai sentence": "ท่อประปาแตกหน้าบ้าน",
    "an English sentence": "call me at home please",
    "a mail address": "somying@example.org",
    "a phone number": "+66 81 234 5678",
    "an address": "99/4 หมู่ 3 ต.แม่เหียะ",
    "a name": "สมหญิง ใจดี",
    "several lines": "first line\nsecond line",
    "markup": "<script>alert(1)</script>",
}
CONTACT_WORDS = re.compile(r"name|phone|mail|line_id|address|accuracy|text|note|comment|actor|secret|token|answers")
THAI = re.compile(r"[\u0e00-\u0e7f]")


def name_of(shape: Shape) -> str:
    return shape.event_type


def nodes(schema: Any, where: str = "data") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every sub-schema with its place, shared types too."""
    if isinstance(schema, dict):
        yield where, schema
        for name, inner in schema.get("properties", {}).items():
            yield from nodes(inner, f"{where}.{name}")
        for name, inner in schema.get("$defs", {}).items():
            yield from nodes(inner, name)
        for word in ("items", "additionalProperties", "propertyNames"):
            yield from nodes(schema.get(word), f"{where}.{word}")
        for word in ("anyOf", "allOf", "oneOf", "prefixItems"):
            for inner in schema.get(word, []):
                yield from nodes(inner, where)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model inside an annotation, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for info in annotation.model_fields.values():
            yield from models(info.annotation)
    for inner in get_args(annotation):
        yield from models(inner)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_every_field_carries_exactly_one_mark(event: type[Event]) -> None:
    for model in models(event):
        for field in model.model_fields:
            visibility(model, field)  # raises otherwise


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_private_fields_are_contacts_and_contacts_are_private(event: type[Event]) -> None:
    private = {visibility(event, field) is Visibility.PRIVATE for field in event.model_fields}
    assert private == {event.family == "contacts"}


@pytest.mark.parametrize("shape", PUBLIC_SHAPES, ids=name_of)
def test_every_public_string_is_constrained(shape: Shape) -> None:
    for where, node in nodes(shape.schema):
        if "string" in node.get("type", ""):  # alone, or in a list with null
            told = {"pattern", "enum", "const"} & set(node) or node.get("format") == "date-time"
            assert told, f"{where} may hold any text"
        elif "const" not in node and "enum" not in node:
            assert node.get("type") or node.get("anyOf") or node.get("$ref"), f"{where} may hold anything"


@pytest.mark.parametrize("shape", PUBLIC_SHAPES, ids=name_of)
def test_no_public_pattern_lets_a_sentence_through(shape: Shape) -> None:
    for where, node in nodes(shape.schema):
        if "pattern" in node:
            assert node["pattern"].startswith("^"), f"{where}: the pattern is not anchored"
            assert node["pattern"].endswith("$"), f"{where}: the pattern is not anchored"
            let_through = [what for what, text in FREE.items() if re.search(node["pattern"], text)]
            assert not let_through, f"{where} would let {', '.join(let_through)} through"


@pytest.mark.parametrize("shape", PUBLIC_SHAPES, ids=name_of)
def test_public_objects_have_named_fields_and_none_of_a_contact(shape: Shape) -> None:
    for where, node in nodes(shape.schema):
        if node.get("type") == "object":
            assert node.get("properties"), f"{where} is an open object: its keys may hold anything"
            assert not [name for name in node["properties"] if CONTACT_WORDS.search(name)], where


@pytest.mark.parametrize("shape", PUBLIC_SHAPES, ids=name_of)
def test_a_home_has_no_place_and_other_places_are_only_degrees(shape: Shape) -> None:
    for where, node in nodes(shape.schema):
        names = set(node.get("properties", {}))
        if names & {"latitude", "longitude", "location", "coordinates"}:
            assert shape.topic != "public.permits.v1", f"{where}: the place of a permit is a home"
        if "latitude" in names:
            assert names == {"latitude", "longitude", "coarse"}, where


def hidden_texts(value: Any) -> Iterator[str]:
    """Every text and number below a field that is not public."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from hidden_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from hidden_texts(inner)
    elif isinstance(value, str) and len(value) > 2:
        yield value


@pytest.mark.parametrize("event", PUBLIC_EVENTS, ids=lambda event: event.type)
def test_the_public_event_quotes_nothing_of_the_internal_one(event: type[Event]) -> None:
    example = EXAMPLES[event.type].event
    public = json.dumps(to_public(example), ensure_ascii=False)
    internal = {name for name in event.model_fields if visibility(event, name) is Visibility.INTERNAL}
    data = example.data()
    leaked = [text for name in internal for text in hidden_texts(data[name]) if text in public]
    assert not leaked
    assert not THAI.search(public)
    assert internal.isdisjoint(json.loads(public))


def test_the_examples_have_something_to_hide() -> None:
    """Else the test above proves nothing: the internal examples hold Thai text, places, people and contacts."""
    internal = json.dumps([EXAMPLES[event.type].event.data() for event in PUBLIC_EVENTS], ensure_ascii=False)
    assert len(THAI.findall(internal)) > 300
    assert all(word in internal for word in ("accuracy_m", "address", "actor", "หมู่ 3"))
