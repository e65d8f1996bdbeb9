"""The rows of a list as its filter asks for them: by words too, in either order, and where the next screen begins."""

from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.pages.by_urgency import cursor_after, place_in
from services.dispatch.pages.cards import Card, make_card, matches
from services.dispatch.pages.chosen import Wanted
from services.dispatch.store import Order
from shared.web import Paging, Problem
from shared.web.paging import encode_cursor

SEARCHED = 1000  # among which words are looked for: ten times what a town's desk has open on a bad day


async def list_rows(desk: Desk, wanted: Wanted, at: datetime, paged: Paging) -> tuple[list[Card], str | None]:
    """One screen of them, and the cursor of the next if there is one."""
    found = await _find(desk, wanted, at, paged)
    if wanted.words:
        found = [case for case in found if matches(desk.town, case.state, wanted.words)]
    rows = found[: paged.limit]
    more = len(found) > len(rows)
    after = (cursor_after(rows[-1]) if wanted.by_due else encode_cursor((rows[-1].id,))) if more else None
    return [make_card(desk.town, case, at) for case in rows], after


async def _find(desk: Desk, wanted: Wanted, at: datetime, paged: Paging) -> list[Order]:
    asked, most = wanted.filter(desk.town, at), SEARCHED if wanted.words else paged.fetch
    if wanted.by_due:
        return await desk.store.list_most_urgent(asked, most, place_in(paged.after) if paged.after else None)
    match paged.after:
        case None:
            return await desk.store.list_newest(asked, None, most)
        case (str(order_id),):
            return await desk.store.list_newest(asked, order_id, most)
        case _:
            raise Problem(400, "cursor")
