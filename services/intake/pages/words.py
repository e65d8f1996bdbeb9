"""How states, timeline lines and wrong fields are told: a colour or an icon is never the only sign of anything."""

from dataclasses import replace

from fastapi import Request
from pydantic import ValidationError

from services.intake.domain.report import State
from shared.web import FieldProblem, field_errors, language_of, web_of

_TONES: dict[State, str] = {
    "received": "info", "assigned": "info", "acknowledged": "brand", "on_the_way": "brand", "on_site": "brand",
    "paused": "warn", "referred": "warn", "resolved": "ok", "closed": "neutral",
}  # fmt: skip
_LINES = {
    "received": ("inbox", "info"), "triaged": ("users", "info"), "routed": ("send", "info"),
    "assigned": ("users", "info"), "acknowledged": ("thumbs-up", "brand"), "on_the_way": ("truck", "brand"),
    "on_site": ("map-pin", "brand"), "paused": ("pause", "warn"), "resumed": ("play", "brand"),
    "completed": ("check", "ok"), "refused": ("rotate-ccw", "warn"), "referred": ("external-link", "warn"),
    "cancelled": ("ban", "neutral"), "escalated": ("triangle-alert", "warn"), "incident_opened": ("users", "info"),
    "incident_joined": ("users", "info"), "incident_left": ("users", "neutral"),
    "incident_resolved": ("check", "ok"), "amended": ("pencil", "neutral"),
    "commented": ("message-square", "neutral"), "merged": ("git-merge", "neutral"),
    "absorbed": ("git-merge", "neutral"), "withdrawn": ("x", "neutral"), "rated": ("star", "ok"),
    "reopened": ("refresh-cw", "warn"), "closed": ("lock", "neutral"), "told": ("mail", "neutral"),
}  # fmt: skip


def tone(state: State, *, late: bool = False) -> str:
    """The colour of a state; a missed promise goes before everything."""
    return "bad" if late else _TONES[state]


def line(kind: str) -> tuple[str, str]:
    """Icon and colour of a timeline line."""
    return _LINES[kind]


def complaints(request: Request, error: ValidationError) -> list[FieldProblem]:
    """Each wrong field and what to do about it; the shared words where the catalogue has none of its own."""
    language, words = language_of(request), web_of(request).pages.words
    found = field_errors(error, language)
    keys = [f"wrong.{one.field.rpartition('.')[2]}.{one.code}" for one in found]
    return [
        replace(one, message=words(language, key)) if words.has(key) else one
        for one, key in zip(found, keys, strict=True)
    ]
