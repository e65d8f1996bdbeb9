"""Who did what with an incident: the newest lines of its trail, for the officers who work on it."""

from typing import Any

from fastapi import Request

from services.dispatch.commands import Desk
from shared.web import language_of, web_of

SHOWN = 20  # the whole is in the trail, which supervisors read


async def lines_of(request: Request, desk: Desk, incident_id: str) -> list[dict[str, Any]]:
    """As the timeline component takes them."""
    words, language = web_of(request).pages.words, language_of(request)
    return [
        {
            "at": line.happened_at or line.at,
            "text": words(language, key) if words.has(key := f"trail.act.{line.act}") else line.act,
            "note": line.reference,
            "level": line.who.name or line.who.sub,
            "icon": "check",
        }
        for line in await desk.store.trail.of_case(incident_id, SHOWN)
    ]
