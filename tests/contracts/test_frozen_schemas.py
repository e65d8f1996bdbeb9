"""Published schemas and examples are frozen, and today's models agree with every one of them, both ways."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from shared.events.catalogue import EVENTS, INTERNAL_FAMILIES, PUBLIC_FAMILIES
from shared.events.envelope import decode, encode
from shared.events.topics import CONTACTS, TOPICS
from shared.events.undecodable import Undecodable
from tools.contract.schemas import INTEGRATORS, Frozen, check, read_frozen
from tools.contract.shapes import Shape, shapes

PUBLISHED = read_frozen(INTEGRATORS)
TODAY = {(shape.topic, shape.event_type): shape for shape in shapes()}


def name_of(one: Frozen | Shape) -> str:
    return f"{one.topic}/{one.event_type}"


def objections(schema: dict[str, Any], value: Any) -> list[str]:
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def headers_of(record: dict[str, Any]) -> list[tuple[str, bytes | None]]:
    return [(name, text.encode()) for name, text in record["headers"].items()]


def test_what_is_published_is_what_the_models_say_and_no_file_was_edited() -> None:
    assert check(INTEGRATORS) == []


def test_every_event_is_published_on_every_topic_that_carries_it() -> None:
    expected = {(CONTACTS, name) for name, event in EVENTS.items() if event.family == "contacts"}
    for name, event in EVENTS.items():
        if event.family in INTERNAL_FAMILIES:
            expected.add((f"internal.{event.family}.v1", name))
        if event.family in PUBLIC_FAMILIES:
            expected.add((f"public.{event.family}.v1", name))
    assert {(one.topic, one.event_type) for one in PUBLISHED} == expected
    assert {topic for topic, _ in expected} == {name for name in TOPICS if not name.endswith(".dlq")}


@pytest.mark.parametrize("old", PUBLISHED, ids=lambda one: f"{name_of(one)}.r{one.number}")
def test_today_s_reader_understands_the_frozen_example(old: Frozen) -> None:
    Draft202012Validator.check_schema(old.schema)
    assert objections(old.schema, old.example["value"]) == []
    shape = TODAY[old.topic, old.event_type]
    value = encode(old.example["value"])
    if old.topic.startswith("public."):
        shape.model.model_validate_json(value, strict=True)
    else:
        envelope, event = decode(headers_of(old.example), value)
        assert (envelope.type, type(event)) == (old.event_type, EVENTS[old.event_type])


@pytest.mark.parametrize("old", PUBLISHED, ids=lambda one: f"{name_of(one)}.r{one.number}")
def test_a_reader_of_the_frozen_schema_understands_today_s_example(old: Frozen) -> None:
    assert objections(old.schema, TODAY[old.topic, old.event_type].example["value"]) == []


@pytest.mark.parametrize("old", PUBLISHED, ids=lambda one: f"{name_of(one)}.r{one.number}")
def test_headers_once_published_are_still_written(old: Frozen) -> None:
    assert set(old.example["headers"]) <= set(TODAY[old.topic, old.event_type].example["headers"])
    assert old.example["key"] == old.example["headers"]["ce_subject"]


@pytest.mark.parametrize("shape", shapes(), ids=name_of)
def test_the_example_comes_back_as_it_was(shape: Shape) -> None:
    value = shape.example["value"]
    assert shape.model.model_validate_json(encode(value), strict=True).model_dump(mode="json") == value


@pytest.mark.parametrize("shape", shapes(), ids=name_of)
def test_schema_and_model_refuse_the_same_damage(shape: Shape) -> None:
    """Each field in turn is left out, nulled and given a wrong type: schema and model must agree on every one."""
    value = shape.example["value"]
    for field in value:
        others = {name: one for name, one in value.items() if name != field}
        for damaged in (others, {**others, field: None}, {**others, field: {"wrong": []}}, {**others, field: -7.5}):
            assert bool(objections(shape.schema, damaged)) == refused(shape, damaged), (field, damaged.get(field))


def refused(shape: Shape, value: dict[str, Any]) -> bool:
    try:
        if shape.topic.startswith("public."):
            shape.model.model_validate_json(encode(value), strict=True)
        else:
            decode(headers_of(shape.example), encode(value))
    except (Undecodable, ValidationError):
        return True
    return False


def test_each_published_revision_has_an_id_of_its_own_that_its_records_name() -> None:
    ids = {
        (one.topic, one.event_type, one.number): (one.schema["$id"], one.example["headers"]["ce_dataschema"])
        for one in PUBLISHED
    }
    for (topic, event_type, number), (schema_id, named) in ids.items():
        assert schema_id == f"urn:onestop:schema:{topic.partition('.')[0]}:{event_type}:r{number}"
        assert named == schema_id
    assert len(set(ids.values())) == len(ids)
