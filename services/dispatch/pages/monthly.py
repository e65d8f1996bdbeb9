"""The monthly report for the council: a page or two of PDF, the month's figures beside those of the month before."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.dispatch.access import Overseer, TheDesk, scope_for
from services.dispatch.api.dashboard import Asked, Group, Scope
from services.dispatch.domain.ladder import scopes, teams_meant
from services.dispatch.domain.period import Period
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.dashboard import GROUPS, months_told, name_groups, scope_name, show_dashboard, steps
from services.dispatch.pages.months import TYPED_MOST, month_code, read_month
from shared.documents import typeset
from shared.kernel import Reject, now
from shared.town import Town
from shared.web import language_of, wants_page, web_of
from shared.web.brand import mix
from shared.words.dates import datetime_text, duration_text, month_text

router = APIRouter(include_in_schema=False)

TEMPLATE = Path(__file__).parent / "templates" / "monthly.typ"
NONE = "–"
PALE = 0.6
ROWS = 20  # of each table; the dashboard has them all
Say = Callable[..., str]


Typed = Annotated[str, Query(max_length=TYPED_MOST)]


@router.get("/dashboard/report.pdf")
async def monthly_report(
    request: Request, desk: TheDesk, who: Overseer, month: Typed = "", team: Scope = ""
) -> Response:
    """`?month=2026-10`, in the reader's language; of no other months than those that there are. Of the whole town, or
    of the `team`s that are meant as at the dashboard; a lead's is that of their own."""
    scope = scope_for(desk.town, who, team)
    typed, months = read_month(month), await months_told(desk)
    if typed is None or typed not in months:
        if wants_page(request):
            return await show_dashboard(request, desk, who, Asked(team=scope), no_month=month or "-")
        last, first = month_code(months[0]), month_code(months[-1])
        raise Reject("unknown-month", f"There are reports of {first} to {last}; month is none of them.", status=422)
    period = Period.month(typed.year, typed.month)
    before_it = period.first - timedelta(days=1)
    teams = teams_meant(desk.town, scope)
    found = await desk.store.figures.measure(period, teams)
    before = await desk.store.figures.measure(Period.month(before_it.year, before_it.month), teams)
    language, words = language_of(request), web_of(request).pages.words
    data = tell(desk.town, found, before, language, lambda key, **values: words(language, key, **values), scope)
    pdf = await typeset(TEMPLATE, data, now())
    whose = scope.replace(":", "-") if scope in scopes(desk.town) else ""
    name = "-".join(filter(None, ("onestop", whose, month_code(typed))))
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def tell(
    town: Town, found: Performance, before: Performance, language: str, say: Say, scope: str = ""
) -> dict[str, Any]:
    """All that the document says, as text: the template only sets it. `scope`: whose figures, the town's if empty."""
    words = _Words(language, say)
    return {
        "language": language,
        "town": " · ".join(filter(None, (town.name.get(language), scope_name(town, scope, language)))),
        "colours": {"strong": town.branding.primary, "pale": mix(town.branding.primary, "#ffffff", PALE)},
        "title": say("monthly.title", month=month_text(found.period.first, language)),
        "made": say("monthly.made", at=datetime_text(now(), town.calendar.zone, language)),
        "how": say("dashboard.how"),
        "summary": {
            "columns": ["", month_text(found.period.first, language), month_text(before.period.first, language)],
            "rows": words.summary(found.whole, before.whole),
        },
        "chart": _chart(found, language, say),
        "tables": [_table(town, found, group, words) for group in GROUPS],
    }


def _chart(found: Performance, language: str, say: Say) -> dict[str, Any]:
    """`received` and `done` of each step: shares of the height."""
    told = [{"name": step.name, "received": step.received, "done": step.done} for step in steps(found, language)]
    keys = [say("dashboard.received"), say("dashboard.done")]
    return {"title": say("dashboard.trend"), "keys": keys, "steps": told}


def _table(town: Town, found: Performance, group: Group, words: "_Words") -> dict[str, Any]:
    rows = name_groups(town, found, group, words.language)[:ROWS]
    return {
        "title": words.say(f"dashboard.group.{group}"),
        "columns": [words.say(f"dashboard.column.{group}"), *words.columns],
        "rows": [[row.name or words.say(f"dashboard.no-{group}"), *words.row(row.line)] for row in rows],
    }


class _Words:
    """Figures in the reader's words."""

    def __init__(self, language: str, say: Say) -> None:
        self.language, self.say = language, say

    @property
    def columns(self) -> list[str]:
        keys = ("received", "done", "kept", "accept", "repair", "slowest", "liked")
        return [self.say(f"dashboard.{key}") for key in keys]

    def row(self, line: Line) -> list[str]:
        """Of one group, in the order of `columns`."""
        return [
            str(line.received),
            str(line.done),
            self._percent(line.kept_rate),
            self._usual(line.find_accept_time(0.5), line.find_accept_time(0.9)),
            self._span(line.find_repair_time(0.5)),
            self._span(line.find_repair_time(0.9)),
            self._stars(line),
        ]

    def summary(self, line: Line, before: Line) -> list[list[str]]:
        """One row a figure, now and then."""
        both = [
            *zip(self.columns, self.row(line), self.row(before), strict=True),
            (self.say("dashboard.again"), self._percent(line.again_rate), self._percent(before.again_rate)),
        ]
        return [list(row) for row in both]

    def _percent(self, fraction: float | None) -> str:
        return NONE if fraction is None else f"{round(100 * fraction)} %"

    def _span(self, span: timedelta | None) -> str:
        return NONE if span is None else duration_text(span, self.language)

    def _usual(self, half: timedelta | None, most: timedelta | None) -> str:
        """How long half of all took, and nine of ten."""
        return (
            NONE if half is None else f"{self._span(half)} {self.say('dashboard.nine-of-ten', span=self._span(most))}"
        )

    def _stars(self, line: Line) -> str:
        return NONE if line.liked is None else f"{line.liked:.1f}"
