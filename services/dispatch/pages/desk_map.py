"""The map of open work: the most urgent of what the filter takes, on the town's own map and as a list beside it."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer, TheDesk
from services.dispatch.commands import Desk
from services.dispatch.pages.cards import Card, make_card, matches, sort_by_pressure
from services.dispatch.pages.chosen import Wanted
from services.dispatch.pages.refusals import state_words
from services.dispatch.pages.show import show
from shared.kernel import now
from shared.web import language_of
from shared.words.dates import relative_text

router = APIRouter(prefix="/desk/map", include_in_schema=False)

DOTS_MOST = 1000  # the most urgent; the page says how many there are in all
LISTED_FIRST = 30  # the rest of the list unfolds
WORDS_MOST = 140
Asked = Annotated[Wanted, Query()]


@router.get("")
async def show_map(request: Request, desk: TheDesk, _: Officer, wanted: Asked) -> HTMLResponse:
    """With the same filter as the list; who sees no map reads the list, in the same order."""
    cards, count, unplaced = await _load(desk, wanted)
    query = urlencode(wanted.asked)
    return show(
        request,
        "desk_map.html",
        cards=cards,
        count=count,
        unplaced=unplaced,
        first=LISTED_FIRST,
        wanted=wanted,
        chosen_state=wanted.state_for(desk.town),
        list_page=f"/desk?{query}#all" if query else "/desk#all",
        source=f"/desk/map/points.geojson?{query}",
        points=[{**_place(card), "tone": _tone(card)} for card in cards],
    )


@router.get("/points.geojson")
async def points(request: Request, desk: TheDesk, _: Officer, wanted: Asked) -> dict[str, Any]:
    """What the map draws, and the card that a dot opens."""
    cards, _count, _unplaced = await _load(desk, wanted)
    return {"type": "FeatureCollection", "features": [_feature(request, desk, card) for card in cards]}


async def _load(desk: Desk, wanted: Wanted) -> tuple[list[Card], int, int]:
    """The cards, how much work with a place there is, and how much without."""
    at, town = now(), desk.town
    placed = wanted.filter(town, at, placed=True)
    found = await desk.store.list_most_urgent(placed, DOTS_MOST)
    count = await desk.store.count(placed)
    every = await desk.store.count(wanted.filter(town, at))
    if wanted.words:
        found = [case for case in found if matches(town, case.state, wanted.words)]
        count = every = len(found)
    return sort_by_pressure(make_card(town, case, at) for case in found), count, every - count


def _feature(request: Request, desk: Desk, card: Card) -> dict[str, Any]:
    order, language = card.order, language_of(request)
    about = {
        "title": desk.town.category_name(order.category, language),
        "text": order.text[:WORDS_MOST],
        "state": state_words(request, order),
        "tone": _tone(card),
        "when": f"{order.reference} · {relative_text(order.created_at, now(), language)}",
        "picture": f"/api/v1/reports/{order.reference}/photos/1?size=thumbnail" if order.photos else None,
        "href": f"/desk/{card.id}",
    }
    place = _place(card)
    point = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}
    return {"type": "Feature", "geometry": point, "properties": about}


def _place(card: Card) -> dict[str, float]:
    place = card.order.place
    assert place is not None  # noqa: S101  # the filter takes only what has one
    return {"latitude": place.latitude, "longitude": place.longitude}


def _tone(card: Card) -> str:
    return "bad" if card.is_late else card.traits.tone
