"""Schemas of Kubernetes' own kinds and of the operators', made strict: an unknown field is an error, as it is for an
API server that is asked to validate."""

import functools
import gzip
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource

from tests.support.manifests import Manifest

CRDS = Path(__file__).parents[1] / "deploy/crds"
_OPEN = ("additionalProperties", "x-kubernetes-preserve-unknown-fields", "$ref")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def faults(one: Manifest, version: str) -> list[str]:
    """What an API server of this version would refuse, as `path: reason`."""
    custom = _custom().get((one["apiVersion"], one["kind"]))
    validator = custom or _own(one["apiVersion"], one["kind"], version)
    return [f"{_path(error)}: {error.message[:300]}" for error in validator.iter_errors(one)]


def _path(error: jsonschema.ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path) or "(the object)"


@functools.cache
def _custom() -> dict[tuple[str, str], jsonschema.Draft202012Validator]:
    """By API version and kind, of every definition we have."""
    found = {}
    for file in sorted(CRDS.glob("*.yaml.gz")):
        for definition in yaml.load_all(gzip.decompress(file.read_bytes()), Loader=_Loader):
            for version, schema in _served(definition):
                key = f"{definition['spec']['group']}/{version}", definition["spec"]["names"]["kind"]
                found[key] = jsonschema.Draft202012Validator(schema)
    return found


def _served(definition: Manifest) -> Iterator[tuple[str, Manifest]]:
    for version in definition["spec"]["versions"]:
        if version["served"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            yield version["name"], schema


def strict(schema: Any) -> Any:
    """The same structural schema, which takes no field that it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) if key != "default" else value for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        made["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if schema.get("type") == "object" and not any(key in schema for key in _OPEN):
            made["additionalProperties"] = False
    if schema.get("nullable") and "type" in schema:
        made["type"] = [schema["type"], "null"]
    return made


@functools.cache
def _own(api_version: str, kind: str, version: str) -> jsonschema.Draft202012Validator:
    """Of a kind that Kubernetes has by itself."""
    group, _, name = api_version.rpartition("/")
    file = "-".join(part for part in (kind.lower(), group.partition(".")[0], name) if part)
    return jsonschema.Draft202012Validator(_file(version, file), registry=_definitions(version))


@functools.cache
def _definitions(version: str) -> Registry[Any]:
    return Resource.from_contents(_file(version, "_definitions")) @ Registry()


def _file(version: str, name: str) -> Any:
    folder = resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    return json.loads((folder / f"{name}.json").read_text("utf-8"))
