"""The layers of a town plan: what is in them is found, and what cannot be used is named by line, place and reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from shared.town import load_town
from shared.town.ground import read_ground, read_layer
from shared.town.ground.check import examine_whole, layer_problems
from shared.town.plan import PlanLayer, TownPlan

MAEHIA = Path("deploy/municipalities/maehia")
RING = [[98.95, 18.74], [98.9501, 18.74], [98.9501, 18.7401], [98.95, 18.7401], [98.95, 18.74]]


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [RING]} if geometry is None else geometry
    return {"type": "Feature", "properties": properties, "geometry": shape}


def written(folder: Path, content: Any) -> Path:
    """One feature on each line, as ours are."""
    path = folder / "layer.geojson"
    if isinstance(content, list):
        rows = ",\n".join(json.dumps(one) for one in content)
        path.write_text('{"type": "FeatureCollection", "attribution": "x", "features": [\n' + rows + "\n]}")
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


CROSSING = [RING[0], RING[2], RING[1], RING[3], RING[0]]


@pytest.mark.parametrize(
    ("layer", "wrong", "place", "reason"),
    [
        ("parcels", feature(), "properties.deed_number", "text or a whole number"),
        ("parcels", feature(deed_number=" "), "properties.deed_number", "text or a whole number"),
        ("parcels", feature(deed_number="9" * 101), "properties.deed_number", "longer than 100"),
        ("parcels", feature(polygon(CROSSING), deed_number=1), "geometry.coordinates", "Self-intersection"),
        ("parcels", feature(polygon(RING[:3]), deed_number=1), "geometry.coordinates[0]", "at least 4 positions"),
        ("parcels", feature(polygon(RING[:4]), deed_number=1), "geometry.coordinates[0]", "not closed"),
        ("parcels", feature(polygon([RING[0]] * 4), deed_number=1), "geometry.coordinates", "cannot be used"),
        ("parcels", feature(polygon([*RING[:3], [500000, 2070000], RING[0]]), deed_number=1),
         "geometry.coordinates[0][3]", "no degrees"),
        ("parcels", feature(polygon([*RING[:3], [98.95, "x"], RING[0]]), deed_number=1),
         "geometry.coordinates[0][3]", "holds no number"),
        ("parcels", feature(polygon([*RING[:3], [98.95, float("nan")], RING[0]]), deed_number=1),
         "geometry.coordinates[0][3]", "holds no number"),
        ("parcels", feature({"type": "Point", "coordinates": RING[0]}, deed_number=1), "geometry.type", "Polygon"),
        ("parcels", {"type": "Feature", "properties": {"deed_number": 1}}, "geometry", "is missing"),
        ("parcels", feature(deed_number="first"), "properties", "'first' is in the file twice"),
        ("parcels", 7, "type", "must be a GeoJSON Feature"),
        ("roads", feature({"type": "LineString", "coordinates": RING}, width_m=0), "properties.width_m", "above 0"),
        ("roads", feature({"type": "LineString", "coordinates": [RING[0]] * 2}, width_m=6),
         "geometry.coordinates", "two places"),
        ("roads", feature(width_m=6), "geometry.type", "LineString"),
        ("buildings", feature(height_m=-1), "properties.height_m", "above 0"),
        ("buildings", feature(height_m="3"), "properties.height_m", "above 0"),
        ("buildings", feature(height_m=True), "properties.height_m", "above 0"),
        ("buildings", feature(height_m=float("nan")), "properties.height_m", "above 0"),
        ("buildings", feature(height_m=3, storeys=0), "properties.storeys", "above 0"),
    ],
)  # fmt: skip
def test_a_thing_that_cannot_be_used_is_named(tmp_path: Path, layer: str, wrong: Any, place: str, reason: str) -> None:
    good = {
        "parcels": feature(deed_number="first"), "buildings": feature(height_m=3),
        "roads": feature({"type": "LineString", "coordinates": RING[:2]}, width_m=6),
    }[layer]  # fmt: skip
    things, faults = read_layer(layer, written(tmp_path, [good, wrong]))

    assert len(things) == 1
    assert [(one.line, one.place) for one in faults] == [(3, f"features[1].{place}")]
    assert reason in faults[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "cannot be read"),
        ([], ""),
        ({"type": "Topology"}, "must be a GeoJSON FeatureCollection or CityJSON"),
        ("null", "must be a GeoJSON FeatureCollection or CityJSON"),
    ],
)
def test_a_file_that_is_no_layer_is_said_once(tmp_path: Path, content: Any, reason: str) -> None:
    things, faults = read_layer("buildings", written(tmp_path, content))

    assert not things
    assert [reason in fault.reason for fault in faults] == ([True] if reason else [])


def test_a_missing_file_stops_the_start_and_the_check(tmp_path: Path) -> None:
    plan = TownPlan(roads=PlanLayer(file="plan/roads.geojson", attribution="x", licence="y"))

    with pytest.raises(ValueError, match="no such file"):
        read_ground(tmp_path, plan)


def test_a_hundred_faults_are_enough(tmp_path: Path) -> None:
    _, faults = read_layer("parcels", written(tmp_path, [feature()] * 300))

    assert len(faults) == 100


# --- the towns that ship


@pytest.mark.parametrize("town", ["maehia", "nong-bua-noi"])
def test_a_shipped_towns_layers_are_in_order_and_marked_as_made_up(town: str) -> None:
    loaded = load_town(MAEHIA.parent / town)

    assert examine_whole(MAEHIA.parent / town)[1] == []
    assert loaded.plan is not None
    assert loaded.plan.notice is not None
    assert {layer.attribution for layer in loaded.plan.layers.values()} == {"Illustrative, made up by onestop"}
    assert len(loaded.ground.parcels) >= 48


def test_a_layer_of_another_town_is_noticed(tmp_path: Path) -> None:
    [problem] = layer_problems(MAEHIA.parent / "nong-bua-noi", {"parcels": "plan/parcels.geojson"}, box(98, 18, 99, 19))

    assert "48 of 48 lie outside the town's bounds, first '2001'" in problem.reason


def test_a_place_finds_its_parcel_and_a_box_what_reaches_into_it() -> None:
    ground = load_town(MAEHIA).ground
    parcel = ground.parcel_of("40178")
    assert parcel is not None
    middle = parcel.shape.centroid

    assert ground.parcel_at(middle.y, middle.x) is parcel
    assert ground.parcel_at(18.70, 98.90) is None
    assert len(ground.within("buildings", parcel.shape.bounds)) >= 1
    assert ground.within("buildings", (0, 0, 1, 1)) == []
