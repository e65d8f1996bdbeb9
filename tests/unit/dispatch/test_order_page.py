"""The desk's page of one work order: everything that an officer decides on, and what may be done."""

import re
from datetime import timedelta
from typing import Any

from services.dispatch.domain import crew_work, from_report, pausing, referring
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import Card
from services.dispatch.routing_facts import facts_of_order
from shared.events.reports import ReportAmended, ReportCommented
from tests.support.dispatch_pages import BOARD, carded, crew_page, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, reopened, town

LATER = MONDAY + timedelta(hours=1)


def page(work: WorkOrder, *earlier: Card) -> str:
    return drawn(
        "order.html", path="/desk/x", card=carded(work), answer=None, earlier=earlier, rules=[], others=[],
        changed_rules=False, elsewhere=None, said=None, place=None, reply_key="a-key",
    )  # fmt: skip


def taken() -> WorkOrder:
    return crew_work.start(town(), order(photos=2), by(SOMCHAI, LATER), stage="on_site").state


def test_it_shows_photos_answers_the_way_there_comments_and_followers() -> None:
    work = order(photos=2, answers={"flow": "running"}).model_copy(update={"followers": 3})
    comment = ReportCommented(reference=work.reference, category=work.category, by="public", text="ยังไหลอยู่เลย")
    shown = page(from_report.add_comment(town(), work, comment, LATER).state)

    assert f"/api/v1/reports/{work.reference}/photos/2?size=thumbnail" in shown
    assert "น้ำไหลแรงเพียงใด" in shown
    assert "maps/dir/?api=1" in shown
    assert "data-map=" in shown
    assert "work-comments" in shown
    assert "ผู้ติดตาม 3 คน" in shown


def test_the_history_says_why_work_waits_and_how_it_ended() -> None:
    waits = pausing.pause(
        town(), taken(), by(SOMCHAI, LATER), reason="part", resume_at=LATER + timedelta(hours=2)
    ).state
    assert "พักงาน: รออะไหล่หรือวัสดุ" in page(waits)
    done = crew_work.complete(town(), taken(), by(SOMCHAI, LATER), outcome="cannot_be_done", note="ที่ดินเอกชน").state
    assert "เสร็จงาน: ไม่สามารถดำเนินการได้" in page(done)


def test_the_history_names_categories_and_rules_in_words_not_by_their_codes() -> None:
    work = order("road-damage")
    said = ReportAmended(reference=work.reference, category="drain-flood", previous_category=work.category, actor="o")
    facts = facts_of_order(town(), from_report.correct(work, said))
    shown = page(from_report.amend(town(), work, said, facts, 5, LATER).state)
    history = shown[shown.index('id="history"') :]

    was, now = (town().category_name(code, "th") for code in ("road-damage", "drain-flood"))
    assert f"เปลี่ยนประเภทจาก{was} เป็น{now}" in history
    assert "road-damage" not in history
    assert "drain-flood" not in history


def test_a_reopened_case_shows_what_was_done_before() -> None:
    done = crew_work.complete(town(), taken(), by(SOMCHAI, LATER), note="เปลี่ยนข้อต่อแล้ว", photos=["/p/1"]).state
    again = reopened(done, LATER).state
    before = carded(done)

    shown = page(again, before)
    assert f'href="/desk/{before.id}"' in shown
    assert "เปลี่ยนข้อต่อแล้ว" in shown
    assert 'src="/p/1"' in shown


def test_what_wants_an_answer_is_answered_in_triage_and_then_says_so() -> None:
    question = order("road-damage", kind="question", text="ถนนสายนี้จะซ่อมเมื่อใด")
    assert "ตอบและปิดเรื่อง" in page(question)
    assert "คำถาม" in page(question)
    assert "ตอบและปิดเรื่อง" not in page(order("other", text="?"))

    answered = page(crew_work.complete(town(), question, by(OFFICER, LATER), note="เดือนมีนาคมครับ").state)
    assert "ตอบแล้ว" in answered
    assert "เสร็จแล้ว" not in answered


