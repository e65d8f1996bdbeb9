"""A crew's list: what stands where, what a filter finds, and what makes a phone heard."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.domain import colleagues, crew_work, pausing, referring
from services.dispatch.domain.parts import Assignee
from services.dispatch.domain.place import ADDRESS_ANSWER
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import GROUPS, at_hand, matches
from shared.people import Person
from tests.support.dispatch_pages import BOARD, carded, crew_page, drawn
from tests.support.work import MONDAY, SOMCHAI, by, order, town


def stepped(*acts: str) -> WorkOrder:
    work = order()
    for act in acts:
        said: dict[str, Any] = {"reason": "part"} if act == "pause" else {}
        module = pausing if act == "pause" else crew_work
        work = getattr(module, act)(town(), work, by(SOMCHAI, MONDAY), **said).state
    return work


def test_the_job_that_a_crew_stands_before_is_unfolded() -> None:
    """Most will press the button that finishes it; where a team works in several places, at the one it came to last."""
    came = stepped("start", "start")
    here, others = carded(came, "01A"), [carded(order(), "01B"), carded(stepped("start"), "01C")]
    later = carded(came.model_copy(update={"changed_at": came.changed_at + timedelta(minutes=5)}), "01D")

    assert at_hand([*others, here]) == "01A"
    assert at_hand(others) is None
    assert at_hand([here, later, *others]) == at_hand([later, here]) == "01D"


def test_the_photo_that_must_be_there_is_asked_for_first() -> None:
    """The first camera that one sees is taken for it."""
    board = drawn("_board.html", cards=[carded(stepped("start", "start"))], **BOARD)

    assert re.findall(r'type="file" name="(\w+)"', board) == ["photo", "photo_before"]


@pytest.mark.parametrize(
    ("acts", "group"),
    [((), "accept"), (("acknowledge",), "begin"), (("start",), "doing"), (("start", "start"), "doing"),
     (("start", "pause"), "waiting")],
)  # fmt: skip
def test_a_job_stands_where_it_says_what_to_do_now(acts: tuple[str, ...], group: str) -> None:
    assert carded(stepped(*acts)).group == group


def test_each_group_counts_its_jobs_and_an_empty_one_is_not_seen() -> None:
    board = drawn("_board.html", cards=[carded(order()), carded(order()), carded(stepped("start"))], **BOARD)
    shown = dict(re.findall(r'data-group="(\w+)"( hidden)?', board))
    counts = re.findall(r"data-count>(\d+)<", board)

    assert [*shown] == [*GROUPS]
    assert {group for group, hidden in shown.items() if not hidden} == {"doing", "accept"}
    assert counts == ["1", "2", "0", "0"]


def test_a_line_begins_with_what_is_different_in_each_job_and_shows_its_photo() -> None:
    long = "หลุมลึกกลางถนน " * 10
    board = drawn("_board.html", cards=[carded(order(text="น้ำรั่วหน้าวัด", photos=1)), carded(order(text=long))], **BOARD)

    assert re.findall(r'<h3 id="h-\w+">([^<]+)</h3>', board) == ["น้ำรั่วหน้าวัด", truncated(long)]
    assert re.findall(r'<p class="work-text">([^<]+)</p>', board) == [long], (
        "what its line says whole is not said twice"
    )
    assert board.count('class="job-picture"') == 1


def test_a_line_says_who_of_the_team_has_the_job_and_that_an_agency_owes_an_answer() -> None:
    """Both stand on the line itself: a lead must not unfold thirty jobs to see them."""
    has = order().model_copy(update={"person": Assignee(sub="somchai", name="สมชาย ช่างน้ำ")})
    referred = referring.refer(town(), order("power-cut"), by(SOMCHAI, MONDAY), agency="pea").state
    assert referred.referral
    owes = referred.referral.model_copy(update={"status": "sent", "overdue_at": MONDAY})
    cards = [carded(has), carded(referred.model_copy(update={"referral": owes})), carded(order())]
    lines = re.findall(
        r'<summary class="job-row">(.*?)</summary>', drawn("_board.html", cards=cards, **BOARD), re.DOTALL
    )

    named = ["สมชาย ช่างน้ำ" in line for line in lines]
    late = [town().agency_name("pea", "th") in line for line in lines]
    assert sorted(named) == sorted(late) == [False, False, True]


def test_a_long_text_begins_on_its_card_and_is_read_whole_at_a_touch() -> None:
    long = "หลุมลึกกลางถนนหน้าวัด " * 12
    board = drawn("_board.html", cards=[carded(order(text=long))], **BOARD)
    (card,) = re.findall(r'<details class="work-text">(.*?)</details>', board, re.DOTALL)

    assert f"{long[:140]}…" in card
    assert "อ่านทั้งหมด" in card
    assert f"<p>{long}</p>" in card


def truncated(text: str) -> str:
    return f"{text[:87].rsplit(' ', 1)[0]}..."


def test_a_job_is_one_line_until_it_is_unfolded() -> None:
    card, other = carded(order()), carded(order())
    board = drawn("_board.html", cards=[card, other], opened=other.id, **BOARD)
    unfolded = re.findall(r'id="w-(\w+)".*?<details class="job" name="job"( open)?>', board, re.DOTALL)

    assert unfolded == [(card.id, ""), (other.id, " open")]


@pytest.mark.parametrize("asked", ["ท่อประปา", "mh-7f3k", "Water", "ตลาด น้ำพุ่ง", "ดอนปิน", "นํ้าพุ่ง", "๘๘/๑๒"])
def test_work_is_found_by_whatever_a_crew_knows_it_by(asked: str) -> None:
    assert matches(town(), order(answers={ADDRESS_ANSWER: "88/12 ซอยวัดดอนปิน"}), asked)


def test_what_does_not_have_all_words_is_left_out() -> None:
    assert not matches(town(), order(), "ตลาด ไฟดับ")


def test_a_filter_says_what_it_found_and_leads_back_to_everything() -> None:
    shown = drawn("_board.html", cards=[carded(order())], **{**BOARD, "filtered": True, "all_work": "/crew?team=x"})

    assert "พบ 1 งานตามที่กรอง" in shown
    assert 'href="/crew?team=x"' in shown


def test_only_urgent_work_that_nobody_took_makes_a_phone_heard() -> None:
    loud = carded(order("power-cut", answers={"danger": "yes"}))

    assert loud.order.priority in ("emergency", "high")
    assert loud.is_urgent
    taken = crew_work.acknowledge(town(), loud.order, by(SOMCHAI, MONDAY)).state
    assert not carded(taken).is_urgent
    assert not carded(
        order().model_copy(update={"clocks": order().clocks.model_copy(update={"priority": "low"})})
    ).is_urgent


def test_forms_that_may_be_needed_before_there_is_a_network_are_there_and_not_shown() -> None:
    board = drawn("_board.html", cards=[carded(order())], **BOARD)
    forms = dict(re.findall(r'<details class="act" data-act="(\w+)"( hidden)?>', board))

    assert {act for act, hidden in forms.items() if not hidden} == {"take", "refer", "refuse"}
    assert {act for act, hidden in forms.items() if hidden} == {"complete", "pause"}


def test_who_has_the_work_is_not_asked_to_take_it_and_a_colleague_is_told_who_has_it() -> None:
    work = colleagues.take(town(), order(), replace(by(SOMCHAI, MONDAY), team="works-water")).state
    seen = {
        sub: drawn("_board.html", cards=[carded(work)], who=Person(sub=sub), **BOARD)
        for sub in (SOMCHAI.sub, "somebody-else")
    }

    assert 'data-act="take"' not in seen[SOMCHAI.sub]
    assert f'name="instead_of" value="{SOMCHAI.sub}"' in seen["somebody-else"]


def test_a_crew_may_call_the_reporter_where_the_town_lets_it() -> None:
    card = carded(order())
    assert town().calls.crew
    way = f'href="/inbox/contact/{card.order.reference}?back=/crew/{card.id}"'
    assert way in drawn("_board.html", cards=[card], **BOARD)
    silent = town().model_copy(update={"calls": town().calls.model_copy(update={"crew": False})})
    assert way not in drawn("_board.html", cards=[card], town=silent, **BOARD)


@pytest.mark.parametrize("form", ["list", "jobs"])
def test_on_paper_each_job_says_what_a_crew_needs_without_a_phone(form: str) -> None:
    cards = [carded(order(answers={ADDRESS_ANSWER: "88/12"})), carded(order("power-cut"))]
    shown = drawn("sheet.html", path="/crew/sheet", cards=cards, form=form, team="works-water", at=MONDAY)

    assert shown.count("MH-7F3K-9QX2") == 2
    assert "18.74250, 98.94380" in shown
    assert "88/12" in shown
    assert ("sheet-job" in shown) == (form == "jobs")


def test_the_whole_page_holds_what_its_scripts_ask_for() -> None:
    page = drawn("crew.html", cards=[carded(order())], done=None, **crew_page())
    asked = "find", "mute", "way", "way-link", "jobs-map", "held", "unsent-steps", "signed-out", "somebody-else", "live"

    assert [name for name in asked if f"data-{name}" not in page] == []
