"""One vector tile, read back by the library that the pages draw it with."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from tests.support.javascript import run_node
from tests.support.source import ROOT
from tools.town_map import tile

Spot = tuple[int, int]
Lines = list[list[Spot]]
POINT, LINE, AREA = 1, 2, 3
OUTLINE, HOLE = [(0, 0), (100, 0), (100, 100), (0, 100)], [(40, 40), (60, 40), (60, 60), (40, 60)]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What the tile of these layers says, by layer."""

    def read(*layers: tile.Layer) -> dict[str, Any]:
        (tmp_path / "one.mvt").write_bytes(tile.encode(layers))
        said: dict[str, Any] = json.loads(run_node(ROOT / "tests/support/read_tile.mjs", tmp_path / "one.mvt"))
        return said

    return read


@pytest.fixture
def drawn(read: Callable[..., dict[str, Any]]) -> Callable[[BaseGeometry], tuple[int, Lines]]:
    """The type and the lines of a layer's only feature."""

    def drawn(geometry: BaseGeometry) -> tuple[int, Lines]:
        layer = tile.Layer("some")
        layer.add(geometry, {})
        (feature,) = read(layer)["some"]["features"]
        return feature["type"], [[(x, y) for x, y in line] for line in feature["lines"]]

    return drawn


def _area(ring: list[Spot]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]))


@pytest.mark.parametrize(("outline", "hole"), [(OUTLINE, HOLE), (OUTLINE[::-1], HOLE[::-1]), (OUTLINE, HOLE[::-1])])
def test_an_area_runs_clockwise_and_its_hole_the_other_way(
    drawn: Callable[[BaseGeometry], tuple[int, Lines]], outline: list[Spot], hole: list[Spot]
) -> None:
    kind, (first, second) = drawn(Polygon(outline, [hole]))
    assert kind == AREA
    assert _area(first) == 2 * 100 * 100
    assert _area(second) == -2 * 20 * 20


def test_places_are_those_of_the_grid(drawn: Callable[[BaseGeometry], tuple[int, Lines]]) -> None:
    assert drawn(LineString([(-64, 10.4), (-64.2, 10.3), (5000, 20.6)])) == (LINE, [[(-64, 10), (5000, 21)]])


def test_several_parts_are_drawn_each_where_it_is(drawn: Callable[[BaseGeometry], tuple[int, Lines]]) -> None:
    assert drawn(MultiPoint([(7, 3), (4000, 1), (0, 0)])) == (POINT, [[(7, 3)], [(4000, 1)], [(0, 0)]])
    away = [(x + 1000, y + 1000) for x, y in OUTLINE]
    kind, (first, second) = drawn(Polygon(OUTLINE).union(Polygon(away)))
    assert kind == AREA
    assert {frozenset(first), frozenset(second)} == {frozenset(OUTLINE), frozenset(away)}


@pytest.mark.parametrize(
    "small", [LineString([(10.1, 10.1), (10.2, 10.3)]), Polygon([(5, 5), (5.2, 5), (5.1, 5.3)]), Point(), MultiPoint()]
)
def test_what_is_smaller_than_the_grid_is_left_out(small: LineString | Polygon | Point) -> None:
    layer = tile.Layer("roads")
    layer.add(small, {})
    assert tile.encode([layer]) == b""


def test_of_what_clipping_leaves_the_areas_count(drawn: Callable[[BaseGeometry], tuple[int, Lines]]) -> None:
    kind, lines = drawn(GeometryCollection([Point(1, 1), LineString([(0, 0), (9, 9)]), Polygon(OUTLINE)]))
    assert (kind, len(lines)) == (AREA, 1)


def test_names_and_values_are_written_once(read: Callable[..., dict[str, Any]]) -> None:
    layer = tile.Layer("labels")
    for x in range(50):
        layer.add(Point(x, 1), {"kind": "temple", "th": "วัด", "rank": 1})
    assert tile.encode([layer]).count("วัด".encode()) == 1
    assert (layer.keys, layer.values) == ({"kind": 0, "th": 1, "rank": 2}, {"temple": 0, "วัด": 1, 1: 2})
    features = read(layer)["labels"]["features"]
    assert [one["properties"] for one in features] == [{"kind": "temple", "th": "วัด", "rank": 1}] * 50


def test_layers_keep_their_names_and_their_own_values(read: Callable[..., dict[str, Any]]) -> None:
    roads, labels = tile.Layer("roads"), tile.Layer("labels")
    roads.add(LineString([(0, 0), (4096, 300)]), {"kind": "main", "ref": "108"})
    labels.add(Point(4095, 4095), {"rank": 300, "kind": "school"})
    said = read(roads, tile.Layer("empty"), labels)
    assert list(said) == ["roads", "labels"]
    assert {(layer["version"], layer["extent"]) for layer in said.values()} == {(2, 4096)}
    properties = [said[name]["features"][0]["properties"] for name in said]
    assert properties == [{"kind": "main", "ref": "108"}, {"rank": 300, "kind": "school"}]
