"""How the town keeps its promises, for everybody: what is promised, and what became of it, without anybody's case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import TheDesk
from services.dispatch.domain import service_levels
from services.dispatch.domain.period import Period
from services.dispatch.domain.rights import openness_of_category
from services.dispatch.domain.routing import Facts, route
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.show import show
from shared.calendar import WorkingCalendar
from shared.kernel import now
from shared.readers import sight_of
from shared.town import Town
from shared.web import language_of

router = APIRouter(include_in_schema=False)

DAYS = 90
FEWEST = 5  # of a category; of fewer, somebody could tell whose they were


@dataclass(frozen=True)
class Promise:
    """How fast a kind of matter is taken in and done; in the office's own time where `working`."""

    name: str
    working: bool
    accept: timedelta | None
    finish: timedelta | None


@router.get("/promises")
async def promises(request: Request, desk: TheDesk) -> HTMLResponse:
    """Up to yesterday: today's is not over."""
    town, language = desk.town, language_of(request)
    yesterday = now().astimezone(town.calendar.zone).date() - timedelta(days=1)
    found = await desk.store.figures.measure(Period.up_to(yesterday, DAYS))
    told = list(_list_public_categories(town, found, language))
    whole = Line()
    for _, line in told:
        whole.merge(line)
    rows = [(name, line) for name, line in told if line.done >= FEWEST]
    context: dict[str, Any] = {
        "whole": whole,
        "rows": rows,
        "few": len(told) > len(rows),
        "days": DAYS,
        "until": Period.up_to(yesterday, DAYS).end(town.calendar.zone) - timedelta(seconds=1),
        "fewest": FEWEST,
        "office_time": partial(office_time, town.calendar),
    }
    return show(request, "promises.html", promises=list_promises(town, language, now()), **context)


def _list_public_categories(town: Town, found: Performance, language: str) -> Iterator[tuple[str, Line]]:
    """Categories that everybody may hear of in full."""
    for code, line in found.sort_groups("category"):
        if code and sight_of("public", openness_of_category(town, code)).ways:
            yield town.categories[code].name.get(language), line


def office_time(calendar: WorkingCalendar, span: timedelta) -> tuple[str, str]:
    """A promise in the office's own time as people count it: in days from a whole one on. The unit and how many."""
    for unit, size in (("day", calendar.usual_day), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if span >= size:
            number = f"{span / size:.1f}".removesuffix(".0")
            return (unit if number == "1" else f"{unit}s"), number
    return "minutes", "0"


def list_promises(town: Town, language: str, at: datetime) -> Mapping[str, list[Promise]]:
    """What is promised of each kind that the form asks about, under the form's own headings: as a plain report of it
    in the office's hours would go by the town's rules. More urgent ones are faster."""
    kinds: dict[str, list[Promise]] = {group.name.get(language): [] for group in town.groups.values()}
    for code, category in town.categories.items():
        routed = route(town, Facts(category=code, at=at, working=True, kind=category.kinds[0]))
        target = service_levels.find_target(town, routed.service_level, routed.priority)
        working = service_levels.calendar_of(town, routed.service_level, routed.priority) is not town.always
        accept, finish = _span(target.acknowledge_minutes), _span(target.resolve_minutes)
        kinds[town.groups[category.group].name.get(language)].append(
            Promise(category.name.get(language), working, accept, finish)
        )
    return kinds


def _span(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None
