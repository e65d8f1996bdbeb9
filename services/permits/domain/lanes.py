"""Which lane an application takes: every condition with the value found, so that anyone can see why."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from services.permits.domain.plan import PlanRule
from shared.events import LaneCondition
from shared.town.models import Condition, LandUseZone, Lane, PermitType, Text

_LONGEST = 32  # characters that an event's measure may have


class ConditionResult(BaseModel):
    """One condition as it was judged; names are kept, because the profile may change later."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: Text
    value: str
    limit: str
    unit: Text | None = None
    passed: bool
    counts: bool = False  # the value is how many of `limit` there are
    rules: tuple[PlanRule, ...] = ()  # the single checks behind `plan-checks-pass`

    def said(self) -> LaneCondition:
        """As the event says it: codes and numbers, never a sentence."""
        return LaneCondition(condition=self.code, value=_measure(self.value), limit=_measure(self.limit),
                             passed=self.passed)  # fmt: skip


class Findings(BaseModel):
    """What the conditions look at beside the form."""

    model_config = ConfigDict(frozen=True)

    zone: LandUseZone | None
    documents_needed: int
    documents_missing: int
    plan: tuple[PlanRule, ...]


def choose(permit: PermitType, form: Mapping[str, str], findings: Findings) -> tuple[Lane, tuple[ConditionResult, ...]]:
    """The first lane whose conditions all hold, and every condition that was looked at on the way."""
    looked_at: list[ConditionResult] = []
    for lane in permit.lanes:
        results = [_judge(condition, permit, form, findings) for condition in lane.conditions]
        looked_at += results
        if all(result.passed for result in results):
            return lane, tuple(looked_at)
    raise AssertionError("the profile's last lane has no conditions")  # a town is checked for it at start


def failed(conditions: Sequence[ConditionResult]) -> list[ConditionResult]:
    """The conditions that kept it out of the fast lane."""
    return [condition for condition in conditions if not condition.passed]


def _judge(condition: Condition, permit: PermitType, form: Mapping[str, str], found: Findings) -> ConditionResult:
    if condition.field is not None:
        value = form.get(condition.field, "")
        unit = next((field.unit for field in permit.fields if field.code == condition.field), None)
        return ConditionResult(code=condition.code, name=condition.name, value=value, limit=condition.limit, unit=unit,
                               passed=condition.holds(value))  # fmt: skip
    value, limit, passed, rules = _check(condition, form, found)
    return ConditionResult(code=condition.code, name=condition.name, value=value, limit=limit,
                           passed=condition.holds(passed), counts=condition.check != "zone-allows-use",
                           rules=rules)  # fmt: skip


def _check(condition: Condition, form: Mapping[str, str],
           found: Findings) -> tuple[str, str, bool, tuple[PlanRule, ...]]:  # fmt: skip
    match condition.check:
        case "zone-allows-use":
            use = form.get("use", "")
            return use, found.zone.code if found.zone else "", found.zone is not None and use in found.zone.allows, ()
        case "documents-complete":
            there = found.documents_needed - found.documents_missing
            return str(there), f"= {found.documents_needed}", found.documents_missing == 0, ()
        case _:
            passed = sum(rule.passed for rule in found.plan)
            return str(passed), f"= {len(found.plan)}", bool(found.plan) and passed == len(found.plan), found.plan


def _measure(text: str) -> str:
    """Within an event's pattern: a list of codes becomes one word, too long a word is cut."""
    sign, number = "", text.replace(", ", ",")
    for start in ("<= ", ">= ", "= "):
        if text.startswith(start):
            sign, number = start, text.removeprefix(start)
    kept = "".join(letter for letter in number if letter.isascii() and (letter.isalnum() or letter in ".,_-"))
    return sign + kept[:_LONGEST]
