"""Codes and numbers of an application in the reader's words: conditions, and the lines of its timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.permits.domain.application import Entry
from services.permits.domain.lanes import ConditionResult
from services.permits.domain.permit_type import FormField, PermitType, Text
from services.permits.domain.plan import PlanRule
from services.permits.domain.rules import Rules
from shared.town import Town
from shared.town.vocabulary import DECISIONS, LANES, LEVELS, PROPOSALS, word
from shared.words import Words
from shared.words.dates import date_text, datetime_text

# The question of the form that mends a rule of the plan; a footprint is drawn beside its pin.
_MENDED_BY = {
    "use": "use",
    "height": "height_m",
    "coverage": "covered_area_m2",
    "floor-area-ratio": "usable_area_m2",
    "setback": "setback_m",
    "road-width": "road_width_m",
    "deed-place": "deed_number",
    "on-plot": "footprint",
    "drawn-area": "covered_area_m2",
    "plot-area": "plot_area_m2",
    "drawn-setback": "setback_m",
}
_SIGNS = {"<=": "at-most", ">=": "at-least", "=": "exactly"}


def _find_field(permit: PermitType, condition: ConditionResult) -> str | None:
    """The field in which a condition is decided; of the plan's checks each has its own, and documents are no field."""
    asked = (one for lane in permit.lanes for one in lane.conditions if one.code == condition.code)
    found = next(asked, None)
    return "use" if found and found.check == "zone-allows-use" else found.field if found else None


