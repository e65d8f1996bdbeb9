"""Absences: the deputy is somebody else of the same kind, who is there; and nobody is away twice on one day."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, find, text
from shared.town.checks.references import codes
from shared.town.source import Location

_SECTIONS = {"office": "signatories", "team": "teams"}


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Deputies that are not there, and days on which two would take one place or the deputy is away too."""
    absences = list(find(data, "absences.*"))
    for index, (location, absence) in enumerate(absences):
        kind = "office" if text(absence, "office") else "team"
        yield from _deputy(location, absence, kind, data)
        for other_location, other in absences[:index]:
            yield from _together(location, absence, other_location, other, kind)


def _deputy(location: Location, absence: Any, kind: str, data: dict[str, Any]) -> Iterator[Finding]:
    deputy, section = text(absence, "deputy"), _SECTIONS[kind]
    if deputy and section in data and deputy not in codes(data[section]):
        yield (*location, "deputy"), f"there is no {kind} {deputy!r}"
    if deputy and deputy == text(absence, kind):
        yield (*location, "deputy"), "nobody takes their own place"


def _together(location: Location, one: Any, other_location: Location, other: Any, kind: str) -> Iterator[Finding]:
    if not _overlap(one, other):
        return
    who, named = text(one, kind), f"absence {int(other_location[-1]) + 1}"
    if who and who == text(other, kind):
        yield (*location, kind), f"{who!r} is away on some of these days already, by {named}"
    if text(one, "deputy") and text(one, "deputy") == text(other, kind):
        yield (*location, "deputy"), f"{text(one, 'deputy')!r} is away on some of these days too, by {named}"
    if who and who == text(other, "deputy") and text(other, kind):
        yield (*location, kind), f"{who!r} takes somebody's place on some of these days, by {named}"


def _overlap(one: Any, other: Any) -> bool:
    """Days are compared as the file has them; what is no day is said by the model."""
    days = [str(part.get(name) or "") for part in (one, other) for name in ("first_day", "last_day")]
    return all(days) and days[0] <= days[3] and days[2] <= days[1]
