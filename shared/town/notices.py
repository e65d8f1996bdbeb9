"""Who is told what: notice rules and templates as data, and the placeholders that each event offers to a template.

Templates hold no logic: `{name}` is replaced, and a line with an empty placeholder is left out.
"""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from shared.events.notices import NoticeChannel
from shared.town.base import Code, FieldName, Part, Words

# agency: the body outside the town that the event names (`ce_agency`), by mail and webhook as the profile has them.
# neighbour: whoever lives next to the plot, by the mail address that the event promises.
# consultee: whoever the event asks for their view of an application: an agency likewise, or a team, by its mail.
Audience = Literal[
    "reporter",
    "follower",
    "team",
    "level",
    "officer",
    "agency",
    "applicant",
    "examiner",
    "signatory",
    "consultee",
    "neighbour",
]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_COMMON = frozenset(("town", "phone", "reference", "link", "greeting"))
_REPORT = _COMMON | {"category"}
_WORK = _REPORT | {"team", "level"}
_AGENCY = _WORK | {"agency", "agency_phone"}
_STANDING = frozenset(("agency", "agency_phone", "expected_until", "note"))  # of an incident
_PERMIT = _COMMON | {"permit_type"}
_FEES = _PERMIT | {"amount", "fees"}
# `answer_until` is filled in for whoever is asked alone; `contact` is the team that looks at the application.
_ASKED = _PERMIT | {"consultee", "zone", "question", "due_at", "answer_until", "contact"}
# `answer_code` is filled in for the neighbour alone.
_NEXT_DOOR = _PERMIT | {"zone", "address", "deed_number", "due_at", "answer_code", "contact"}

