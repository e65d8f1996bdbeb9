"""A town's files as plain data, with the file and line of every value; knows YAML and GeoJSON, no rule of a town."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from shared.town.problems import Problem

Location = tuple[str | int, ...]
_MAX_BYTES = 5_000_000
_MOST_VALUES = 500_000  # aliases counted as often as they are used: some lines of them stand for billions
_DEEPEST = 64  # collections in one another; libyaml's composer goes down with the whole process at some ten thousand
# Of so many digits that nothing is measured in more: Python itself refuses to read thousands, by an exception.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTED = ("'", '"', "|", ">")
_GEOJSON = {"zones": "zones.geojson", "land_use": "land-use.geojson"}


@dataclass
class Source:
    """`data` is what the files say together; `lines` where each value stands; `problems` what could not be read."""

    directory: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Location, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, location: Location, reason: str) -> Problem:
        """A problem at the nearest place that a file has for `location`."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.lines:
                return Problem(*self.lines[location[:length]], reason)
        return Problem(str(self.directory / "town.yaml"), 1, reason)


def read_source(directory: Path) -> Source:
    """Every `*.yaml` of the folder merged at its top level, and the zones and land use."""
    source = Source(directory)
    files = sorted(directory.glob("*.yaml"))
    if not files:
        source.problems.append(Problem(str(directory / "town.yaml"), 1, "no YAML file in this folder"))
    for path in files:
        text = _text(source, path)
        if text is not None:
            _read_yaml(source, str(path), text)
    for key, name in _GEOJSON.items():
        if (directory / name).exists():
            _read_zones(source, key, directory / name)
    return source


def replace_section(source: Source, section: str, file: str, text: str) -> None:
    """The section as that text has it, which may hold nothing else; its lines are called `file`."""
    source.data.pop(section, None)
    source.lines = {place: line for place, line in source.lines.items() if place[:1] != (section,)}
    _read_yaml(source, file, text, only=section)
    if section not in source.data and not source.problems:
        source.problems.append(Problem(file, 1, f"must begin with `{section}:`"))


def _text(source: Source, path: Path) -> str | None:
    try:
        content = path.read_bytes()
        if len(content) > _MAX_BYTES:
            raise ValueError(f"larger than {_MAX_BYTES} bytes")
        return content.decode()
    except (OSError, ValueError) as error:
        source.problems.append(Problem(str(path), 1, f"cannot be read: {error}"))
        return None


def _compose(source: Source, file: str, text: str) -> yaml.Node | None:
    try:
        if line := _too_deep(text):
            source.problems.append(Problem(file, line, f"more than {_DEEPEST} lists and mappings in one another"))
            return None
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        return node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.problems.append(Problem(file, mark.line + 1 if mark else 1, f"not YAML: {error.problem}"))
    except yaml.YAMLError as error:
        source.problems.append(Problem(file, 1, f"not YAML: {error}"))
    return None


