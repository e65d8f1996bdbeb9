"""An invented village as OpenStreetMap would hold it: an Overpass answer with everything that our map can show."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

BOX = (98.885, 18.715, 98.99, 18.785)  # the bounds of its town
Spot = tuple[float, float]  # metres east and north of the middle
DEGREE_M = 111_320


def overpass(middle: Spot = (98.964, 18.7433), *, with_nodes: bool = False, first_id: int = 1) -> dict[str, Any]:
    """The answer of `out geom;`, or with `with_nodes` of `(._;>;); out;`. `middle`: longitude and latitude."""
    ids = count(first_id)
    elements: list[dict[str, Any]] = []
    for tags, places in _objects():
        spots = [_degrees(middle, *place) for place in places]
        if len(spots) == 1:
            elements.append({"type": "node", "id": next(ids), **spots[0], "tags": tags})
        elif with_nodes:
            nodes = [{"type": "node", "id": next(ids), **spot} for spot in spots]
            nodes[-1:] = [nodes[0]] if spots[0] == spots[-1] else nodes[-1:]
            elements += nodes
            elements.append({"type": "way", "id": next(ids), "nodes": [node["id"] for node in nodes], "tags": tags})
        else:
            elements.append({"type": "way", "id": next(ids), "geometry": spots, "tags": tags})
    return {"version": 0.6, "elements": [*elements, _lake_with_island(middle, ids)]}


def written(path: Path, answer: dict[str, Any]) -> Path:
    """The answer as a file."""
    path.write_text(json.dumps(answer, ensure_ascii=False))
    return path


def _degrees(middle: Spot, east: float, north: float) -> dict[str, float]:
    return {"lon": round(middle[0] + east / DEGREE_M / 0.947, 7), "lat": round(middle[1] + north / DEGREE_M, 7)}


def _objects() -> Iterator[tuple[dict[str, str], list[Spot]]]:
    yield {"landuse": "residential"}, _box(-900, -700, 900, 700)
    yield {"landuse": "farmland"}, _box(900, -700, 2000, 900)
    yield {"natural": "wood"}, _box(-2500, -900, -900, 1500)
    yield {"leisure": "park", "name": "สวนสุขภาพ", "name:en": "Health Park"}, _box(-300, 420, 20, 640)
    yield {"waterway": "river", "name": "แม่น้ำปิง"}, [(1300, -2000), (1200, -600), (1350, 300), (1250, 2000)]
    yield {"waterway": "canal", "name": "คลองชลประทาน"}, [(-880, -2000), (-860, 2000)]
    yield {"railway": "rail"}, [(600, -2000), (640, 2000)]
    main = {"highway": "primary", "name": "ถนนเชียงใหม่-หางดง", "name:en": "Chiang Mai-Hang Dong Road", "ref": "108"}
    yield main, [(-600, -2000), (-150, -400), (60, 200), (400, 2000)]
    yield main, [(400, 2000), (500, 2400)]
    yield {"highway": "secondary", "name": "ถนนสมโภช", "name:en": "Somphot Road"}, [(-2000, 380), (1900, 300)]
    for lane in range(-4, 5):
        number = lane + 5
        name = {"name": f"ซอยบ้านใหม่ {number}", "name:en": f"Soi Ban Mai {number}"}
        yield {"highway": "residential", **name}, [(lane * 160, -650), (lane * 160 + 20, 340)]
        for house in range(12):
            for side in (-38, 22):
                yield (
                    {"building": "house"},
                    _box(lane * 160 + side, house * 78 - 620, lane * 160 + side + 16, house * 78 - 606),
                )
    yield {"highway": "footway"}, [(-200, 420), (-40, 640)]
    yield {"highway": "residential", "junction": "roundabout"}, _box(690, -40, 730, 0)
    yield (
        {"amenity": "place_of_worship", "religion": "buddhist", "name": "วัดบ้านใหม่", "name:en": "Wat Ban Mai"},
        _box(90, 420, 240, 560),
    )
    yield {"amenity": "school", "name": "โรงเรียนบ้านใหม่", "name:en": "Ban Mai School"}, _box(300, 420, 520, 600)
    yield {"amenity": "marketplace", "name": "ตลาดสด", "name:en": "Fresh Market"}, [(-60, -100)]
    yield {"amenity": "hospital", "name": "โรงพยาบาลส่งเสริมสุขภาพ"}, [(-420, 460)]
    yield {"amenity": "townhall", "name": "เทศบาล", "name:en": "Town Hall"}, [(0, 0)]
    yield {"shop": "convenience", "name": "7-Eleven"}, [(120, -220)]
    yield {"amenity": "cafe", "name": "กาแฟบ้านใหม่"}, [(-220, -330)]
    yield {"place": "village", "name": "บ้านใหม่", "name:en": "Ban Mai"}, [(0, -150)]


def _box(west: float, south: float, east: float, north: float) -> list[Spot]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def _lake_with_island(middle: Spot, ids: "count[int]") -> dict[str, Any]:
    """A multipolygon whose outline comes in two pieces."""
    outline, island = _box(-700, -1400, -300, -1000), _box(-560, -1260, -440, -1140)
    pieces = [("outer", outline[:3]), ("outer", outline[2:]), ("inner", island)]
    members = [
        {"type": "way", "ref": next(ids), "role": role, "geometry": [_degrees(middle, *at) for at in line]}
        for role, line in pieces
    ]
    tags = {"type": "multipolygon", "natural": "water", "name": "หนองน้ำ"}
    return {"type": "relation", "id": next(ids), "members": members, "tags": tags}
