"""Reads a town's layers from their files, and says of each thing that cannot be used where it stands and why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.town.ground import cityjson, features
from shared.town.ground.features import Unusable
from shared.town.ground.model import Building, Ground, Parcel
from shared.town.plan import TownPlan

MOST_BYTES = 100_000_000  # of one layer: a town of 20,000 buildings has some 10 MB
_MOST_FAULTS = 100  # of one layer: whoever exported it wrongly has one for each thing
_READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "parcels": features.parcel,
    "roads": features.road,
    "buildings": features.read_building,
}


@dataclass(frozen=True)
class Fault:
    """What cannot be used: the line of the file, the place in it, and the reason."""

    line: int
    place: str
    reason: str


def read_ground(directory: Path, plan: TownPlan | None) -> Ground:
    """Every layer that the plan names; raises for one that `make check` would have refused."""
    kept: dict[str, list[Any]] = {}
    for name, layer in (plan.layers if plan else {}).items():
        things, faults = read_layer(name, directory / layer.file)
        if faults:
            raise ValueError(f"{layer.file}:{faults[0].line}: {faults[0].place}: {faults[0].reason}")
        kept[name] = things
    return Ground(kept.get("parcels", ()), kept.get("roads", ()), kept.get("buildings", ()))


def read_layer(name: str, path: Path) -> tuple[list[Any], list[Fault]]:
    """The things of one layer, and what cannot be used of it."""
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise ValueError(f"larger than {MOST_BYTES:,} bytes")
        text = content.decode()
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return [], [Fault(error.lineno, "", f"not JSON: {error.msg}")]
    except OSError:
        return [], [Fault(1, "", "there is no such file in the town's folder")]
    except (ValueError, RecursionError) as error:
        return [], [Fault(1, "", f"cannot be read: {error}")]
    if isinstance(data, dict) and data.get("type") == "CityJSON" and name == "buildings":
        return _city(data, text)
    return _features(name, data, text)


def _features(name: str, data: Any, text: str) -> tuple[list[Any], list[Fault]]:
    listed = data.get("features") if isinstance(data, dict) else None
    if not isinstance(listed, list) or data.get("type") != "FeatureCollection":
        also = " or CityJSON" if name == "buildings" else ""
        return [], [Fault(1, "", f"must be a GeoJSON FeatureCollection{also}")]
    things: list[Any] = []
    wrong: list[tuple[int, Unusable]] = []
    known: set[str] = set()
    for index, feature in enumerate(listed):
        try:
            thing = _READERS[name](feature)
            code = thing.deed_number if isinstance(thing, Parcel) else thing.code
            if code and code in known:
                raise Unusable("properties", f"{code!r} is in the file twice")
            known.add(code)
            things.append(thing)
        except Unusable as error:
            wrong.append((index, error))
    lines = _lines_of_features(text) if wrong else []
    return things, [
        Fault(lines[index] if index < len(lines) else 1, f"features[{index}].{error.place}", error.reason)
        for index, error in wrong[:_MOST_FAULTS]
    ]


def _lines_of_features(text: str) -> list[int]:
    """On which line each feature begins; only asked for when one is wrong."""
    decoder, lines = json.JSONDecoder(), []
    at = text.find("[", text.find('"features"')) + 1
    line, counted = 1, 0
    while at:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text) or text[at] == "]":
            break
        line, counted = line + text.count("\n", counted, at), at
        lines.append(line)
        _, at = decoder.raw_decode(text, at)
    return lines


def _city(data: dict[str, Any], text: str) -> tuple[list[Building], list[Fault]]:
    buildings, wrong = cityjson.read(data)
    return buildings, [
        Fault(_line_of(text, code), f"CityObjects.{code}.{error.place}" if code else error.place, error.reason)
        for code, error in wrong[:_MOST_FAULTS]
    ]


def _line_of(text: str, code: str) -> int:
    """Where a city object is named; the first line for what is wrong with the whole file."""
    at = text.find(json.dumps(code, ensure_ascii=False) + ":") if code else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
