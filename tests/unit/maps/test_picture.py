"""The picture that stands where no map is drawn."""

from pathlib import Path

import pytest

from shared.maps.picture import WIDTH, Frame, Painter
from shared.town import Town, load_town

CENTRE = {"latitude": 18.7433, "longitude": 98.964}


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(Path("deploy/municipalities/maehia"))


def _inside(view: str, x: float, y: float) -> bool:
    left, top, width, height = map(float, view.split())
    return left <= x <= left + width and top <= y <= top + height


def test_the_corners_of_the_bounds_are_those_of_the_picture() -> None:
    frame = Frame.of((98.9, 18.7, 99.0, 18.8))
    assert frame.spot(98.9, 18.8) == (0, 0)
    assert frame.spot(99.0, 18.7) == pytest.approx((WIDTH, frame.height))
    assert frame.height == pytest.approx(1056, abs=1)  # a degree to the north is longer here than one to the east


def test_without_places_all_zones_are_in_view(town: Town) -> None:
    drawn = Painter(town).draw([])
    assert drawn.dots == ()
    assert all(_inside(drawn.view, x, y) for _, x, y in drawn.names)


def test_no_name_covers_another_or_leaves_the_picture(town: Town) -> None:
    drawn = Painter(town).draw([])
    left, top, width, _ = map(float, drawn.view.split())
    edges = sorted(
        (y, x - len(name.th) * 3 * drawn.unit, x + len(name.th) * 3 * drawn.unit) for name, x, y in drawn.names
    )

    assert len(edges) >= 3
    for at, (y, west, east) in enumerate(edges):
        assert left <= west + 12 * drawn.unit
        assert east - 12 * drawn.unit <= left + width
        assert y >= top
        for below, other_west, other_east in edges[at + 1 :]:
            assert (
                below - y >= 11 * drawn.unit
                or other_west >= east - 24 * drawn.unit
                or west >= other_east - 24 * drawn.unit
            )


def test_a_single_place_is_seen_among_its_surroundings(town: Town) -> None:
    drawn = Painter(town).draw([CENTRE])
    (dot,) = drawn.dots
    assert _inside(drawn.view, dot.x, dot.y)
    assert float(drawn.view.split()[2]) < WIDTH / 4


def test_places_that_would_cover_each_other_are_one_dot_with_their_number(town: Town) -> None:
    far = {"latitude": 18.76, "longitude": 98.9, "tone": "ok"}
    dots = Painter(town).draw([{**CENTRE, "tone": "bad"}] * 3 + [far]).dots
    assert sorted((dot.count, dot.tone) for dot in dots) == [(1, "ok"), (3, "group")]


def test_what_lies_outside_the_town_does_not_shrink_it(town: Town) -> None:
    away = {"latitude": 13.75, "longitude": 100.5}
    assert Painter(town).draw([CENTRE, away]).view == Painter(town).draw([CENTRE]).view
