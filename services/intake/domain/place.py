"""Where a report is, as every door takes it: what was given is judged before it is believed."""

from collections.abc import Mapping
from typing import Any

from services.intake.domain.report import Location
from shared.events.reports import ReportKind
from shared.kernel import Reject
from shared.town.places import ROUGH_METRES, is_null_island, is_rough

DEGREES = ("latitude", "longitude")


def judge_place(given: Location | None, kind: ReportKind) -> Location | None:
    """The place that can be believed, or a `Reject` that says what to correct; only a problem needs one."""
    place = _without_rough_degrees(given, kind) if given else None
    if place is not None and (place.place() is not None or place.address):
        return place
    if kind == "problem":
        raise Reject("no-place", "a problem needs a place: latitude and longitude, or an address", status=422)
    return None


def correct_place(before: Location | None, said: Mapping[str, Any], kind: ReportKind) -> Location | None:
    """The place before with what a correction says of it; a member that it leaves out stays, null takes it away."""
    _refuse_half(said)
    moved = {"accuracy_m": None} if said.keys() & set(DEGREES) else {}  # it was that of the degrees before
    return judge_place((before or Location()).model_copy(update={**moved, **said}), kind)


def _without_rough_degrees(given: Location, kind: ReportKind) -> Location:
    """Degrees that a device hardly knows would send the crew, and the zone's team, to the wrong village: they are left
    out, and where a place is needed and there is no address either, the resident is asked."""
    _refuse_half({name: value for name in DEGREES if (value := getattr(given, name)) is not None})
    if given.latitude is None or given.longitude is None:
        return given
    if is_null_island(given.latitude, given.longitude):
        raise Reject("null-island", "0, 0 lies in the sea off Africa: the device has not found its place", status=422)
    if not is_rough(given.accuracy_m):
        return given
    if kind == "problem" and not given.address:
        raise Reject(
            "rough-place",
            f"the device knows its place to {given.accuracy_m:.0f} m only, {ROUGH_METRES:.0f} m are needed: "
            "set the pin by hand, or give an address",
            status=422,
        )
    return given.model_copy(update=dict.fromkeys((*DEGREES, "accuracy_m")))


def _refuse_half(said: Mapping[str, Any]) -> None:
    given = {name for name in DEGREES if name in said}
    if len(given) == 1 or (given and (said["latitude"] is None) != (said["longitude"] is None)):
        raise Reject("half-a-place", "latitude and longitude go together", status=422)
