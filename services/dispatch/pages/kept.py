"""What a step brought that came too late, in the reader's words: `domain/adopted.py` keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.adopted import WhyNot, why_not
from services.dispatch.domain.history import Overtaken, list_waiting_steps
from services.dispatch.domain.pausing import WAITS
from services.dispatch.domain.work_order import WorkOrder
from shared.times import read_time
from shared.town import Text, Town
from shared.town.vocabulary import OUTCOMES, PAUSE_REASONS, STAGES, word
from shared.words.dates import date_text, datetime_text

NAMED: Mapping[str, dict[str, Text]] = {"outcome": OUTCOMES, "stage": STAGES}


@dataclass(frozen=True)
class Kept:
    """What one step brought, in the reader's words; `why_not`: why the order cannot take it, None where it can."""

    step: str
    act: str
    facts: list[tuple[str, str]]
    before: list[str]
    photos: list[str]
    materials: list[str]
    why_not: WhyNot | None
    waits: bool  # for the desk to say what becomes of it


class KeptWords:
    """Words for one reader; `say` looks up the page's strings."""

    def __init__(self, town: Town, language: str, say: Callable[..., str]) -> None:
        self._town, self._language, self._say = town, language, say
        self._zone = ZoneInfo(town.timezone)

    def of(self, order: WorkOrder, step: Overtaken) -> Kept:
        """All of it that says something to people: texts stand in the line of the history, subject ids nowhere."""
        brought = step.brought
        return Kept(
            step=step.id,
            act=step.act,
            facts=[*self._whose(order, step), *self._list_brought(step)],
            before=_paths(brought.get("before")),
            photos=_paths(brought.get("photos")),
            materials=[_say_used(one) for one in brought.get("materials", [])],
            why_not=why_not(order, step),
            waits=step.id in list_waiting_steps(order.history) and "put_aside" in list_offered(order),
        )

    def _whose(self, order: WorkOrder, step: Overtaken) -> list[tuple[str, str]]:
        """Of which team, where another has the work."""
        if step.team is None or step.team == order.team:
            return []
        return [(self._say("form.team"), self._town.team_name(step.team, self._language))]

    def _list_brought(self, step: Overtaken) -> list[tuple[str, str]]:
        return [(self._say(f"form.{name}"), text) for name in step.brought if (text := self._text(step, name))]

    def _text(self, step: Overtaken, name: str) -> str:
        value = step.brought[name]
        match name:
            case "outcome" | "stage":
                return word(NAMED[name], value, self._language)
            case "reason" if step.act == "pause":
                return word(PAUSE_REASONS, value, self._language)
            case "resume_in" if value in WAITS:
                return self._say(f"form.in.{value}")
            case "resume_at":
                return datetime_text(read_time(value), self._zone, self._language)
            case "expected_on":
                return date_text(read_time(f"{value}T05:00:00Z"), self._zone, self._language)
            case "agency":
                return self._town.agency_name(value, self._language)
            case "minutes" | "agency_reference":
                return str(value)
            case _:
                return ""


def _say_used(one: Mapping[str, Any]) -> str:
    """4 m of pipe."""
    return f"{one.get('name', '')} {one.get('quantity', 0):g} {one.get('unit', '')}"


def _paths(value: Any) -> list[str]:
    """Of a referral `photos` says whether the agency sees those of the report."""
    return value if isinstance(value, list) else []
