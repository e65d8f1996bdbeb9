"""The AsyncAPI document is valid by the official parser and tells the whole catalogue."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from shared.events import EVENTS
from shared.events.asyncapi import document
from shared.events.examples import EXAMPLES
from shared.events.schemas import INTEGRATORS
from shared.events.shapes import envelope_schema, shapes
from shared.events.topics import TOPICS

VALIDATOR = Path(__file__).with_name("validate_asyncapi.mjs")
PATH = INTEGRATORS / "asyncapi.yaml"


BREAKS = {
    "an unknown action": ("action: send", "action: shout"),
    "a channel that is not there": ("#/channels/public.reports.v1", "#/channels/public.nothing.v1"),
    "a partition count in words": ("partitions: 12", "partitions: twelve"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the parser says of our document, and of copies that were broken on purpose; one process for all."""
    folder, text = tmp_path_factory.mktemp("asyncapi"), PATH.read_text(encoding="utf-8")
    paths = {"ours": PATH}
    for name, (old, new) in BREAKS.items():
        assert old in text
        paths[name] = folder / f"{len(paths)}.yaml"
        paths[name].write_text(text.replace(old, new, 1), encoding="utf-8")
    node = shutil.which("node")
    assert node, "Node.js is missing: run `make setup`"
    command: list[str | Path] = [node, VALIDATOR, *paths.values()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(paths), done.stderr
    return dict(zip(paths, lines, strict=True))


def test_the_official_parser_accepts_it(verdicts: dict[str, dict[str, Any]]) -> None:
    ours = verdicts["ours"]
    assert ours["objections"] == []
    assert ours["valid"]
    assert (ours["version"], ours["channels"], ours["messages"]) == ("3.1.0", 8, len(shapes()))


@pytest.mark.parametrize("name", BREAKS)
def test_the_official_parser_would_object(verdicts: dict[str, dict[str, Any]], name: str) -> None:
    assert not verdicts[name]["valid"]
    assert any(one.startswith("error") for one in verdicts[name]["objections"])


def test_operations_are_the_catalogue_s_writers_and_readers() -> None:
    told = {(one["action"], one["tags"][0]["name"], one["channel"]["$ref"]) for one in operations()}
    expected: set[tuple[str, str, str]] = set()
    for name, topic in TOPICS.items():
        if not name.endswith(".dlq"):
            expected |= {("send", who, f"#/channels/{name}") for who in topic.writers}
            expected |= {("receive", who, f"#/channels/{name}") for who in topic.readers}
    assert told == expected


def operations() -> list[dict[str, Any]]:
    return list(yaml.safe_load(PATH.read_text(encoding="utf-8"))["operations"].values())


def test_channels_carry_the_catalogue_s_events_with_key_and_headers() -> None:
    told = document()
    messages = told["components"]["messages"]
    carried = [(name, message) for name, channel in told["channels"].items() for message in channel["messages"]]
    assert sorted(carried) == sorted((shape.topic, shape.event_type) for shape in shapes())
    assert {message["name"] for message in messages.values()} == set(EVENTS)
    assert all("key" in message["bindings"]["kafka"] for message in messages.values())
    for name, channel in told["channels"].items():
        assert channel["bindings"]["kafka"]["partitions"] == TOPICS[name].partitions


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_the_headers_of_the_examples_are_as_described(event_type: str) -> None:
    shape = next(one for one in shapes() if one.event_type == event_type)
    schema = envelope_schema()
    Draft202012Validator(schema).validate(shape.example["headers"])
    assert set(shape.example["headers"]) <= set(schema["properties"])
    assert set(schema["required"]) <= set(shape.example["headers"])
