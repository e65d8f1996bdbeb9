"""How the town keeps its promises, for everybody: what is promised, and what became of it, without anybody's case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.api.context import TheDesk
from services.dispatch.domain.period import Period
from services.dispatch.domain.rights import openness_of_category
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.show import show
from shared.calendar import WorkingCalendar
from shared.events.work_orders import Priority
from shared.kernel import now
from shared.readers import sight_of
from shared.town import Town
from shared.town.work import ServiceLevel
from shared.web import language_of

router = APIRouter(include_in_schema=False)

DAYS = 90
FEWEST = 5  # of a category; of fewer, somebody could tell whose they were


@dataclass(frozen=True)
class Promise:
    """How fast, for one priority; minutes of the office's hours where `working`."""

    name: str
    priority: Priority
    working: bool
    accept: timedelta | None
    finish: timedelta | None


@router.get("/promises")
async def promises(request: Request, desk: TheDesk) -> HTMLResponse:
    """Up to yesterday: today's is not over."""
    town, language = desk.town, language_of(request)
    yesterday = now().astimezone(town.calendar.zone).date() - timedelta(days=1)
    found = await desk.store.figures.measure(Period.up_to(yesterday, DAYS))
    told = list(_told(town, found, language))
    whole = Line()
    for _, line in told:
        whole.merge(line)
    rows = [(name, line) for name, line in told if line.done >= FEWEST]
    context: dict[str, Any] = {
        "whole": whole,
        "rows": rows,
        "few": len(told) > len(rows),
        "days": DAYS,
        "fewest": FEWEST,
        "office_time": partial(office_time, town.calendar),
    }
    return show(request, "promises.html", promises=list(promised(town, language)), **context)


def _told(town: Town, found: Performance, language: str) -> Iterator[tuple[str, Line]]:
    """Categories that everybody may hear of in full."""
    for code, line in found.sorted("category"):
        if code and sight_of("public", openness_of_category(town, code)).ways:
            yield town.categories[code].name.get(language), line


def office_time(calendar: WorkingCalendar, span: timedelta) -> tuple[str, str]:
    """A promise in the office's own time as people count it: in days from a whole one on. The unit and how many."""
    for unit, size in (("day", calendar.usual_day), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if span >= size:
            number = f"{span / size:.1f}".removesuffix(".0")
            return (unit if number == "1" else f"{unit}s"), number
    return "minutes", "0"


def promised(town: Town, language: str) -> Iterator[Promise]:
    """Every target of the profile that promises something, the most urgent of each level first."""
    for level in town.service_levels.values():
        yield from _of(level, language)


def _of(level: ServiceLevel, language: str) -> Iterator[Promise]:
    for priority in get_args(Priority):
        if target := level.targets.get(priority):
            accept, finish = _span(target.acknowledge_minutes), _span(target.resolve_minutes)
            yield Promise(level.name.get(language), priority, level.calendar == "working", accept, finish)


def _span(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None
