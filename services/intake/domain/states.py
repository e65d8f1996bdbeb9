"""The one table of a report's states and of its timeline's lines: what each means, and how pages show it.

A new state or line is a value of the `Literal`, a row here, and its words in `pages/strings.yaml` (`state.<code>`,
`timeline.<code>`). A code without a row, stored by a newer release, is shown as it is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal[
    "received",  # here, or with the one-stop centre's triage
    "assigned",
    "acknowledged",
    "on_the_way",
    "on_site",
    "paused",
    "referred",  # with an agency outside the town
    "resolved",  # the town has given its answer; the resident may still ask to reopen
    "closed",  # nothing more is expected
]
LineType = Literal[
    "received", "triaged", "routed", "assigned", "prioritised", "acknowledged", "on_the_way", "on_site", "paused",
    "resumed", "completed", "refused", "referred", "agency_told", "agency_answered", "agency_chased", "taken_back",
    "cancelled", "escalated", "incident_joined", "incident_told", "incident_left", "incident_resolved",
    "incident_went_on", "amended", "commented", "merged", "absorbed", "separated", "released", "withdrawn", "rated",
    "reopened", "closed", "notice", "contact_shown", "split", "share_begun", "share_over", "verified", "sent_back",
]  # fmt: skip
Tone = Literal["info", "brand", "warn", "ok", "neutral", "bad"]


@dataclass(frozen=True)
class StateRow:
    """The colour that a state is shown in, and whether the report is still somebody's work."""

    tone: Tone
    is_open: bool = True


@dataclass(frozen=True)
class LineRow:
    """How a line of the timeline looks, and the events (`onestop.<event>.v1`) that it records: a notice about one of
    them stands with this line."""

    icon: str
    tone: Tone
    events: tuple[str, ...] = ()


STATES: Mapping[str, StateRow] = {
    "received": StateRow("info"),
    "assigned": StateRow("info"),
    "acknowledged": StateRow("brand"),
    "on_the_way": StateRow("brand"),
    "on_site": StateRow("brand"),
    "paused": StateRow("warn"),
    "referred": StateRow("warn"),
    "resolved": StateRow("ok", is_open=False),
    "closed": StateRow("neutral", is_open=False),
}
LINES: Mapping[str, LineRow] = {
    "received": LineRow("inbox", "info", ("report.submitted",)),
    "triaged": LineRow("users", "info", ("work-order.created", "work-order.assigned")),
    "routed": LineRow("send", "info", ("work-order.created",)),
    "assigned": LineRow("users", "info", ("work-order.assigned",)),
    "prioritised": LineRow("triangle-alert", "info", ("work-order.prioritised",)),
    "acknowledged": LineRow("thumbs-up", "brand", ("work-order.acknowledged",)),
    "on_the_way": LineRow("truck", "brand", ("work-order.started",)),
    "on_site": LineRow("map-pin", "brand", ("work-order.started",)),
    "paused": LineRow("pause", "warn", ("work-order.paused",)),
    "resumed": LineRow("play", "brand", ("work-order.resumed",)),
    "completed": LineRow("check", "ok", ("work-order.completed",)),
    "verified": LineRow("clipboard-check", "ok", ("work-order.verified",)),
    "sent_back": LineRow("rotate-ccw", "warn", ("work-order.sent-back",)),
    "split": LineRow("split", "info", ("work-order.split",)),
    "share_begun": LineRow("users", "info"),
    "share_over": LineRow("check", "brand"),
    "refused": LineRow("rotate-ccw", "warn", ("work-order.refused",)),
    "referred": LineRow("external-link", "warn", ("work-order.referred",)),
    "agency_told": LineRow("mail", "neutral", ("work-order.agency-told",)),
    "agency_answered": LineRow("message-square", "info", ("work-order.agency-answered",)),
    "agency_chased": LineRow("bell", "neutral", ("work-order.agency-chased",)),
    "taken_back": LineRow("rotate-ccw", "warn", ("work-order.taken-back",)),
    "cancelled": LineRow("ban", "neutral", ("work-order.cancelled",)),
    "escalated": LineRow("triangle-alert", "warn", ("work-order.escalated",)),
    "incident_joined": LineRow("users", "info", ("incident.joined",)),
    "incident_told": LineRow("megaphone", "info", ("incident.told",)),
    "incident_left": LineRow("users", "neutral", ("incident.left",)),
    "incident_resolved": LineRow("check", "ok", ("incident.resolved",)),
    "incident_went_on": LineRow("rotate-ccw", "warn", ("incident.went-on",)),
    "amended": LineRow("pencil", "neutral", ("report.amended",)),
    "commented": LineRow("message-square", "neutral", ("report.commented",)),
    "merged": LineRow("git-merge", "neutral", ("report.merged",)),
    "absorbed": LineRow("git-merge", "neutral", ("report.followed",)),
    "separated": LineRow("split", "info", ("report.separated",)),
    "released": LineRow("split", "neutral", ("report.followed",)),
    "withdrawn": LineRow("x", "neutral", ("report.withdrawn",)),
    "rated": LineRow("star", "ok", ("report.rated",)),
    "reopened": LineRow("refresh-cw", "warn", ("report.reopened",)),
    "closed": LineRow("lock", "neutral", ("report.closed",)),
    "notice": LineRow("mail", "neutral"),
    "contact_shown": LineRow("phone", "neutral"),
}
OPEN = tuple(code for code, row in STATES.items() if row.is_open)
ENDED = tuple(code for code, row in STATES.items() if not row.is_open)
LINES_OF_EVENT: Mapping[str, tuple[str, ...]] = {
    f"onestop.{event}.v1": tuple(code for code, row in LINES.items() if event in row.events)
    for event in {event: None for row in LINES.values() for event in row.events}
}


def tone_of(state: str, *, late: bool = False) -> Tone:
    """The colour of a state; a missed promise comes first."""
    return "bad" if late else STATES.get(state, StateRow("neutral")).tone


def look_of(line: str) -> LineRow:
    """Icon and colour of a timeline line; a plain one for lines that only a newer release knows."""
    return LINES.get(line, LineRow("circle", "neutral"))
