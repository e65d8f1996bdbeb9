"""Open data: public reports as GeoJSON, CSV and an Atom feed; codes, times and public places, no free text."""

import asyncio
import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.intake.api.access import Reports
from services.intake.api.kept import Kept
from services.intake.api.reports import bounds_of
from services.intake.api.showing import showing
from services.intake.api.views import feature
from services.intake.domain.report import State
from services.intake.store import Store, Wanted
from shared.kernel import now
from shared.web import language_of, rate_limit, web_of

router = APIRouter(tags=["open data"], dependencies=[Depends(rate_limit("open-data", per_minute=30, burst=15))])
MOST = 10_000  # in one file; `updated_since` and `bbox` cut it
FEED_MOST = 50
KEPT_SECONDS = 60
FILES_KEPT = 4  # a file of ten thousand reports has about 6 MB
KEPT = {"Cache-Control": f"public, max-age={KEPT_SECONDS}"}
COLUMNS = ("reference", "kind", "category", "category_name", "state", "outcome", "team", "level", "zone", "latitude",
           "longitude", "coarse", "outside_town", "submitted_at", "due_at", "late", "resolved_at", "updated_at",
           "followers", "reopened")  # fmt: skip
ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """The newest public reports that are asked for."""

    wanted: Wanted
    most: int


def asked(
    state: Annotated[list[State] | None, Query()] = None,
    category: Annotated[list[str] | None, Query(max_length=50)] = None,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north")] = None,
    updated_since: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Asked:
    """Dependency: which reports."""
    return Asked(Wanted(states=tuple(state or ()), categories=tuple(category or ()), bounds=bounds_of(bbox),
                        updated_since=updated_since), limit)  # fmt: skip


Which = Annotated[Asked, Depends(asked)]


@router.get("/api/v1/open-data/reports.geojson")
async def as_geojson(request: Request, store: Reports, which: Which) -> Response:
    """A FeatureCollection; a report without a public place has no geometry."""
    body = await _file(request, store, which, _geojson)
    return Response(body, media_type="application/geo+json", headers=KEPT)


@router.get("/api/v1/open-data/reports.csv")
async def as_csv(request: Request, store: Reports, which: Which) -> Response:
    """UTF-8 with a byte order mark, so that spreadsheets read Thai."""
    name = 'attachment; filename="reports.csv"'
    body = await _file(request, store, which, _csv)
    return Response(body, media_type="text/csv; charset=utf-8", headers=KEPT | {"Content-Disposition": name})


async def _file(request: Request, store: Store, which: Asked, draw: Callable[[Rows], str]) -> bytes:
    """Anybody may ask for all of it, which takes a second: it is kept for a while, and drawn beside the event loop."""
    show = showing(request)

    async def make() -> bytes:
        found = await store.newest(which.wanted, which.most)
        return await asyncio.to_thread(lambda: draw(show.summary(case.state) for case in found).encode())

    kept: Kept = request.app.state.open_data
    return await kept.answer((draw, show.language, which), make)


def _geojson(rows: Rows) -> str:
    collection = {"type": "FeatureCollection", "features": [feature(row) for row in rows]}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _csv(rows: Rows) -> str:
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    table.writeheader()
    for row in rows:
        place = row["location"] or {}
        table.writerow({name: _cell(value) for name, value in (row | place).items()})
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else value


@router.get("/feeds/reports.atom")
async def as_atom(request: Request, store: Reports) -> Response:
    """The newest reports for feed readers."""
    show = showing(request)
    found = [show.summary(case.state) for case in await store.newest(Wanted(), FEED_MOST)]
    web = web_of(request)
    home, language = web.settings.public_url.rstrip("/"), language_of(request)
    feed = Element("feed", {"xmlns": ATOM, "xmlns:georss": GEORSS, "xml:lang": language})
    _text(feed, "id", f"{home}/feeds/reports.atom")
    _text(feed, "title", f"{web.pages.words(language, 'feed.title')} – {web.town.name.get(language)}")
    SubElement(feed, "link", {"rel": "self", "href": f"{home}/feeds/reports.atom"})
    SubElement(feed, "link", {"rel": "alternate", "href": f"{home}/map"})
    _text(SubElement(feed, "author"), "name", web.town.name.get(language))
    _text(feed, "updated", max((row["updated_at"] for row in found), default=now()).isoformat())
    for row in found:
        _entry(feed, row, f"{home}/track/{row['reference']}")
    return Response(tostring(feed, encoding="utf-8", xml_declaration=True), media_type="application/atom+xml",
                    headers=KEPT)  # fmt: skip


def _entry(feed: Element, row: dict[str, Any], link: str) -> None:
    entry = SubElement(feed, "entry")
    _text(entry, "id", link)
    _text(entry, "title", f"{row['category_name']} · {row['reference']}")
    SubElement(entry, "link", {"rel": "alternate", "href": link})
    _text(entry, "published", row["submitted_at"].isoformat())
    _text(entry, "updated", row["updated_at"].isoformat())
    SubElement(entry, "category", {"term": row["category"], "label": row["category_name"]})
    _text(entry, "summary", row["state_text"])
    if row["location"]:
        _text(entry, "georss:point", f"{row['location']['latitude']} {row['location']['longitude']}")


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
