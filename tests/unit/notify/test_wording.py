"""Every notice of every town, filled with an example of its event: finished text, in each language."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.notify.domain.file import CaseFile, Heard, facts, order_of
from services.notify.domain.notice import Notice, new_notice
from services.notify.domain.planning import OFFICES, Addressee, Owed, office_of
from services.notify.domain.rules import matches
from services.notify.domain.texts import message_in
from services.notify.links import Links
from services.notify.wording import Worded, Wording
from shared.events.ids import derive_id
from shared.events.work_orders import WorkOrderCancelled
from shared.references import make_reference
from shared.town import Town, load_town
from shared.town.notices import NoticeRule
from tests.support.notify_events import BEGAN, Story, Word
from tests.support.notify_in_memory import NotifyInMemory, maehia, settings
from tests.support.notify_mail import texts
from tests.support.source import ROOT
from tools.contract.examples import EXAMPLES

TOWNS = [folder.name for folder in sorted((ROOT / "deploy/municipalities").iterdir()) if folder.is_dir()]
THAI = re.compile("[\u0e00-\u0e7f]")


def notice_of(rule: NoticeRule, reference: str = "MH-4K7T-29Q6") -> Notice:
    """What is owed by that rule for the example of its event."""
    example = EXAMPLES[rule.event]
    order = order_of(example.event, example.envelope.subject)
    heard = Heard(
        id=example.envelope.id,
        type=rule.event,
        at=example.envelope.time,
        subject=example.envelope.subject,
        correlation_id=example.envelope.correlation_id,
        data=facts(example.event),
        order=order,
        team=getattr(example.event, "team", None) or "works-water",
    )
    return _owed(rule, heard, reference)


def _owed(rule: NoticeRule, heard: Heard, reference: str) -> Notice:
    party = None if rule.audience in OFFICES else {"follower": "follower-1"}.get(rule.audience, rule.audience)
    to = office_of(rule.audience, heard) or Addressee(f"{heard.subject}:{party}", party)
    owed = Owed(derive_id(heard.id, rule.code), heard, to, rule.audience, rule.template, rule.urgent, ("email",))
    return new_notice(owed, heard.correlation_id, CaseFile(reference=reference), BEGAN + timedelta(hours=1))


def town_of(folder: str) -> Town:
    return maehia() if folder == "maehia" else load_town(Path(ROOT / "deploy/municipalities" / folder))


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("folder", TOWNS)
def test_every_notice_can_be_said(folder: str, language: str) -> None:
    town = town_of(folder)
    wording = Wording(town, Links(settings()))
    for rule in town.notices:
        said = wording.say(notice_of(rule), "email", language)
        assert said is not None, rule.code
        assert said.subject, rule.code
        assert not re.search(r"[{}]|None|\b(True|False)\b", said.subject + said.body), (rule.code, said)
        assert "MH-4K7T-29Q6" in said.body, rule.code
        assert said.link in said.body, rule.code
        assert bool(THAI.search(said.body)) or language == "en", rule.code


def say(word: Word, code: str, language: str = "th") -> Worded:
    """What rule `code` says about that event in Mae Hia."""
    event, envelope = word
    rule = next(rule for rule in maehia().notices if rule.code == code)
    order = order_of(event, envelope.subject)
    heard = Heard(
        id=envelope.id,
        type=event.type,
        at=envelope.time,
        subject=envelope.subject,
        correlation_id=envelope.subject,
        data=facts(event),
        order=order,
        team=getattr(event, "team", None),
    )
    said = NotifyInMemory().wording.say(_owed(rule, heard, "MH-4K7T-29Q6"), "email", language)
    assert said is not None
    return said


def test_times_are_the_towns_own_and_thai_years_buddhist() -> None:
    said = say(Story().submitted(), "received")
    assert "เมื่อ 23 พ.ย. 2569 เวลา 08.42 น." in said.body
    assert "23 Nov 2026, 08:42" in say(Story().submitted(), "received", "en").body


def test_codes_become_the_towns_names() -> None:
    said = say(Story().created(), "new-work")
    assert "งานท่อน้ำและทางระบายน้ำ" in said.body
    assert "ระดับความเร่งด่วน: สูง" in said.body
    assert "water-leak" not in said.body + said.subject


@pytest.mark.parametrize("code", ["new-work", "new-emergency"])
def test_a_crew_is_told_where_by_the_zone_or_else_by_what_the_resident_wrote(code: str) -> None:
    def where(**changes: str | None) -> str | None:
        line = re.search("^สถานที่: (.*)$", say(Story().created(**changes), code).body, re.MULTILINE)
        return line and line[1]

    assert where() == "หมู่ 1 บ้านตำหนัก"
    assert where(zone=None, address="ตรงข้ามวัด\nซอย 3") == "“ตรงข้ามวัด ซอย 3”"
    assert where(zone=None, address="ดู evil.example") == "“ดู [ลิงก์]”"
    assert where(zone=None, address=None) is None


def test_what_the_event_does_not_say_leaves_its_line_out() -> None:
    assert "รายละเอียด" not in say(Story().completed(note=None), "fixed").body
    assert "รายละเอียด: เปลี่ยนท่อที่แตกแล้ว" in say(Story().completed(), "fixed").body


def test_which_report_a_duplicate_was_merged_into_is_no_reason() -> None:
    def cancelled(reason: str) -> str:
        fields = {"outcome": "duplicate", "reason": reason, "public_reason": reason}
        return say(Story().of_work(WorkOrderCancelled, **fields), "cancelled").body

    into = make_reference("MH", "another")
    assert into not in cancelled(into)
    assert "ซ้ำกับเรื่องอื่น" in cancelled("ซ้ำกับเรื่องอื่น")


def test_a_town_without_a_number_of_its_own_names_none() -> None:
    assert maehia().contact.phone is None
    assert "โทร." not in say(Story().submitted(), "received").body


def test_a_code_that_the_profile_no_longer_has_is_shown_as_it_is() -> None:
    assert "works-canals" in say(Story().completed(team="works-canals"), "fixed").body


@pytest.mark.parametrize("folder", TOWNS)
def test_who_answers_before_acceptance_is_not_told_that_a_new_application_came(folder: str) -> None:
    told = {
        again: {rule.template for rule in town_of(folder).notices if matches(rule, event.type, facts(event))}
        for again, (event, _) in ((again, Story().applied(again=again)) for again in (False, True))
    }
    assert told[False] == {"permit-received", "permit-to-check"}
    assert told[True] == {"permit-answer-received", "permit-answer-to-check"}


@pytest.mark.parametrize("priority", ["normal", "emergency"])
@pytest.mark.parametrize("folder", TOWNS)
def test_a_crew_is_told_whether_its_work_is_new_or_opened_again(folder: str, priority: str) -> None:
    town = town_of(folder)
    subjects = {}
    for again in (False, True):
        event, _ = Story().created(again=again, priority=priority)
        (rule,) = (one for one in town.notices if one.audience == "team" and matches(one, event.type, facts(event)))
        message = message_in(town.templates[rule.template], "th")
        subjects[again] = message.subject
        assert ("งานที่ถูกเปิดใหม่" in message.subject) == again
        assert not message.short or ("งานที่ถูกเปิดใหม่" in message.short) == again
    assert ("ฉุกเฉิน" in subjects[True]) == ("ฉุกเฉิน" in subjects[False])


def test_opened_again_is_said_with_the_case_and_its_time() -> None:
    said = say(Story().created(again=True, priority="emergency"), "reopened-emergency")
    assert said.subject.startswith("ฉุกเฉิน งานที่ถูกเปิดใหม่ MH-4K7T-29Q6 ")
    assert "Reopened work MH-4K7T-29Q6" in say(Story().created(again=True), "reopened-work", "en").subject


def test_what_was_answered_before_acceptance_is_received_not_a_new_application() -> None:
    said = say(Story().applied(again=True), "permit-answer-received")
    assert said.subject == "ได้รับเอกสารเพิ่มเติมแล้ว คำขอ MH-4K7T-29Q6"
    assert "ได้รับเอกสารเพิ่มเติม" in say(Story().applied(again=True), "permit-answer-to-check").subject


def test_what_a_resident_wrote_first_is_in_no_message() -> None:
    submitted, _ = Story().submitted()
    assert "text" not in facts(submitted)
    assert "location" not in facts(submitted)


@pytest.mark.parametrize("kind", ["suggestion", "question", "consultation"])
async def test_what_was_asked_is_answered_not_fixed(kind: str) -> None:
    story, notify = Story(), NotifyInMemory()
    done = story.completed(kind=kind)
    await notify.hear(story.contact(), story.submitted(kind=kind), story.created(), done)
    told = {one.template for one in notify.store.all().values() if one.about == "onestop.work-order.completed.v1"}
    assert told == {"answered"}
    said = say(done, "answered")
    assert "คำตอบ: เปลี่ยนท่อที่แตกแล้ว" in said.body
    assert "แก้ไข" not in said.subject


@pytest.mark.parametrize("event", ["onestop.work-order.created.v1", "onestop.permit.accepted.v1"])
def test_a_placeholder_that_nobody_fills_is_a_bug_and_not_left_empty(event: str) -> None:
    rule = next(rule for rule in maehia().notices if rule.event == event)

    with pytest.raises(KeyError, match="weather"):
        Wording(maehia(), Links(settings()))._fill("weather", notice_of(rule), "th", "email")


@pytest.mark.parametrize(("lane", "said"), [("fast", True), (None, False)])
async def test_the_receipt_of_an_application_names_the_lane_that_it_takes(lane: str | None, said: bool) -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.applied(permit_type="house-new", lane=lane), story.contact("applicant"))

    told = [texts(mail)[0] for mail in notify.email.taken]
    assert any("เมื่อเอกสารครบถ้วน คำขอของท่านเข้าสู่ช่องทางด่วน 2 ชั่วโมง" in one for one in told) is said


@pytest.mark.parametrize(("promised", "said"), [(BEGAN + timedelta(hours=4), True), (None, False)])
async def test_whoever_applied_is_told_by_when_the_documents_are_checked(promised: datetime | None, said: bool) -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.applied(permit_type="house-new", check_due_at=promised), story.contact("applicant"))

    told = [texts(mail)[0] for mail in notify.email.taken]
    assert any("กำหนดตรวจความครบถ้วนภายใน " in one for one in told) is said


def test_why_somebody_took_their_report_back_is_not_said_as_the_towns_own_words() -> None:
    story, written = Story(), "ทำแล้ว\n\nผู้บังคับบัญชา: ให้ปิดงานทั้งหมด"
    taken_back = story.of_work(WorkOrderCancelled, outcome="withdrawn", reason=written)
    assert "┃ ผู้บังคับบัญชา: ให้ปิดงานทั้งหมด" in say(taken_back, "cancelled-to-team").body.splitlines()
    called_off = story.of_work(WorkOrderCancelled, outcome="not_ours", reason="อยู่นอกเขต")
    assert "┃" not in say(called_off, "cancelled-to-team").body
