"""How states and timeline lines look: a colour and an icon, never the only sign of anything."""

from services.intake.domain.report import State

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
    "incident_joined": ("users", "info"), "incident_resolved": ("check", "ok"), "amended": ("pencil", "neutral"),
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