@dataclass(frozen=True)
class Wording:
    """The words, the language, and whether officers' names may be seen."""

    town: Town
    words: Words
    language: str
    staff: bool

    def say(self, key: str, **values: object) -> str:
        """Words of the catalogue."""
        return self.words(self.language, key, **values)

    def say_code(self, group: str, code: str) -> str:
        """The word for a code of the catalogue; the code itself when a newer release has written it."""
        key = f"{group}.{code}"
        return self.say(key) if self.words.has(key) else code

    def zone_name(self, code: str | None) -> str | None:
        """The village or area of a code; the code itself when the profile does not have it any more."""
        zone = next((zone for zone in self.town.zones if zone.code == code), None)
        return zone.name.get(self.language) if zone else code

    def consultee(self, code: str) -> str:
        """A team or agency that was asked, as the profile calls it."""
        if code in self.town.teams:
            return self.town.team_name(code, self.language)
        return self.town.agency_name(code, self.language)

    def condition(self, rules: Rules, condition: ConditionResult) -> dict[str, Any]:
        """One condition with the value found and its limit, as codes and in words."""
        unit = f" {condition.unit.get(self.language)}" if condition.unit else ""
        rows = [self.rule(rule, rules.permit.fields) for rule in condition.rules]
        return {
            "condition": condition.code,
            "name": condition.name.get(self.language),
            "value": condition.value,
            "limit": condition.limit,
            "unit": unit.strip() or None,
            "passed": condition.passed,
            "waits": condition.waits,
            "field": _find_field(rules.permit, condition),
            "pending": condition.pending,
            "value_text": self._value_text(rules, condition, unit),
            "limit_text": "" if condition.counts else self._limit_text(condition.limit, unit),
            "rules": rows,
        }

    def rule(self, rule: PlanRule, fields: Sequence[FormField] = ()) -> dict[str, Any]:
        """One plan rule: its numbers with their units, where the value comes from, and the law that sets the limit."""
        unit = f" {self.say(f'rule-unit.{rule.code}')}" if self.words.has(f"rule-unit.{rule.code}") else ""
        choices = {choice.code: choice.label for field in fields if field.code == "use" for choice in field.choices}
        value = choices[rule.value].get(self.language) if rule.code == "use" and rule.value in choices else rule.value
        return rule.model_dump(exclude={"law"}) | {
            "name": self.say_code("rule", rule.code),
            "field": _MENDED_BY.get(rule.code),
            "value_text": value + unit if value else self.say("condition.no-value"),
            "limit_text": self._rule_limit(rule, choices, unit),
            "basis_text": self.say_code("basis", rule.basis),
            "law": rule.law.get(self.language) if rule.law else None,
            "waits": rule.waits,
        }

    def _rule_limit(self, rule: PlanRule, choices: Mapping[str, Text], unit: str) -> str:
        if rule.code == "use":
            named = (
                choices[one].get(self.language) if one in choices else one for one in rule.limit.split(", ") if one
            )
            return ", ".join(named) or self.say("rule.no-use")
        if rule.code in ("drawn-area", "plot-area", "drawn-setback"):
            return self.say("limit.declared", limit=rule.limit.removeprefix("= ") + unit)
        return self._limit_text(rule.limit, unit)

    def _limit_text(self, limit: str, unit: str = "") -> str:
        """ "at most 150 m²" for a number; a list of codes says nothing to people, the condition's name says it."""
        sign, _, number = limit.partition(" ")
        if sign not in _SIGNS:
            return ""
        whole = number.rstrip("0").rstrip(".") if "." in number else number
        return self.say(f"limit.{_SIGNS[sign]}", limit=whole + unit)

    def _value_text(self, rules: Rules, condition: ConditionResult, unit: str) -> str:
        if not condition.value:
            return self.say("condition.no-value")
        if condition.counts:
            return self.say("condition.of", count=condition.value, total=condition.limit.removeprefix("= "))
        choices = (choice for field in rules.permit.fields for choice in field.choices)
        names = (choice.label.get(self.language) for choice in choices if choice.code == condition.value)
        return next(names, condition.value + unit)

    def entry(
        self,
        rules: Rules,
        entry: Entry,
        *,
        proposal: bool = True,
        notes: bool = True,
        unseen: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """One line of the timeline; officers by name only among themselves. `proposal`: what was proposed is told;
        `notes`: so is what was written; `unseen`: receipts of which only that there is one."""
        told = "examined-unsigned" if entry.type == "examined" and not proposal else entry.type
        if entry.params.get("receipt", "") in unseen:
            told, notes = f"{entry.type}-of-another", False
        level = f"level.{entry.level}"
        in_place = f" ({entry.stand_in.says(self.language)})" if entry.stand_in else ""
        known = "".join(
            self.say(f"timeline.{name}", at=self._param(rules, "at", entry.params[name]))
            for name in ("beyond", "answer_by")
            if name in entry.params
        )
        text = self._sentence(rules, entry, told) + known + in_place
        line = {"at": entry.at, "type": entry.type, "level": entry.level, "text": text}
        line["level_text"] = self.say(level) if self.words.has(level) else word(LEVELS, entry.level, self.language)
        line |= {"note": entry.note} if entry.note and notes else {}
        return line | ({"by": entry.by} if entry.by and self.staff else {})

    def _sentence(self, rules: Rules, entry: Entry, told: str) -> str:
        """What happened, for people; the code of what a newer release has written."""
        key = f"timeline.{told}"
        if not self.words.has(key):
            return told
        values = {name: self._param(rules, name, value) for name, value in entry.params.items()}
        return self.say(key, **{"reason": "", "purpose": self.say("purpose.application"), **values})

    def _param(self, rules: Rules, name: str, value: str) -> str:
        match name:
            case "due_at" | "at" | "was":
                return datetime_text(datetime.fromisoformat(value), self.town.calendar.zone, self.language)
            case "on":
                return date_text(datetime.fromisoformat(value), self.town.calendar.zone, self.language)
            case "requirement" | "requirements":
                names = {document.code: document.name for document in rules.permit.documents}
                return ", ".join(names[code].get(self.language) if code in names else code for code in value.split())
            case "consultee":
                return self.consultee(value)
            case "channels":
                return ", ".join(self.say_code("channel", code) for code in value.split())
            case "lane":
                lane = rules.permit.lane(value)
                return lane.name.get(self.language) if lane else word(LANES, value, self.language)
            case "proposal":
                return word(PROPOSALS, value, self.language)
            case "decision":
                return word(DECISIONS, value, self.language)
            case "to":
                return word(LEVELS, value, self.language)
        return self.say_code(name, value)
