"""An application as it is shown: in full to its applicant and staff, coarse to everybody.

What the profile has lost since is shown by its code: an application outlives types, lanes, offices and villages.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.permits.access import Visit
from services.permits.api.bills import show_bills, show_extension_terms, show_terms, unseen_receipts
from services.permits.api.letters import acts_of
from services.permits.api.open_points import open_points_of
from services.permits.api.papers import documents_of, show_awaited_answer
from services.permits.api.permit_life import consultations_of, life_of, neighbours_of
from services.permits.api.wording import Wording
from services.permits.commands import Desk
from services.permits.domain.application import Application, Decision, Entry, Standing
from services.permits.domain.completeness import judge
from services.permits.domain.decision import is_late, read_mark, tells_proposal
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.lanes import list_failed, within_reach
from services.permits.domain.money import baht
from services.permits.domain.permit_type import Lane
from services.permits.domain.readiness import open_answers
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import letters_of
from services.permits.domain.signed_request import mark_of
from services.permits.domain.validity import AFTERWARDS, find_standing
from services.permits.letter import list_form_rows
from shared.kernel import Case, now
from shared.town.vocabulary import DECISIONS, LANES, PROPOSALS, word
from shared.web import language_of, web_of


@dataclass(frozen=True)
class Showing(Wording):
    """Whom applications are shown to: the desk's rules of each, in the reader's words."""

    desk: Desk

    async def summary(self, application: Application) -> dict[str, Any]:
        """What anybody with the reference may know, and what lists show."""
        return self._summary(application, await self.desk.rules_for(application))

    async def full(self, application: Application, older: tuple[Entry, ...] = ()) -> dict[str, Any]:
        """Everything: the lane with each condition and its value, what is missing, documents, timeline. `older`: lines
        that are kept beside the case."""
        rules = await self.desk.rules_for(application)
        permit = rules.permit
        rows, lane = list_form_rows(application, permit, self.language), self._lane(application, rules)
        written = [field for field in permit.fields if field.code in application.form]
        asked = application.state == "documents-requested" and application.request
        bills = show_bills(application, rules, self)
        timeline, proposal = (*older, *application.timeline), tells_proposal(application, staff=self.staff)
        unseen = unseen_receipts(application, staff=self.staff)
        return self._summary(application, rules) | {
            "form": application.form,
            "form_rows": [
                {"code": field.code, "section": field.section, "label": label, "value": value}
                for field, (label, value) in zip(written, rows, strict=True)
            ],
            "location": application.location.model_dump(),
            "zone": application.zone,
            "zone_name": self.zone_name(application.zone),
            "applicant": application.applicant.model_dump(exclude={"consent"}),
            "lane": lane,
            "documents": documents_of(application, rules, self),
            "missing": {
                "fields": open_answers(application, permit),
                "documents": [document.code for document in list_missing_documents(application, permit)],
            },
            "request": application.request.model_dump() if asked and application.request else None,
            "proposal": self._proposal(application),
            "open_points": open_points_of(application, permit, self),
            "read_mark": read_mark(application),
            "request_mark": mark_of(application),
            "fees": self._fees(application, rules),
            "fees_wait_for": self._fees_wait_for(application, rules),
            "fees_when": show_terms(rules, lane["code"]),
            "fees_total": baht(sum(amount for _, amount in permit.fees_for(application.form))),
            "bill": bills[0] if application.bill else None,
            "bills": bills,
            "extension_terms": show_extension_terms(application, rules),
            "decision": self._decision(application, rules, in_full=True),
            **life_of(application, self),
            "signed": acts_of(application, rules, self),
            "letter_waits": any(not letter.sha256 for _, letter in letters_of(application)),
            "consultations": consultations_of(application, self, self.desk.settings),
            "neighbours": neighbours_of(application, self),
            "rules_version": application.pin.version if application.pin else None,
            "thread": self._thread(application, timeline),
            "timeline": [
                self.entry(
                    rules, entry, proposal=proposal, notes=self.staff or application.theirs(entry.at), unseen=unseen
                )
                for entry in timeline
            ],
            "timeline_complete": not timeline or timeline[0].type == "opened",
            **self._staff_notes(application),
        }

    def _summary(self, application: Application, rules: Rules) -> dict[str, Any]:
        standing = find_standing(application, now())
        lane = application.clock.lane if application.clock else None
        return {
            "reference": application.reference,
            "type": application.type,
            "type_name": rules.permit.name.get(self.language),
            "state": application.state,
            "state_text": self._state_text(application, standing),
            "standing": standing,
            "standing_text": self.say_code("standing", standing) if standing else None,
            "closed_at": application.closed_at,
            "lane": lane,
            "lane_text": self.say_code("lane", lane) if lane else None,
            "submitted_at": application.submitted_at,
            "check_due_at": application.check_due_at,
            **show_awaited_answer(application),
            "due_at": application.due_at,
            "late": is_late(application, now()),
            "unanswered_since": application.unanswered_since if self.staff else None,
            "paused": bool(application.clock and application.clock.paused_at),
            "decision": self._decision(application, rules),
        }

    def _state_text(self, application: Application, standing: Standing | None) -> str:
        """What was decided says more than that something was; what became of it says more than what was decided."""
        if standing and standing in AFTERWARDS:
            return self.say_code("standing", standing)
        decided = application.decision if application.state == "decided" else None
        if application.amending:
            return self.say("state.amending")
        return self.say_code("state", decided.decision if decided else application.state)

    def _lane(self, application: Application, rules: Rules) -> dict[str, Any]:
        """The lane taken; before the documents are accepted, the one it would take as it stands (`final` false)."""
        clock = application.clock
        if clock is not None:
            code, lane, conditions = clock.lane, rules.permit.lane(clock.lane), application.conditions
            hoped = None
        else:
            lane, conditions = judge(application, rules, self.town)
            code, hoped = lane.code if lane else "normal", within_reach(rules.permit, conditions)
        return {
            "within_reach": self._lane_in_words(hoped),
            "code": code,
            "name": lane.name.get(self.language) if lane else word(LANES, code, self.language),
            "final": clock is not None,
            "minutes": lane.duration.minutes if lane else None,
            "days": lane.duration.days if lane else None,
            "started_at": clock.started_at if clock else None,
            "due_at": clock.due_at if clock else None,
            "conditions": [self.condition(rules, condition) for condition in conditions],
            "failed": [condition.code for condition in list_failed(conditions)],
        }

    def _lane_in_words(self, lane: Lane | None) -> dict[str, Any] | None:
        """The lane that it will take if what is still open turns out well."""
        if lane is None:
            return None
        length = lane.duration
        return {"code": lane.code, "name": lane.name.get(self.language), "minutes": length.minutes, "days": length.days}

    def _thread(self, application: Application, timeline: tuple[Entry, ...]) -> list[dict[str, Any]]:
        """What applicant and office have written to each other, requests for documents among it, the oldest first."""
        asked = [
            {"at": entry.at, "by": "staff", "name": entry.by, "text": entry.note, "request": True}
            for entry in timeline
            if entry.type == "documents-requested" and entry.note
        ]
        theirs = application.theirs
        written = [{**message.model_dump(), "request": False} for message in application.messages]
        lines = sorted([*asked, *written], key=lambda line: line["at"])
        return [line if self.staff else {**line, "name": ""} for line in lines if self.staff or theirs(line["at"])]

    def _staff_notes(self, application: Application) -> dict[str, Any]:
        """To the staff alone; to others not even that there is such a thing."""
        return {"staff_notes": [note.model_dump() for note in application.staff_notes]} if self.staff else {}

    def _proposal(self, application: Application) -> dict[str, Any] | None:
        """The examiner's proposal: between the officers until it is signed."""
        proposal = application.proposal
        if proposal is None or not tells_proposal(application, staff=self.staff):
            return None
        fields = proposal.model_dump(include={"proposal", "note", "legal_reason", "conditions", "at"})
        fields["text"] = word(PROPOSALS, proposal.proposal, self.language)
        stand_in = proposal.by.stand_in.says(self.language) if proposal.by.stand_in else None
        return fields | ({"by": proposal.by.name, "stand_in": stand_in} if self.staff else {})

    def _decision(self, application: Application, rules: Rules, *, in_full: bool = False) -> dict[str, Any] | None:
        """The decision; its reason, conditions and office are for the applicant and the staff."""
        decision, letter = application.decision, application.letter
        if decision is None:
            return None
        fields = decision.model_dump(include={"decision", "number", "verify_code", "at", "on_time"})
        fields["valid_until"] = application.valid_until
        fields["text"] = word(DECISIONS, decision.decision, self.language)
        fields["letter"] = bool(letter and letter.sha256)
        if not in_full:
            return fields
        appeal = rules.permit.appeal
        return fields | {
            "legal_reason": decision.legal_reason,
            "conditions": list(decision.conditions),
            "office": self._office(rules, decision),
            "stand_in": decision.by.stand_in,
            "seen": [{"kind": name.partition(":")[0], "name": name} for name in decision.seen] if self.staff else [],
            "letter_sha256": letter.sha256 if letter else "",
            "appeal_until": decision.appeal_until,
            "appeal_days": appeal.days if appeal else None,
            "appeal_law": appeal.law.get(self.language) if appeal else None,
        }

    def _office(self, rules: Rules, decision: Decision) -> str:
        """As whom it was signed."""
        office = next((one for one in rules.offices if one.code == decision.office), None)
        if decision.by.stand_in:
            return decision.by.stand_in.says(self.language)
        return office.title.get(self.language) if office else decision.office

    def _fees(self, application: Application, rules: Rules) -> list[dict[str, Any]]:
        """What it costs, fee by fee, and by which law."""
        return [
            {"fee": fee.code, "name": fee.name.get(self.language), "part": fee.part, "law": fee.law.get(self.language),
             "satang": amount, "amount": baht(amount)}
            for fee, amount in rules.permit.fees_for(application.form)
        ]  # fmt: skip

    def _fees_wait_for(self, application: Application, rules: Rules) -> list[str]:
        """What is still to be filled in before all fees are known, by its label."""
        labels = {field.code: field.label.get(self.language) for field in rules.permit.fields}
        return [labels.get(code, code) for code in rules.permit.fees_wait_for(application.form)]


def show_to(request: Request, *, staff: bool = False) -> Showing:
    """How to show applications to whoever asks."""
    desk: Desk = request.app.state.desk
    return Showing(desk.town, web_of(request).pages.words, language_of(request), staff, desk)


async def answer(request: Request, visit: Visit, case: Case[Application] | None = None) -> dict[str, Any]:
    """The application as this viewer may see it; `case`: as it is after what they did."""
    case = case or visit.case
    showing = show_to(request, staff=visit.viewer == "staff")
    if not visit.sees_all:
        return await showing.summary(case.state)
    return {"id": case.id, "version": case.version, **await showing.full(case.state)}
