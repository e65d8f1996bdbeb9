"""What a profile may say of who is away."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.town.absences import Absence
from shared.town.checks.absences import findings

DAYS = {"first_day": "2026-12-28", "last_day": "2027-01-02"}
MAYOR: dict[str, Any] = {"office": "mayor", "deputy": "clerk", **DAYS, "order": "812/2569"}


def found(*absences: dict[str, Any]) -> list[tuple[str, str]]:
    data = {"signatories": [{"code": "mayor"}, {"code": "deputy-mayor"}, {"code": "clerk"}],
            "teams": {"building": {}, "roads": {}}, "absences": list(absences)}  # fmt: skip
    return [(".".join(map(str, location)), reason) for location, reason in findings(data)]


def test_an_absence_with_a_deputy_who_is_there_is_in_order() -> None:
    later = {**MAYOR, "first_day": "2027-01-03", "last_day": "2027-01-05", "deputy": "deputy-mayor"}
    team = {**MAYOR, "office": None, "team": "building", "deputy": "roads"}

    assert found(MAYOR, later, team) == []


@pytest.mark.parametrize(
    ("absences", "place", "reason"),
    [
        (({**MAYOR, "deputy": "roads"},), "absences.0.deputy", "there is no office 'roads'"),
        (({**MAYOR, "deputy": "mayor"},), "absences.0.deputy", "nobody takes their own place"),
        (({**MAYOR, "office": None, "team": "building"},), "absences.0.deputy", "there is no team 'clerk'"),
        ((MAYOR, {**MAYOR, "deputy": "deputy-mayor", "first_day": "2027-01-02"}), "absences.1.office",
         "'mayor' is away on some of these days already, by absence 1"),
        ((MAYOR, {**MAYOR, "office": "clerk", "deputy": "deputy-mayor"}), "absences.1.office",
         "'clerk' takes somebody's place on some of these days, by absence 1"),
        (({**MAYOR, "office": "clerk", "deputy": "deputy-mayor"}, MAYOR), "absences.1.deputy",
         "'clerk' is away on some of these days too, by absence 1"),
    ],
)  # fmt: skip
def test_a_deputy_who_cannot_take_the_place_is_named(absences: Any, place: str, reason: str) -> None:
    assert (place, reason) in found(*absences)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"last_day": "2026-12-27"}, "last_day is before first_day"),
        ({"team": "building"}, "either office or team"),
        ({"office": None}, "either office or team"),
        ({"office": None, "team": "building", "level": "clerk"}, "level goes with office"),
        ({"order": ""}, "order"),
        ({"capacity": "covering"}, "capacity"),
    ],
)
def test_what_makes_no_absence_is_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Absence.model_validate({**MAYOR, **values})
