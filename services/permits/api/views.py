"""An application as it is shown: in full to its applicant and staff, coarse to everybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from services.permits.domain import form as forms
from services.permits.domain.application import Application, Entry
from services.permits.domain.completeness import judge
from services.permits.domain.documents import missing_documents, wanted
from services.permits.domain.lanes import ConditionResult, failed
from services.permits.letter import form_rows
from shared.kernel import now
from shared.town import Town
from shared.town.vocabulary import DECISIONS, LEVELS, PROPOSALS, word
from shared.web import language_of, web_of
from shared.words import Words
from shared.words.dates import datetime_text


@dataclass(frozen=True)
class Showing:
    """Whom applications are shown to: the words, the language, and whether officers' names may be seen."""

    town: Town
    words: Words
    language: str
    staff: bool = False

    def say(self, key: str, **values: object) -> str:
        """Words of the catalogue."""
        return self.words(self.language, key, **values)

    def summary(self, case: Application) -> dict[str, Any]:
        """What anybody may know who has the reference, and what lists show."""
        permit = self.town.permits[case.type]
        return {
            "reference": case.reference,
            "type": case.type,
            "type_name": permit.name.get(self.language),
            "state": case.state,
            "state_text": self.say(f"state.{case.state}"),
            "lane": case.clock.lane if case.clock else None,
            "submitted_at": case.submitted_at,
            "due_at": case.due_at,
            "late": self.late(case),
            "paused": bool(case.clock and case.clock.paused_at),
            "decision": self.decision(case),
        }

    def full(self, case: Application) -> dict[str, Any]:
        """Everything: the lane with each condition and its value, what is missing, documents, timeline."""
        permit = self.town.permits[case.type]
        rows = form_rows(case, self.town, self.language)
        return self.summary(case) | {
            "form": case.form,
            "form_rows": [{"label": label, "value": value} for label, value in rows],
            "location": case.location.model_dump(),
            "zone": case.zone,
            "applicant": case.applicant.model_dump(exclude={"consent"}),
            "lane": self.lane(case),
            "documents": self.documents(case),
            "missing": {
                "fields": forms.missing(permit, case.form),
                "documents": [document.code for document in missing_documents(case, permit)],
            },
            "request": case.request.model_dump() if case.request and case.state == "documents-requested" else None,
            "proposal": self.proposal(case),
            "fees": self.fees(case),
            "decision": (self.decision(case) or {}) | self.signed(case) if case.decision else None,
            "timeline": [self.entry(case, entry) for entry in case.timeline],
        }  # fmt: skip

    def late(self, case: Application) -> bool:
        """Past its due time without a decision, or decided after it."""
        if case.decision is not None:
            return not case.decision.on_time
        return case.due_at is not None and now() > case.due_at

    def lane(self, case: Application) -> dict[str, Any]:
        """The lane taken; before the documents are accepted, the one it would take as it stands (`final` false)."""
        permit = self.town.permits[case.type]
        if case.clock is not None:
            lane, conditions = permit.lane(case.clock.lane), case.conditions
        else:
            lane, conditions = judge(case, self.town)
        return {
            "code": lane.code,
            "name": lane.name.get(self.language),
            "final": case.clock is not None,
            "minutes": lane.duration.minutes,
            "days": lane.duration.days,
            "started_at": case.clock.started_at if case.clock else None,
            "due_at": case.clock.due_at if case.clock else None,
            "conditions": [self.condition(case, condition) for condition in conditions],
            "failed": [condition.code for condition in failed(conditions)],
        }

    def condition(self, case: Application, condition: ConditionResult) -> dict[str, Any]:
        """One condition with the value found and its limit, as codes and in words."""
        unit = f" {condition.unit.get(self.language)}" if condition.unit else ""
        return {
            "condition": condition.code,
            "name": condition.name.get(self.language),
            "value": condition.value,
            "limit": condition.limit,
            "unit": unit.strip() or None,
            "passed": condition.passed,
            "value_text": self._value_text(case, condition, unit),
            "limit_text": _limit_text(condition, unit),
            "rules": [rule.model_dump() | {"name": self.say(f"rule.{rule.code}")} for rule in condition.rules],
        }

    def _value_text(self, case: Application, condition: ConditionResult, unit: str) -> str:
        if not condition.value:
            return self.say("condition.no-value")
        if condition.counts:
            return self.say("condition.of", count=condition.value, total=condition.limit.removeprefix("= "))
        for field in self.town.permits[case.type].fields:
            for choice in field.choices:
                if choice.code == condition.value:
                    return choice.label.get(self.language)
        return condition.value + unit

    def documents(self, case: Application) -> list[dict[str, Any]]:
        """Each document with its state and every version that was handed in."""
        return [
            {
                "requirement": document.code,
                "name": document.name.get(self.language),
                "help": document.help.get(self.language) if document.help else None,
                "accepts": list(document.accepts),
                "max_mb": document.max_mb,
                "state": state,
                "state_text": self.say(f"document.{state}"),
                "versions": [
                    upload.model_dump(include={"sha256", "size", "media_type", "filename", "at"}) | {"number": number}
                    for number, upload in enumerate(case.documents.get(document.code, ()), start=1)
                ],
            }
            for document, state in wanted(case, self.town.permits[case.type])
        ]

    def proposal(self, case: Application) -> dict[str, Any] | None:
        """The examiner's proposal: between the officers until it is signed."""
        if case.proposal is None or not (self.staff or case.decision):
            return None
        shown = case.proposal.model_dump(include={"proposal", "note", "legal_reason", "conditions", "at"})
        shown["text"] = word(PROPOSALS, case.proposal.proposal, self.language)
        return shown | ({"by": case.proposal.by.name} if self.staff else {})

    def decision(self, case: Application) -> dict[str, Any] | None:
        """The decision; its reason and conditions are the applicant's: `signed` adds them."""
        if case.decision is None:
            return None
        made = case.decision
        shown = made.model_dump(include={"decision", "number", "verify_code", "at", "on_time", "valid_until"})
        shown["text"] = word(DECISIONS, made.decision, self.language)
        return shown | {"letter": bool(case.letter and case.letter.sha256)}

    def signed(self, case: Application) -> dict[str, Any]:
        """Reason, conditions and office of a decision."""
        if case.decision is None:
            return {}
        office = next((one for one in self.town.signatories if one.code == case.decision.office), None)
        return {
            "legal_reason": case.decision.legal_reason,
            "conditions": list(case.decision.conditions),
            "office": office.title.get(self.language) if office else case.decision.office,
            "letter_sha256": case.letter.sha256 if case.letter else "",
        }

    def fees(self, case: Application) -> list[dict[str, Any]]:
        """What it costs, in baht."""
        due = self.town.permits[case.type].fees_for(dict(case.form))
        return [{"fee": fee.code, "name": fee.name.get(self.language), "amount": str(amount)} for fee, amount in due]

    def entry(self, case: Application, entry: Entry) -> dict[str, Any]:
        """One line of the timeline; officers by name only among themselves."""
        level = word(LEVELS, entry.level, self.language)
        shown = {"at": entry.at, "type": entry.type, "level": entry.level, "text": self.sentence(case, entry)}
        shown["level_text"] = self.say(f"level.{entry.level}") if self.words.has(f"level.{entry.level}") else level
        shown |= {"note": entry.note} if entry.note else {}
        return shown | ({"by": entry.by} if entry.by and self.staff else {})

    def sentence(self, case: Application, entry: Entry) -> str:
        """What happened, for people."""
        values = {name: self._param(case, name, value) for name, value in entry.params.items()}
        return self.say(f"timeline.{entry.type}", **{"reason": "", **values})

    def _param(self, case: Application, name: str, value: str) -> str:
        match name:
            case "due_at":
                return datetime_text(datetime.fromisoformat(value), self.town.calendar.zone, self.language)
            case "requirement" | "requirements":
                names = {document.code: document.name for document in self.town.permits[case.type].documents}
                return ", ".join(names[code].get(self.language) if code in names else code for code in value.split())
            case "lane":
                lanes = {lane.code: lane.name for lane in self.town.permits[case.type].lanes}
                return next((text.get(self.language) for code, text in lanes.items() if code == value), value)
            case "proposal":
                return word(PROPOSALS, value, self.language)
            case "decision":
                return word(DECISIONS, value, self.language)
            case "to":
                return word(LEVELS, value, self.language)
        key = f"{name}.{value}"
        return self.say(key) if self.words.has(key) else value


def _limit_text(condition: ConditionResult, unit: str) -> str:
    """`≤ 150.0 m²` for a number; a list of codes says nothing to people, the condition's name says it."""
    if condition.counts or not condition.limit.startswith(("=", "<", ">")):
        return ""
    return condition.limit.replace("<=", "≤").replace(">=", "≥").removeprefix("= ") + unit


def showing(request: Request, *, staff: bool = False) -> Showing:
    """How to show applications to who asks."""
    web = web_of(request)
    return Showing(web.town, web.pages.words, language_of(request), staff)
