"""What somebody would like to build, tried on the public plan: judged by the rules that an application is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from services.permits.domain import plan
from services.permits.domain.application import Location
from services.permits.domain.footprint import Plane, Position, area_of
from services.permits.domain.handing_in import plot_of
from services.permits.domain.permit_type import as_decimal
from services.permits.domain.plan import PlanRule, Site
from services.permits.domain.sun import Sun, shadow_of, sun_at
from services.permits.domain.survey import survey
from shared.town import Town

STOREY_M = 3.2  # of a house, with its floor: what stands for a height that nobody has said
_ASKED = frozenset({"use", "height_m", "usable_area_m2", "covered_area_m2", "plot_area_m2", "setback_m"})


@dataclass(frozen=True)
class Proposal:
    """As it is written into the plan's form, and into the link that shares it."""

    longitude: float
    latitude: float
    footprint: tuple[Position, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)  # deed_number, use, height_m, storeys, usable_area_m2
    moment: datetime | None = None


@dataclass(frozen=True)
class Trial:
    """What the plan says of it. `suggested`: nothing is drawn, so the footprint is the largest that the setback
    leaves."""

    site: Site
    rules: tuple[PlanRule, ...]
    mass: Polygon | None
    suggested: bool
    area_m2: Decimal | None
    usable_m2: Decimal | None
    height_m: float
    sun: Sun | None
    shadow: BaseGeometry | None

    @property
    def passed(self) -> bool:
        """Every rule holds."""
        return all(rule.passed for rule in self.rules)


def try_out(town: Town, proposal: Proposal) -> Trial:
    """Refused for what an application would be refused for: a drawing that crosses itself, a place outside the town."""
    where = Location(latitude=proposal.latitude, longitude=proposal.longitude, footprint=proposal.footprint)
    plot = plot_of(town, where, proposal.form)
    drawn = plot.location.footprint
    setback = plot.land_use.min_setback_m if plot.land_use else None
    mass = Polygon(drawn) if drawn else _largest(plot.parcel.shape, setback or 0) if plot.parcel else None
    ring = tuple(mass.exterior.coords[:-1]) if mass else ()
    form = _complete_form(proposal.form, mass)
    height = as_decimal(form.get("height_m"))
    site = Site(
        zone=plot.land_use,
        parcel=plot.parcel,
        survey=survey(tuple((x, y) for x, y, *_ in ring), plot.parcel),
        pin_on_parcel=plot.parcel is None or plot.parcel.holds(proposal.longitude, proposal.latitude),
        tolerances=plan.tolerances_of(town),
    )
    tall = float(height) if height is not None and 0 < height <= 500 else 0.0
    sun = sun_at(proposal.moment, proposal.longitude, proposal.latitude) if proposal.moment else None
    return Trial(
        site=site,
        rules=plan.check(_list_questions(town), form, site),
        mass=mass,
        suggested=bool(mass) and not drawn,
        area_m2=area_of(mass) if mass else None,
        usable_m2=as_decimal(form.get("usable_area_m2")),
        height_m=tall,
        sun=sun,
        shadow=shadow_of(mass, tall, sun) if mass and sun and tall else None,
    )


def _list_questions(town: Town) -> frozenset[str]:
    """A town whose forms ask for no use has no rule about it."""
    knows_use = any(one.code == "use" for permit in town.permits.values() for one in permit.fields)
    return _ASKED if knows_use else _ASKED - {"use"}


def _complete_form(form: Mapping[str, str], mass: Polygon | None) -> dict[str, str]:
    """A height for so many storeys, and the floor space of so many floors, where nobody has said them."""
    said = {name: value for name, value in form.items() if value}
    storeys = as_decimal(said.get("storeys"))
    if storeys is None or not 0 < storeys <= 100:
        return said
    floors = ceil(storeys)
    said.setdefault("height_m", str(round(floors * STOREY_M, 2)))
    if mass is not None:
        said.setdefault("usable_area_m2", str(floors * area_of(mass)))
    return said


def _largest(plot: Polygon, setback_m: float) -> Polygon | None:
    """The plot without a strip of the setback's width, and a centimetre more for what roundings take."""
    plane = Plane.around(plot)
    left: BaseGeometry = plane.flat(plot).buffer(-setback_m - 0.01, join_style="mitre")
    parts = left.geoms if isinstance(left, MultiPolygon) else [left]
    largest = max(parts, key=lambda part: float(part.area))
    return plane.degrees(largest) if isinstance(largest, Polygon) and not largest.is_empty else None