# What notify can fill in for each event, as finished text in the recipient's language: names instead of codes, times
# as people write them, `link` to the recipient's own page of the case. Nothing else may stand in a template.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "onestop.report.submitted.v1": _REPORT | {"received_at", "zone"},
    "onestop.report.amended.v1": _REPORT | {"previous_category"},
    "onestop.report.commented.v1": _REPORT | {"text"},
    "onestop.report.followed.v1": _REPORT | {"followers"},
    "onestop.report.merged.v1": _REPORT | {"into_reference", "into_link"},
    "onestop.report.separated.v1": _REPORT,
    "onestop.report.withdrawn.v1": _REPORT | {"reason"},
    "onestop.report.rated.v1": _REPORT | {"stars", "comment"},
    "onestop.report.reopened.v1": _REPORT | {"times", "reason"},
    "onestop.report.link-renewed.v1": _REPORT,
    "onestop.report.closed.v1": _REPORT | {"outcome"},
    "onestop.work-order.created.v1": _WORK | {"zone", "place", "priority", "acknowledge_by", "due_at", "task"},
    "onestop.work-order.assigned.v1": _WORK | {"previous_team", "due_at", "reason"},
    "onestop.work-order.prioritised.v1": _WORK | {"priority", "acknowledge_by", "due_at", "reason"},
    "onestop.work-order.acknowledged.v1": _WORK,
    "onestop.work-order.taken.v1": _WORK,
    "onestop.work-order.dropped.v1": _WORK,
    "onestop.work-order.started.v1": _WORK | {"stage"},
    "onestop.work-order.paused.v1": _WORK | {"reason", "resume_at", "note"},
    "onestop.work-order.resumed.v1": _WORK | {"due_at"},
    "onestop.work-order.completed.v1": _AGENCY | {"outcome", "note", "contact"},
    "onestop.work-order.verified.v1": _WORK | {"note"},
    "onestop.work-order.sent-back.v1": _WORK | {"due_at", "reason"},
    "onestop.work-order.split.v1": _WORK | {"due_at"},
    "onestop.work-order.refused.v1": _WORK | {"previous_team", "reason"},
    # `whereabouts`, `map_link`, `photo_links` and `answer_until` are filled in for the agency alone.
    "onestop.work-order.referred.v1": _AGENCY
    | {"text", "whereabouts", "map_link", "photo_links", "due_at", "answer_by", "answer_until", "contact"},
    "onestop.work-order.agency-told.v1": _AGENCY | {"why"},
    "onestop.work-order.agency-answered.v1": _AGENCY
    | {"answer", "agency_reference", "expected_day", "note", "answer_until", "contact"},
    "onestop.work-order.agency-chased.v1": _AGENCY | {"text", "answer_by", "reminders", "answer_until", "contact"},
    "onestop.work-order.taken-back.v1": _AGENCY | {"reason", "contact"},
    "onestop.work-order.cancelled.v1": _AGENCY | {"outcome", "reason", "contact"},
    "onestop.work-order.escalated.v1": _WORK | {"percent", "due_at", "clock"},
    "onestop.incident.opened.v1": _WORK | _STANDING | {"zone"},
    "onestop.incident.changed.v1": _WORK | _STANDING | {"zone"},
    "onestop.incident.closed.v1": _WORK | {"outcome"},
    "onestop.incident.reopened.v1": _WORK | _STANDING | {"zone"},
    "onestop.incident.joined.v1": _WORK | _STANDING,
    "onestop.incident.told.v1": _WORK | _STANDING,
    "onestop.incident.left.v1": _WORK | {"due_at", "reason"},
    "onestop.incident.resolved.v1": _WORK | {"outcome", "note"},
    "onestop.incident.went-on.v1": _WORK | _STANDING,
    "onestop.permit.submitted.v1": _PERMIT | {"received_at", "check_due_at", "lane"},
    "onestop.permit.reopened.v1": _PERMIT,
    "onestop.permit.documents-requested.v1": _PERMIT | {"requirements", "note", "answer_by"},
    "onestop.permit.answer-awaited.v1": _PERMIT | {"requirements", "answer_by"},
    "onestop.permit.accepted.v1": _PERMIT | {"lane", "due_at"},
    "onestop.permit.paused.v1": _PERMIT | {"reason"},
    "onestop.permit.resumed.v1": _PERMIT | {"due_at"},
    "onestop.permit.examined.v1": _PERMIT | {"proposal", "note"},
    "onestop.permit.decided.v1": _PERMIT
    | {"decision", "number", "decided_at", "verify_link", "legal_reason", "conditions"},
    "onestop.permit.overdue.v1": _PERMIT | {"due_at", "percent", "level"},
    "onestop.permit.check-overdue.v1": _PERMIT | {"due_at", "percent", "level"},
    "onestop.permit.link-renewed.v1": _PERMIT,
    "onestop.permit.message-written.v1": _PERMIT | {"text"},
    "onestop.permit.fees-due.v1": _FEES | {"due_at"},
    "onestop.permit.fees-paid.v1": _FEES | {"receipt"},
    "onestop.permit.fees-refunded.v1": _FEES | {"receipt", "reason"},
    "onestop.permit.payment-cancelled.v1": _FEES | {"receipt", "reason", "due_at"},
    "onestop.permit.withdrawn.v1": _PERMIT | {"reason"},
    "onestop.permit.closed.v1": _PERMIT,
    "onestop.permit.consulted.v1": _ASKED,
    "onestop.permit.consultee-asked-again.v1": _ASKED,
    "onestop.permit.consultee-told.v1": _PERMIT | {"consultee", "why"},
    "onestop.permit.consultation-answered.v1": _PERMIT | {"consultee", "view", "answer"},
    "onestop.permit.consultation-overdue.v1": _ASKED,
    "onestop.permit.neighbour-asked.v1": _NEXT_DOOR,
    "onestop.permit.neighbour-reminded.v1": _NEXT_DOOR,
    "onestop.permit.neighbour-answered.v1": _PERMIT | {"view", "answer"},
    "onestop.permit.inspection-planned.v1": _PERMIT | {"at"},
    "onestop.permit.inspection-moved.v1": _PERMIT | {"was", "at"},
    "onestop.permit.inspection-cancelled.v1": _PERMIT | {"at", "note"},
    "onestop.permit.inspected.v1": _PERMIT | {"at", "result", "note"},
    "onestop.permit.construction-started.v1": _PERMIT | {"on"},
    "onestop.permit.construction-finished.v1": _PERMIT | {"on"},
    "onestop.permit.construction-accepted.v1": _PERMIT,
    "onestop.permit.expiring.v1": _PERMIT | {"valid_until"},
    "onestop.permit.extension-asked.v1": _PERMIT | {"reason"},
    "onestop.permit.extension-answered.v1": _PERMIT | {"valid_until", "reason"},
    "onestop.permit.transferred.v1": _PERMIT | {"transferred_at"},
    "onestop.permit.revoked.v1": _PERMIT | {"revoked_at", "legal_reason"},
    "onestop.permit.appealed.v1": _PERMIT | {"against", "reason"},
    "onestop.permit.appeal-answered.v1": _PERMIT | {"against", "outcome", "reason"},
}


def placeholders(text: str) -> set[str]:
    """The names in braces; an unbalanced or empty brace counts as the name it looks like."""
    return set(PLACEHOLDER.findall(text)) | set(re.findall(r"[{}]", PLACEHOLDER.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; a line that holds an empty one is left out.

    A placeholder without a value is a KeyError: the profile's check has made sure that there is none.
    """
    lines = (line for line in text.splitlines() if all(values[name] for name in PLACEHOLDER.findall(line)))
    return "\n".join(PLACEHOLDER.sub(lambda match: values[match[1]], line) for line in lines).strip()


class Message(Part):
    """One notice in one language: `subject` and `body` for mail and inbox, `short` for SMS and LINE."""

    subject: Words
    body: Words
    short: Words | None = None

    def texts(self) -> tuple[str, ...]:
        """Every text of the message that may hold placeholders."""
        return tuple(text for text in (self.subject, self.body, self.short) if text)


class Template(Part):
    """A notice in each of the town's languages."""

    th: Message | None = None
    en: Message | None = None


class NoticeRule(Part):
    """On `event` (its full CloudEvents type), tell `audience` over `channels` with `template`.

    Every rule that matches applies: those that say the same to the same recipient are one notice over the channels of
    all of them, those that say different things are a notice each. `when` compares fields of the event's data. `urgent`
    marks the notice as such, in the inbox and in mail.
    """

    code: Code
    event: str
    audience: Audience
    channels: tuple[NoticeChannel, ...] = Field(min_length=1)
    template: Code
    urgent: bool = False
    when: dict[FieldName, tuple[str, ...]] = Field(default_factory=dict)
