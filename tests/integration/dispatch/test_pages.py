"""The pages as a browser without scripts uses them: forms in, pages out, in the reader's language."""

import html
import re
from datetime import timedelta
from itertools import chain
from typing import Any

import httpx
import pytest

from services.dispatch.pages.desk import MOST_IN_TRIAGE
from shared.events import Place, ReportReopened, ReportWithdrawn
from shared.kernel import now
from tests.support.fieldwork import Fieldwork
from tests.support.work import fresh, town

HTML = {"Accept": "text/html"}


@pytest.fixture
async def work(field: Fieldwork) -> dict[str, Any]:
    return await field.order_of(await field.report(fresh()))


async def press(field: Fieldwork, path: str, who: str, **form: str) -> httpx.Response:
    return await field.http.post(path, data=form, headers=field.headers(who) | HTML)


async def see(field: Fieldwork, path: str, who: str) -> str:
    answer = await field.http.get(path, headers=field.headers(who) | HTML)
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert " style=" not in answer.text
    assert "<script>" not in answer.text
    return answer.text


async def test_a_crew_presses_its_way_through_the_work(field: Fieldwork, work: dict[str, Any]) -> None:
    board = await see(field, "/crew", "crew-water")
    assert f'action="/crew/{work["id"]}/acknowledge"' in board

    for action in ("acknowledge", "start", "start"):
        answer = await press(field, f"/crew/{work['id']}/{action}", "crew-water")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/crew?done={work['id']}#w-{work['id']}"
    assert f'action="/crew/{work["id"]}/complete"' in await see(field, "/crew", "crew-water")


