"""Places as people paste them, from map services, cameras and notebooks."""

import time

import pytest

from shared.maps import coordinates

HERE = (18.7433, 98.964)


@pytest.mark.parametrize(
    "text",
    [
        "18.7433, 98.964",
        "18.7433 98.964",
        "(18.7433,98.9640)",
        "๑๘.๗๔๓๓, ๙๘.๙๖๔",
        "１８.７４３３，９８.９６４",
        "18.7433\N{ZERO WIDTH SPACE}, 98.964",
        "98.964, 18.7433",
        "lat: 18.7433 lon: 98.964",
        "พิกัด 18.7433, 98.964",
        "18.7433N 98.9640E",
        "N 18.7433 E 98.9640",
        "98.9640° E, 18.7433° N",
        "18°44'35.88\"N 98°57'50.4\"E",
        "18° 44.598' N, 98° 57.84' E",
        "geo:18.7433,98.964?z=17",
        "https://maps.google.com/?q=18.7433,98.964",
        "https://www.google.com/maps?q=18.7433%2C98.964",
        "https://www.google.com/maps/search/18.743300,+98.964000?entry=tts",
        "https://www.google.com/maps/place/x/@18.7,98.9,17z/data=!3m1!4b1!8m2!3d18.7433!4d98.964",
        "https://www.google.com/maps/@18.7433,98.964,17z",
        "https://maps.apple.com/?ll=18.7433,98.964",
        "https://www.openstreetmap.org/?mlat=18.7433&mlon=98.964#map=17/18.7/98.9",
    ],
)
def test_degrees_are_read_as_people_paste_them(text: str) -> None:
    found = coordinates.read(text)
    assert found is not None
    assert found == pytest.approx(HERE, abs=1e-5)


@pytest.mark.parametrize(
    "text",
    ["", "194 หมู่ 7", "194 7", "18.7433", "081 234 5678", "วัดป่าแดด", "18.7433, 98.964, 300.5", "95.5, 200.5",
     "https://example.com/18.7433,98.964", "1.5 ล้านบาท 2.5"],
)  # fmt: skip
def test_what_is_no_place_is_none(text: str) -> None:
    assert coordinates.read(text) is None


def test_a_short_link_is_known_as_one() -> None:
    assert coordinates.is_short_link("https://maps.app.goo.gl/abc")
    assert not coordinates.is_short_link("https://maps.google.com/?q=18.7433,98.964")


@pytest.mark.parametrize("piece", ["1", "18.7433 ", "!3d1", "?q=1", "@1,", "18°44'", "n ", "lat ", "1.1"])
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    began = time.perf_counter()
    coordinates.read("https://x/" + piece * 100_000)
    coordinates.read(piece * 100_000)
    assert time.perf_counter() - began < 0.5
