"""Sun and shadow against published positions, and against a stick in the ground."""

from datetime import UTC, datetime, timedelta, timezone
from math import hypot, radians, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from services.permits.domain.footprint import Plane
from services.permits.domain.sun import Sun, shadow_of, sun_at

HERE = (98.95, 18.74)
PLANE = Plane(*HERE)
HOUSE = PLANE.degrees(Polygon([(-5, -5), (5, -5), (5, 5), (-5, 5)]))


def test_it_stands_where_the_published_example_says() -> None:
    """Reda and Andreas, "Solar Position Algorithm for Solar Radiation Applications", NREL/TP-560-34302, appendix A.5:
    Golden, Colorado, 17 October 2003, 12:30:30 local: zenith 50.11162°, azimuth 194.34024°, refraction 0.0140°."""
    sun = sun_at(datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7))), -105.1786, 39.742476)

    assert sun.azimuth == pytest.approx(194.34, abs=0.02)
    assert sun.elevation == pytest.approx(90 - 50.1116 - 0.0140, abs=0.02)


def test_over_chiang_mai_it_stands_in_the_zenith_twice_a_year_and_in_the_north_between() -> None:
    """Its declination is the town's latitude in the middle of May and at the end of July."""
    highest = max(
        (sun_at(datetime(2026, 5, day, tzinfo=UTC) + timedelta(hours=5, minutes=minute), *HERE).elevation, day)
        for day in range(10, 25) for minute in range(0, 60, 2)
    )  # fmt: skip
    june = sun_at(datetime(2026, 6, 21, 5, 26, tzinfo=UTC), *HERE)  # local noon: 12:26 in Bangkok's time
    december = sun_at(datetime(2026, 12, 21, 5, 22, tzinfo=UTC), *HERE)

    assert highest[0] > 89.5
    assert 12 <= highest[1] <= 18
    assert june.elevation == pytest.approx(90 - (23.436 - HERE[1]), abs=0.1)
    assert not 90 < june.azimuth < 270
    assert december.elevation == pytest.approx(90 - 23.436 - HERE[1], abs=0.1)
    assert december.azimuth == pytest.approx(180, abs=1)


def test_a_shadow_falls_away_from_the_sun_and_is_as_long_as_the_stick_over_its_tangent() -> None:
    shadow = shadow_of(HOUSE, 10, Sun(azimuth=180, elevation=45))
    assert shadow is not None
    west, south, east, north = PLANE.flat(shadow).bounds

    assert (round(west, 2), round(south, 2), round(east, 2), round(north, 2)) == (-5, -5, 5, 15)


def test_when_the_sun_is_low_or_down_there_is_none() -> None:
    assert shadow_of(HOUSE, 10, Sun(100, 2.9)) is None
    assert shadow_of(HOUSE, 10, Sun(100, -30)) is None
    assert not sun_at(datetime(2026, 6, 21, 17, 0, tzinfo=UTC), *HERE).throws_shadows  # midnight


@given(st.floats(0, 360), st.floats(3, 90), st.floats(0.5, 100))
def test_it_always_holds_the_building_and_reaches_its_length(azimuth: float, elevation: float, height: float) -> None:
    shadow = shadow_of(HOUSE, height, Sun(azimuth, elevation))
    assert shadow is not None
    flat = PLANE.flat(shadow)
    west, south, east, north = flat.bounds

    assert flat.buffer(0.001).contains(PLANE.flat(HOUSE))
    reach = hypot(max(east - 5, -5 - west, 0), max(north - 5, -5 - south, 0))
    assert reach == pytest.approx(height / tan(radians(elevation)), rel=0.001, abs=0.01)
