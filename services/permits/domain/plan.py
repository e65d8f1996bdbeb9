"""The automatic plan checks: what the town plan's zone allows against what the form says, rule by rule with numbers."""

from collections.abc import Mapping
from decimal import Decimal

from services.permits.domain.permit_type import PermitType, Text, as_decimal
from shared.kernel import StoredModel
from shared.town import Town


class LandUse(StoredModel):
    """What the town plan's zone of a plot allows; kept with the application, for plans are amended too."""

    code: str
    name: Text
    allows: tuple[str, ...] = ()
    max_height_m: float | None = None
    max_coverage_percent: float | None = None
    min_setback_m: float | None = None


def land_use_of(town: Town, latitude: float, longitude: float) -> LandUse | None:
    """What the plan of today says of a place; None outside its zones."""
    zone = town.land_use_of(latitude, longitude)
    return LandUse.model_validate(zone.model_dump(include=set(LandUse.model_fields))) if zone else None


class PlanRule(StoredModel):
    """One rule with the value found and the zone's limit."""

    code: str  # zone, height, coverage, setback
    value: str
    limit: str
    passed: bool

    @property
    def waits(self) -> bool:
        """The form does not say it yet; a place outside the plan's zones stays there."""
        return not self.passed and not self.value and self.code != "zone"


def check(permit: PermitType, form: Mapping[str, str], zone: LandUse | None) -> tuple[PlanRule, ...]:
    """Every rule that this form can answer; outside all zones of the plan nothing can be checked, so nothing passes."""
    if zone is None:
        return (PlanRule(code="zone", value="", limit="", passed=False),)
    asked = {field.code for field in permit.fields}
    rules = [PlanRule(code="zone", value=zone.code, limit=zone.code, passed=True)]
    if zone.max_height_m is not None and "height_m" in asked:
        rules.append(_at_most("height", form.get("height_m"), Decimal(str(zone.max_height_m))))
    if zone.max_coverage_percent is not None and {"covered_area_m2", "plot_area_m2"} <= asked:
        rules.append(_coverage(form, Decimal(str(zone.max_coverage_percent))))
    if zone.min_setback_m is not None and "setback_m" in asked:
        limit = Decimal(str(zone.min_setback_m))
        rules.append(_at_least("setback", form.get("setback_m"), limit))
    return tuple(rules)


def _at_most(code: str, value: str | None, limit: Decimal) -> PlanRule:
    number = as_decimal(value)
    return PlanRule(code=code, value=value or "", limit=f"<= {limit}", passed=number is not None and number <= limit)


def _at_least(code: str, value: str | None, limit: Decimal) -> PlanRule:
    number = as_decimal(value)
    return PlanRule(code=code, value=value or "", limit=f">= {limit}", passed=number is not None and number >= limit)


def _coverage(form: Mapping[str, str], limit: Decimal) -> PlanRule:
    """Ground covered as a share of the plot, in percent; compared exactly, shown rounded to two places."""
    covered, plot = as_decimal(form.get("covered_area_m2")), as_decimal(form.get("plot_area_m2"))
    if covered is None or plot is None or plot <= 0:
        return PlanRule(code="coverage", value="", limit=f"<= {limit}", passed=False)
    percent = (covered * 100 / plot).quantize(Decimal("0.01"))
    return PlanRule(code="coverage", value=str(percent), limit=f"<= {limit}", passed=covered * 100 <= limit * plot)
