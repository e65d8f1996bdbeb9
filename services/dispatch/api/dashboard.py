"""Figures for those who are responsible: what is open and late now, and what became of a period's work."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.dispatch.access import Overseer, TheDesk, scope_for
from services.dispatch.api.tables import file_headers, head_line, line
from services.dispatch.commands import Desk
from services.dispatch.domain.ladder import teams_meant
from services.dispatch.domain.period import MOST_DAYS, Period, StepUnit
from services.dispatch.domain.spans import quantile
from services.dispatch.figures import Teams
from services.dispatch.figures_store import Line, Performance
from services.dispatch.queries import OPEN_BY
from shared.kernel import now
from shared.town import Text, Town
from shared.town.vocabulary import LEVELS
from shared.web import language_of
from shared.words import CleanLine

router = APIRouter(prefix="/api/v1/dashboard", tags=["dashboard"])

DAYS = 30  # when nobody says which
Group = Literal["team", "category", "zone", "level"]


Year = Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))
Day = Annotated[Annotated[date, Year] | None, BeforeValidator(lambda text: text or None)]  # a form sends "" for none
Scope = Annotated[CleanLine | None, Field(max_length=100)]  # whose work, as `teams_meant` reads it


class Asked(BaseModel):
    """`?since=&until=&team=`: days of the town's calendar, both included; the last 30 days when nobody says.

    `team` is a team (`works-water`), all teams of a post (`director:works-roads`: those with that team's director), or
    empty, which is the whole town. Where it is missing, they are the teams of the post that the asking person holds.
    """

    since: Day = None
    until: Day = None
    team: Scope = None

    @model_validator(mode="after")
    def _in_order(self) -> "Asked":
        if self.since and self.until and self.since > self.until:
            raise PydanticCustomError("period_turned", "the first day is after the last")
        if self.since and self.until and (self.until - self.since).days >= MOST_DAYS:
            raise PydanticCustomError("period_long", "at most {most} days", {"most": MOST_DAYS})
        return self

    def period(self, town: Town) -> Period:
        """Which days."""
        today = now().astimezone(town.calendar.zone).date()
        until = self.until or max(today, self.since or today)
        until = min(until, self.since + timedelta(days=MOST_DAYS - 1)) if self.since else until
        return Period(self.since, until) if self.since else Period.up_to(until, DAYS)


TheAsked = Annotated[Asked, Query()]


class Row(BaseModel):
    """What is open at one team or level, of one category or in one zone; null: outside all zones."""

    group: str | None
    open: int
    late: int
    unacknowledged: int


class Waits(BaseModel):
    """What is paused for one reason; times are minutes that it has waited by now, told to 2 %."""

    reason: str
    count: int
    median: int
    p90: int

    @classmethod
    def of(cls, reason: str, classes: Counter[int]) -> "Waits":
        """By how many wait in each class of `spans.py`."""
        median, p90 = (_minutes(quantile(classes, fraction)) or 0 for fraction in (0.5, 0.9))
        return cls(reason=reason, count=classes.total(), median=median, p90=p90)


class Outcome(BaseModel):
    """What became of work. Times are minutes from the report on, waits included, told to 2 %; null: of none.

    `promised` and `kept` are of what was done. `again`: of what was received, because work before had not settled it.
    """

    group: str | None
    received: int
    again: int
    done: int
    promised: int
    kept: int
    accept_median: int | None
    accept_p90: int | None
    repair_median: int | None
    repair_p90: int | None
    rated: int
    stars: float | None

    @classmethod
    def of(cls, group: str | None, line: Line) -> "Outcome":
        """One line of the store's."""
        counts = {name: getattr(line, name) for name in ("received", "again", "done", "promised", "kept", "rated")}
        return cls(
            group=group,
            **counts,
            accept_median=_minutes(line.find_accept_time(0.5)),
            accept_p90=_minutes(line.find_accept_time(0.9)),
            repair_median=_minutes(line.find_repair_time(0.5)),
            repair_p90=_minutes(line.find_repair_time(0.9)),
            stars=round(line.liked, 2) if line.liked else None,
        )


_OUTCOME, _STANDING = list(Outcome.model_fields)[1:], list(Row.model_fields)[1:]


class Days(BaseModel):
    """The days, both included, and in what steps they are told."""

    since: date
    until: date
    unit: StepUnit


class OpenNow(BaseModel):
    """What is open at this moment."""

    open: int
    late: int
    unacknowledged: int
    by_team: list[Row]
    by_level: list[Row]
    by_category: list[Row]
    by_zone: list[Row]
    waiting: list[Waits]


class Dashboard(OpenNow):
    """And what became of the period's work: the whole, its steps by their first day, and the groups."""

    period: Days
    whole: Outcome
    steps: list[Outcome]
    teams: list[Outcome]
    categories: list[Outcome]
    zones: list[Outcome]
    levels: list[Outcome]  # by which had it last


@router.get("")
async def dashboard(desk: TheDesk, who: Overseer, asked: TheAsked) -> Dashboard:
    """As it is now, and what became of the period's work; a lead's is that of their own team."""
    teams = teams_meant(desk.town, scope_for(desk.town, who, asked.team))
    standing = await count_open(desk, teams, now())
    found = await desk.store.figures.measure(asked.period(desk.town), teams)
    return Dashboard(
        **standing.model_dump(),
        period=Days(since=found.period.first, until=found.period.last, unit=found.period.unit),
        whole=Outcome.of(None, found.whole),
        steps=[Outcome.of(step.isoformat(), line) for step, line in found.steps.items()],
        teams=outcomes(found, "team"),
        categories=outcomes(found, "category"),
        zones=outcomes(found, "zone"),
        levels=outcomes(found, "level"),
    )


@router.get("/by-{group}.csv")
async def as_csv(request: Request, group: Group, desk: TheDesk, who: Overseer, asked: TheAsked) -> Response:
    """A period's outcomes as a table, and beside them what of it is open and late now (`now_…`)."""
    teams = teams_meant(desk.town, scope_for(desk.town, who, asked.team))
    found = await desk.store.figures.measure(asked.period(desk.town), teams)
    standing = await count_open(desk, teams, now())
    now_open: dict[str | None, Row] = {row.group: row for row in getattr(standing, f"by_{group}")}
    head = [group, "name", *_OUTCOME, *(f"now_{name}" for name in _STANDING)]
    text = head_line(head) + "".join(map(line, _rows(desk.town, found, now_open, group, language_of(request))))
    return Response(text, headers=file_headers(f"onestop-{group}-{found.period.first}-{found.period.last}"))


async def count_open(desk: Desk, teams: Teams, at: datetime) -> OpenNow:
    """By team, level, category and zone; every open order has a team."""
    counted = await desk.store.count_open(at, teams)
    by = {name: [Row(**row) for row in counted[name]] for name in OPEN_BY}
    rows = by["team"]
    waits: dict[str, Counter[int]] = defaultdict(Counter)
    for row in counted["waiting"]:
        waits[row["_id"]["reason"]][row["_id"]["class"]] += row["count"]
    waiting = [Waits.of(reason, classes) for reason, classes in waits.items()]
    return OpenNow(
        **{name: sum(getattr(row, name) for row in rows) for name in _STANDING},
        by_team=rows,
        by_level=by["level"],
        by_category=by["category"],
        by_zone=by["zone"],
        waiting=sorted(waiting, key=lambda one: (-one.count, one.reason)),
    )


def outcomes(found: Performance, group: Group) -> list[Outcome]:
    """Of each group, where most was received or done first."""
    return [Outcome.of(code, line) for code, line in found.sort_groups(group)]


def names_of(town: Town, group: Group, language: str) -> dict[str | None, str]:
    """The codes of a group in the reader's words."""
    parts: dict[Group, dict[str, Text]] = {
        "team": {code: team.name for code, team in town.teams.items()},
        "category": {code: category.name for code, category in town.categories.items()},
        "zone": {zone.code: zone.name for zone in town.zones},
        "level": LEVELS,
    }
    return {code: name.get(language) for code, name in parts[group].items()}


def _rows(
    town: Town, found: Performance, now_open: Mapping[str | None, Row], group: Group, language: str
) -> Iterator[list[object]]:
    names = names_of(town, group, language)
    told = outcomes(found, group)
    rest = [code for code in now_open if code not in found.groups[group]]  # open since before, and nothing came of it
    for outcome in (*told, *(Outcome.of(code, Line()) for code in rest)):
        stands = now_open.get(outcome.group) or Row(group=outcome.group, open=0, late=0, unacknowledged=0)
        figures = [*(getattr(outcome, name) for name in _OUTCOME), *(getattr(stands, name) for name in _STANDING)]
        yield [outcome.group, names.get(outcome.group, ""), *figures]


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)