async def test_the_same_button_pressed_twice_is_one_step(field: Fieldwork, work: dict[str, Any]) -> None:
    key = f"{work['id']}-{work['version']}-acknowledge"
    answers = [await press(field, f"/crew/{work['id']}/acknowledge", "crew-water", key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await field.order_of(work["report_ids"][0]))["state"] == "acknowledged"


@pytest.mark.parametrize("said", [{"resume_in": "2h"}, {"resume_in": "1d"}, {}])
async def test_pausing_twice_is_one_pause_though_the_clock_went_on(
    field: Fieldwork, work: dict[str, Any], said: dict[str, str]
) -> None:
    await field.act(work["id"], "start", stage="on_site")
    form = {"key": f"{work['id']}-2-pause", "reason": "part", **said}
    answers = [await press(field, f"/crew/{work['id']}/pause", "crew-water", **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [line["what"] for line in (await field.order_of(work["report_ids"][0]))["history"]].count("paused") == 1


async def test_a_press_that_came_too_late_shows_the_board_and_why(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "acknowledge", "crew-water-2")
    answer = await press(field, f"/crew/{work['id']}/acknowledge", "crew-water")

    assert answer.status_code == 409
    assert "งานนี้เปลี่ยนไปแล้ว" in answer.text
    assert "คำปัน" in answer.text


async def test_a_press_on_work_that_went_to_another_team_says_which_and_points_nowhere(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "assign", "officer", team="works-roads")
    answer = await press(field, f"/crew/{work['id']}/acknowledge", "crew-water")

    assert answer.status_code == 403
    assert f"งานนี้อยู่กับ{town().team_name('works-roads', 'th')}แล้ว" in answer.text
    assert f'href="#w-{work["id"]}"' not in answer.text


async def test_a_press_on_work_that_its_reporter_took_back_does_not_blame_the_crew(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "acknowledge", "crew-water-2")
    gone = ReportWithdrawn(reference=work["reference"], category="water-leak")
    await field.report(gone, work["report_ids"][0], sequence=2)
    await field.order_of(work["report_ids"][0], until=lambda found: found["state"] == "cancelled")
    answer = await press(field, f"/crew/{work['id']}/start", "crew-water")

    assert "ตอนนี้: ยกเลิก (ล่าสุดโดย ระบบ)" in answer.text


async def test_what_was_typed_is_still_there_when_the_proof_is_missing(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "start", stage="on_site")
    answer = await press(field, f"/crew/{work['id']}/complete", "crew-water", note="เปลี่ยนข้อต่อแล้ว", outcome="fixed")

    assert answer.status_code == 422
    assert "ต้องมีรูปถ่าย" in answer.text
    assert "เปลี่ยนข้อต่อแล้ว" in answer.text


async def test_the_desk_assigns_from_triage(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("other", text="ไม่รู้จะแจ้งใคร")))
    desk = await see(field, "/desk", "officer")
    assert f'action="/desk/{work["id"]}/assign"' in desk
    answer = await press(field, f"/desk/{work['id']}/assign", "officer", team="works-roads", back="desk")

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert (await field.order_of(work["report_ids"][0]))["team"] == "works-roads"


async def test_of_two_officers_who_decide_at_once_the_second_is_told(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("other", text="ไม่รู้จะแจ้งใคร")))
    desk = await see(field, "/desk", "officer")
    (seen,) = {*re.findall(rf'/desk/{work["id"]}/assign".+?name="seen" value="([^"]+)"', desk)}
    form = {"team": "works-roads", "seen": seen, "key": f"{work['id']}-1-assign"}
    first, again = [await press(field, f"/desk/{work['id']}/assign", "officer", **form) for _ in range(2)]
    second = await press(field, f"/desk/{work['id']}/assign", "supervisor", **form | {"team": "works-water"})
    called_off = {"outcome": "duplicate", "reason": "ซ้ำ", "seen": seen}
    third = await press(field, f"/desk/{work['id']}/cancel", "supervisor", **called_off)

    assert [answer.status_code for answer in (first, again, second, third)] == [303, 303, 409, 409]
    assert "งานนี้เปลี่ยนไปแล้ว ตอนนี้: รอรับงาน (ล่าสุดโดย นภา รับเรื่อง)" in second.text
    assert (await field.order_of(work["report_ids"][0]))["team"] == "works-roads"
    fresh_form = re.findall(r'/assign".+?name="seen" value="([^"]+)"', second.text)[0]
    form = {"team": "works-water", "seen": fresh_form}
    assert (await press(field, f"/desk/{work['id']}/assign", "supervisor", **form)).status_code == 303


async def test_a_report_is_counted_once_among_those_that_recur(field: Fieldwork) -> None:
    """Two residents' reports are two, however often one of them is opened again; the third would be urgent."""
    place = Place(latitude=18.7301, longitude=98.9301)
    neighbours, report = [await field.report(fresh("street-light", text="ไฟทางดับ", location=place)) for _ in range(2)]
    await field.order_of(neighbours)
    work = await field.order_of(report)
    assert work["rule"] == "light"
    assert "เรื่องนี้: 2 เรื่อง" in await see(field, f"/desk/{work['id']}", "officer")

    told = {"reference": work["reference"], "category": "street-light", "text": "ดับอีกแล้ว", "location": place}
    for times in (1, 2):
        await field.report(ReportReopened(**told, times=times), report, sequence=1 + times)
        again = await field.order_of(report, times)
        assert again["rule"] == work["rule"]
        assert "เรื่องนี้: 2 เรื่อง" in await see(field, f"/desk/{again['id']}", "officer")


async def test_what_waits_longest_in_triage_is_on_the_desk_however_much_came_after(field: Fieldwork) -> None:
    puzzle = "ไม่รู้จะแจ้งใคร"
    overdue = await field.order_of(
        await field.report(fresh("other", text=puzzle, submitted_at=now() - timedelta(days=60)))
    )
    storm = [await field.report(fresh("other", text=puzzle)) for _ in range(MOST_IN_TRIAGE)]
    after = [await field.order_of(report) for report in storm]
    desk = await see(field, "/desk?state=completed", "officer")
    for each in after:  # the next test looks for its own work in triage
        await field.act(each["id"], "cancel", "officer", outcome="duplicate", reason="ซ้ำ")

    assert f'action="/desk/{overdue["id"]}/assign"' in desk
    assert f"แสดง {MOST_IN_TRIAGE} เรื่องที่เร่งด่วนที่สุดจากทั้งหมด" in desk


async def test_one_order_shows_why_it_is_where_it_is(field: Fieldwork, work: dict[str, Any]) -> None:
    page = await see(field, f"/desk/{work['id']}", "officer")

    assert "ส่งต่อตามกติกา &#34;ท่อน้ำรั่วหรือแตก&#34;" in page
    assert work["reference"] in page


async def test_a_question_is_answered_and_closed_from_triage(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("road-damage", kind="question", text="จะซ่อมเมื่อใด")))
    assert "complete" in work["actions"]
    empty = await press(field, f"/desk/{work['id']}/complete", "officer", outcome="fixed")
    assert empty.status_code == 422
    assert "โปรดเขียนคำตอบ" in empty.text
    form = {"outcome": "fixed", "note": "เริ่มเดือนมีนาคม", "back": "desk"}
    assert (await press(field, f"/desk/{work['id']}/complete", "officer", **form)).headers["location"] == "/desk"
    closed = await field.order_of(work["report_ids"][0])
    assert (closed["state"], closed["outcome"], closed["completion"]["note"]) == (
        "completed", "fixed", "เริ่มเดือนมีนาคม",
    )  # fmt: skip

    other = await field.order_of(await field.report(fresh("other", kind="suggestion", text="อยากให้มีสวน")))
    assert (await field.act(other["id"], "complete", "crew-water", note="รับไว้")).status_code == 403
    assert (await field.act(other["id"], "complete", "officer", note="รับไว้พิจารณา")).status_code == 200


