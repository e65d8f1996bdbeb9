"""A list's rows: words narrow them, either order goes on where it stopped, and a cursor of the other is refused."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.dispatch.commands import Desk
from services.dispatch.pages.board import Screen, find_cards
from services.dispatch.pages.chosen import Wanted
from services.dispatch.pages.listing import SEARCHED, TURNS, list_rows
from services.dispatch.queries import Filter, Urgency
from services.dispatch.store import Order
from shared.kernel import Case
from shared.web import Paging, Problem
from shared.web.paging import decode_cursor
from tests.support.work import MONDAY, order, town

TEXTS = ("หลุมหน้าวัดป่าชี", "ไฟดับหน้าตลาด", "หลุมลึกข้างวัดป่าชี", "ท่อแตก")


class Kept:
    """A store that holds these, each due an hour before the one that came before it."""

    def __init__(self, orders: list[Order] | None = None) -> None:
        made = [
            order(text=text, submitted_at=MONDAY - number * timedelta(hours=1)) for number, text in enumerate(TEXTS)
        ]
        self.orders = orders or [Case(f"W{number}", 1, each) for number, each in enumerate(made)]

    async def list_newest(self, _: Filter, after: str | None, most: int) -> list[Order]:
        newest = sorted(self.orders, key=lambda one: one.id, reverse=True)
        return [one for one in newest if after is None or one.id < after][:most]

    async def list_most_urgent(self, _: Filter, most: int, after: Urgency | None = None) -> list[Order]:
        places = {one.id: (one.state.due_at, one.id) for one in self.orders}
        urgent = sorted(self.orders, key=lambda one: places[one.id])
        return [one for one in urgent if after is None or places[one.id] > after][:most]


async def screens(limit: int, **asked: Any) -> list[list[str]]:
    """All of them, the texts of each, as somebody leafs through the list."""
    desk, found, after = cast(Desk, SimpleNamespace(town=town(), store=Kept())), list[list[str]](), None
    while True:
        paged = Paging(limit, decode_cursor(after) if after else None)
        rows, after = await list_rows(desk, Wanted(**asked), MONDAY, paged)
        found.append([row.order.text for row in rows])
        if after is None:
            return found


async def test_the_newest_stand_first_and_the_most_urgent_when_asked_for() -> None:
    newest = [[TEXTS[3], TEXTS[2]], [TEXTS[1], TEXTS[0]]]

    assert await screens(2) == newest
    assert await screens(2, sort="due") == newest  # the later it came in here, the earlier it is due
    assert await screens(3, sort="due") == [[TEXTS[3], TEXTS[2], TEXTS[1]], [TEXTS[0]]]


@pytest.mark.parametrize("sort", ["", "due"])
async def test_words_narrow_the_list_and_it_goes_on_where_it_stopped(sort: str) -> None:
    assert await screens(9, q="วัดป่าชี", sort=sort) == [[TEXTS[2], TEXTS[0]]]
    assert await screens(1, q="หลุม วัดป่าชี", sort=sort) == [[TEXTS[2]], [TEXTS[0]]]
    assert await screens(1, q="น้ำท่วม", sort=sort) == [[]]


async def test_words_are_looked_for_in_all_that_is_open_not_only_in_what_is_read_at_a_time() -> None:
    """A storm's desk said that there was no such work when it was not among the first thousand."""
    others, sought = order(text=TEXTS[1]), order(text=TEXTS[0])
    middle = SEARCHED + 50  # in either order
    storm = [Case(f"W{number:04}", 1, sought if number == middle else others) for number in range(2 * middle)]
    desk = cast(Desk, SimpleNamespace(town=town(), store=Kept(storm)))

    for sort in ("", "due"):
        rows, after = await list_rows(desk, Wanted(q="วัดป่าชี", sort=sort), MONDAY, Paging(20, None))
        assert ([row.id for row in rows], after) == ([f"W{middle:04}"], None)
    cards = await find_cards(desk, "works-water", MONDAY, Screen(20, None, words="วัดป่าชี"))
    assert [card.id for card in cards] == [f"W{middle:04}"]


async def test_a_search_that_was_stopped_goes_on_where_it_stopped() -> None:
    others = order(text=TEXTS[1])
    history = [Case(f"W{number:05}", 1, others) for number in range(SEARCHED * TURNS + 1)]
    desk = cast(Desk, SimpleNamespace(town=town(), store=Kept(history)))

    rows, after = await list_rows(desk, Wanted(q="วัดป่าชี", state=""), MONDAY, Paging(20, None))
    assert (rows, after is not None) == ([], True)
    assert after is not None
    assert await list_rows(desk, Wanted(q="วัดป่าชี", state=""), MONDAY, Paging(20, decode_cursor(after))) == ([], None)


@pytest.mark.parametrize(("sort", "after"), [("due", ("x",)), ("", (None, "x")), ("due", ("no time", "x"))])
async def test_the_place_in_another_order_is_none_in_this(sort: str, after: tuple[Any, ...]) -> None:
    desk = cast(Desk, SimpleNamespace(town=town(), store=Kept()))
    with pytest.raises(Problem, match="cursor"):
        await list_rows(desk, Wanted(sort=sort), MONDAY, Paging(2, after))
