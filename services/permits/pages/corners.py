"""The corners of a footprint as people write them: a place on each line, latitude first, as map apps copy it."""

from collections.abc import Sequence

from services.permits.domain.footprint import MOST_CORNERS, Position, read_footprint
from shared.kernel import Reject
from shared.words.fold import plain_digits

_MOST = MOST_CORNERS * 60  # characters


def read_corners(text: str) -> tuple[list[Position], str]:
    """The corners, and what is wrong with them: the code of a refusal."""
    try:
        corners = [_corner(line) for line in text[: _MOST + 1].splitlines() if line.strip()]
        if len(text) > _MOST:
            raise Reject("footprint-too-many", f"a footprint has at most {MOST_CORNERS} corners", status=422)
        return list(read_footprint(corners)) if corners else [], ""
    except Reject as error:
        return [], error.code


def _corner(line: str) -> Position:
    try:
        latitude, longitude = (float(part) for part in plain_digits(line).replace(",", " ").split())
    except ValueError as error:
        raise Reject("footprint-numbers", f"{line!r} are no latitude and longitude", status=422) from error
    return longitude, latitude


def write_corners(corners: Sequence[Position]) -> str:
    """And back, for the form."""
    return "\n".join(f"{latitude:.7f}, {longitude:.7f}" for longitude, latitude in corners)
