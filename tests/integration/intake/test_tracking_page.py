"""The page of one report: who has it, what came of it, and how everything that happened is told."""

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from services.intake.domain.progress import record_notice
from services.intake.domain.report import Report
from shared.events.agencies import WorkOrderReferred
from shared.events.notices import NoticeEvent, NoticeFailed, NoticeSent
from shared.events.work_orders import WorkOrderCancelled, WorkOrderCompleted, WorkOrderCreated, WorkOrderPaused
from shared.kernel import Cause, Step
from tests.support.intake import Intake
from tests.support.reports import by_mail, category, town
from tests.support.tracking import card, holder, record, shown

RESUME = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # 09:00 in Mae Hia


def tell(event: NoticeEvent, report: Report, cause: Cause) -> Step[Report] | None:
    """Notify says so."""
    return record_notice(report, event, cause.at)


async def test_an_agency_that_has_the_case_is_named_first(service: Intake) -> None:
    made = await service.report()
    await record(service, made, WorkOrderCreated, team=None, level="triage")
    await record(service, made, WorkOrderReferred, team=None, level="agency", agency=next(iter(town().agencies)))
    who = holder(await shown(service, made))
    agency = next(iter(town().agencies.values())).name.th
    assert f'class="holder-who">{agency}<' in who
    assert "กำลังพิจารณาทีม" not in who


async def test_the_page_says_when_work_that_waits_will_go_on(service: Intake) -> None:
    made = await service.report()
    await record(service, made, WorkOrderCreated)
    await record(service, made, WorkOrderPaused, reason="part", resume_at=RESUME)
    html = await shown(service, made)
    for part in (holder(html), card(html, "timeline")):
        assert "คาดว่าจะทำต่อ" in part
        assert "1 ธ.ค. 2569" in part


async def test_an_answer_is_rated_and_reopened_above_how_it_came_about(service: Intake) -> None:
    made = await service.report()
    await record(service, made, WorkOrderCompleted)
    html = await shown(service, made)
    assert html.index('id="rate"') < html.index('id="reopen"') < html.index('id="timeline"')
    assert "ขอให้แก้ไขอีกครั้งได้ถึง" in card(html, "reopen")


@pytest.mark.parametrize("kind", ["question", "suggestion"])
async def test_what_was_answered_is_not_said_to_be_repaired(service: Intake, kind: str) -> None:
    made = await service.report(category="other", kind=kind)
    await record(service, made, WorkOrderCompleted)
    verdict = card(await shown(service, made), "verdict")
    for said in ("คำตอบนี้ตรงกับที่ท่านต้องการหรือไม่", "ได้คำตอบแล้ว", "ยังไม่ได้คำตอบ"):
        assert said in verdict
    assert "แก้ไขเรียบร้อย" not in verdict


@pytest.mark.parametrize("outcome", ["not_ours", "cannot_be_done"])
async def test_nobody_is_asked_whether_it_is_fixed_where_the_town_said_that_it_does_nothing(
    service: Intake, outcome: str
) -> None:
    made = await service.report()
    await record(service, made, WorkOrderCancelled, outcome=outcome)
    verdict = card(await shown(service, made), "verdict")
    for said in ("คำชี้แจงของเทศบาลชัดเจนหรือไม่", "ชัดเจนแล้ว", "ขอให้พิจารณาอีกครั้ง"):
        assert said in verdict
    assert "เรียบร้อย" not in verdict


@pytest.mark.parametrize("sensitive", [False, True])
async def test_the_place_is_said_in_words_beside_its_map(service: Intake, sensitive: bool) -> None:
    marks: dict[str, Any] = {"category": category(sensitive=True), "answers": {}} if sensitive else {}
    made = await service.report(**marks)
    code = (await service.seen(made))["zone"]
    zone = next(zone.name.th for zone in town().zones if zone.code == code)
    place = card(await shown(service, made, mine=False), "place")
    assert zone in place.partition('class="map-field"')[0]
    assert f'aria-label="แผนที่: {zone}"' in place
    assert f'data-label="แผนที่: {zone}"' in place


async def test_mails_are_counted_on_one_line_and_a_failed_one_is_seen(service: Intake) -> None:
    made = await service.report()
    about: dict[str, Any] = {"case_id": made["id"], "reference": made["reference"], "audience": "reporter",
                             "about": "onestop.report.submitted.v1"}  # fmt: skip
    sent, bounced = by_mail("sent"), by_mail("failed", "bounced")
    for event in (
        NoticeSent(**about, channels=sent),
        NoticeFailed(**about, channels=bounced),
        NoticeSent(**about, channels=sent),
    ):
        await service.store.step(made["id"], partial(tell, event), Cause.request(key=None, scope="test"))
    lines = card(await shown(service, made), "timeline")
    assert lines.count("ส่งอีเมลถึงท่านแล้ว") == 1
    assert "ส่งอีเมลถึงท่านแล้ว 2 ครั้ง" in lines
    assert "ส่งอีเมลถึงท่านไม่สำเร็จ" in lines


async def test_a_mail_stands_with_the_step_that_it_told_of(service: Intake) -> None:
    made = await service.report()
    await record(service, made, WorkOrderCreated)
    received = (await service.seen(made))["timeline"][0]
    notice = NoticeSent(
        case_id=made["id"], reference=made["reference"], audience="reporter", channels=by_mail("sent"),
        about="onestop.report.submitted.v1", happened_at=received["at"],
    )  # fmt: skip
    await service.store.step(made["id"], partial(tell, notice), Cause.request(key=None, scope="test"))
    for mine in (True, False):
        newest, oldest = re.findall("<li .*?</li>", card(await shown(service, made, mine=mine), "timeline"), re.DOTALL)
        assert ("ส่งอีเมลถึงท่านแล้ว" in oldest) is mine, "that there is an address is nobody else's business"
        assert "ได้รับเรื่องแล้ว" in oldest
        assert "ส่งอีเมล" not in newest
    line = (await service.seen(made, secret=True))["timeline"][-1]
    assert (line["type"], line["about"], line["about_at"]) == ("notice", notice.about, received["at"])
