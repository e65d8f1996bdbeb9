"""Points and zones: pure geometry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.town.models import Bounds, Text
from shared.town.places import Ring, Zone

SQUARE: Ring = ((98.0, 18.0), (99.0, 18.0), (99.0, 19.0), (98.0, 19.0), (98.0, 18.0))
NEXT: Ring = ((99.0, 18.0), (100.0, 18.0), (100.0, 19.0), (99.0, 19.0), (99.0, 18.0))
HOLE: Ring = ((98.4, 18.4), (98.6, 18.4), (98.6, 18.6), (98.4, 18.6), (98.4, 18.4))


def zone(*polygons: tuple[Ring, ...]) -> Zone:
    return Zone(code="zone", name=Text(th="เขต", en="Zone"), polygons=polygons)


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [(18.1, 98.1, True), (18.5, 98.5, False), (17.9, 98.1, False), (18.1, 99.1, False), (0, 0, False)],
)
def test_a_hole_is_outside(latitude: float, longitude: float, inside: bool) -> None:
    assert zone((SQUARE, HOLE)).contains(latitude, longitude) is inside


def test_a_zone_may_have_several_parts() -> None:
    both = zone((SQUARE,), (NEXT,))
    assert both.contains(18.5, 98.5)
    assert both.contains(18.5, 99.5)


@given(st.floats(18.001, 18.999), st.sampled_from([98.0, 99.0, 100.0]))
def test_a_point_on_a_shared_edge_belongs_to_exactly_one_zone(latitude: float, longitude: float) -> None:
    holders = [zone((SQUARE,)).contains(latitude, longitude), zone((NEXT,)).contains(latitude, longitude)]
    assert sum(holders) == (1 if longitude < 100 else 0)


@given(st.floats(17, 20), st.floats(97, 100))
def test_the_direction_of_an_outline_does_not_matter(latitude: float, longitude: float) -> None:
    assert zone((SQUARE,)).contains(latitude, longitude) == zone((SQUARE[::-1],)).contains(latitude, longitude)


def test_bounds_hold_their_edges() -> None:
    bounds = Bounds(south=18, west=98, north=19, east=99)
    assert bounds.holds(18, 98)
    assert bounds.holds(19, 99)
    assert not bounds.holds(19.0001, 99)
