"""The first page, the map, and the search by reference."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from services.intake.access import TheDesk, visit_report
from services.intake.api.views import feature, view_for
from services.intake.commands import Desk
from services.intake.domain.states import ENDED, tone_of
from services.intake.store import ReportFilter
from shared.references import make_reference
from shared.web import Problem, page, web_of

router = APIRouter(include_in_schema=False)
LATEST = 6
DOTS_MOST = 300  # each dot is an element of the page; the table and the open data have no such bound


@router.get("/")
async def home(request: Request, desk: TheDesk) -> HTMLResponse:
    """What can I do here, and where do things stand."""
    counts = await desk.store.counts()
    done = sum(counts.get(state, 0) for state in ENDED)
    view = view_for(request)
    latest = [view.summary(case.state) for case in await desk.store.newest(ReportFilter(), LATEST)]
    new = counts.get("received", 0)
    working = sum(counts.values()) - done - new
    return page(request, "home.html", latest=latest, tone=tone_of, new=new, done=done, working=working)


@router.get("/track")
async def search(
    request: Request, desk: TheDesk, reference: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """Find a report by what somebody remembers of its reference."""
    example = make_reference(web_of(request).town.reference_prefix, "0" * 26)
    if not reference:
        return page(request, "search.html", typed="", missing=False, example=example)
    try:
        # Not even the existence of what is not public is told.
        visit = await visit_report(request, desk, reference, None, "", None)
    except Problem:
        return page(request, "search.html", status_code=404, typed=reference, missing=True, example=example)
    return RedirectResponse(f"/track/{visit.report.reference}", 303)


Show = Annotated[str, Query(pattern="^(open|done|all)$")]
Code = Annotated[str, Query(max_length=64)]


@router.get("/map")
async def town_map(request: Request, desk: TheDesk, show: Show = "open", category: Code = "") -> HTMLResponse:
    """Public reports on a map, and the same as a table."""
    found = await _summaries(request, desk, show, category)
    source = f"/map/points.geojson?show={show}&category={category}"
    return page(request, "map.html", rows=found, source=source, show=show, category=category, tone=tone_of)


@router.get("/map/points.geojson")
async def points(request: Request, desk: TheDesk, show: Show = "open", category: Code = "") -> dict[str, object]:
    """What the map draws."""
    features = []
    for row in await _summaries(request, desk, show, category):
        drawn = feature(row)
        about = {"title": f"{row['category_name']} · {row['state_text']}", "href": f"/track/{row['reference']}",
                 "tone": tone_of(row["state"], late=row["late"])}  # fmt: skip
        features.append(drawn | {"properties": about})
    return {"type": "FeatureCollection", "features": features}


async def _summaries(request: Request, desk: Desk, show: str, category: str) -> list[dict[str, Any]]:
    wanted = ReportFilter(open={"open": True, "done": False}.get(show), categories=[category] if category else ())
    view = view_for(request)
    return [view.summary(case.state) for case in await desk.store.newest(wanted, DOTS_MOST)]
