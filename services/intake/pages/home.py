"""The first page, the map, and the search by reference."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from services.intake.api.access import Reports, seen
from services.intake.api.showing import showing
from services.intake.api.views import feature
from services.intake.domain.report import ENDED
from services.intake.pages.words import tone
from services.intake.store import Store, Wanted
from shared.references import make_reference
from shared.web import Problem, page, web_of

router = APIRouter(include_in_schema=False)
LATEST = 6
DOTS_MOST = 300  # each dot is an element of the page; the table and the open data have no such bound


@router.get("/")
async def home(request: Request, store: Reports) -> HTMLResponse:
    """What can I do here, and where do things stand."""
    counts = await store.counts()
    done = sum(counts.get(state, 0) for state in ENDED)
    show = showing(request)
    latest = [show.summary(case.state) for case in await store.newest(Wanted(), LATEST)]
    return page(
        request, "home.html", latest=latest, tone=tone, new=counts.get("received", 0), done=done,
        working=sum(counts.values()) - done - counts.get("received", 0),
    )  # fmt: skip


@router.get("/track")
async def search(
    request: Request, store: Reports, reference: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """Find a report by what somebody remembers of its reference."""
    example = make_reference(web_of(request).town.reference_prefix, "0" * 26)
    if not reference:
        return page(request, "search.html", typed="", missing=False, example=example)
    try:
        one = await seen(request, store, reference, None, "", None)  # of what is not public not even that it is there
    except Problem:
        return page(request, "search.html", status_code=404, typed=reference, missing=True, example=example)
    return RedirectResponse(f"/track/{one.report.reference}", 303)


Show = Annotated[str, Query(pattern="^(open|done|all)$")]
Code = Annotated[str, Query(max_length=64)]


@router.get("/map")
async def town_map(request: Request, store: Reports, show: Show = "open", category: Code = "") -> HTMLResponse:
    """Public reports on a map, and the same as a table."""
    found = await _shown(request, store, show, category)
    source = f"/map/points.geojson?show={show}&category={category}"
    return page(request, "map.html", rows=found, source=source, show=show, category=category, tone=tone)


@router.get("/map/points.geojson")
async def points(request: Request, store: Reports, show: Show = "open", category: Code = "") -> dict[str, object]:
    """What the map draws."""
    features = []
    for row in await _shown(request, store, show, category):
        drawn = feature(row)
        about = {"title": f"{row['category_name']} · {row['state_text']}", "href": f"/track/{row['reference']}",
                 "tone": tone(row["state"], late=row["late"])}  # fmt: skip
        features.append(drawn | {"properties": about})
    return {"type": "FeatureCollection", "features": features}


async def _shown(request: Request, store: Store, show: str, category: str) -> list[dict[str, Any]]:
    wanted = Wanted(open={"open": True, "done": False}.get(show), categories=[category] if category else ())
    view = showing(request)
    return [view.summary(case.state) for case in await store.newest(wanted, DOTS_MOST)]
