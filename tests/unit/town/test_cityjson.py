"""Buildings as CityJSON: as surveys have them, broken in every way, and out and in again as they were."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon

from shared.town.ground import Building, Fault, read_layer
from shared.town.ground.cityjson_blocks import utm_of, write

RING = [[98.95, 18.74], [98.9501, 18.74], [98.9501, 18.7401], [98.95, 18.7401], [98.95, 18.74]]
COURT = [[98.95003, 18.74003], [98.95003, 18.74006], [98.95006, 18.74006], [98.95003, 18.74003]]


def written(folder: Path, content: Any) -> Path:
    path = folder / "buildings.city.json"
    path.write_text(json.dumps(content))
    return path


def city(**changes: Any) -> dict[str, Any]:
    """What we write ourselves of one building."""
    house = Building("b-1", 6.5, Polygon(RING), 2, "house")
    return write([(house.code, house)], utm_of(98.95, 18.74), "Sample") | changes


def test_a_building_goes_out_as_cityjson_and_comes_back_as_it_was(tmp_path: Path) -> None:
    [back], faults = read_layer("buildings", written(tmp_path, city()))
    was = Polygon(RING)

    assert not faults
    assert (back.code, back.height_m, back.storeys, back.use) == ("b-1", 6.5, 2, "house")
    assert back.shape.symmetric_difference(was).area < was.area / 1000


def test_a_building_with_a_court_keeps_it(tmp_path: Path) -> None:
    made = write([("b", Building("b", 3.0, Polygon(RING, [COURT])))], 32647, "x")

    [back], faults = read_layer("buildings", written(tmp_path, made))

    assert not faults
    assert len(back.shape.interiors) == 1


def test_thailands_surveyors_work_in_two_zones() -> None:
    assert (utm_of(98.95, 18.7), utm_of(103.07, 15.1), utm_of(-70.0, -33.0)) == (32647, 32648, 32719)


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        ("version", "0.9", "version", "must be 1.0, 1.1 or 2.0"),
        ("metadata", None, "metadata.referenceSystem", "must name an EPSG system"),
        ("metadata", {"referenceSystem": "urn:ogc:def:crs:EPSG::99999"}, "metadata.referenceSystem", "not known"),
        ("transform", {"scale": [1, 1]}, "transform", "three numbers"),
        ("vertices", None, "vertices", "is missing"),
        ("vertices", [[1, 2]], "vertices[0]", "three numbers"),
        ("CityObjects", None, "CityObjects", "is missing"),
        ("CityObjects", {"b-1": 3}, "CityObjects.b-1.", "must be an object"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "MultiPoint", "boundaries": []}]}},
         "CityObjects.b-1.geometry[0].type", "surface or a solid"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "Solid", "boundaries": [[[[0, 1, 99]]]]}]}},
         "CityObjects.b-1.geometry[0].boundaries[0][0][0][2]", "no vertex 99: the file has 8"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "Solid", "boundaries": [[[[0, 1, -1]]]]}]}},
         "CityObjects.b-1.geometry[0].boundaries[0][0][0][2]", "no vertex -1"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "Solid", "boundaries": [[[[0, 1]]]]}]}},
         "CityObjects.b-1.geometry[0].boundaries[0][0]", "three corners"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "Solid", "boundaries": 3}]}},
         "CityObjects.b-1.geometry[0].boundaries", "must be a list"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "MultiSurface",
         "boundaries": [[[0, 1, 5, 4]]]}], "attributes": {"measuredHeight": 3}}},
         "CityObjects.b-1.geometry", "covers no ground"),
        ("CityObjects", {"b-1": {"type": "Building", "geometry": [{"type": "MultiSurface",
         "boundaries": [[[0, 1, 2, 3]]]}]}}, "CityObjects.b-1.attributes.measuredHeight", "above 0"),
    ],
)  # fmt: skip
def test_a_broken_cityjson_says_where_and_why(tmp_path: Path, path: str, value: Any, place: str, reason: str) -> None:
    things, faults = read_layer("buildings", written(tmp_path, city(**{path: value})))

    assert not things
    assert [fault.place for fault in faults] == [place]
    assert reason in faults[0].reason


def test_what_is_no_building_is_left_out(tmp_path: Path) -> None:
    made = city()
    made["CityObjects"]["tree"] = {"type": "SolitaryVegetationObject"}
    made["CityObjects"]["whole"] = {"type": "Building", "children": ["b-1"]}

    things, faults = read_layer("buildings", written(tmp_path, made))

    assert ([one.code for one in things], faults) == (["b-1"], [])


# --- as surveys have them


class Survey:
    """A file in metres of UTM 47, into which boxes are drawn."""

    def __init__(self) -> None:
        self.vertices: list[Any] = []
        self.objects: dict[str, Any] = {}

    def add(self, code: str, kind: str, *geometries: Any, **more: Any) -> None:
        self.objects[code] = {"type": kind, "geometry": list(geometries), **more}

    def ring(self, east: float, north: float, z: float, width: float = 10.0) -> list[int]:
        start = len(self.vertices)
        corners = ((0, 0), (width, 0), (width, 10), (0, 10))
        self.vertices += [[494700 + east + x, 2072000 + north + y, z] for x, y in corners]
        return list(range(start, start + 4))

    def flat(self, east: float, z: float = 0.0, width: float = 10.0) -> dict[str, Any]:
        return {"type": "MultiSurface", "lod": "0", "boundaries": [[self.ring(east, 0, z, width)]]}

    def solid(self, east: float, low: float = 300.0, high: float = 306.0) -> dict[str, Any]:
        floor, roof = self.ring(east, 0, low), self.ring(east, 0, high)
        walls = [[[floor[at], floor[(at + 1) % 4], roof[(at + 1) % 4], roof[at]]] for at in range(4)]
        return {"type": "Solid", "lod": "2.2", "boundaries": [[[floor[::-1]], [roof], *walls]]}

    def read(self, folder: Path) -> tuple[list[Building], list[Fault]]:
        system = "https://www.opengis.net/def/crs/EPSG/0/32647"
        return read_layer("buildings", written(folder, {
            "type": "CityJSON", "version": "2.0", "metadata": {"referenceSystem": system},
            "CityObjects": self.objects, "vertices": self.vertices,
        }))  # fmt: skip


def metres(building: Building) -> float:
    """Of ground, near enough."""
    return building.shape.area * 110_700 * 105_400


@pytest.mark.parametrize("measured", [{}, {"attributes": {"measuredHeight": 8}}], ids=["drawn", "measured"])
@pytest.mark.parametrize("named", ["children", "parents"])
def test_a_building_stands_for_its_parts(tmp_path: Path, named: str, measured: dict[str, Any]) -> None:
    """A footprint of the whole at sea level, and a solid of each part at its own height: so the survey of a country."""
    survey = Survey()
    ties = {"children": {"children": ["b-0", "b-1"]}, "parents": {}}[named]
    back = {"parents": ["b"]} if named == "parents" else {}
    survey.add("b", "Building", survey.flat(0, 0.0, 20.0), **ties, **measured)
    survey.add("b-0", "BuildingPart", survey.solid(0), **back)
    survey.add("b-1", "BuildingPart", survey.solid(10, high=309.0), **back)

    [building], faults = survey.read(tmp_path)

    assert not faults
    assert (building.code, building.height_m) == ("b", 8.0 if measured else 9.0)
    assert metres(building) == pytest.approx(200, rel=0.02)


def test_parts_of_parts_belong_to_the_whole_and_parts_alone_to_themselves(tmp_path: Path) -> None:
    survey = Survey()
    survey.add("part", "BuildingPart", survey.solid(0), parents=["whole"], children=["inner"])
    survey.add("inner", "BuildingPart", survey.solid(10), parents=["part"])
    survey.add("whole", "Building", children=["part", "gone", 7], attributes={"function": ["house", "shop"]})
    survey.add("alone", "BuildingPart", survey.solid(50), parents=["gone"])

    buildings, faults = survey.read(tmp_path)

    assert not faults
    assert [(one.code, one.use, round(metres(one), -1)) for one in buildings] == [
        ("whole", "house, shop", 200), ("alone", "", 100),
    ]  # fmt: skip


def test_parts_that_only_go_round_in_a_circle_are_not_lost(tmp_path: Path) -> None:
    survey = Survey()
    survey.add("one", "BuildingPart", survey.solid(0), children=["two"])
    survey.add("two", "BuildingPart", survey.solid(10), children=["one"])

    [building], faults = survey.read(tmp_path)

    assert (building.code, round(metres(building), -1), faults) == ("one", 200, [])


def test_the_height_is_of_the_whole_where_a_part_was_not_measured(tmp_path: Path) -> None:
    survey = Survey()
    survey.add("b", "Building", children=["b-0", "b-1"])
    survey.add("b-0", "BuildingPart", survey.solid(0, high=303.0), attributes={"measuredHeight": 3})
    survey.add("b-1", "BuildingPart", survey.solid(10, high=320.0))

    [building], _ = survey.read(tmp_path)

    assert building.height_m == 20.0


def test_lines_points_and_templates_beside_a_solid_are_left_out(tmp_path: Path) -> None:
    survey = Survey()
    others = [{"type": "MultiLineString", "boundaries": [[0, 1]]}, {"type": "GeometryInstance", "template": 0}, 5]
    survey.add("b", "Building", *others, survey.solid(0))

    [building], faults = survey.read(tmp_path)

    assert (building.height_m, faults) == (6.0, [])


def test_each_piece_of_ground_is_a_building_of_its_own(tmp_path: Path) -> None:
    survey = Survey()
    survey.add("b", "Building", survey.solid(0), survey.flat(12, width=2.0), survey.flat(20, width=3.0))
    survey.add("b-2", "Building", survey.solid(50))

    buildings, faults = survey.read(tmp_path)

    assert not faults
    assert [(one.code, round(metres(one))) for one in buildings] == [("b", 100), ("b-3", 30), ("b-4", 20), ("b-2", 100)]


def test_a_crossed_outline_keeps_both_of_its_halves(tmp_path: Path) -> None:
    survey = Survey()
    geometry = survey.flat(0)
    [[[a, b, c, d]]] = geometry["boundaries"]
    geometry["boundaries"] = [[[a, c, b, d]]]
    survey.add("b", "Building", geometry, attributes={"measuredHeight": 3})

    buildings, faults = survey.read(tmp_path)

    assert not faults
    assert sum(metres(one) for one in buildings) == pytest.approx(50, rel=0.03)


@pytest.mark.parametrize(("said", "kept"), [(2.0, 2), (2, 2), (None, None)])
def test_storeys_are_whole_however_they_are_written(tmp_path: Path, said: Any, kept: int | None) -> None:
    survey = Survey()
    survey.add("b", "Building", survey.solid(0), attributes={"storeysAboveGround": said})

    [building], faults = survey.read(tmp_path)

    assert (building.storeys, faults) == (kept, [])


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"attributes": [1]}, "attributes"),
        ({"geometry": 5}, "geometry"),
        ({"geometry": {"type": "Solid"}}, "geometry"),
        ({"attributes": {"storeysAboveGround": True}}, "attributes.storeysAboveGround"),
        ({"attributes": {"storeysAboveGround": 1.5}}, "attributes.storeysAboveGround"),
        ({"attributes": {"storeysAboveGround": -1}}, "attributes.storeysAboveGround"),
        ({"attributes": {"storeysAboveGround": "2"}}, "attributes.storeysAboveGround"),
        ({"attributes": {"measuredHeight": "8"}}, "attributes.measuredHeight"),
        ({"attributes": {"measuredHeight": True}}, "attributes.measuredHeight"),
    ],
)
@pytest.mark.parametrize("of", ["whole", "part"])
def test_what_cannot_be_used_is_said_of_the_object_that_has_it(
    tmp_path: Path, of: str, said: dict[str, Any], place: str
) -> None:
    survey = Survey()
    survey.add("whole", "Building", survey.flat(0), children=["part"])
    survey.add("part", "BuildingPart", survey.solid(0))
    survey.objects[of] |= said

    buildings, faults = survey.read(tmp_path)

    assert not buildings
    assert [fault.place for fault in faults] == [f"CityObjects.{of}.{place}"]


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("far", [1e12, 1e300, 2e7])
def test_a_corner_beside_the_earth_is_said_and_breaks_nothing(tmp_path: Path, far: float, every: int) -> None:
    survey = Survey()
    survey.add("b", "Building", survey.solid(0))
    for vertex in survey.vertices[1::every]:
        vertex[1] = far

    buildings, faults = survey.read(tmp_path)

    assert not buildings
    assert [fault.place for fault in faults] == ["CityObjects.b.geometry"]


def test_a_file_in_another_system_than_it_says_lies_nowhere(tmp_path: Path) -> None:
    survey = Survey()
    survey.add("b", "Building", survey.solid(0))
    for vertex in survey.vertices:
        vertex[0] += 1e12

    buildings, [fault] = survey.read(tmp_path)

    assert not buildings
    assert "outside its reference system" in fault.reason
