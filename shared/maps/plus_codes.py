"""Plus codes (Open Location Code), which map apps show where a place has no address: `PX2M+8F ตำบลแม่เหียะ`.

https://github.com/google/open-location-code/blob/main/Documentation/Specification/specification.md
"""

import re
from typing import Final

from shared.maps.coordinates import Place

_DIGITS: Final = "23456789CFGHJMPQRVWX"
_SIGN: Final = f"[{_DIGITS}]"
# Whole, beginning on the earth, or without its first four signs, which stand for the degree; behind it apps write the
# name of the place.
_CODE: Final = re.compile(rf"([2-9C][2-9CFGHJMPQRV]{_SIGN}{{6}}|{_SIGN}{{4}})\+({_SIGN}{{2}})({_SIGN})?(?![0-9A-Z])")
_STEPS: Final = (20.0, 1.0, 0.05, 0.0025, 0.000125)  # degrees of each pair of signs


def read(text: str, near: Place) -> Place | None:
    """The middle of the code's cell, about 14 m wide; of a short code the one nearest to `near`."""
    found = _CODE.match(text.strip().upper())
    if not found:
        return None
    signs = found[1] + found[2]
    steps = _STEPS[-len(signs) // 2 :]
    latitude, longitude = (_sum(signs[axis::2], steps) for axis in (0, 1))
    if len(steps) == len(_STEPS):
        return latitude - 90, longitude - 180
    return latitude + round(near[0] - latitude), longitude + round(near[1] - longitude)


def _sum(signs: str, steps: tuple[float, ...]) -> float:
    """Degrees to the middle of the smallest cell."""
    return sum(_DIGITS.index(sign) * step for sign, step in zip(signs, steps, strict=True)) + steps[-1] / 2
