"""Where the work is: the way there, and a place in words for people to whom a map says nothing."""

from services.dispatch.domain.place import ADDRESS_ANSWER, address_of
from services.intake.domain import submission
from shared.events.base import Place
from tests.support.dispatch_pages import BOARD, carded, drawn
from tests.support.work import MARKET, MONDAY, order, reopened

TEMPLATE = "_board.html"
ADDRESS = "88/12 หมู่ 5 ซอยวัดดอนปิน"


def test_an_address_travels_where_intake_puts_it() -> None:
    assert ADDRESS_ANSWER == submission.ADDRESS_ANSWER


def test_a_report_with_an_address_only_is_found_by_its_words() -> None:
    card = carded(order(location=None, answers={ADDRESS_ANSWER: ADDRESS}))
    assert address_of(card.order) == ADDRESS
    assert card.navigation
    assert card.navigation.startswith("https://www.google.com/maps/search/?api=1&query=88%2F12%20")

    board = drawn(TEMPLATE, cards=[card], **BOARD)
    assert ADDRESS in board
    assert "ไม่ได้ระบุตำแหน่ง" not in board
    assert "maps/search" in board


def test_degrees_lead_to_the_spot_and_the_address_says_where_it_is() -> None:
    card = carded(order(location=Place(latitude=18.7425, longitude=98.9438, address=ADDRESS)))

    assert card.navigation == "https://www.google.com/maps/dir/?api=1&destination=18.742500,98.943800"
    assert ADDRESS in drawn(TEMPLATE, cards=[card], **BOARD)


def test_a_place_without_words_is_shown_by_its_degrees_and_no_place_says_so() -> None:
    assert "18.74250, 98.94380" in drawn(TEMPLATE, cards=[carded(order(location=MARKET))], **BOARD)

    nowhere = carded(order(location=None))
    assert nowhere.navigation is None
    assert "ไม่ได้ระบุตำแหน่ง" in drawn(TEMPLATE, cards=[nowhere], **BOARD)


def test_a_crew_sees_that_work_was_opened_again_and_why() -> None:
    again = reopened(order(), MONDAY, times=2, reason="ซ่อมแล้วยังซึม").state

    assert "งานที่ถูกเปิดใหม่ (ครั้งที่ 2): ซ่อมแล้วยังซึม" in drawn(TEMPLATE, cards=[carded(again)], **BOARD)
    assert "งานที่ถูกเปิดใหม่" not in drawn(TEMPLATE, cards=[carded(order())], **BOARD)
    silent = reopened(order(), MONDAY, reason=None).state
    assert "งานที่ถูกเปิดใหม่ (ครั้งที่ 1)<" in drawn(TEMPLATE, cards=[carded(silent)], **BOARD)
