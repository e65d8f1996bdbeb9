"""The first page, the map, and the search by reference."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from services.intake.access import TheDesk, visit_report
from services.intake.api.open_data import feature
from services.intake.api.outages import SHOWN_MOST, list_known_outages
from services.intake.api.views import view_for
from services.intake.commands import Desk
from services.intake.domain.states import ENDED, tone_of
from services.intake.queries import Filter
from shared.kernel import now
from shared.references import find_reference
from shared.web import Problem, language_of, page, web_of
from shared.words.dates import relative_text

router = APIRouter(include_in_schema=False)
LATEST = 6
PASTED_MOST = 300  # characters: people paste their whole link where its number is asked for
DOTS_MOST = 300  # the newest; open data has no such bound
LISTED_FIRST = 20  # the rest of the list unfolds: a phone's screen holds about five
OUTAGE_TONE = "warn"
LEGEND = ("info", "brand", "warn", "bad", "ok", "neutral")  # the tones of tone_of


@router.get("/")
async def home(request: Request, desk: TheDesk) -> HTMLResponse:
    """What can I do here, and where do things stand."""
    counts = await desk.store.count_by_state()
    done = sum(counts.get(state, 0) for state in ENDED)
    view = view_for(request)
    outages = await list_known_outages(desk.store, view)
    latest = [view.card(case.state) for case in await desk.store.list_newest(Filter(withdrawn=False), LATEST)]
    new = counts.get("received", 0)
    working = sum(counts.values()) - done - new
    figures = {"new": new, "done": done, "working": working}
    return page(request, "home.html", latest=latest, tone=tone_of, outages=outages[:SHOWN_MOST], **figures)


@router.get("/track")
async def search(
    request: Request, desk: TheDesk, reference: Annotated[str | None, Query(max_length=PASTED_MOST)] = None
) -> Response:
    """Find a report by what somebody remembers of its reference, or pastes: a link of their own opens what it opens."""
    if not reference:
        return page(request, "search.html", typed="", missing=False)
    named = find_reference(web_of(request).town.reference_prefix, reference)
    if named and (keys := _keys_in(reference)):
        return RedirectResponse(f"/track/{named}?{urlencode(keys)}", 303)
    try:
        # Not even the existence of what is not public is told.
        visit = await visit_report(request, desk, named or reference, None, "", None)
    except Problem:
        return page(request, "search.html", status_code=404, typed=reference, missing=True)
    return RedirectResponse(f"/track/{visit.report.reference}", 303)


def _keys_in(link: str) -> dict[str, str]:
    """What a pasted link opens by, without its address: it leads nowhere but here."""
    query = parse_qs(link.strip().partition("?")[2])
    return {name: query[name][0] for name in ("party", "secret") if name in query} if "secret" in query else {}


@dataclass(frozen=True)
class Choice:
    """Which reports the map shows."""

    show: Literal["open", "done", "all"] = "open"
    category: str = ""
    zone: str = ""

    def filter(self) -> Filter:
        """As the store is asked for it."""
        wanted = {"open": True, "done": False}.get(self.show)
        return Filter(
            open=wanted,
            withdrawn=False,
            categories=[self.category] if self.category else (),
            zones=[self.zone] if self.zone else (),
        )


async def choice(
    show: Literal["open", "done", "all"] = "open",
    category: Annotated[str, Query(max_length=64)] = "",
    zone: Annotated[str, Query(max_length=64)] = "",
) -> Choice:
    """Dependency: what the address asks for."""
    return Choice(show, category, zone)


Chosen = Annotated[Choice, Depends(choice)]


@router.get("/map")
async def town_map(request: Request, desk: TheDesk, chosen: Chosen) -> HTMLResponse:
    """Public reports on a map, and the same as a list."""
    rows = await _cards(request, desk, chosen)
    source = f"/map/points.geojson?{urlencode(asdict(chosen))}"
    points = [{**row["location"], "tone": _tone(row)} for row in rows if row["location"]]
    outages = await list_known_outages(desk.store, view_for(request), [chosen.category] if chosen.category else ())
    points += [{**one["location"], "tone": OUTAGE_TONE} for one in outages if one["location"]]
    return page(
        request, "map.html", rows=rows, first=LISTED_FIRST, source=source, points=points, chosen=chosen, tone=tone_of,
        legend=LEGEND, outages=outages[:SHOWN_MOST],
    )  # fmt: skip


@router.get("/map/points.geojson")
async def points(request: Request, desk: TheDesk, chosen: Chosen) -> dict[str, object]:
    """What the map draws, and the card that a dot opens."""
    language = language_of(request)
    features = []
    for row in await _cards(request, desk, chosen):
        about = {
            "title": row["category_name"], "text": row["words"], "state": row["state_text"], "tone": _tone(row),
            "when": relative_text(row["submitted_at"], now(), language), "picture": row["picture"],
            "href": f"/track/{row['reference']}",
        }  # fmt: skip
        features.append(feature(row) | {"properties": about})
    known = await list_known_outages(desk.store, view_for(request), [chosen.category] if chosen.category else ())
    features += [_outage_feature(one, language) for one in known if one["location"]]
    return {"type": "FeatureCollection", "features": features}


def _outage_feature(outage: dict[str, Any], language: str) -> dict[str, Any]:
    """The middle of what the town knows of, with the way to what is said of it."""
    place = outage["location"]
    about = {
        "title": outage["category_name"], "text": outage["note"] or "", "state": outage["standing"],
        "tone": OUTAGE_TONE, "when": relative_text(outage["opened_at"], now(), language), "picture": None,
        "href": f"/map#outage-{outage['id']}",
    }  # fmt: skip
    geometry = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}
    return {"type": "Feature", "id": outage["id"], "geometry": geometry, "properties": about}


async def _cards(request: Request, desk: Desk, chosen: Choice) -> list[dict[str, Any]]:
    view = view_for(request)
    return [view.card(case.state) for case in await desk.store.list_newest(chosen.filter(), DOTS_MOST)]


def _tone(row: dict[str, Any]) -> str:
    return tone_of(row["state"], late=row["late"])
