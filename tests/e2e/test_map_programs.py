"""What map programs make of the plan: GDAL's own readers, which QGIS opens layers with too."""

from typing import Any

import httpx
import pyogrio
import pytest

from tests.support.stack import Stack

LAYERS = ("zones", "parcels", "roads", "buildings", "permits")


@pytest.fixture
def plan(stack: Stack) -> str:
    """The address that a person gives to QGIS, after the driver's name."""
    return f"OAPIF:{stack.origin}/api/v1/plan"


def test_each_layer_is_found_under_its_name_with_its_shape(plan: str) -> None:
    layers = {str(name): str(shape) for name, shape in pyogrio.list_layers(plan)}

    assert sorted(layers) == sorted(LAYERS)


@pytest.mark.parametrize("layer", ["zones", "parcels", "roads", "buildings"])
def test_all_of_a_layer_is_read_with_what_is_known_of_each(plan: str, api: httpx.Client, layer: str) -> None:
    info = pyogrio.read_info(plan, layer=layer)
    meta, _, shapes, values = pyogrio.raw.read(plan, layer=layer)
    ours: dict[str, Any] = api.get(f"/api/v1/plan/collections/{layer}/items", params={"limit": 5000}).json()

    assert "4326" in info["crs"] or "CRS84" in info["crs"]
    assert len(shapes) == ours["numberMatched"] > 0
    assert all(shape for shape in shapes)
    assert set(ours["features"][0]["properties"]) <= {str(field) for field in meta["fields"]}
    assert all(len(column) == len(shapes) for column in values)


def test_a_part_of_the_map_is_asked_for(plan: str, api: httpx.Client) -> None:
    [first] = api.get("/api/v1/plan/collections/parcels/items", params={"limit": 1}).json()["features"]
    west, south = first["geometry"]["coordinates"][0][0]
    near = (west - 0.0005, south - 0.0005, west + 0.0005, south + 0.0005)
    asked = ",".join(map(str, near))

    _, _, shapes, _ = pyogrio.raw.read(plan, layer="parcels", bbox=near)

    matched = api.get("/api/v1/plan/collections/parcels/items", params={"bbox": asked}).json()["numberMatched"]
    assert len(shapes) == matched
    assert 0 < matched < api.get("/api/v1/plan/collections/parcels/items").json()["numberMatched"]
