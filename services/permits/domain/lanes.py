"""Which lane an application takes: every condition with the value found, so that anyone can see why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.permits.domain.permit_type import Condition, Lane, PermitType, Text
from services.permits.domain.plan import LandUse, PlanRule
from shared.events.permits import LaneCondition
from shared.kernel import StoredModel

_LONGEST = 32  # characters that an event's measure may have


class ConditionResult(StoredModel):
    """One condition as it was judged, with its names."""

    code: str
    name: Text
    value: str
    limit: str
    unit: Text | None = None
    passed: bool
    counts: bool = False  # the value is how many of `limit` there are
    pending: bool = False  # documents are still to come
    rules: tuple[PlanRule, ...] = ()  # the single checks behind `plan-checks-pass`

    @property
    def waits(self) -> bool:
        """It does not fail: what it looks at is not filled in or handed in yet."""
        failing = [rule for rule in self.rules if not rule.passed]
        open_still = all(rule.waits for rule in failing) if failing else not self.value
        return not self.passed and (self.pending or open_still)

    def for_event(self) -> LaneCondition:
        """As the event says it: codes and numbers, never a sentence."""
        return LaneCondition(
            condition=self.code, value=_measure(self.value), limit=_measure(self.limit), passed=self.passed
        )


@dataclass(frozen=True)
class Findings:
    """What the conditions look at beside the form."""

    zone: LandUse | None
    documents_needed: int
    documents_missing: int
    plan: tuple[PlanRule, ...]


def choose(
    permit: PermitType, form: Mapping[str, str], findings: Findings
) -> tuple[Lane | None, tuple[ConditionResult, ...]]:
    """The first lane whose conditions all hold, and every condition that was looked at on the way. A profile's last
    lane has no conditions; None is for a type that the profile does not have any more."""
    judgements: list[ConditionResult] = []
    for lane in permit.lanes:
        results = [_judge(condition, permit, form, findings) for condition in lane.conditions]
        judgements += results
        if all(result.passed for result in results):
            return lane, tuple(judgements)
    return None, tuple(judgements)


def within_reach(permit: PermitType, conditions: Sequence[ConditionResult]) -> Lane | None:
    """The first lane that nothing speaks against yet: what has not passed of it still waits."""
    against = {one.code for one in conditions if not one.passed and not one.waits}
    return next((lane for lane in permit.lanes if not against & {one.code for one in lane.conditions}), None)


def list_failed(conditions: Sequence[ConditionResult]) -> list[ConditionResult]:
    """The conditions that kept it out of the fast lane."""
    return [condition for condition in conditions if not condition.passed]


def _judge(condition: Condition, permit: PermitType, form: Mapping[str, str], findings: Findings) -> ConditionResult:
    if condition.field is None:
        return _judge_check(condition, form, findings)
    value = form.get(condition.field, "")
    unit = next((field.unit for field in permit.fields if field.code == condition.field), None)
    passed = condition.holds(value)
    return ConditionResult(
        code=condition.code, name=condition.name, value=value, limit=condition.limit, unit=unit, passed=passed
    )


def _judge_check(condition: Condition, form: Mapping[str, str], findings: Findings) -> ConditionResult:
    """An unknown check fails."""
    result = ConditionResult(code=condition.code, name=condition.name, value="", limit="", passed=False)
    match condition.check:
        case "zone-allows-use":
            use, zone = form.get("use", ""), findings.zone
            found: dict[str, object] = {"value": use, "limit": zone.code if zone else ""}
            found |= {"passed": zone is not None and use in zone.allows}
        case "documents-complete":
            there, missing = findings.documents_needed - findings.documents_missing, findings.documents_missing > 0
            found = {"value": str(there), "limit": f"= {findings.documents_needed}", "counts": True}
            found |= {"passed": not missing, "pending": missing}
        case "plan-checks-pass":
            plan = findings.plan
            passed = sum(rule.passed for rule in plan)
            found = {"value": str(passed), "limit": f"= {len(plan)}", "counts": True, "rules": plan}
            found |= {"passed": bool(plan) and passed == len(plan)}
        case _:
            found = {}
    return result.model_copy(update=found)


def _measure(text: str) -> str:
    """Within an event's pattern: a list of codes becomes one word, too long a word is cut."""
    sign, number = "", text.replace(", ", ",")
    for start in ("<= ", ">= ", "= "):
        if text.startswith(start):
            sign, number = start, text.removeprefix(start)
    letters = "".join(letter for letter in number if letter.isascii() and (letter.isalnum() or letter in ".,_-"))
    return sign + letters[:_LONGEST]
