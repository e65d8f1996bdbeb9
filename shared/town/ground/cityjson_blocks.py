"""Buildings into CityJSON 2.0: a block each, on level ground, in metres of the town's own zone."""

from collections.abc import Sequence
from typing import Any

from pyproj import Transformer

from shared.town.ground.model import Building


def utm_of(longitude: float, latitude: float) -> int:
    """The EPSG number of the UTM zone of a place, in which Thailand's surveyors work (47 and 48 north)."""
    return (32600 if latitude >= 0 else 32700) + int((longitude + 180) // 6) % 60 + 1


def write(buildings: Sequence[tuple[str, Building]], epsg: int, title: str) -> dict[str, Any]:
    """CityJSON 2.0 with a block (LoD 1) for each building, by its name, on level ground. Coordinates are whole
    millimetres from the first corner."""
    to_metres = Transformer.from_crs(4326, epsg, always_xy=True)
    blocks = [_Block(building, to_metres) for _, building in buildings]
    east, north = (min((block.low[axis] for block in blocks), default=0.0) for axis in (0, 1))
    vertices: list[list[int]] = []
    objects: dict[str, Any] = {}
    for block, (code, building) in zip(blocks, buildings, strict=True):
        start = len(vertices)
        vertices += block.vertices((east, north))
        known = {"measuredHeight": building.height_m, "storeysAboveGround": building.storeys, "function": building.use}
        objects[code] = {
            "type": "Building",
            "attributes": {name: value for name, value in known.items() if value},
            "geometry": [{"type": "Solid", "lod": "1", "boundaries": [block.surfaces(start)]}],
        }
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [east, north, 0.0]},
        "metadata": {"title": title, "referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{epsg}"},
        "CityObjects": objects,
        "vertices": vertices,
    }


class _Block:
    """An outline in metres, drawn up to a height: its floor looks down, its roof up, its walls outwards."""

    def __init__(self, building: Building, to_metres: Transformer) -> None:
        shape = building.shape
        outer = [(ring, ring.is_ccw) for ring in (shape.exterior, *shape.interiors)]
        self.rings = []
        for place, (ring, turns_left) in enumerate(outer):
            corners = [to_metres.transform(x, y) for x, y in list(ring.coords)[:-1]]
            self.rings.append(corners if turns_left == (place == 0) else corners[::-1])
        self.height = building.height_m
        self.low = [min(corner[axis] for ring in self.rings for corner in ring) for axis in (0, 1)]

    def vertices(self, origin: tuple[float, float]) -> list[list[int]]:
        """All corners of the floor, then those of the roof, in the order of the rings."""
        flat = [
            [round((place - start) * 1000) for place, start in zip(corner, origin, strict=True)]
            for ring in self.rings
            for corner in ring
        ]
        return [[*corner, 0] for corner in flat] + [[*corner, round(self.height * 1000)] for corner in flat]

    def surfaces(self, start: int) -> list[list[list[int]]]:
        """The one shell of the solid."""
        count = sum(map(len, self.rings))
        floor, at = [], start
        for ring in self.rings:
            floor.append(list(range(at, at + len(ring))))
            at += len(ring)
        roof = [[corner + count for corner in ring] for ring in floor]
        walls = [
            [[one, other, other + count, one + count]]
            for ring in floor
            for one, other in zip(ring, ring[1:] + ring[:1], strict=True)
        ]
        return [[ring[::-1] for ring in floor], roof, *walls]
