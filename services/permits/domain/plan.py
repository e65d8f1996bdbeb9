"""The automatic plan checks: what the town plan's zone allows against form, drawing and parcel, rule by rule.

The application and the public plan judge by this same function.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

from services.permits.domain.permit_type import Text, as_decimal
from services.permits.domain.survey import Parcel, Survey
from shared.kernel import Lenient, StoredModel
from shared.town import Town
from shared.words.fold import plain_digits

Basis = Literal["form", "map", "layer"]  # what somebody wrote, what was drawn, what the plan's layers hold


class LandUse(StoredModel):
    """What the town plan's zone of a plot allows; kept with the application, for plans are amended too."""

    code: str
    name: Text
    allows: tuple[str, ...] = ()
    max_height_m: float | None = None
    max_coverage_percent: float | None = None
    max_floor_area_ratio: float | None = None
    min_setback_m: float | None = None
    min_road_width_m: float | None = None
    law: Text | None = None


def land_use_of(town: Town, latitude: float, longitude: float) -> LandUse | None:
    """What the plan of today says of a place; None outside its zones."""
    zone = town.land_use_of(latitude, longitude)
    return LandUse.model_validate(zone.model_dump(include=set(LandUse.model_fields))) if zone else None


class PlanRule(StoredModel):
    """One rule with the value found, where that comes from, the limit, and the law that sets it."""

    code: str  # zone, use, height, coverage, floor-area-ratio, setback, road-width, on-plot, deed-place, drawn-…
    value: str
    limit: str
    passed: bool
    basis: Annotated[Basis, Lenient] = "form"
    law: Text | None = None

    @property
    def waits(self) -> bool:
        """The form does not say it yet; a place outside the plan's zones stays there."""
        return not self.passed and not self.value and self.code != "zone"


@dataclass(frozen=True)
class Tolerances:
    """How far a drawing may be from what the form says."""

    distance_m: Decimal = Decimal("0.5")
    area_percent: Decimal = Decimal(5)


def tolerances_of(town: Town) -> Tolerances:
    """How far what is drawn may be from what is written, as the town's plan says; 0.5 m and 5 % without one."""
    if town.plan is None:
        return Tolerances()
    given = town.plan.tolerance
    return Tolerances(Decimal(str(given.distance_m)), Decimal(str(given.area_percent)))


@dataclass(frozen=True)
class Site:
    """What is known of the ground beside the form: zone, parcel, and what the drawing on it measures."""

    zone: LandUse | None
    parcel: Parcel | None = None
    survey: Survey = field(default_factory=Survey)
    pin_on_parcel: bool = True
    tolerances: Tolerances = field(default_factory=Tolerances)


def check(asked: Collection[str], form: Mapping[str, str], site: Site) -> tuple[PlanRule, ...]:
    """Every rule that can be answered by the fields `asked` for or by the ground; outside all zones of the plan nothing
    can be checked, so nothing passes."""
    zone = site.zone
    if zone is None:
        return (PlanRule(code="zone", value="", limit="", passed=False, basis="layer"),)
    judge = _Judge(frozenset(asked), form, site, zone)
    rules = [
        PlanRule(code="zone", value=zone.code, limit=zone.code, passed=True, basis="layer", law=zone.law),
        judge.use(), judge.height(), judge.coverage(), judge.floor_area_ratio(), judge.setback(), judge.road_width(),
        judge.judge_deed_place(), judge.on_plot(), *judge.compare_drawn(),
    ]  # fmt: skip
    return tuple(rule for rule in rules if rule is not None)


