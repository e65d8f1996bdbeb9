"""The published schemas and examples: `python -m tools.contract.schemas write|check`.

A published file is frozen. A compatible change adds a revision beside it; an incompatible one is refused.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.events.envelope import read_envelope
from shared.events.undecodable import Undecodable
from tools.contract.asyncapi import documents
from tools.contract.compatibility import differences, same
from tools.contract.reference import as_markdown
from tools.contract.shapes import Shape, shapes
from tools.piped import run_piped

ROOT = Path(__file__).parents[2]
INTEGRATORS = ROOT / "docs" / "integrators"
SUMS = "frozen.sha256"  # `sha256sum --check` reads it too
_REVISION = re.compile(r"(?P<type>.+)\.r(?P<number>[1-9][0-9]*)\.schema\.json")


@dataclass(frozen=True)
class Frozen:
    """One published revision."""

    topic: str
    event_type: str
    number: int
    schema: dict[str, Any]
    example: dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """0: everything is published as it is in the models; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m tools.contract.schemas", description="Schemas for integrators.")
    parser.add_argument("command", choices=("write", "check"))
    parser.add_argument("--folder", type=Path, default=INTEGRATORS, help="where schemas/ and the documents are")
    options = parser.parse_args(arguments)
    told = write(options.folder) if options.command == "write" else check(options.folder)
    print("\n".join(told) if told else "all published schemas are as the models say")
    return int(bool(told))


def write(folder: Path) -> list[str]:
    """Publish what is new, or nothing at all when something is incompatible; the reasons."""
    told = _incompatible(folder) + _list_edited(folder) + _list_unrevised(folder)
    if told:
        return told
    for shape in shapes():
        published = read_frozen(folder, shape.topic, shape.event_type)
        if not published or published[-1].number < shape.revision:
            _publish(folder, shape)
    for name, text in _generate().items():
        (folder / name).write_text(text, encoding="utf-8")
    return []


def check(folder: Path) -> list[str]:
    """Everything that is not as it must be, one sentence each."""
    told = _incompatible(folder) + _list_edited(folder) + _list_unrevised(folder)
    for shape in shapes():
        published = read_frozen(folder, shape.topic, shape.event_type)
        if not published or published[-1].number < shape.revision:
            told.append(f"{shape.topic} {shape.event_type} r{shape.revision} is not published: run `... schemas write`")
    for name, text in _generate().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            told.append(f"{path} is not what the models say: run `... schemas write`")
    return told


def _generate() -> dict[str, str]:
    """The files that are written anew each time, by name."""
    return {**documents(), "events.md": as_markdown()}


def read_frozen(folder: Path, topic: str | None = None, event_type: str | None = None) -> list[Frozen]:
    """The published revisions, oldest first; of one topic and type, or of all."""
    paths = (folder / "schemas").glob(f"{topic or '*'}/{event_type or '*'}.r*.schema.json")
    return sorted((_read(path) for path in paths), key=lambda one: (one.topic, one.event_type, one.number))


def _read(path: Path) -> Frozen:
    match = _REVISION.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{path} is not named <type>.r<number>.schema.json")
    example = path.with_name(path.name.replace(".schema.json", ".example.json"))
    schema, record = (json.loads(one.read_text(encoding="utf-8")) for one in (path, example))
    return Frozen(path.parent.name, match["type"], int(match["number"]), schema, record)


def _incompatible(folder: Path) -> list[str]:
    today = {(shape.topic, shape.event_type): shape for shape in shapes()}
    told = []
    for old in read_frozen(folder):
        name, shape = f"{old.topic} {old.event_type} r{old.number}", today.get((old.topic, old.event_type))
        if shape is None:
            told.append(f"{name} is published, but gone from the catalogue")
            continue
        told += [f"{name}: {change}" for change in differences(old.schema, shape.schema)]
        told += [f"{name}: its example is no longer understood: {reason}" for reason in _unread(old, shape)]
    return told


def _list_unrevised(folder: Path) -> list[str]:
    """A revision says one thing for ever: a schema that changed, if only by a new field, must be the next one."""
    told = []
    for shape in shapes():
        published = read_frozen(folder, shape.topic, shape.event_type)
        last = published[-1] if published else None
        name = f"{shape.topic} {shape.event_type}"
        if last and last.number == shape.revision and not same(last.schema, shape.schema):
            told.append(f"{name} is not as r{last.number} says: give its class `revision = {last.number + 1}`")
        elif shape.revision not in ((last.number, last.number + 1) if last else (1,)):
            told.append(f"{name} is of revision {shape.revision}, published is {last.number if last else 'none'}")
    return told


def _unread(old: Frozen, shape: Shape) -> list[str]:
    try:
        read_envelope((name, text.encode()) for name, text in old.example["headers"].items())
        shape.model.model_validate_json(json.dumps(old.example["value"]), strict=True)
    except Undecodable as error:
        return [str(error)]
    except ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
    return []


def _list_edited(folder: Path) -> list[str]:
    """Published files whose bytes changed or that are gone, and files nobody published."""
    schemas, sums = folder / "schemas", folder / "schemas" / SUMS
    if not schemas.exists():
        return []
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(schemas).as_posix(): path for path in schemas.glob("*/*.json")}
    told = [f"{name} is published, but missing" for name in listed if name not in there]
    for name, path in sorted(there.items()):
        if listed.get(name) != hashlib.sha256(path.read_bytes()).hexdigest():
            told.append(f"{name} was {'edited after it was published' if name in listed else 'not published by us'}")
    return told


def _publish(folder: Path, shape: Shape) -> None:
    schemas = folder / "schemas"
    (schemas / shape.topic).mkdir(parents=True, exist_ok=True)
    with (schemas / SUMS).open("a", encoding="utf-8") as sums:
        for kind, content in (("schema", shape.schema), ("example", shape.example)):
            name = f"{shape.topic}/{shape.event_type}.r{shape.revision}.{kind}.json"
            text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
            (schemas / name).write_text(text, encoding="utf-8")
            sums.write(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
            print(f"published {name}")


if __name__ == "__main__":
    sys.exit(run_piped(main))
