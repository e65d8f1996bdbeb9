"""What a browser measures while somebody draws is what the server measures of the same drawing."""

import pytest

from services.permits.domain.footprint import Position
from services.permits.domain.survey import Parcel, survey
from tests.support.javascript import call_module
from tests.support.source import ROOT

MEASURES = ROOT / "services/permits/pages/static/measures.mjs"
PLOT: tuple[Position, ...] = ((98.957, 18.745), (98.9572, 18.7451), (98.95715, 18.7453), (98.95698, 18.7453))


def square(longitude: float, latitude: float, wide: float = 0.00005) -> tuple[Position, ...]:
    return (
        (longitude, latitude), (longitude + wide, latitude), (longitude + wide, latitude + wide),
        (longitude, latitude + wide),
    )  # fmt: skip


@pytest.mark.parametrize(
    "drawn",
    [
        square(98.95703, 18.74512),  # inside
        square(98.95698, 18.7452),  # over the border
        square(98.9581, 18.7461),  # on another plot altogether
        square(98.9569, 18.7449, 0.0006),  # around all of it
        ((98.95703, 18.74512), (98.9571, 18.7452), (98.95704, 18.74526)),
    ],
)
def test_area_and_setback_are_the_server_s_to_the_centimetre(drawn: tuple[Position, ...]) -> None:
    measured = survey(drawn, Parcel(deed_number="1", outline=PLOT))
    area, setback = call_module(MEASURES, ("areaOf", [drawn]), ("setbackOf", [drawn, PLOT]))

    assert measured.area_m2 is not None
    assert measured.setback_m is not None
    assert area == pytest.approx(float(measured.area_m2), abs=0.02, rel=1e-5)
    assert setback == pytest.approx(float(measured.setback_m), abs=0.011)
