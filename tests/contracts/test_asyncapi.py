"""The AsyncAPI documents are valid by the official parser, and each tells its whole part of the catalogue."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from shared.events.catalogue import EVENTS
from shared.events.topics import TOPICS
from tests.support.javascript import run_node
from tools.contract.examples import EXAMPLES
from tools.contract.schemas import INTEGRATORS
from tools.contract.shapes import envelope_schema, shapes

VALIDATOR = Path(__file__).with_name("validate_asyncapi.mjs")
WHOLE, PUBLIC = INTEGRATORS / "asyncapi.yaml", INTEGRATORS / "asyncapi-public.yaml"
TOLD = {
    WHOLE: shapes(),
    PUBLIC: tuple(shape for shape in shapes() if shape.topic.startswith("public.")),
}
# 3.0.0 on purpose: generators and renderers read it, and nothing newer is used.
NEWER = "information asyncapi-latest-version at asyncapi: The latest version of AsyncAPi is not used."

BREAKS = {
    "an unknown action": ("action: send", "action: shout"),
    "a channel that is not there": ("#/channels/public.reports.v1", "#/channels/public.nothing.v1"),
    "a partition count in words": ("partitions: 12", "partitions: twelve"),
    "a schema that is not there": ("#/components/schemas/Level", "#/components/schemas/Rung"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the parser says of our documents, and of copies that were broken on purpose; one process for all."""
    folder, text = tmp_path_factory.mktemp("asyncapi"), WHOLE.read_text(encoding="utf-8")
    paths = {one.name: one for one in TOLD}
    for name, (old, new) in BREAKS.items():
        assert old in text
        paths[name] = folder / f"{len(paths)}.yaml"
        paths[name].write_text(text.replace(old, new, 1), encoding="utf-8")
    lines = [json.loads(line) for line in run_node(VALIDATOR, *paths.values()).splitlines()]
    assert len(lines) == len(paths)
    return dict(zip(paths, lines, strict=True))


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_the_official_parser_accepts_it(verdicts: dict[str, dict[str, Any]], path: Path) -> None:
    ours = verdicts[path.name]
    assert [one for one in ours["objections"] if not one.startswith(NEWER)] == []
    assert ours["valid"]
    channels = {shape.topic for shape in TOLD[path]}
    assert (ours["version"], ours["channels"], ours["messages"]) == ("3.0.0", len(channels), len(TOLD[path]))


@pytest.mark.parametrize("name", BREAKS)
def test_the_official_parser_would_object(verdicts: dict[str, dict[str, Any]], name: str) -> None:
    assert not verdicts[name]["valid"]
    assert any(one.startswith("error") for one in verdicts[name]["objections"])


def read(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_operations_are_the_catalogue_s_writers_and_readers(path: Path) -> None:
    operations = read(path)["operations"].values()
    told = {(one["action"], one["tags"][0]["name"], one["channel"]["$ref"]) for one in operations}
    expected: set[tuple[str, str, str]] = set()
    for name in {shape.topic for shape in TOLD[path]}:
        expected |= {("send", who, f"#/channels/{name}") for who in TOPICS[name].writers}
        expected |= {("receive", who, f"#/channels/{name}") for who in TOPICS[name].readers}
    assert told == expected


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_channels_carry_the_catalogue_s_events_with_key_and_headers(path: Path) -> None:
    told = read(path)
    messages = told["components"]["messages"]
    carried = [(name, message) for name, channel in told["channels"].items() for message in channel["messages"]]
    assert sorted(carried) == sorted((shape.topic, shape.event_type) for shape in TOLD[path])
    assert {message["name"] for message in messages.values()} == {shape.event_type for shape in TOLD[path]}
    assert all("key" in message["bindings"]["kafka"] for message in messages.values())
    for name, channel in told["channels"].items():
        assert channel["bindings"]["kafka"]["partitions"] == TOPICS[name].partitions


def test_the_whole_document_tells_every_event() -> None:
    assert {message["name"] for message in read(WHOLE)["components"]["messages"].values()} == set(EVENTS)


def test_the_public_document_tells_nothing_that_is_not_public() -> None:
    text = PUBLIC.read_text(encoding="utf-8")
    assert "internal." not in text
    assert "private." not in text
    assert not [name for name in read(PUBLIC)["components"]["schemas"] if name.startswith("Internal")]


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_each_message_has_a_schema_of_its_own_name_and_every_schema_is_used(path: Path) -> None:
    components = read(path)["components"]
    payloads = [message["payload"]["$ref"].rpartition("/")[2] for message in components["messages"].values()]
    assert len(set(payloads)) == len(payloads)
    text = path.read_text(encoding="utf-8")
    assert not [name for name in components["schemas"] if f"#/components/schemas/{name}" not in text]


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_the_headers_of_the_examples_are_as_described(event_type: str) -> None:
    schema = envelope_schema()
    for shape in (one for one in shapes() if one.event_type == event_type):
        Draft202012Validator(schema).validate(shape.example["headers"])
        assert set(shape.example["headers"]) <= set(schema["properties"])
        assert set(schema["required"]) <= set(shape.example["headers"])
        assert shape.example["headers"]["ce_dataschema"] == shape.schema["$id"]
