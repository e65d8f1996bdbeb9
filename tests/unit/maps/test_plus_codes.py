"""Plus codes, by the examples of their specification."""

import pytest

from shared.maps import plus_codes

MAEHIA = (18.7433, 98.964)


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("7FG49QCJ+2V", (20.3700625, 2.7821875)),
        ("8FVC2222+22", (47.0000625, 8.0000625)),
        ("4VCPPQGP+Q9", (-41.2730625, 174.7859375)),
        ("7fg49qcj+2v", (20.3700625, 2.7821875)),
        ("7FG49QCJ+2V ตำบลแม่เหียะ", (20.3700625, 2.7821875)),
    ],
)
def test_a_whole_code_is_a_place_anywhere(code: str, place: tuple[float, float]) -> None:
    assert plus_codes.read(code, MAEHIA) == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize("near", [(20.4, 2.8), (20.01, 2.3), (20.8, 3.2)])
def test_a_short_code_is_the_nearest_of_its_places(near: tuple[float, float]) -> None:
    assert plus_codes.read("9QCJ+2V", near) == pytest.approx((20.3700625, 2.7821875), abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", "9QCJ", "9QCJ+2", "AQCJ+2V", "7FG4+", "ซอย 9QCJ+2V", "9QCJ+2VXXX", "1234+56", "F2222222+22", "2W222222+22"],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert plus_codes.read(text, MAEHIA) is None