def _too_deep(text: str) -> int | None:
    """The line at which collections go too deep; the parser of events, unlike the composer, needs no stack for them."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return None


def _read_yaml(source: Source, path: str, text: str, only: str | None = None) -> None:
    node = _compose(source, path, text)
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode):
        source.problems.append(Problem(path, 1, "must be a mapping of keys"))
        return
    reader = _Reader(source, path)
    for key, value in reader.pairs(node, ()):
        if key.startswith("x-"):  # x-… holds anchors that other values refer to
            continue
        if only not in (None, key):
            reader.problem(value, f"{key!r} does not belong here: only `{only}` is read")
        elif key in source.data:
            file, line = source.lines[(key,)]
            reader.problem(value, f"{key!r} stands in {file}:{line} already")
        else:
            source.data[key] = reader.value(value, (key,))


class _Reader:
    """Turns nodes into plain data and notes their lines."""

    def __init__(self, source: Source, file: str) -> None:
        self.source, self.file = source, file
        self.open: list[yaml.Node] = []  # to refuse an alias inside its own anchor
        self.left = _MOST_VALUES

    def problem(self, node: yaml.Node, reason: str) -> None:
        self.source.problems.append(Problem(self.file, node.start_mark.line + 1, reason))

    def pairs(self, node: yaml.MappingNode, location: Location) -> Iterator[tuple[str, yaml.Node]]:
        """Keys with their nodes; a key that comes twice is a problem, and the first one counts."""
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in seen:
                self.problem(key_node, f"{key!r} is given twice, first on line {seen[key]}")
                continue
            seen[key] = line
            self.source.lines.setdefault((*location, key), (self.file, line))
            yield key, value

    def value(self, node: yaml.Node, location: Location) -> Any:
        """Plain data: mappings, lists and scalars."""
        self.source.lines.setdefault(location, (self.file, node.start_mark.line + 1))
        if node in self.open:
            self.problem(node, "refers to itself")
            return None
        self.left -= 1
        if self.left <= 0:
            if not self.left:
                self.problem(node, f"more than {_MOST_VALUES:,} values: aliases multiply")
            return None
        self.open.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return {key: self.value(value, (*location, key)) for key, value in self.pairs(node, location)}
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*location, index)) for index, item in enumerate(node.value)]
            return _scalar(node)
        finally:
            self.open.pop()


def _scalar(node: yaml.Node) -> Any:
    """Exact numbers; dates and times stay text (08:30 is no number, `no` is no boolean)."""
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style in _QUOTED:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if match := _NUMBER.fullmatch(text):
        return Decimal(text) if match[2] else int(text)
    return text


def _read_zones(source: Source, key: str, path: Path) -> None:
    """GeoJSON features as zones: `name_th` and `name_en` become the name (so does `law`), the geometry becomes
    polygons."""
    text = _text(source, path)
    if text is None:
        return
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        source.problems.append(Problem(str(path), error.lineno, f"not JSON: {error.msg}"))
        return
    except (ValueError, RecursionError) as error:  # thousands of digits, or of lists in one another
        source.problems.append(Problem(str(path), 1, f"cannot be read: {error}"))
        return
    node = _compose(source, str(path), text)  # JSON is YAML, and the YAML parser knows line numbers
    scratch = Source(source.directory)
    content = _Reader(scratch, str(path)).value(node, ()) if node else None
    features = content.get("features") if isinstance(content, dict) else None
    source.lines[(key,)] = (str(path), 1)
    if not isinstance(features, list):
        source.problems.append(Problem(str(path), 1, "must be a GeoJSON FeatureCollection"))
        return
    source.problems += scratch.problems
    source.data[key] = [_zone(source, scratch, key, index, feature) for index, feature in enumerate(features)]


def _zone(source: Source, scratch: Source, key: str, index: int, feature: Any) -> dict[str, Any]:
    whole: Location = ("features", index)
    _move_lines(source, scratch, whole, (key, index))
    _move_lines(source, scratch, (*whole, "properties"), (key, index))
    zone = dict((feature.get("properties") or {}) if isinstance(feature, dict) else {})
    for text in ("name", "law"):
        said = {language: zone.pop(f"{text}_{language}", None) for language in ("th", "en")}
        if text == "name" or any(said.values()):
            zone[text] = said
    geometry = (feature.get("geometry") or {}) if isinstance(feature, dict) else {}
    coordinates: Location = (*whole, "geometry", "coordinates")
    if geometry.get("type") == "Polygon":
        _move_lines(source, scratch, coordinates, (key, index, "polygons", 0))
        zone["polygons"] = [geometry.get("coordinates")]
    elif geometry.get("type") == "MultiPolygon":
        _move_lines(source, scratch, coordinates, (key, index, "polygons"))
        zone["polygons"] = geometry.get("coordinates")
    else:
        source.problems.append(scratch.at((*whole, "geometry"), "geometry must be a Polygon or MultiPolygon"))
        zone["polygons"] = []
    return zone


def _move_lines(source: Source, scratch: Source, old: Location, new: Location) -> None:
    depth = len(old)
    for location, place in scratch.lines.items():
        if location[:depth] == old:
            source.lines[(*new, *location[depth:])] = place
