"""What the reporter answered to the category's questions, as crew and desk read it."""

from services.dispatch.domain.place import ADDRESS_ANSWER
from services.dispatch.pages.answers import Answered, answers_of
from tests.support.dispatch_pages import BOARD, carded, drawn
from tests.support.work import order, town

SAY = {"answer.yes": "ใช่", "answer.no": "ไม่ใช่"}.__getitem__


def told(category: str, **answers: str) -> list[Answered]:
    return answers_of(town(), order(category, answers=answers), "th", SAY)


def test_questions_and_choices_are_read_in_words() -> None:
    assert told("power-cut", extent="street") == [Answered("ไฟดับบริเวณใด", "ทั้งซอย", urgent=False)]
    assert told("street-light", pole="ข-114") == [Answered("หมายเลขเสา (ถ้ามี)", "ข-114", urgent=False)]


def test_an_answer_to_which_a_rule_gives_a_high_priority_stands_out_and_comes_first() -> None:
    said = told("power-cut", extent="street", danger="true")
    assert said[0] == Answered("มีสายไฟขาดหรือไฟรั่วหรือไม่", "ใช่", urgent=True)
    assert not said[1].urgent
    assert told("power-cut", danger="no") == [Answered("มีสายไฟขาดหรือไฟรั่วหรือไม่", "ไม่ใช่", urgent=False)]


def test_an_answer_that_another_categorys_rule_calls_urgent_does_not_stand_out_here() -> None:
    assert not told("noise", danger="yes")[0].urgent


def test_what_the_profile_no_longer_asks_is_shown_by_its_code_and_the_address_is_no_answer() -> None:
    assert told("noise", decibel="90") == [Answered("decibel", "90", urgent=False)]
    assert told("noise", **{ADDRESS_ANSWER: "88/12 หมู่ 5"}) == []


def test_the_card_shows_them_and_the_danger_before_the_way_there() -> None:
    card = carded(order("power-cut", answers={"danger": "yes", "extent": "street"}))
    board = drawn("_board.html", cards=[card], **BOARD)

    assert board.index("มีสายไฟขาดหรือไฟรั่วหรือไม่") < board.index("maps/dir") < board.index("ไฟดับบริเวณใด")
