"""Reads an extract: `.osm.pbf` (or `.osm`, `.osm.bz2`), an Overpass answer in JSON, or GeoJSON with the same tags."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
from shapely import MultiPolygon, Point, Polygon, clip_by_rect, from_wkb, make_valid
from shapely.geometry import LineString, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, polygonize

from tools.town_map.schema import KEYS, Tags

Box = tuple[float, float, float, float]  # west, south, east, north
_AREA_KEYS = {"building", "landuse", "natural", "leisure", "amenity", "shop", "office", "tourism", "historic", "place"}


class BadExtract(Exception):
    """The file cannot be read as an extract; the message says what was expected."""


@dataclass(frozen=True)
class Element:
    """One object of the extract: its tags and its place in degrees."""

    tags: Tags
    geometry: BaseGeometry


def read(path: Path, box: Box) -> Iterator[Element]:
    """What of every object with a tag of ours lies in the box. BadExtract when the file is none of the three."""
    name = path.name.removesuffix(".gz")
    if not path.is_file():
        raise BadExtract(f"there is no file {path}")
    if name.endswith((".geojson", ".json")):
        elements = _json(path)
    elif name.endswith((".osm.pbf", ".osm", ".osm.bz2")):
        elements = _osm(path)
    else:
        raise BadExtract(f"{path.name}: give an .osm.pbf, an Overpass answer (.json) or a .geojson")
    for element in elements:
        inside = clip_by_rect(element.geometry, *box)
        if not inside.is_empty:
            yield Element(element.tags, inside)


def _osm(path: Path) -> Iterator[Element]:
    """Nodes and lines as they are, closed ways and multipolygons as areas."""
    wkb = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*KEYS)
    try:
        for one in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
            try:
                match one:
                    case osmium.osm.Node():
                        drawn = wkb.create_point(one)
                    case osmium.osm.Area():
                        drawn = wkb.create_multipolygon(one)
                    case osmium.osm.Way() if not (one.is_closed() and _is_area(dict(one.tags))):
                        drawn = wkb.create_linestring(one)
                    case _:
                        continue
            except (RuntimeError, osmium.InvalidLocationError):
                continue  # cut off at the edge of the extract
            yield Element(dict(one.tags), from_wkb(drawn))
    except RuntimeError as error:
        raise BadExtract(f"{path.name}: {error}") from error


def _is_area(tags: Tags) -> bool:
    """Whether a closed way is the edge of something rather than a way around it, as a roundabout is."""
    return tags.get("area") == "yes" or (not tags.keys().isdisjoint(_AREA_KEYS) and "highway" not in tags)


def _json(path: Path) -> Iterator[Element]:
    content = path.read_bytes()
    try:
        data = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    except (ValueError, gzip.BadGzipFile) as error:
        raise BadExtract(f"{path.name} is not JSON: {error}") from error
    if isinstance(data, dict) and isinstance(data.get("features"), list):
        return _geojson(data["features"])
    if isinstance(data, dict) and isinstance(data.get("elements"), list):
        return _overpass(data["elements"])
    raise BadExtract(f"{path.name} has neither `elements`, as Overpass answers, nor `features`, as GeoJSON has")


def _geojson(features: list[dict[str, Any]]) -> Iterator[Element]:
    for feature in features:
        if feature.get("geometry"):
            tags = {str(key): str(value) for key, value in (feature.get("properties") or {}).items() if value}
            yield Element(tags, shape(feature["geometry"]))


def _overpass(elements: list[dict[str, Any]]) -> Iterator[Element]:
    """Answers of `out geom;` carry their places; those of `(._;>;); out;` list the nodes beside the ways."""
    nodes = {one["id"]: (one["lon"], one["lat"]) for one in elements if one["type"] == "node" and "lon" in one}
    ways = {one["id"]: line for one in elements if one["type"] == "way" and len(line := _line(one, nodes)) > 1}
    for one in elements:
        tags = one.get("tags") or {}
        if tags.keys().isdisjoint(KEYS):
            continue
        geometry: BaseGeometry | None = None
        match one["type"]:
            case "node" if one["id"] in nodes:
                geometry = Point(nodes[one["id"]])
            case "way" if one["id"] in ways:
                geometry = _way(ways[one["id"]], tags)
            case "relation":
                geometry = _multipolygon(one, ways, nodes)
        if geometry is not None and not geometry.is_empty:
            yield Element(tags, geometry)


def _line(way: dict[str, Any], nodes: dict[int, tuple[float, float]]) -> list[tuple[float, float]]:
    if "geometry" in way:
        return [(at["lon"], at["lat"]) for at in way["geometry"] if at]
    return [nodes[node] for node in way.get("nodes", []) if node in nodes]


def _way(line: list[tuple[float, float]], tags: Tags) -> BaseGeometry:
    closed = len(line) > 3 and line[0] == line[-1] and _is_area(tags)
    return _area(Polygon(line)) if closed else LineString(line)


def _area(drawn: Polygon | MultiPolygon) -> BaseGeometry:
    """The area that was meant where its edge crosses or touches itself; no lines beside it."""
    return make_valid(drawn, method="structure", keep_collapsed=False)


def _multipolygon(
    relation: dict[str, Any], ways: dict[int, list[tuple[float, float]]], nodes: dict[int, tuple[float, float]]
) -> BaseGeometry | None:
    """Outer rings less inner rings, each joined from its pieces."""
    if relation.get("tags", {}).get("type") != "multipolygon":
        return None
    rings: dict[str, list[LineString]] = {"outer": [], "inner": []}
    for member in relation.get("members", []):
        line = _line(member, nodes) or ways.get(member.get("ref"), [])
        if member.get("role") in rings and len(line) > 1:
            rings[member["role"]].append(LineString(line))
    outer, inner = (MultiPolygon(list(polygonize(linemerge(lines)))) if lines else MultiPolygon()
                    for lines in (rings["outer"], rings["inner"]))  # fmt: skip
    return _area(outer).difference(_area(inner))
