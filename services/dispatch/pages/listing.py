"""The rows of a list as its filter asks for them: by words too, in either order, and where the next screen begins."""

from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.pages.by_urgency import cursor_after, place_in
from services.dispatch.pages.cards import Card, make_card, matches
from services.dispatch.pages.chosen import Wanted
from services.dispatch.store import Order
from shared.web import Paging, Problem
from shared.web.paging import Scalar, decode_cursor, encode_cursor

SEARCHED = 250  # at a time: while they are read, nobody else of this process is answered
TURNS = 40  # in one go: more than a storm leaves open; the next screen looks on where this one stopped


async def list_rows(desk: Desk, wanted: Wanted, at: datetime, paged: Paging) -> tuple[list[Card], str | None]:
    """One screen of them, and the cursor of the next if there is one. Words are looked for further back until the
    screen is full: what is not found is not there, or there is a next one."""
    if not wanted.words:
        found = await _find(desk, wanted, at, paged.after, paged.fetch)
        last = found[paged.limit - 1] if len(found) > paged.limit else None
    else:
        found, last = await _look(desk, wanted, at, paged)
    return [make_card(desk.town, case, at) for case in found[: paged.limit]], _cursor(wanted, last) if last else None


async def list_all(desk: Desk, wanted: Wanted, at: datetime) -> list[Card]:
    """The first `TURNS * SEARCHED` of them."""
    found, _ = await _look(desk, wanted, at, Paging(TURNS * SEARCHED, None))
    return [make_card(desk.town, case, at) for case in found]


async def _look(desk: Desk, wanted: Wanted, at: datetime, paged: Paging) -> tuple[list[Order], Order | None]:
    """Those in which the words are found, and after which one to look on."""
    found, after, last = list[Order](), paged.after, None
    for _ in range(TURNS):
        read = await _find(desk, wanted, at, after, SEARCHED)
        found += [case for case in read if matches(desk.town, case.state, wanted.words)]
        last = read[-1] if len(read) == SEARCHED else None
        if last is None or len(found) > paged.limit:
            break
        after = decode_cursor(_cursor(wanted, last))
    return found, found[paged.limit - 1] if len(found) > paged.limit else last


def _cursor(wanted: Wanted, last: Order) -> str:
    return cursor_after(last) if wanted.by_due else encode_cursor((last.id,))


async def _find(desk: Desk, wanted: Wanted, at: datetime, after: tuple[Scalar, ...] | None, most: int) -> list[Order]:
    asked = wanted.filter(desk.town, at)
    if wanted.by_due:
        return await desk.store.list_most_urgent(asked, most, place_in(after) if after else None)
    match after:
        case None:
            return await desk.store.list_newest(asked, None, most)
        case (str(order_id),):
            return await desk.store.list_newest(asked, order_id, most)
        case _:
            raise Problem(400, "cursor")
