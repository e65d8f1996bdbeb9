"""Open data: public reports as GeoJSON, CSV and an Atom feed; codes, times and public places, no free text."""

import csv
import io
import json
from datetime import datetime
from typing import Annotated, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.intake.api.access import Reports
from services.intake.api.reports import bounds_of
from services.intake.api.showing import showing
from services.intake.api.views import feature
from services.intake.domain.report import State
from services.intake.store import Wanted
from shared.kernel import now
from shared.web import language_of, web_of

router = APIRouter(tags=["open data"])
MOST = 10_000  # in one file; `updated_since` and `bbox` cut it
FEED_MOST = 50
KEPT = {"Cache-Control": "public, max-age=60"}
COLUMNS = ("reference", "kind", "category", "category_name", "state", "outcome", "team", "level", "zone", "latitude",
           "longitude", "coarse", "outside_town", "submitted_at", "due_at", "late", "resolved_at", "updated_at",
           "followers", "reopened")  # fmt: skip
ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"


async def rows(
    request: Request,
    store: Reports,
    state: Annotated[list[State] | None, Query()] = None,
    category: Annotated[list[str] | None, Query(max_length=50)] = None,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north")] = None,
    updated_since: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> list[dict[str, Any]]:
    """Dependency: the newest public reports that are asked for."""
    wanted = Wanted(states=state or (), categories=category or (), bounds=bounds_of(bbox), updated_since=updated_since)
    show = showing(request)
    return [show.summary(case.state) for case in await store.newest(wanted, limit)]


Rows = Annotated[list[dict[str, Any]], Depends(rows)]


@router.get("/api/v1/open-data/reports.geojson")
async def as_geojson(found: Rows) -> Response:
    """A FeatureCollection; a report without a public place has no geometry."""
    collection = {"type": "FeatureCollection", "features": [feature(row) for row in found]}
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return Response(body, media_type="application/geo+json", headers=KEPT)


@router.get("/api/v1/open-data/reports.csv")
async def as_csv(found: Rows) -> Response:
    """UTF-8 with a byte order mark, so that spreadsheets read Thai."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    table.writeheader()
    for row in found:
        place = row["location"] or {}
        table.writerow({name: _cell(value) for name, value in (row | place).items()})
    name = 'attachment; filename="reports.csv"'
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8",
                    headers=KEPT | {"Content-Disposition": name})  # fmt: skip


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
