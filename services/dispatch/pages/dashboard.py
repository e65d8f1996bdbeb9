"""The overview for heads: what is open and late now, and a period's work in charts, tables and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Overseer, TheDesk, scope_for
from services.dispatch.api.dashboard import DAYS, Asked, Group, TheAsked, count_open, names_of
from services.dispatch.commands import Desk
from services.dispatch.domain.ladder import scopes, teams_meant
from services.dispatch.domain.period import Period, StepUnit
from services.dispatch.domain.rights import sees_all
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.months import month_choices, month_code, months_between
from services.dispatch.pages.show import show
from shared.kernel import now
from shared.people import Person
from shared.town import Town
from shared.web import language_of
from shared.words.dates import month_text

router = APIRouter(include_in_schema=False)

GROUPS: tuple[Group, ...] = ("team", "category", "zone", "level")
BARS = 12  # of what is open by category and zone: those with most that is late; the desk has them all


@dataclass(frozen=True)
class Named:
    """A group's line with its words, and the share of the widest that its bar takes."""

    code: str | None
    name: str
    line: Line
    width: float


@router.get("/dashboard")
async def dashboard(request: Request, desk: TheDesk, who: Overseer, asked: TheAsked) -> HTMLResponse:
    """As it is now, and what became of the period's work; the page can be printed. A lead's is their own team's."""
    return await show_dashboard(request, desk, who, asked)


async def show_dashboard(
    request: Request, desk: Desk, who: Person, asked: Asked, *, no_month: str = ""
) -> HTMLResponse:
    """The page; `no_month`: what somebody typed for the report's month, and is none of those that there are."""
    town, language = desk.town, language_of(request)
    months = await months_told(desk)
    scope = scope_for(town, who, asked.team)
    teams = teams_meant(town, scope)
    found = await desk.store.figures.measure(asked.period(town), teams)
    before = await desk.store.figures.measure(found.period.before, teams)
    context: dict[str, Any] = {
        **dict(await count_open(desk, teams, now())),
        "found": found,
        "before": before.whole,
        "steps": steps(found, language),
        "groups": {group: name_groups(town, found, group, language) for group in GROUPS},
        "name_in": {group: partial(_name, town, group, language) for group in GROUPS},
        "most": BARS,
        "scope": scope,
        "scope_name": scope_name(town, scope, language),
        "alone": len(teams) == 1,
        "listed_at": "/desk" if sees_all(who) else "/crew/work",
        "file_at": "/work.csv" if sees_all(who) else ".csv",
        "minutes": lambda count: timedelta(minutes=count),
        "months": month_choices(months, language),
        "last_month": month_code(_month_before(town).replace(day=1)),
        "no_month": no_month,
        "one_second": timedelta(seconds=1),
        "presets": presets(town, scope),
        "file_query": urlencode(_query(found.period, scope)),
        "open_query": {"team": scope} if scope else {},
        "counted_query": {**_query(found.period, scope), "state": ""},
    }
    return show(request, "dashboard.html", status_code=422 if no_month else 200, **context)


def scope_name(town: Town, scope: str, language: str) -> str:
    """Whose figures they are, in words; nothing where they are the whole town's."""
    title = scopes(town).get(scope)
    return title.get(language) if title else scope


async def months_told(desk: Desk) -> list[date]:
    """The months of which there can be a report, the newest first: from the first work on until today."""
    zone = desk.town.calendar.zone
    began, today = await desk.store.figures.began(), now().astimezone(zone).date()
    return months_between(began.astimezone(zone).date() if began else today, today)


def name_groups(town: Town, found: Performance, group: Group, language: str) -> list[Named]:
    """The groups of that kind; work that has none of it (a place outside all zones) has no name."""
    names: Mapping[str | None, str] = names_of(town, group, language)
    lines = found.sort_groups(group)
    most = max((max(line.received, line.done) for _, line in lines), default=0) or 1
    return [Named(code, names.get(code, code or ""), line, line.done / most) for code, line in lines]


def _name(town: Town, group: Group, language: str, code: str | None) -> str:
    return names_of(town, group, language).get(code, code or "")


@dataclass(frozen=True)
class Step:
    """One step of the period: its words, and the shares of the chart's height that its bars take."""

    name: str
    days: Mapping[str, str]  # as a list of work is asked for them
    line: Line
    received: float
    done: float


def steps(found: Performance, language: str) -> list[Step]:
    """In order."""
    most = max((max(line.received, line.done) for line in found.steps.values()), default=0) or 1
    unit = found.period.unit
    return [
        Step(_step_name(day, unit, language), _days(found.period, day), line, line.received / most, line.done / most)
        for day, line in found.steps.items()
    ]


def _days(period: Period, step: date) -> Mapping[str, str]:
    """The days of the step that are the period's."""
    first, last = period.days_of(step)
    return {"since": first.isoformat(), "until": last.isoformat()}


def _step_name(day: date, unit: StepUnit, language: str) -> str:
    """`26 พ.ย.`, `พ.ย. 2569`: a week by its first day."""
    month = month_text(day, language, short=True)
    return month if unit == "month" else f"{day.day} {month.rpartition(' ')[0]}"


def presets(town: Town, scope: str) -> list[tuple[str, str]]:
    """Periods that are asked for often: the key of their words, and the address."""
    today = now().astimezone(town.calendar.zone).date()
    last_month = _month_before(town)
    periods = {
        "recent": Period.up_to(today, DAYS),
        "this-month": Period(today.replace(day=1), today),
        "last-month": Period.month(last_month.year, last_month.month),
        "this-year": Period(date(today.year, 1, 1), today),
    }
    return [(name, f"/dashboard?{urlencode(_query(period, scope))}") for name, period in periods.items()]


def _month_before(town: Town) -> date:
    """The last day of it."""
    return now().astimezone(town.calendar.zone).date().replace(day=1) - timedelta(days=1)


def _query(period: Period, scope: str) -> dict[str, str]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat(), "team": scope}
