"""A work order's history in the reader's words: one line for each entry, newest first."""

from collections.abc import Callable
from typing import Any

from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.history import Entry
from services.dispatch.domain.work_order import WorkOrder
from shared.town import Town
from shared.town.vocabulary import LEVELS, OUTCOMES, PAUSE_REASONS, STAGES, word

# Of the lines that no act of a person leaves.
OTHER_ICONS = {
    "created": "inbox",
    "rerouted": "route",
    "escalated": "bell",
    "commented": "message-square",
    "amended": "pencil",
    "amended_late": "pencil",
    "report_withdrawn": "ban",
}
ICONS = OTHER_ICONS | {act.line: act.icon for act in ACTS.values()}
TONES = {"escalated": "bad", "completed": "ok"}


def history(town: Town, order: WorkOrder, language: str, say: Callable[..., str]) -> list[dict[str, Any]]:
    """As the timeline component takes it."""
    return [
        {
            "at": entry.happened, "text": _line(town, order, entry, language, say), "note": _note(order, entry),
            "level": (entry.actor.name or entry.actor.sub) if entry.actor else say("who.system"),
            "icon": ICONS.get(entry.what, "check"), "tone": TONES.get(entry.what, "neutral"),
        }
        for entry in reversed(order.history)
    ]  # fmt: skip


def _note(order: WorkOrder, entry: Entry) -> str | None:
    """What was written with it; each text is stored once, so some stand elsewhere in the order."""
    if entry.what == "completed" and order.completion:
        return order.completion.note
    return order.reopened_because if entry.what == "created" else entry.text


def _line(town: Town, order: WorkOrder, entry: Entry, language: str, say: Callable[..., str]) -> str:
    """What happened, and in a word or two why or how it ended."""
    if stage := entry.facts.get("stage"):
        return word(STAGES, stage, language)
    answered = order.wants_answer and entry.what == "completed" and entry.facts["outcome"] == "fixed"
    names = {
        "team": town.team_name(entry.team, language),
        "level": word(LEVELS, entry.facts.get("level", ""), language),
    }
    line = say("history.answered" if answered else f"history.{entry.what}", **names)
    more = _more(town, entry, language)
    return f"{line}: {more}" if more else line


def _more(town: Town, entry: Entry, language: str) -> str | None:
    match entry.what:
        case "paused":
            return word(PAUSE_REASONS, entry.facts["reason"], language)
        case "referred":
            return town.agency_name(entry.facts["agency"], language)
        case "completed" | "cancelled" if entry.facts["outcome"] != "fixed":
            return word(OUTCOMES, entry.facts["outcome"], language)
        case _:
            return None
