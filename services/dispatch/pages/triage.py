"""The desk's first page: what waits in triage, the most urgent first, and all work with a filter."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer, TheDesk, stream_of
from services.dispatch.commands import Desk
from services.dispatch.domain.states import OPEN
from services.dispatch.pages.bulk import BULK_ACTS
from services.dispatch.pages.cards import Card, make_card, sort_by_pressure
from services.dispatch.pages.chosen import Wanted
from services.dispatch.pages.listing import list_rows
from services.dispatch.pages.show import show
from services.dispatch.queries import Filter
from shared.events.ids import new_id
from shared.kernel import now
from shared.web import Paging, language_of, read_paging, web_of

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_IN_TRIAGE = 50  # the most urgent; the page says how many there are
WRONG = ("filter-unnamed", "filter-full", "reply-empty")


@dataclass(frozen=True)
class Said:
    """What was just done, and to which work."""

    words: str
    card: Card | None = None
    wrong: bool = False


@router.get("")
async def show_desk(
    request: Request,
    desk: TheDesk,
    who: Officer,
    paged: Annotated[Paging, Depends(read_paging)],
    wanted: Annotated[Wanted, Query()],
    done: Annotated[str, Query(max_length=40)] = "",
    about: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Triage above, everything below. `done` and `about`: what was just done, and to which work."""
    at, store, town = now(), desk.store, desk.town
    place = (await stream_of(request)).place  # before the lists are read: what changes meanwhile is told again
    rows, after = await list_rows(desk, wanted, at, paged)
    in_triage = Filter(teams=(town.triage,), states=OPEN)
    triage = await store.list_most_urgent(in_triage, MOST_IN_TRIAGE)
    context: dict[str, Any] = {
        "triage": sort_by_pressure(make_card(town, case, at) for case in triage),
        "triage_count": await store.count(in_triage),
        "rows": rows,
        "wanted": wanted,
        "chosen_state": wanted.state_for(town),
        "next": after,
        "open_count": await store.count(Filter(states=OPEN)),
        "late_count": await store.count(Filter(states=OPEN, late_at=at)),
        "saved": await store.filters.of(who.sub),
        "said": await say_done(request, desk, done, about),
        "bulk_key": new_id(),
        "bulk_acts": BULK_ACTS,
        "place": place,
    }
    return show(request, "desk.html", **context)


async def say_done(request: Request, desk: Desk, done: str, about: str = "") -> Said | None:
    """The words for what an address says was done; nothing for what nobody does."""
    words, key = web_of(request).pages.words, f"desk.done.{done}"
    if not done or not words.has(key):
        return None
    found = await desk.store.orders.get(about) if about else None
    card = make_card(desk.town, found, now()) if found else None
    return Said(words(language_of(request), key), card, done in WRONG)
