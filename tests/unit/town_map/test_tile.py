"""One vector tile, read back by the format's own description."""

from itertools import pairwise

import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPoint, Point, Polygon

from tools.town_map import tile

Spot = tuple[int, int]
MOVE, LINE = 1, 2


def _numbers(packed: bytes) -> list[int]:
    out, value, shift = list[int](), 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            out.append(value)
            value = shift = 0
    return out


def _drawn(layer: tile.Layer) -> list[list[Spot]]:
    """Each line of a single small feature without attributes: moves and lines, relative to the last place."""
    (feature,) = layer.features
    _, _, geometry = feature.partition(b"\x22")
    commands, at = _numbers(geometry[1:]), 0
    lines: list[list[Spot]] = []
    x = y = 0
    while at < len(commands):
        command, repeat = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == MOVE:
            lines.append([])
        for _ in range(repeat if command in (MOVE, LINE) else 0):
            x, y = x + _signed(commands[at]), y + _signed(commands[at + 1])
            lines[-1].append((x, y))
            at += 2
    return lines


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _area(ring: list[Spot]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]))


OUTLINE, HOLE = [(0, 0), (100, 0), (100, 100), (0, 100)], [(40, 40), (60, 40), (60, 60), (40, 60)]


@pytest.mark.parametrize(("outline", "hole"), [(OUTLINE, HOLE), (OUTLINE[::-1], HOLE[::-1]), (OUTLINE, HOLE[::-1])])
def test_an_area_runs_clockwise_and_its_hole_the_other_way(outline: list[Spot], hole: list[Spot]) -> None:
    layer = tile.Layer("land")
    layer.add(Polygon(outline, [hole]), {})
    first, second = _drawn(layer)
    assert _area(first) == 2 * 100 * 100
    assert _area(second) == -2 * 20 * 20


def test_places_are_those_of_the_grid() -> None:
    layer = tile.Layer("roads")
    layer.add(LineString([(-64, 10.4), (-64.2, 10.3), (5000, 20.6)]), {})
    assert _drawn(layer) == [[(-64, 10), (5000, 21)]]


@pytest.mark.parametrize(
    "small", [LineString([(10.1, 10.1), (10.2, 10.3)]), Polygon([(5, 5), (5.2, 5), (5.1, 5.3)]), Point(), MultiPoint()]
)
def test_what_is_smaller_than_the_grid_is_left_out(small: LineString | Polygon | Point) -> None:
    layer = tile.Layer("roads")
    layer.add(small, {})
    assert tile.encode([layer]) == b""


def test_of_what_clipping_leaves_the_areas_count() -> None:
    layer = tile.Layer("land")
    layer.add(GeometryCollection([Point(1, 1), LineString([(0, 0), (9, 9)]), Polygon(OUTLINE)]), {})
    assert len(_drawn(layer)) == 1


def test_names_and_values_are_written_once() -> None:
    layer = tile.Layer("labels")
    for x in range(50):
        layer.add(Point(x, 1), {"kind": "temple", "th": "วัด", "rank": 1})
    assert tile.encode([layer]).count("วัด".encode()) == 1
    assert (layer.keys, layer.values) == ({"kind": 0, "th": 1, "rank": 2}, {"temple": 0, "วัด": 1, 1: 2})