@dataclass(frozen=True)
class _Judge:
    asked: frozenset[str]
    form: Mapping[str, str]
    site: Site
    zone: LandUse

    def number(self, name: str) -> Decimal | None:
        return as_decimal(self.form.get(name))

    def rule(
        self, code: str, value: Decimal | None, sign: str, limit: Decimal, basis: Basis = "form", said: str = ""
    ) -> PlanRule:
        """Compared exactly; `said` is the value as it was written, or rounded."""
        passed = value is not None and (value <= limit if sign == "<=" else value >= limit)
        text = said or ("" if value is None else str(value))
        return PlanRule(code=code, value=text, limit=f"{sign} {limit}", passed=passed, basis=basis, law=self.zone.law)

    def use(self) -> PlanRule | None:
        if "use" not in self.asked:
            return None
        use, allowed = self.form.get("use", ""), self.zone.allows
        return PlanRule(code="use", value=use, limit=", ".join(allowed), passed=use in allowed, law=self.zone.law)

    def height(self) -> PlanRule | None:
        limit = self.zone.max_height_m
        if limit is None or "height_m" not in self.asked:
            return None
        return self.rule("height", self.number("height_m"), "<=", _exact(limit), said=self.form.get("height_m", ""))

    def ground(self) -> tuple[Decimal | None, Basis]:
        """The plot's area: the smaller of the declared and the layer's, when they differ by more than they may."""
        declared = self.number("plot_area_m2")
        parcel = self.site.parcel
        if parcel is None or (declared is not None and declared <= parcel.area_m2):
            return declared, "form"
        near = declared is not None and _within(declared, parcel.area_m2, self.site.tolerances.area_percent)
        return (declared, "form") if near else (parcel.area_m2, "layer")

    def choose_covered_area(self) -> tuple[Decimal | None, Basis]:
        """The ground that is covered: the larger of the declared and the drawn, when they differ too much."""
        declared, drawn = self.number("covered_area_m2"), self.site.survey.area_m2
        if drawn is None or (declared is not None and declared >= drawn):
            return declared, "form"
        near = declared is not None and _within(declared, drawn, self.site.tolerances.area_percent)
        return (declared, "form") if near else (drawn, "map")

    def coverage(self) -> PlanRule | None:
        """Ground covered as a share of the plot, in percent."""
        limit = self.zone.max_coverage_percent
        if limit is None or "covered_area_m2" not in self.asked or not self._knows_ground():
            return None
        (covered, one), (ground, other) = self.choose_covered_area(), self.ground()
        basis: Basis = one if one != "form" else other
        return self._cap_ratio("coverage", covered, ground, _exact(limit), basis, Decimal(100))

    def floor_area_ratio(self) -> PlanRule | None:
        """Floor space of all storeys as so many times the plot."""
        limit = self.zone.max_floor_area_ratio
        if limit is None or "usable_area_m2" not in self.asked or not self._knows_ground():
            return None
        ground, basis = self.ground()
        return self._cap_ratio(
            "floor-area-ratio", self.number("usable_area_m2"), ground, _exact(limit), basis, Decimal(1)
        )

    def _knows_ground(self) -> bool:
        return "plot_area_m2" in self.asked or self.site.parcel is not None

    def _cap_ratio(
        self, code: str, part: Decimal | None, whole: Decimal | None, limit: Decimal, basis: Basis, times: Decimal
    ) -> PlanRule:
        """Compared exactly, shown rounded to two places."""
        if part is None or whole is None or whole <= 0:
            return self.rule(code, None, "<=", limit)
        said = str((part * times / whole).quantize(Decimal("0.01")))
        passed = part * times <= limit * whole
        return PlanRule(code=code, value=said, limit=f"<= {limit}", passed=passed, basis=basis, law=self.zone.law)

    def setback(self) -> PlanRule | None:
        """The smaller of what is declared and what is drawn, when they differ by more than they may."""
        limit, drawn = self.zone.min_setback_m, self.site.survey.setback_m
        if limit is None or "setback_m" not in self.asked:
            return None
        declared = self.number("setback_m")
        near = declared is not None and drawn is not None and declared - drawn <= self.site.tolerances.distance_m
        if drawn is None or near:
            return self.rule("setback", declared, ">=", _exact(limit), said=self.form.get("setback_m", ""))
        return self.rule("setback", drawn, ">=", _exact(limit), "map")

    def road_width(self) -> PlanRule | None:
        """Of the road that the plot lies on, by the form or else by the layer; for what has floors."""
        limit, parcel = self.zone.min_road_width_m, self.site.parcel
        measured = parcel is not None and "usable_area_m2" in self.asked
        if limit is None or not (measured or "road_width_m" in self.asked):
            return None
        if "road_width_m" in self.asked and (self.form.get("road_width_m") or parcel is None):
            said = self.form.get("road_width_m", "")
            return self.rule("road-width", as_decimal(said), ">=", _exact(limit), said=said)
        width = parcel.road_width_m if parcel else None
        return self.rule("road-width", _exact(width or 0), ">=", _exact(limit), "layer")

    def judge_deed_place(self) -> PlanRule | None:
        """The pin stands on the parcel that the deed names."""
        parcel = self.site.parcel
        if parcel is None or plain_digits(parcel.deed_number) != plain_digits(self.form.get("deed_number", "")).strip():
            return None
        passed = self.site.pin_on_parcel
        return PlanRule(code="deed-place", value=parcel.deed_number, limit="", passed=passed, basis="layer")

    def on_plot(self) -> PlanRule | None:
        """Nothing of the footprint lies beyond the parcel, but for what a finger cannot draw exactly."""
        area, outside = self.site.survey.area_m2, self.site.survey.outside_m2
        if area is None or outside is None:
            return None
        limit = (area * self.site.tolerances.area_percent / 100).quantize(Decimal("0.01"))
        return self.rule("on-plot", outside, "<=", limit, "map")

    def compare_drawn(self) -> list[PlanRule]:
        """Each figure of the form that the map knows too: differing too much, one of the two is wrong."""
        survey, parcel, allowed = self.site.survey, self.site.parcel, self.site.tolerances
        pairs = [
            ("drawn-area", "covered_area_m2", survey.area_m2, "map"),
            ("plot-area", "plot_area_m2", parcel.area_m2 if parcel else None, "layer"),
            ("drawn-setback", "setback_m", survey.setback_m, "map"),
        ]
        found: list[PlanRule] = []
        for code, name, measured, basis in pairs:
            declared = self.number(name)
            if measured is None or declared is None or name not in self.asked:
                continue
            if code == "drawn-setback":
                passed = abs(declared - measured) <= allowed.distance_m
            else:
                passed = _within(declared, measured, allowed.area_percent)
            found.append(PlanRule.model_validate(
                {"code": code, "value": str(measured), "limit": f"= {declared}", "passed": passed, "basis": basis}
            ))  # fmt: skip
        return found


def _exact(number: float) -> Decimal:
    return Decimal(str(number))


def _within(declared: Decimal, measured: Decimal, percent: Decimal) -> bool:
    """Whether two areas are the same for all that can be drawn."""
    return abs(declared - measured) * 100 <= percent * max(declared, measured)
