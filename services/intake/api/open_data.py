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

from services.intake.access import TheDesk
from services.intake.api.answer_cache import AnswerCache
from services.intake.api.reports import WantedReports
from services.intake.api.views import view_for
from services.intake.commands import Desk
from services.intake.queries import Filter
from shared.kernel import now
from shared.web import every_site, language_of, rate_limit, web_of

router = APIRouter(
    tags=["open data"], dependencies=[Depends(every_site), Depends(rate_limit("open-data", per_minute=30, burst=15))]
)
MOST = 10_000  # in one file; `updated_since` and `bbox` cut it
FEED_MOST = 50
CACHED_SECONDS = 60
FILES_CACHED = 4  # a file of ten thousand reports has about 6 MB
CACHED = {"Cache-Control": f"public, max-age={CACHED_SECONDS}"}
COLUMNS = ("reference", "kind", "category", "category_name", "state", "outcome", "team", "level", "zone", "latitude",
           "longitude", "coarse", "outside_town", "submitted_at", "due_at", "late", "resolved_at", "updated_at",
           "followers", "reopened")  # fmt: skip
ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class FileQuery:
    """The newest public reports that are asked for."""

    wanted: Filter
    most: int


async def file_query(wanted: WantedReports, limit: Annotated[int, Query(ge=1, le=MOST)] = MOST) -> FileQuery:
    """Dependency: which reports."""
    return FileQuery(wanted, limit)


Which = Annotated[FileQuery, Depends(file_query)]


@router.get("/api/v1/open-data/reports.geojson")
async def as_geojson(request: Request, desk: TheDesk, which: Which) -> Response:
    """A FeatureCollection; a report without a public place has no geometry."""
    body = await _file(request, desk, which, _geojson)
    return Response(body, media_type="application/geo+json", headers=CACHED)


@router.get("/api/v1/open-data/reports.csv")
async def as_csv(request: Request, desk: TheDesk, which: Which) -> Response:
    """UTF-8 with a byte order mark, so that spreadsheets read Thai."""
    name = 'attachment; filename="reports.csv"'
    body = await _file(request, desk, which, _csv)
    return Response(body, media_type="text/csv; charset=utf-8", headers=CACHED | {"Content-Disposition": name})


async def _file(request: Request, desk: Desk, which: FileQuery, draw: Callable[[Rows], str]) -> bytes:
    """Anybody may ask for all of it, which takes a second: it is cached a while, and drawn beside the event loop."""
    view = view_for(request)

    async def make() -> bytes:
        found = await desk.store.list_newest(which.wanted, which.most)
        return await asyncio.to_thread(lambda: draw(view.summary(case.state) for case in found).encode())

    cache: AnswerCache = request.app.state.open_data
    return await cache.answer((draw, view.language, which), make)


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
async def as_atom(request: Request, desk: TheDesk) -> Response:
    """The newest reports for feed readers."""
    view = view_for(request)
    found = [view.summary(case.state) for case in await desk.store.list_newest(Filter(), FEED_MOST)]
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
                    headers=CACHED)  # fmt: skip


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


def feature(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary as GeoJSON."""
    place = summary["location"]
    properties = {name: _plain(value) for name, value in summary.items() if name != "location"}
    geometry = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]} if place else None
    coarse = {"coarse": place["coarse"]} if place else {}
    return {"type": "Feature", "id": summary["reference"], "geometry": geometry, "properties": properties | coarse}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
