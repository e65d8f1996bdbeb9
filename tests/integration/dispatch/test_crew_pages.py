"""The crew's board as a browser without scripts uses it: forms in, pages out."""

import html
import re
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from shared.events.reports import ReportWithdrawn
from shared.kernel import now
from tests.support.fieldwork import HTML, Fieldwork
from tests.support.work import fresh, town

# Not what the team has finished today, which others may have done.
JOBS = re.compile(r'<article [^>]*data-work="(\w+)"')


async def test_a_crew_presses_its_way_through_the_work(field: Fieldwork, work: dict[str, Any]) -> None:
    board = await field.see("/crew", "crew-water")
    assert f'action="/crew/{work["id"]}/acknowledge"' in board

    for action in ("acknowledge", "start", "start"):
        answer = await field.press(f"/crew/{work['id']}/{action}", "crew-water")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/crew?done={work['id']}#w-{work['id']}"
    assert f'action="/crew/{work["id"]}/complete"' in await field.see("/crew", "crew-water")


async def test_the_same_button_pressed_twice_is_one_step(field: Fieldwork, work: dict[str, Any]) -> None:
    key = f"{work['id']}-{work['version']}-acknowledge"
    answers = [await field.press(f"/crew/{work['id']}/acknowledge", "crew-water", key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await field.order_of(work["report_id"]))["state"] == "acknowledged"


@pytest.mark.parametrize("said", [{"resume_in": "2h"}, {"resume_in": "1d"}, {}])
async def test_pausing_twice_is_one_pause_though_the_clock_went_on(
    field: Fieldwork, work: dict[str, Any], said: dict[str, str]
) -> None:
    await field.act(work["id"], "start", stage="on_site")
    form = {"key": f"{work['id']}-2-pause", "reason": "part", **said}
    answers = [await field.press(f"/crew/{work['id']}/pause", "crew-water", **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [line["what"] for line in (await field.order_of(work["report_id"]))["history"]].count("paused") == 1


async def test_a_press_that_came_too_late_shows_the_board_and_why(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "acknowledge", "crew-water-2")
    answer = await field.press(f"/crew/{work['id']}/acknowledge", "crew-water")

    assert answer.status_code == 409
    assert "งานนี้เปลี่ยนไปแล้ว" in answer.text
    assert "คำปัน" in answer.text


async def test_a_press_on_work_that_went_to_another_team_says_which_and_points_nowhere(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "assign", "officer", team="works-roads")
    answer = await field.press(f"/crew/{work['id']}/acknowledge", "crew-water")

    assert answer.status_code == 403
    assert f"งานนี้อยู่กับ{town().team_name('works-roads', 'th')}แล้ว" in answer.text
    assert f'href="#w-{work["id"]}"' not in answer.text


async def test_what_became_of_work_that_went_to_another_team_is_not_told_to_the_one_before(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    alert = re.compile(r'<div class="alert ok".*?</div>', re.DOTALL)
    await field.act(work["id"], "refuse", reason="ไม่ใช่งานเรา")
    await field.act(work["id"], "assign", "officer", team="works-roads")
    board = await field.see(f"/crew?done={work['id']}", "crew-water")
    seen = re.sub("<template.*?</template>", "", board, flags=re.DOTALL)  # what scripts fill in is not shown

    assert [re.sub("<.*?>|\\s", "", said) for said in alert.findall(seen)] == ["บันทึกแล้ว"]


async def test_a_press_on_work_that_its_reporter_took_back_does_not_blame_the_crew(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "acknowledge", "crew-water-2")
    gone = ReportWithdrawn(reference=work["reference"], category="water-leak")
    await field.report(gone, work["report_id"], sequence=2)
    await field.order_of(work["report_id"], until=lambda found: found["state"] == "cancelled")
    answer = await field.press(f"/crew/{work['id']}/start", "crew-water")

    assert "ตอนนี้: ยกเลิก (ล่าสุดโดย ระบบ)" in answer.text


async def test_what_was_typed_is_still_there_when_the_proof_is_missing(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "start", stage="on_site")
    answer = await field.press(f"/crew/{work['id']}/complete", "crew-water", note="เปลี่ยนข้อต่อแล้ว", outcome="fixed")

    assert answer.status_code == 422
    assert "ต้องมีรูปถ่าย" in answer.text
    assert "เปลี่ยนข้อต่อแล้ว" in answer.text


async def test_a_filter_without_scripts_leaves_only_what_is_asked_for(field: Fieldwork, work: dict[str, Any]) -> None:
    async def found(query: str) -> list[str]:
        return JOBS.findall(await field.see(f"/crew?{query}", "crew-water"))

    assert work["id"] in await found(f"q={work['reference'].lower()}")
    assert await found(f"q={work['reference']} ไม่มีคำนี้") == []
    assert work["id"] in await found("category=water-leak")
    assert work["id"] not in await found("category=noise")
    assert work["id"] not in await found("only=late")
    pressed = await field.press(f"/crew/{work['id']}/acknowledge?q={work['reference']}", "crew-water")
    assert pressed.headers["location"] == f"/crew?done={work['id']}&q={work['reference']}#w-{work['id']}"


async def test_a_page_that_sends_what_waited_on_the_phone_is_answered_in_words_and_code(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "assign", "officer", team="works-roads")
    form = {"key": "a-phones-own-key", "happened_at": (now() - timedelta(hours=2)).isoformat()}
    headers = field.headers("crew-water") | {"Accept": "application/json"}
    answer = await field.http.post(f"/crew/{work['id']}/acknowledge", data=form, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "came-late")
    told = answer.json()["detail"]
    assert f"ตอนนี้อยู่กับ{town().team_name('works-roads', 'th')}: รอรับงาน (ล่าสุดโดย นภา" in told
    assert "บันทึกไว้ในลำดับเหตุการณ์" in told
    taken = await field.http.post(f"/crew/{work['id']}/acknowledge", headers=field.headers("crew-roads"), data={})
    assert (taken.status_code, taken.json()["code"]) == (200, "")


async def test_the_work_comes_on_paper_as_a_list_or_a_page_for_each_job(field: Fieldwork, work: dict[str, Any]) -> None:
    for form in ("list", "jobs"):
        assert work["reference"] in await field.see(f"/crew/sheet?form={form}", "crew-water")
    assert work["reference"] not in await field.see("/crew/sheet?q=ไม่มีคำนี้", "crew-water")
    chooses = await field.http.get("/crew/sheet", headers=field.headers("supervisor") | HTML)
    assert (chooses.status_code, chooses.headers["location"]) == (303, "/crew")


async def test_a_board_in_parts_shows_every_job_once_and_stays_on_its_part(field: Fieldwork) -> None:
    reports = [await field.report(fresh("welfare")) for _ in range(5)]
    wanted = [(await field.order_of(report))["id"] for report in reports]
    paths, parts, page = ["/crew?team=welfare&limit=2"], list[list[str]](), ""
    while len(parts) < len(paths) < 100:
        page = html.unescape(await field.see(paths[-1], "supervisor"))
        parts.append(JOBS.findall(page))
        paths += re.findall(r'class="button[^"]*" href="(/crew\?[^"]+)"', page)
    seen, cards, here = [*chain(*parts)], parts[-1], paths[-1]
    assert set(wanted) <= set(seen)
    assert len(seen) == len(set(seen))
    assert f"จากทั้งหมด {len(seen)} งาน" in page

    assert f'data-board="{here.replace("/crew", "/crew/board")}"' in page
    pressed = f"/crew/{cards[0]}/acknowledge{here.removeprefix('/crew')}"
    assert f'action="{pressed}"' in page
    location = (await field.press(pressed, "supervisor")).headers["location"]
    assert location == f"/crew?done={cards[0]}&{here.removeprefix('/crew?')}#w-{cards[0]}"


async def test_a_message_leads_to_the_job_on_its_teams_board(field: Fieldwork, work: dict[str, Any]) -> None:
    async def led(who: str, order: str) -> str:
        return (await field.http.get(f"/crew/{order}", headers=field.headers(who) | HTML)).headers["location"]

    assert await led("crew-water", work["id"]) == f"/crew?open={work['id']}#w-{work['id']}"
    assert await led("supervisor", work["id"]) == f"/crew?open={work['id']}&team=works-water#w-{work['id']}"
    assert await led("crew-water", "01KB57W4K0ZQ3T8V6M2N9PX7HC") == "/crew"


async def test_a_crew_does_not_sit_at_the_desk(field: Fieldwork) -> None:
    assert (await field.http.get("/desk", headers=field.headers("crew-water") | HTML)).status_code == 403
    assert (await field.press("/crew/01KB57W4K0ZQ3T8V6M2N9PX7HC/assign", "crew-water")).status_code == 403
    assert (await field.press("/crew/01KB57W4K0ZQ3T8V6M2N9PX7HC/explode", "crew-water")).status_code == 404
