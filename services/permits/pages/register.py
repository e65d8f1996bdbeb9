"""For everybody: the register of permits, as a table that can be searched and on the town's map."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from shapely import Point

from services.permits.access import TheDesk
from services.permits.api.places import register_key
from services.permits.api.plan import layers_of
from services.permits.api.register import register_entry
from services.permits.api.register_search import Asked, Asking
from services.permits.api.views import Showing, show_to
from services.permits.api.wording import Wording
from services.permits.commands import Desk
from shared.web import Paging, page, rate_limit, read_paging, time_place
from shared.words.dates import date_text

router = APIRouter(include_in_schema=False)
OF_PERMITS = ("in-force", "expired", "completed", "revoked")  # what stands in the register is worth one of these
TONES = {"in-force": "brand", "completed": "ok", "expired": "neutral", "revoked": "bad"}
ON_MAP_MOST = 500  # the newest: a map of more is a map of villages
_LIMITED = Depends(rate_limit("register-map", per_minute=120, burst=40))


@router.get("/register", dependencies=[_LIMITED])
async def register(
    request: Request, desk: TheDesk, pages: Annotated[Paging, Depends(read_paging)], asking: Asking
) -> HTMLResponse:
    """What is looked for, on the map and as a table: the table is all of it, page by page."""
    wanted = asking.build_query(desk.town)
    cases = await desk.store.register.list_permits(wanted, after=time_place(pages), limit=pages.fetch)
    rows = pages.answer(cases, register_key)
    showing = show_to(request)
    places = await _places(request, desk, asking, showing)
    return page(
        request,
        "register.html",
        items=[await register_entry(case.state, showing) for case in rows["items"]],
        asked=asking,
        standings=[(code, showing.say(f"standing.{code}")) for code in OF_PERMITS],
        tones=[(TONES[code], showing.say(f"standing.{code}")) for code in OF_PERMITS],
        points=[_point(one) for one in places],
        source=f"/register/permits.geojson?{asking.encode()}",
        map_is_full=len(places) == ON_MAP_MOST,
        next=rows["next"],
    )


@router.get("/register/permits.geojson", dependencies=[_LIMITED])
async def permits(request: Request, desk: TheDesk, asking: Asking) -> dict[str, Any]:
    """What the map draws: each in the middle of its village, with the card that a dot opens."""
    places = await _places(request, desk, asking, show_to(request))
    return {"type": "FeatureCollection", "features": places}


async def _places(request: Request, desk: Desk, asking: Asked, showing: Showing) -> list[dict[str, Any]]:
    """The newest permits that are looked for; none whose village is not on the map."""
    villages = layers_of(request).villages
    found = await desk.store.register.list_places(asking.build_query(desk.town), ON_MAP_MOST)
    return [feature_of_permit(one, middle, showing) for one in found if (middle := villages.get(one.get("zone") or ""))]


def feature_of_permit(one: dict[str, Any], middle: Point, showing: Wording) -> dict[str, Any]:
    """A dot of the map, and its card. It is made five hundred times for one page."""
    decision, standing = one["decision"], one.get("standing") or ""
    about = {
        "title": decision["number"],
        "text": f"{showing.town.permit_name(one['type'], showing.language)}, {showing.zone_name(one['zone'])}",
        "state": showing.say_code("standing", standing),
        "tone": TONES.get(standing, "neutral"),
        "when": date_text(decision["at"], showing.town.calendar.zone, showing.language),
        "href": f"/verify/{decision['verify_code']}",
    }
    geometry = {"type": "Point", "coordinates": [round(middle.x, 6), round(middle.y, 6)]}
    return {"type": "Feature", "id": decision["number"], "geometry": geometry, "properties": about}


def _point(feature: dict[str, Any]) -> dict[str, Any]:
    """As the picture of the town takes it, for readers without scripts."""
    longitude, latitude = feature["geometry"]["coordinates"]
    return {"latitude": latitude, "longitude": longitude, "tone": feature["properties"]["tone"]}
