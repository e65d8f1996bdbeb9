"""The desk's list: what it counts leads to what it counts, and what is ticked is in sight wherever one ticks."""

from datetime import timedelta
from typing import Any

from services.dispatch.pages.bulk import BULK_ACTS
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.chosen import Wanted
from shared.events.ids import new_id
from shared.kernel import Case
from tests.support.dispatch_pages import carded, drawn
from tests.support.work import MONDAY, order, town


def desk(**changes: Any) -> str:
    cards = [carded(order())]
    plain: dict[str, Any] = {
        "triage": [], "triage_count": 0, "rows": cards, "open_count": 9, "late_count": 0, "next": None,
        "chosen_state": "open", "wanted": Wanted(), "saved": [], "said": None, "bulk_key": "a-key",
        "bulk_acts": BULK_ACTS, "place": None,
    }  # fmt: skip
    return drawn("desk.html", path="/desk", **{**plain, **changes})


def test_the_count_of_what_is_late_leads_to_it() -> None:
    assert 'href="/desk?late=yes#all"' in desk(late_count=8)
    assert "late=yes" not in desk()


def test_a_row_that_nobody_took_in_time_is_marked_late_as_one_that_is_overdue() -> None:
    acknowledge = order().clocks.acknowledge
    assert acknowledge is not None
    missed = make_card(town(), Case(new_id(), 1, order()), acknowledge.due_at + timedelta(hours=1))

    assert 'class="due-cell late"' in desk(rows=[missed])
    assert missed.is_late
    assert not missed.overdue
    assert not make_card(town(), Case(new_id(), 1, order()), MONDAY).is_late


def test_a_row_has_names_for_its_cells_by_which_a_phone_shows_it_in_three_lines() -> None:
    cells = ("tick", "reference", "matter", "state", "team", "level", "due")
    assert [f'{name}-cell"' in desk() or f"{name}-cell late" in desk() for name in cells] == [True] * len(cells)


def test_a_search_that_has_found_nothing_yet_leads_to_what_is_left_to_look_through() -> None:
    shown = desk(rows=[], next="a-cursor", wanted=Wanted(q="วัด"))

    assert "after=a-cursor" in shown
    assert "ค้นต่อ" in shown
    assert "ไม่พบงานตามตัวกรอง" not in shown
    assert "ไม่พบงานตามตัวกรอง" in desk(rows=[])


def test_what_is_ticked_is_counted_in_a_bar_that_leads_to_what_can_be_done_with_it() -> None:
    shown = desk()

    assert "data-ticked-bar hidden" in shown
    assert 'href="#bulk"' in shown
    assert 'id="bulk"' in shown
    assert "data-ticked-bar" not in desk(rows=[])