def test_every_field_says_who_reads_it() -> None:
    shown = page(taken())
    assert shown.count("ประชาชนจะเห็นข้อความนี้") == 3  # completion, cancelling and a word to the reporter
    assert "ประชาชนจะเห็นรูปนี้" in shown
    assert "หน่วยงาน ผู้แจ้งเรื่อง และเจ้าหน้าที่เห็นข้อความนี้" in shown  # what an agency is told
    assert "เฉพาะเจ้าหน้าที่ที่เห็นข้อความนี้" in shown  # why another team has it
    private = page(crew_work.acknowledge(town(), order("noise", sensitive=True), by(SOMCHAI, LATER)).state)
    assert "ประชาชนจะเห็น" not in private
    hidden = page(crew_work.acknowledge(town(), order("welfare"), by(SOMCHAI, LATER)).state)
    assert "ประชาชนจะเห็น" not in hidden
    assert "หน่วยงานอ่านรายละเอียดของเรื่องนี้ไม่ได้" in hidden


def test_the_crews_fields_say_it_too() -> None:
    board = drawn("_board.html", cards=[carded(taken())], **BOARD)
    assert board.count("ประชาชนจะเห็นข้อความนี้") == 2  # completion and pause
    assert board.count("เฉพาะผู้แจ้งเรื่องและเจ้าหน้าที่ที่เห็นข้อความนี้") == 1  # refusal
    assert board.count("หน่วยงาน ผู้แจ้งเรื่อง และเจ้าหน้าที่เห็นข้อความนี้") == 1  # what an agency is told


def test_the_photo_of_finished_work_may_come_from_the_gallery() -> None:
    board = drawn("_board.html", cards=[carded(taken())], **BOARD)
    assert 'type="file"' in board
    assert "capture" not in board


def test_a_lead_reads_the_words_and_sees_the_photos_before_the_way_there_and_the_button() -> None:
    card = carded(order(photos=2, text="ท่อแตก " * 40))
    board = drawn("_board.html", cards=[card], **BOARD)
    assert board.index("work-text") < board.index("work-photos") < board.index("maps/dir") < board.index("/acknowledge")


def test_what_was_saved_is_said_in_its_card_or_above_when_the_card_is_gone() -> None:
    card, other = carded(order()), carded(order())
    board = seen("crew.html", cards=[other, card], done=card, **crew_page(saved=True))
    assert board.count("บันทึกแล้ว") == 1
    assert board.index(f'id="w-{card.id}"') < board.index("บันทึกแล้ว")
    assert seen("crew.html", cards=[other], done=card, **crew_page(saved=True)).count("บันทึกแล้ว") == 1


def test_photos_that_were_unticked_are_not_shown_to_an_agency() -> None:
    """A box that is not ticked sends nothing: the field before it says no, and the last of two counts."""
    form = page(order("power-cut", photos=2)).partition('action="/desk/')[2]
    unsaid, _, box = form.partition('name="photos" value="false"')
    assert box
    assert 'type="checkbox" name="photos"' not in unsaid
    assert 'name="photos" value="true" checked' in box


def seen(template: str, **context: Any) -> str:
    """The page without what its scripts take from it."""
    return re.sub(r'data-words="[^"]*"|<template.*?</template>', "", drawn(template, **context), flags=re.DOTALL)


def test_each_comment_says_who_wrote_it_and_the_older_ones_are_a_press_away() -> None:
    work = order()
    comment = ReportCommented(reference=work.reference, category=work.category, by="follower", text="ยังไหลอยู่เลย")
    said = from_report.add_comment(town(), work, comment, LATER).state
    older = said.model_copy(update={"comment_count": 40})

    assert "ผู้ติดตาม" in page(said)
    assert "/comments" not in page(said)
    card = carded(older)
    assert f'href="/crew/{card.id}/comments"' in drawn(
        "order.html", path="/desk/x", card=card, answer=None, earlier=[], rules=[], others=[], changed_rules=False,
        elsewhere=None, said=None, place=None, reply_key="a-key",
    )  # fmt: skip


def test_what_an_agency_says_and_what_is_seldom_needed_stand_apart_from_the_officers_own_acts() -> None:
    sent = referring.refer(town(), order(), by(OFFICER, MONDAY), agency="pwa").state
    acts, _, rest = page(sent).partition("หน่วยงานแจ้งว่า…")
    says, _, rare = rest.partition("อื่น ๆ")
    parts = [re.findall(r'data-act="(\w+)"', part) for part in (acts, says, rare)]

    assert {"take_back", "tell_agency", "assign"} <= {*parts[0]}
    assert {*parts[1]} == {"agency_receive", "agency_answer", "agency_ask", "agency_decline", "agency_done"}
    assert "cancel" in parts[2]
    assert "หน่วยงานแจ้งว่า" not in page(order())
