"""What the staff did to a service's cases, read by supervisors and administrators: one list, as page and API."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, BeforeValidator
from starlette.responses import HTMLResponse

from shared.events.catalogue import SERVICES
from shared.events.times import need_our_day
from shared.kernel.mongo_trail import MongoTrail, TrailFilter
from shared.kernel.trail import Line
from shared.people import Person
from shared.references import read_reference
from shared.times import Time
from shared.web.language import language_of
from shared.web.pages import page
from shared.web.paging import Paging, read_paging, time_place
from shared.web.people import staff
from shared.web.security_log import note
from shared.web.web import Web, web_of
from shared.words.dates import datetime_text

TABS = SERVICES  # side by side

LinkOf = Callable[[Line], str]
Reader = Annotated[Person, Depends(staff("supervisor"))]
Pages = Annotated[Paging, Depends(read_paging)]
Typed = Annotated[str, Query(max_length=200)]


# A form sends an empty field as "".
Day = Annotated[
    Annotated[date, AfterValidator(need_our_day)] | None, BeforeValidator(lambda text: text or None), Query()
]


@dataclass(frozen=True)
class _Shown:
    """A line in the reader's words; a code that only another release knows is its own word."""

    line: Line
    act: str
    roles: list[str]
    link: str
    changes: list[tuple[str, str, str]]


def trail_routes(service: str, trail: MongoTrail, link_of: LinkOf) -> APIRouter:
    """`/api/v1/<service>/trail` and `/trail/<service>`; `link_of` leads to the case that a line is about."""
    router = APIRouter()

    @router.get(f"/api/v1/{service}/trail", tags=["trail"])
    async def index(
        request: Request,
        _: Reader,
        pages: Pages,
        reference: Annotated[str | None, Query(max_length=60)] = None,
        case: Annotated[str | None, Query(max_length=64)] = None,
        sub: Annotated[str | None, Query(max_length=200)] = None,
        since: Time | None = None,
        until: Time | None = None,
    ) -> dict[str, Any]:
        """Who of the staff did what to which case, the newest first, with each value that they changed, before and
        after. `sub`: whose acts, by the subject of their sign-in; `since` and `until`: the period."""
        asked = TrailFilter(case, _reference(request, reference), sub, since, until)
        note("trail-read", request, reference=asked.reference, about=asked.sub)
        found = pages.answer(await trail.newest(asked, pages.fetch, time_place(pages)), _key)
        return {**found, "items": [_item(line) for _, line in found["items"]]}

    @router.get(f"/trail/{service}", include_in_schema=False)
    async def show(
        request: Request,
        _: Reader,
        pages: Pages,
        reference: Typed = "",
        sub: Typed = "",
        since: Day = None,
        until: Day = None,
        case: Typed = "",
    ) -> HTMLResponse:
        """The list, with a form to narrow it; of one case where a page of that case leads here."""
        zone = ZoneInfo(web_of(request).town.timezone)
        period = (_midnight(since, zone), _midnight(until + timedelta(days=1) if until else None, zone))
        asked = TrailFilter(case or None, _reference(request, reference or None), sub or None, *period)
        note("trail-read", request, reference=asked.reference, about=asked.sub)
        found = pages.answer(await trail.newest(asked, pages.fetch, time_place(pages)), _key)
        lines = [_show_line(request, line, link_of(line)) for _, line in found["items"]]
        narrowed = {"reference": reference, "sub": sub, "since": since or "", "until": until or "", "case": case}
        return page(request, "trail.html", lines=lines, next=found["next"], asked=narrowed, service=service, tabs=TABS)

    return router


def _reference(request: Request, typed: str | None) -> str | None:
    """In its written form; what is none is looked for as it was typed, and not found."""
    return (read_reference(web_of(request).town.reference_prefix, typed) or typed) if typed else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None


def _key(found: tuple[str, Line]) -> tuple[str, str]:
    key, line = found
    return line.at.isoformat(), key


def _item(line: Line) -> dict[str, Any]:
    who = {"sub": line.who.sub, "name": line.who.name, "roles": sorted(line.who.roles), "team": line.who.team}
    return {**asdict(line), "who": who}


def _show_line(request: Request, line: Line, link: str) -> _Shown:
    web, language = web_of(request), language_of(request)

    def words(family: str, code: str) -> str:
        known = next((part for part in _widen(code) if web.pages.words.has(f"{family}.{part}")), None)
        if known is None:
            return code
        rest = code.removeprefix(known).removeprefix(".")
        return web.pages.words(language, f"{family}.{known}") + (f" ({rest})" if rest else "")

    def value(of: Any) -> str:
        return _value(of, web, language)

    roles = [words("role", role) for role in sorted(line.who.roles)]
    changes = [(words("trail.field", one.field), value(one.old), value(one.new)) for one in line.changes]
    return _Shown(line, words("trail.act", line.act), roles, link, changes)


def _widen(code: str) -> Iterator[str]:
    """A dotted name, and what it lies in: a field of a form by the form's word, for its own is the profile's."""
    while code:
        yield code
        code = code.rpartition(".")[0]


def _value(value: Any, web: Web, language: str) -> str:
    """As somebody reads it; what has no form of its own, as programs do."""
    if value is None or value in ("", [], {}):
        return "–"
    match value:
        case str():
            return value
        case datetime():
            return datetime_text(value, ZoneInfo(web.town.timezone), language)
        case Mapping() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)
