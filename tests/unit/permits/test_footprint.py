"""Drawings of a footprint: which can be measured, and that they measure what a surveyor would."""

from decimal import Decimal
from math import inf, nan
from time import process_time

import pytest
from pyproj import Transformer
from shapely import Point, Polygon

from services.permits.domain.footprint import Plane, area_of, need_near, read_footprint
from services.permits.domain.handing_in import plot_of
from services.permits.pages.corners import read_corners, write_corners
from shared.kernel import Reject
from tests.support.permits import FORM, HOME, TOWN

HOUSE = ((98.95, 18.74), (98.9501, 18.74), (98.9501, 18.7401), (98.95, 18.7401))


@pytest.mark.parametrize(
    ("corners", "code"),
    [
        ((HOUSE[0], HOUSE[2], HOUSE[1], HOUSE[3]), "footprint-crosses"),
        (((nan, 18.74), *HOUSE[1:]), "footprint-numbers"),
        (((98.95, inf), *HOUSE[1:]), "footprint-numbers"),
        (((98.95, 91), *HOUSE[1:]), "footprint-numbers"),
        (HOUSE[:2], "footprint-corners"),
        ((HOUSE[0],) * 5, "footprint-corners"),
        ((HOUSE[0], (98.95005, 18.74), HOUSE[1]), "footprint-empty"),
        (((98.95, 18.74), (98.950001, 18.74), (98.950001, 18.740001)), "footprint-empty"),
        (tuple((98.95 + n / 1e5, 18.74) for n in range(101)), "footprint-too-many"),
    ],
)
def test_a_drawing_that_encloses_nothing_is_refused_with_its_reason(
    corners: tuple[tuple[float, float], ...], code: str
) -> None:
    with pytest.raises(Reject) as refused:
        read_footprint(corners)

    assert (refused.value.code, refused.value.status) == (code, 422)


def test_the_corner_that_closes_it_is_no_corner_of_its_own() -> None:
    assert read_footprint((*HOUSE, HOUSE[0])) == read_footprint(HOUSE) == HOUSE


def test_its_area_is_geodesic() -> None:
    """By the radii of the ellipsoid, M·Δφ times N·cos φ·Δλ: 116.726 m²."""
    assert area_of(Polygon(HOUSE)) == Decimal("116.73")


def test_a_plane_measures_metres() -> None:
    """By the same radii a ten-thousandth of a degree is 11.069 m to the north here, and 10.545 m to the east."""
    flat = Plane(98.95, 18.74).flat(Polygon(HOUSE))
    (x, y) = flat.exterior.coords[2]

    assert (round(x, 2), round(y, 2)) == (10.55, 11.07)
    back = Plane(98.95, 18.74).degrees(flat)
    assert back.equals_exact(Polygon(HOUSE), 1e-9)


@pytest.mark.parametrize(("longitude", "latitude"), [(98.95, 18.74), (-0.1, 51.5), (179.9999, -12.3), (1e-7, 1e-7)])
def test_a_plane_is_what_the_library_finds_by_itself(longitude: float, latitude: float) -> None:
    here = f"+proj=tmerc +lat_0={latitude} +lon_0={longitude} +ellps=WGS84"
    found = Transformer.from_crs(4326, here, always_xy=True)
    place = Point(longitude + 0.0012, latitude - 0.0007)

    flat = Plane(longitude, latitude).flat(place)

    assert (flat.x, flat.y) == found.transform(place.x, place.y)
    back = Plane(longitude, latitude).degrees(flat)
    assert (back.x, back.y) == found.transform(flat.x, flat.y, direction="INVERSE")


def test_a_page_may_measure_on_several_planes() -> None:
    """Nothing is searched for to make one: by the library's search a hundred took more than a second."""
    begun = process_time()
    for step in range(100):
        Plane(98.95 + step / 10_000, 18.74)

    assert process_time() - begun < 0.3


def test_a_footprint_on_another_street_is_not_this_plots() -> None:
    need_near(HOUSE, 98.9502, 18.7402)
    with pytest.raises(Reject) as refused:
        need_near(HOUSE, 98.9545, 18.74)
    assert refused.value.code == "footprint-elsewhere"


def test_an_application_is_judged_by_the_same_reader() -> None:
    bad = HOME.model_copy(update={"footprint": (HOUSE[0], HOUSE[2], HOUSE[1], HOUSE[3])})
    with pytest.raises(Reject) as refused:
        plot_of(TOWN, bad, FORM)
    assert refused.value.code == "footprint-crosses"
    kept = plot_of(TOWN, HOME.model_copy(update={"footprint": (*HOUSE, HOUSE[0])}), FORM)
    assert kept.location.footprint == HOUSE


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("18.74, 98.95\n18.74 98.9501\n\n๑๘.๗๔๐๑, 98.9501", ""),
        ("", ""),
        ("18.74, 98.95\nhere", "footprint-numbers"),
        ("18.74, 98.95, 3\n18.74, 98.9501\n18.7401, 98.9501", "footprint-numbers"),
        ("nan, nan\n18.74, 98.9501\n18.7401, 98.9501", "footprint-numbers"),
        ("-1, -1\n-1, -1\n-1, -1", "footprint-corners"),
        ("18.74, 98.95\n" * 1000, "footprint-too-many"),
    ],
)
def test_corners_are_typed_one_on_each_line_as_map_apps_copy_them(typed: str, code: str) -> None:
    corners, refused = read_corners(typed)

    assert refused == code
    if corners:
        assert corners == [HOUSE[0], HOUSE[1], HOUSE[2]]
        assert read_corners(write_corners(corners)) == (corners, "")
