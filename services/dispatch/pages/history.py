"""A work order's history in the reader's words: one line for each entry, newest first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.history import Entry
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.kept import KeptWords
from shared.times import read_time
from shared.town import Town
from shared.town.vocabulary import LEVELS, OUTCOMES, PAUSE_REASONS, PRIORITIES, STAGES, word
from shared.words.dates import date_text, datetime_text

# Of the lines that no act of a person leaves.
OTHER_ICONS = {
    "share_ended": "split",
    "shares_over": "inbox",
    "report_reopened": "rotate-ccw",
    "created": "inbox",
    "rerouted": "route",
    "escalated": "bell",
    "commented": "message-square",
    "amended": "pencil",
    "amended_late": "pencil",
    "report_withdrawn": "ban",
    "rated": "star",
    "report_merged": "git-merge",
    "report_separated": "split",
    "incident_joined": "users",
    "incident_led": "users",
    "incident_left": "users",
    "incident_resolved": "circle-check",
    "incident_reopened": "rotate-ccw",
    "came_late": "clock",
    "agency_told": "mail",
    "agency_failed": "triangle-alert",
    "agency_reminded": "bell",
    "agency_overdue": "bell",
    "agency_came_late": "clock",
}
ICONS = OTHER_ICONS | {act.line: act.icon for act in ACTS.values()}
WORTH_SAYING = timedelta(minutes=2)  # later than it happened; less is the network's doing
TONES = {
    "escalated": "bad",
    "completed": "ok",
    "agency_failed": "bad",
    "agency_overdue": "bad",
    "agency_done": "ok",
    "verified": "ok",
    "sent_back": "bad",
}


class HistoryWords:
    """Words for one reader; `say` looks up the page's strings, `has` whether there are any, `rule_name` a rule's."""

    def __init__(
        self,
        town: Town,
        language: str,
        say: Callable[..., str],
        has: Callable[[str], bool],
        rule_name: Callable[[str], str],
    ) -> None:
        self._town, self._language, self._say, self._has, self._rule_name = town, language, say, has, rule_name
        self._kept = KeptWords(town, language, say)

    def lines(self, order: WorkOrder, whole: Sequence[Entry] | None = None) -> list[dict[str, Any]]:
        """As the timeline component takes them: those that the order holds itself, or the whole history."""
        return [
            {
                "at": entry.happened,
                "text": self._text(order, entry),
                "note": _note(order, entry),
                "level": self._who(entry),
                "icon": ICONS.get(entry.what, "check"),
                "tone": TONES.get(entry.what, "neutral"),
                "kept": self._kept.of(order, entry.overtaken) if entry.overtaken else None,
            }
            for entry in reversed(order.history if whole is None else whole)
        ]

    def _who(self, entry: Entry) -> str:
        """Who did it, and when we heard of it when that was later."""
        who = (entry.actor.name or entry.actor.sub) if entry.actor else self._say(f"who.{_find_speaker(entry)}")
        if entry.happened_at is None or entry.at - entry.happened_at < WORTH_SAYING:
            return who
        at = datetime_text(entry.at, ZoneInfo(self._town.timezone), self._language)
        return f"{who} ({self._say('history.arrived', at=at)})"

    def _text(self, order: WorkOrder, entry: Entry) -> str:
        """What happened, and in a word or two why or how it ended."""
        if stage := entry.facts.get("stage"):
            return word(STAGES, stage, self._language)
        answered = order.wants_answer and entry.what == "completed" and entry.facts.get("outcome") == "fixed"
        stays = entry.what == "rerouted" and entry.facts.get("previous_team") == entry.team
        again = entry.what == "escalated" and "again" in entry.facts
        theirs = entry.what == "adopted" and "previous_team" in entry.facts
        anew = entry.what == "amended" and "previous_category" in entry.facts
        special = {
            "recategorised": anew,
            "answered": answered,
            "promised-anew": stays,
            "escalated-again": again,
            "adopted-theirs": theirs,
        }
        key = f"history.{next((name for name, holds in special.items() if holds), entry.what)}"
        if not self._has(key):
            return entry.what  # of a newer release
        act = entry.facts.get("act", "")
        names = {
            "team": self._town.team_name(entry.team, self._language),
            "previous": self._town.team_name(entry.facts.get("previous_team"), self._language),
            "level": word(LEVELS, entry.facts.get("level", ""), self._language),
            "agency": self._town.agency_name(entry.facts.get("agency", ""), self._language),
            "to": entry.facts.get("to", ""),
            "share_of": self._town.team_name(entry.facts.get("share_of", ""), self._language),
            "category": self._town.category_name(entry.facts.get("category", ""), self._language),
            "was": self._town.category_name(entry.facts.get("previous_category", ""), self._language),
            "act": self._say(f"act.{act}") if self._has(f"act.{act}") else act,
            "stars": entry.facts.get("stars", ""),
            "whose": entry.facts.get("whose", ""),
        }
        line = self._say(key, **names)
        more = self._more(entry)
        return f"{line}: {more}" if more else line

    def _rule_of(self, facts: Mapping[str, str]) -> str:
        """By which rule of which version, whether the town has it still or not."""
        if not facts.get("rule"):
            return self._say("history.no-rule", version=facts["version"])
        return self._say("history.by-rule", rule=self._rule_name(facts["rule"]), version=facts["version"])

    def _say_agency_answer(self, facts: Mapping[str, str]) -> str:
        """An agency's own number, and the day that it named."""
        day = facts.get("expected")
        zone = ZoneInfo(self._town.timezone)
        named = date_text(read_time(day), zone, self._language) if day else ""
        return " · ".join(part for part in (facts.get("reference", ""), named) if part)

    def _more(self, entry: Entry) -> str | None:
        facts = entry.facts
        match entry.what:
            case "paused":
                return word(PAUSE_REASONS, facts.get("reason", ""), self._language)
            case "referred":
                return self._town.agency_name(facts.get("agency", ""), self._language)
            case "rerouted":
                return self._rule_of(facts) if "version" in facts else None
            case "prioritised":
                return word(PRIORITIES, facts.get("priority", ""), self._language)
            case _ if "expected" in facts or "reference" in facts:
                return self._say_agency_answer(facts)
            case "completed" | "cancelled" | "share_ended" if facts.get("outcome") != "fixed":
                return word(OUTCOMES, facts.get("outcome", ""), self._language)
            case _:
                return None


def _find_speaker(entry: Entry) -> str:
    """Whose doing it was that no signed-in person did here: residents and the desk write elsewhere."""
    ended = {"withdrawn": "reporter", "duplicate": "staff"}  # who else could have said so of the report
    by = "reporter" if entry.what in ("report_withdrawn", "report_reopened") else entry.facts.get("by")
    by = by or (ended.get(entry.facts.get("outcome", "")) if entry.what == "cancelled" else None)
    return by if by in ("reporter", "follower", "staff", "public") else "system"


def _note(order: WorkOrder, entry: Entry) -> str | None:
    """What was written with it; each text is stored once, so some stand elsewhere in the order."""
    if entry.what == "completed" and order.completion:
        return order.completion.note
    if entry.what == "rerouted" and entry.actor is None:
        return None  # codes, for those who listen; the line names the rule, and the one before it what was corrected
    if entry.what == "created":
        return order.task or order.reopened_because
    return entry.text
