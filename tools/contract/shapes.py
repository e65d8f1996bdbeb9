"""The JSON Schema and an example of everything that travels, generated from the models alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from shared.events import topics
from shared.events.base import Event
from shared.events.catalogue import FAMILIES, INTERNAL_FAMILIES, PUBLIC_FAMILIES
from shared.events.envelope import CONTENT_TYPE, DATASCHEMA, PATTERNS, SPEC_VERSION, dataschema, to_headers
from shared.events.public import public_model, to_public
from shared.events.times import RENDERED
from tools.contract.examples import EXAMPLES
from tools.contract.vocabulary import LISTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MADE_COARSE = ("Place",)  # parts whose public form is another class
_OPTIONAL_HEADERS = ("ce_team", "ce_category", "ce_zone", "ce_agency", "ce_audience", "traceparent")


@dataclass(frozen=True)
class Shape:
    """An event type as one topic carries it: the model that reads it, its schema, and an example of a whole record."""

    topic: str
    event_type: str
    revision: int
    model: type[BaseModel]
    schema: dict[str, Any]
    example: dict[str, Any]  # key, headers and value, as people see them


@cache
def shapes() -> tuple[Shape, ...]:
    """Every event on every topic that carries it: internal and public, contacts on the private one."""
    found: list[Shape] = []
    for name in INTERNAL_FAMILIES:
        found += [_shape(topics.internal(name), event, event) for event in FAMILIES[name].events]
    for name in PUBLIC_FAMILIES:
        found += [_shape(topics.public(name), event, public_model(event)) for event in FAMILIES[name].events]
    return (*found, *(_shape(topics.CONTACTS, event, event) for event in FAMILIES["contacts"].events))


def envelope_schema() -> dict[str, Any]:
    """The headers, as text; Kafka carries them as UTF-8 bytes."""
    patterns = {f"ce_{name.replace('_', '')}": f"^{pattern}$" for name, pattern in PATTERNS.items()}
    patterns["ce_dataschema"] = f"^{DATASCHEMA}$"
    patterns["traceparent"] = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
    properties: dict[str, Any] = {name: {"type": "string", "pattern": text} for name, text in patterns.items()}
    properties["ce_time"] = {"type": "string", "format": "date-time", "pattern": f"^{RENDERED}$"}
    properties["ce_specversion"] = {"type": "string", "const": SPEC_VERSION}
    properties["content-type"] = {"type": "string", "pattern": f"^{CONTENT_TYPE}"}
    required = sorted(name for name in properties if name not in _OPTIONAL_HEADERS)
    for name, text in _MEANINGS.items():
        properties[name]["description"] = text
    ordered = {name: properties[name] for name in sorted(properties)}
    return {"type": "object", "description": "CloudEvents 1.0 attributes as Kafka headers (binary mode).",
            "properties": ordered, "required": required}  # fmt: skip


def _shape(topic: str, event: type[Event], model: type[BaseModel]) -> Shape:
    if (example := EXAMPLES.get(event.type)) is None:
        raise LookupError(f"{event.type} has no example: add one in tools/contract/examples/")
    value = example.event.data() if model is event else to_public(example.event)
    record = {
        "key": example.envelope.subject,
        "headers": {
            **{name: raw.decode() for name, raw in to_headers(example.envelope)},
            "ce_dataschema": dataschema(topic, event.type),
        },
        "value": value,
    }
    return Shape(topic, event.type, event.revision, model, _schema(topic, event, model), record)


def _schema(topic: str, event: type[Event], model: type[BaseModel]) -> dict[str, Any]:
    """The schema of one event: whole in itself, its shared types in `$defs` under the names that they have everywhere.

    The types of public topics carry the plain names (`Place`); those that only services see begin with `Internal`,
    where the public ones differ.
    """
    generated = model.model_json_schema()
    definitions: dict[str, Any] = {}
    parts = {name: name_published(model, name) for name in generated.get("$defs", {})}
    body = _name_parts(_tidy({name: one for name, one in generated.items() if name != "$defs"}), parts, definitions)
    for name, part in generated.get("$defs", {}).items():
        definitions[parts[name]] = {"title": parts[name], **_name_parts(_tidy(part), parts, definitions)}
    title = event.__name__ if topic.startswith(("public.", "private.")) else f"Internal{event.__name__}"
    schema = {"$schema": DIALECT, "$id": dataschema(topic, event.type), "title": title, **body}
    return {**schema, "$defs": dict(sorted(definitions.items()))} if definitions else schema


def name_published(model: type[BaseModel], part: str) -> str:
    """What a part of this model is called in the contract."""
    name = part.removeprefix("Public")
    return f"Internal{name}" if issubclass(model, Event) and name in _MADE_COARSE else name


def _name_parts(node: Any, parts: Mapping[str, str], definitions: dict[str, Any]) -> Any:
    """The schema with each closed list and each part replaced by its name; the lists go into `definitions`."""
    if isinstance(node, list):
        return [_name_parts(one, parts, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    rest = {name: _name_parts(one, parts, definitions) for name, one in node.items() if name not in ("enum", "$ref")}
    if "$ref" in node:
        return {"$ref": f"#/$defs/{parts[node['$ref'].rpartition('/')[2]]}", **rest}
    if "enum" not in node:
        return rest
    known = LISTS[tuple(node["enum"])]
    definitions[known.name] = {
        "title": known.name, "description": known.text, "type": "string", "enum": node["enum"],
    }  # fmt: skip
    return {"$ref": f"#/$defs/{known.name}", **{name: one for name, one in rest.items() if name != "type"}}


def _tidy(schema: Any) -> Any:
    """Without the titles that only repeat a field's name (a property called "title" stays), and with the plain way to
    say that a value may be null, which model generators read best."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {
        name: {field: _tidy(one) for field, one in inner.items()} if name == "properties" else _tidy(inner)
        for name, inner in schema.items()
        if name != "title"
    }
    match tidy.get("anyOf"):
        case [{"type": str(kind), **more} as one, {"type": "null"}] if "enum" not in one and kind != "object":
            return {"type": [kind, "null"], **more, **{name: told for name, told in tidy.items() if name != "anyOf"}}
    return tidy


_MEANINGS = {
    "ce_id": "The event's id, a ULID: the same on the internal and the public topic, and on every repetition.",
    "ce_source": "/<town>/<service>",
    "ce_subject": "The case, equal to the record's key.",
    "ce_time": "When it happened; UTC, milliseconds. Data renders times in the same way.",
    "ce_dataschema": "The `$id` of the JSON Schema that the data obeys, with its revision.",
    "ce_sequence": "Rises with each event of this key and sorts as text; jumps where not all is public.",
    "ce_causationid": "The event or request that led to this one.",
    "ce_correlationid": "The same for everything that one first request set off.",
    "ce_team": "The team that holds the work, where there is one.",
    "ce_category": "The report's category, where there is one.",
    "ce_zone": "The town's zone, where there is one.",
    "ce_agency": "The agency outside the town that has the work or that the event is about, where there is one.",
    "ce_audience": "Whom a notice is for: the party's or group's code.",
    "traceparent": "W3C trace context of the step that wrote the event.",
}
