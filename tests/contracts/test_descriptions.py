"""Whoever reads the contract is told what each field and each value says."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from shared.events.base import Event
from shared.events.catalogue import EVENTS
from tools.contract.shapes import Shape, shapes
from tools.contract.vocabulary import LISTS


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: f"{shape.topic}/{shape.event_type}")
def test_every_field_says_what_it_is(shape: Shape) -> None:
    for schema in (shape.schema, *shape.schema.get("$defs", {}).values()):
        assert schema["description"].strip()
        assert [name for name, field in schema.get("properties", {}).items() if not field.get("description")] == []


def literals(annotation: Any) -> Iterator[tuple[str, ...]]:
    """Every closed list inside an annotation or a model, however deep."""
    if get_origin(annotation) is Literal:
        yield get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for info in annotation.model_fields.values():
            yield from literals(info.annotation)
    else:
        for inner in get_args(annotation):
            yield from literals(inner)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_every_closed_list_has_a_name_and_a_meaning_for_each_value(event: type[Event]) -> None:
    for values in literals(event):
        assert all(LISTS[values].meanings[value].strip() for value in values)


def test_no_two_lists_share_a_name() -> None:
    names = [one.name for one in LISTS.values()]
    assert len(set(names)) == len(names)


def test_what_is_told_of_a_value_is_in_the_schema_of_each_event_that_has_it() -> None:
    told = {name: schema for shape in shapes() for name, schema in shape.schema.get("$defs", {}).items()}
    for one in LISTS.values():
        assert all(
            f"- `{value}`: {meaning}" in told[one.name]["description"] for value, meaning in one.meanings.items()
        )
