"""A place as people paste it: degrees in many spellings, and links of map services. Reads the text, asks nobody."""

import re
from typing import Final
from urllib.parse import unquote

from shared.words.fold import plain_digits

Place = tuple[float, float]  # latitude, longitude

MOST: Final = 2_000  # characters: the longest link of a map service is a few hundred
_NUMBER: Final = r"[-+]?\d{1,3}(?:\.\d{1,20})?"
# In links: a pin before the middle of the screen (`@`), which is only what was looked at.
_LINKS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d({_NUMBER})!4d({_NUMBER})",
        rf"[?&](?:q|query|ll|center|destination|daddr|mlat)=(?:loc:)?({_NUMBER})(?:,|%2C|&mlon=) ?\+?({_NUMBER})",
        rf"\bgeo:({_NUMBER}),({_NUMBER})",
        rf"/(?:place|search|dir)/({_NUMBER}),[+ ]?({_NUMBER})",
        rf"@({_NUMBER}),({_NUMBER})",
    )
)
_LETTERS: Final = re.compile(r"[a-z\u0e00-\u0e7f]{1,20}")
_WORDS: Final = {"lat", "latitude", "lon", "lng", "long", "longitude", "n", "s", "e", "w", "d",
                 "ละติจูด", "ลองจิจูด", "พิกัด"}  # fmt: skip
_FIGURE: Final = re.compile(_NUMBER)
_SIXTIETHS: Final = r"([0-5]?\d(?:\.\d{1,20})?)"
_WITH_SIDE: Final = re.compile(rf"({_NUMBER})\D{{0,3}}(?:{_SIXTIETHS}\D{{1,2}}(?:{_SIXTIETHS}\D{{1,3}})?)?([nsew])")


def is_short_link(text: str) -> bool:
    """A link that only its own service can read: the person must open it and copy the degrees."""
    return any(host in text.casefold() for host in ("maps.app.goo.gl/", "goo.gl/maps", "g.co/kgs"))


def read(text: str) -> Place | None:
    """Latitude and longitude, in that order, when the whole text is a place or a link to one; None otherwise."""
    text = plain_digits(text[:MOST]).strip().casefold()
    if "://" in text or text.startswith("geo:"):
        return _in_link(text)
    return _with_sides(text) or _pair(text)


def _in_link(text: str) -> Place | None:
    for pattern in _LINKS:
        for candidate in (text, unquote(text)):
            if found := pattern.search(candidate):
                return _check_place(float(found[1]), float(found[2]))
    return None


def _pair(text: str) -> Place | None:
    """Two numbers with nothing around them but marks and the words that name degrees."""
    if not set(_LETTERS.findall(text)) <= _WORDS or len(text) > 120:
        return None
    figures = _FIGURE.findall(text)
    if len(figures) != 2 or "." not in figures[0] + figures[1]:
        return None  # "194 7" is a house and its village
    return _check_place(float(figures[0]), float(figures[1]))


def _with_sides(text: str) -> Place | None:
    """18°44'36.0"N 98°57'50.4"E, and decimals with their letters."""
    if len(text) > 120:
        return None
    found = _WITH_SIDE.findall(text)
    if len(found) != 2:
        return None
    sides = {side: _degrees(*parts) * (-1 if side in "sw" else 1) for *parts, side in found}
    latitude = sides.get("n", sides.get("s"))
    longitude = sides.get("e", sides.get("w"))
    return None if latitude is None or longitude is None else _check_place(latitude, longitude)


def _degrees(whole: str, minutes: str, seconds: str) -> float:
    return float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600


def _check_place(latitude: float, longitude: float) -> Place | None:
    """In the order of the earth: a first number beyond 90 can only be a longitude."""
    if abs(latitude) > 90:
        latitude, longitude = longitude, latitude
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