async def test_a_board_in_parts_shows_every_job_once_and_stays_on_its_part(field: Fieldwork) -> None:
    reports = [await field.report(fresh("welfare")) for _ in range(5)]
    wanted = [(await field.order_of(report))["id"] for report in reports]
    paths, parts, page = ["/crew?team=welfare&limit=2"], list[list[str]](), ""
    while len(parts) < len(paths) < 100:
        page = html.unescape(await see(field, paths[-1], "supervisor"))
        parts.append(re.findall(r'data-work="(\w+)"', page))
        paths += re.findall(r'class="button[^"]*" href="(/crew\?[^"]+)"', page)
    seen, cards, here = [*chain(*parts)], parts[-1], paths[-1]
    assert set(wanted) <= set(seen)
    assert len(seen) == len(set(seen))
    assert f"จากทั้งหมด {len(seen)} งาน" in page

    assert f'data-board="{here.replace("/crew", "/crew/board")}"' in page
    pressed = f"/crew/{cards[0]}/acknowledge{here.removeprefix('/crew')}"
    assert f'action="{pressed}"' in page
    location = (await press(field, pressed, "supervisor")).headers["location"]
    assert location == f"/crew?done={cards[0]}&{here.removeprefix('/crew?')}#w-{cards[0]}"


async def test_a_message_leads_to_the_job_on_its_teams_board(field: Fieldwork, work: dict[str, Any]) -> None:
    async def led(who: str, order: str) -> str:
        return (await field.http.get(f"/crew/{order}", headers=field.headers(who) | HTML)).headers["location"]

    assert await led("crew-water", work["id"]) == f"/crew#w-{work['id']}"
    assert await led("supervisor", work["id"]) == f"/crew?team=works-water#w-{work['id']}"
    assert await led("crew-water", "01KB57W4K0ZQ3T8V6M2N9PX7HC") == "/crew"


async def test_a_reopened_case_leads_to_the_work_before(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "start", stage="on_site")
    await field.act(work["id"], "complete", outcome="cannot_be_done", note="รอรื้อถนนทั้งสาย")
    event = ReportReopened(reference=work["reference"], category="water-leak", times=1, text="ยังซึมอยู่")
    await field.report(event, work["report_ids"][0], sequence=2)
    again = await field.order_of(work["report_ids"][0], 1)

    page = await see(field, f"/desk/{again['id']}", "officer")
    assert f'href="/desk/{work["id"]}"' in page
    assert "รอรื้อถนนทั้งสาย" in page


@pytest.mark.parametrize("path", ["/desk", "/dashboard", "/desk/routing?text=ท่อแตก&category=water-leak", "/crew"])
@pytest.mark.parametrize("language", ["th", "en"])
async def test_every_page_is_drawn_in_both_languages(field: Fieldwork, path: str, language: str) -> None:
    page = await see(field, f"{path}{'&' if '?' in path else '?'}lang={language}", "supervisor")

    assert f'<html lang="{language}">' in page


async def test_an_empty_filter_means_all_and_a_place_left_empty_is_no_place(field: Fieldwork) -> None:
    page = await see(field, "/desk?team=&state=&category=&reference=&late=", "officer")
    filters = page[page.index('action="/desk"') : page.index("</form>", page.index('action="/desk"'))]
    assert "required" not in filters
    assert "ไม่บังคับ" not in filters
    await see(field, "/desk/routing?text=x&category=&latitude=&longitude=", "officer")


async def test_a_crew_does_not_sit_at_the_desk(field: Fieldwork) -> None:
    assert (await field.http.get("/desk", headers=field.headers("crew-water") | HTML)).status_code == 403
    assert (await press(field, "/crew/01KB57W4K0ZQ3T8V6M2N9PX7HC/assign", "crew-water")).status_code == 403
    assert (await press(field, "/crew/01KB57W4K0ZQ3T8V6M2N9PX7HC/explode", "crew-water")).status_code == 404
