"""The public plan's form, which is also the link that shares a proposal: read from an address, and written into one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from services.permits.domain.footprint import Position
from services.permits.domain.permit_type import as_decimal
from services.permits.domain.proposal import Proposal
from services.permits.pages.corners import read_corners
from services.permits.pages.forms import PREFIX
from shared.kernel import Reject
from shared.times import read_local_time
from shared.town import Town
from shared.town.permits import PermitType
from shared.words.fold import plain_digits

FIELDS = ("deed", "latitude", "longitude", "footprint", "use", "height", "storeys", "area", "date", "time")
_ANSWERS = {"deed": "deed_number", "use": "use", "height": "height_m", "storeys": "storeys", "area": "usable_area_m2"}
_BUILT_ANEW = {"deed_number", "storeys", "covered_area_m2"}  # what is tried is a building on its plot
_NUMBERS = {"height": (0, 500), "storeys": (0, 100), "area": (0, 1_000_000)}
_MOST_FIELDS = 40
MOST = 12_000  # characters of a whole proposal: a footprint of a hundred corners


@dataclass(frozen=True)
class Asked:
    """What was typed, what it means, and what is wrong with it: field to the code of the words."""

    typed: dict[str, str]
    proposal: Proposal | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The address that shows it again."""
        return urlencode({name: value for name, value in self.typed.items() if value})


def read_query(town: Town, text: str) -> Asked:
    """Another proposal, by its address; none when it holds more than any of ours."""
    try:
        return read_proposal(town, dict(parse_qsl(text[:MOST], max_num_fields=_MOST_FIELDS)))
    except ValueError:
        return Asked({})


def read_proposal(town: Town, sent: Mapping[str, str]) -> Asked:
    """A proposal, where a place is said: by deed, drawing or degrees."""
    typed = {name: sent.get(name, "")[:MOST].strip() for name in FIELDS}
    errors: dict[str, str] = {}
    corners, refused = read_corners(typed["footprint"])
    if refused:
        errors["footprint"] = f"form.{refused}"
    form = _numbers(typed, errors) | {"deed_number": typed["deed"], "use": typed["use"]}
    moment = _moment(town, typed, errors)
    place = _place(town, typed, corners, errors)
    if errors or place is None:
        return Asked(typed, None, errors)
    return Asked(typed, Proposal(*place, tuple(corners), form, moment))


def _numbers(typed: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    numbers: dict[str, str] = {}
    for name, (least, most) in _NUMBERS.items():
        text = plain_digits(typed[name]).replace(",", "")
        number = as_decimal(text)
        if text and (number is None or not least < number <= most):
            errors[name] = "plan.wrong-number"
        elif text:
            numbers[_ANSWERS[name]] = text
    return numbers


def _moment(town: Town, typed: Mapping[str, str], errors: dict[str, str]) -> datetime | None:
    """In the town's own time; noon when only a day is said."""
    if not typed["date"]:
        return None
    said = f"{plain_digits(typed['date'])}T{plain_digits(typed['time'] or '12:00')}"
    try:
        return read_local_time(said, town.calendar.zone)
    except ValueError:
        errors["date"] = "plan.wrong-moment"
        return None


def _place(
    town: Town, typed: Mapping[str, str], corners: list[Position], errors: dict[str, str]
) -> tuple[float, float] | None:
    """Longitude and latitude: what is drawn, else the degrees, else the middle of the deed's parcel."""
    if corners:
        longitudes, latitudes = zip(*corners, strict=True)
        return sum(longitudes) / len(corners), sum(latitudes) / len(corners)
    if typed["latitude"] or typed["longitude"]:
        place = as_decimal(plain_digits(typed["longitude"])), as_decimal(plain_digits(typed["latitude"]))
        if place[0] is not None and place[1] is not None and abs(place[0]) <= 180 and abs(place[1]) <= 90:
            return float(place[0]), float(place[1])
        errors["latitude"] = "plan.wrong-place"
        return None
    parcel = town.ground.parcel_of(plain_digits(typed["deed"]))
    if parcel is not None:
        inside = parcel.shape.representative_point()
        return inside.x, inside.y
    if typed["deed"]:
        errors["deed"] = "plan.unknown-deed"
    return None


def takes_proposal(permit: PermitType) -> bool:
    """Whether an application of that kind is about what the plan tries out."""
    return {one.code for one in permit.fields} >= _BUILT_ANEW


def as_answers(asked: Asked, fields: Collection[str]) -> dict[str, str]:
    """A proposal as the form of an application holds it: the answers that are among its fields, pin and footprint."""
    answers = {PREFIX + name: asked.typed.get(sent, "") for sent, name in _ANSWERS.items() if name in fields}
    place = asked.proposal
    if place is None:
        return {name: value for name, value in answers.items() if value}
    pin = {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"}
    return {name: value for name, value in {**answers, **pin, "footprint": asked.typed["footprint"]}.items() if value}


def refusal_of(error: Reject) -> tuple[str, str]:
    """The field and the words of what an application would be refused for."""
    return ("footprint" if error.code.startswith("footprint-") else "latitude"), f"form.{error.code}"
