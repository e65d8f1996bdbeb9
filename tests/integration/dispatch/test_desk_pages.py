"""The pages of the office as a browser without scripts uses them: forms in, pages out, in the reader's language."""

import re
from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.pages.triage import MOST_IN_TRIAGE
from shared.events.base import Place
from shared.events.ids import new_id
from shared.events.reports import ReportCommented, ReportReopened
from shared.kernel import now
from shared.references import make_reference
from tests.support.fieldwork import Fieldwork, eventually
from tests.support.work import fresh


async def test_the_desk_assigns_from_triage(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("other", text="ไม่รู้จะแจ้งใคร")))
    desk = await field.see("/desk", "officer")
    assert f'action="/desk/{work["id"]}/assign"' in desk
    answer = await field.press(f"/desk/{work['id']}/assign", "officer", team="works-roads", back="desk")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk?done=assign&about={work['id']}")
    said = await field.see(answer.headers["location"], "officer")
    assert re.search(rf'มอบหมายแล้ว\s*<a href="/desk/{work["id"]}">{work["reference"]}</a>', said)
    assert (await field.order_of(work["report_id"]))["team"] == "works-roads"


async def test_of_two_officers_who_decide_at_once_the_second_is_told(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("other", text="ไม่รู้จะแจ้งใคร")))
    desk = await field.see("/desk", "officer")
    (seen,) = {*re.findall(rf'/desk/{work["id"]}/assign".+?name="seen" value="([^"]+)"', desk)}
    form = {"team": "works-roads", "seen": seen, "key": f"{work['id']}-1-assign"}
    first, again = [await field.press(f"/desk/{work['id']}/assign", "officer", **form) for _ in range(2)]
    second = await field.press(f"/desk/{work['id']}/assign", "supervisor", **form | {"team": "works-water"})
    called_off = {"outcome": "duplicate", "reason": "ซ้ำ", "seen": seen}
    third = await field.press(f"/desk/{work['id']}/cancel", "supervisor", **called_off)

    assert [answer.status_code for answer in (first, again, second, third)] == [303, 303, 409, 409]
    assert "งานนี้เปลี่ยนไปแล้ว ตอนนี้: รอรับงาน (ล่าสุดโดย นภา รับเรื่อง)" in second.text
    assert (await field.order_of(work["report_id"]))["team"] == "works-roads"
    fresh_form = re.findall(r'/assign".+?name="seen" value="([^"]+)"', second.text)[0]
    form = {"team": "works-water", "seen": fresh_form}
    assert (await field.press(f"/desk/{work['id']}/assign", "supervisor", **form)).status_code == 303


async def test_a_report_is_counted_once_among_those_that_recur(field: Fieldwork) -> None:
    """Two residents' reports are two, however often one of them is opened again; the third would be urgent."""
    place = Place(latitude=18.7301, longitude=98.9301)
    neighbours, report = [await field.report(fresh("street-light", text="ไฟทางดับ", location=place)) for _ in range(2)]
    await field.order_of(neighbours)
    work = await field.order_of(report)
    assert work["rule"] == "light"
    assert "เรื่องนี้: 2 เรื่อง" in await field.see(f"/desk/{work['id']}", "officer")

    told = {"reference": work["reference"], "category": "street-light", "text": "ดับอีกแล้ว", "location": place}
    for times in (1, 2):
        await field.report(ReportReopened(**told, times=times), report, sequence=1 + times)
        again = await field.order_of(report, times)
        assert again["rule"] == work["rule"]
        assert "เรื่องนี้: 2 เรื่อง" in await field.see(f"/desk/{again['id']}", "officer")


async def test_what_waits_longest_in_triage_is_on_the_desk_however_much_came_after(field: Fieldwork) -> None:
    puzzle = "ไม่รู้จะแจ้งใคร"
    overdue = await field.order_of(
        await field.report(fresh("other", text=puzzle, submitted_at=now() - timedelta(days=60)))
    )
    storm = [await field.report(fresh("other", text=puzzle)) for _ in range(MOST_IN_TRIAGE)]
    after = [await field.order_of(report) for report in storm]
    desk = await field.see("/desk?state=completed", "officer")
    for each in after:  # the next test looks for its own work in triage
        await field.act(each["id"], "cancel", "officer", outcome="duplicate", reason="ซ้ำ")

    assert f'action="/desk/{overdue["id"]}/assign"' in desk
    assert f"แสดง {MOST_IN_TRIAGE} เรื่องที่เร่งด่วนที่สุดจากทั้งหมด" in desk


async def test_one_order_shows_why_it_is_where_it_is(field: Fieldwork, work: dict[str, Any]) -> None:
    page = await field.see(f"/desk/{work['id']}", "officer")

    assert "ส่งงานตามหลักเกณฑ์ &#34;ท่อน้ำรั่วหรือแตก&#34;" in page
    assert work["reference"] in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "mh {}"])
async def test_work_is_found_by_its_reference_however_typed_and_also_when_it_is_over(
    field: Fieldwork, typed: str
) -> None:
    report = new_id()
    work = await field.order_of(await field.report(fresh(reference=make_reference("MH", report)), report))
    await field.act(work["id"], "cancel", "officer", outcome="duplicate", reason="ซ้ำ")
    code = work["reference"].removeprefix("MH-")
    said = typed.format(code.replace("-", "").lower() if "mh" in typed else work["reference"])
    desk = await field.see(f"/desk?team=&state=open&category=&reference={said}", "officer")

    assert re.findall(r'"reference-cell"><a href="/desk/(\w+)"', desk) == [work["id"]]
    assert '<option value="open" selected' not in desk
    assert re.search(r'data-label="กำหนดเสร็จ".+?<span>ปิดงานเมื่อ \d', desk)
    answer = await field.get("/api/v1/work-orders", reference=said)
    assert [found["id"] for found in answer.json()["items"]] == [work["id"]]


async def test_what_is_no_reference_finds_nothing(field: Fieldwork, work: dict[str, Any]) -> None:
    for typed in (f"{work['reference']}9", "MH", "ท่อแตก"):
        assert "reference-cell" not in await field.see(f"/desk?reference={typed}", "officer")
        assert (await field.get("/api/v1/work-orders", reference=typed)).json()["items"] == []


async def test_a_question_is_answered_and_closed_from_triage(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("road-damage", kind="question", text="จะซ่อมเมื่อใด")))
    assert "complete" in work["acts"]
    empty = await field.press(f"/desk/{work['id']}/complete", "officer", outcome="fixed")
    assert empty.status_code == 422
    assert "โปรดเขียนคำตอบ" in empty.text
    form = {"outcome": "fixed", "note": "เริ่มเดือนมีนาคม", "back": "desk"}
    answered = await field.press(f"/desk/{work['id']}/complete", "officer", **form)
    assert answered.headers["location"] == f"/desk?done=complete&about={work['id']}"
    closed = await field.order_of(work["report_id"])
    assert (closed["state"], closed["outcome"], closed["completion"]["note"]) == (
        "completed", "fixed", "เริ่มเดือนมีนาคม",
    )  # fmt: skip

    other = await field.order_of(await field.report(fresh("other", kind="suggestion", text="อยากให้มีสวน")))
    assert (await field.act(other["id"], "complete", "crew-water", note="รับไว้")).status_code == 403
    assert (await field.act(other["id"], "complete", "officer", note="รับไว้พิจารณา")).status_code == 200


async def test_triage_asks_a_reporter_and_has_it_again_with_their_answer(field: Fieldwork) -> None:
    work = await field.order_of(await field.report(fresh("other", text="มีปัญหาหน้าบ้าน")))
    form = {"reason": "reporter", "resume_in": "3d", "note": "บ้านเลขที่เท่าใด", "back": "desk"}
    unsaid = await field.press(f"/desk/{work['id']}/pause", "officer", **form | {"note": ""})
    assert (unsaid.status_code, "เขียนว่าต้องการทราบอะไร" in unsaid.text) == (422, True)
    assert (await field.press(f"/desk/{work['id']}/pause", "officer", **form)).status_code == 303
    assert (await field.order_of(work["report_id"]))["state"] == "paused"
    waits = await field.see(f"/desk/{work['id']}", "officer")
    assert f'action="/desk/{work["id"]}/resume"' in waits

    about = {"reference": work["reference"], "category": "other"}
    await field.report(ReportCommented(**about, by="reporter", text="เลขที่ 12"), work["report_id"], sequence=2)

    async def answered() -> bool | None:
        return (await field.order_of(work["report_id"]))["state"] == "new" or None

    await eventually(answered)
    assert f'action="/desk/{work["id"]}/pause"' in await field.see(f"/desk/{work['id']}", "officer")


async def test_a_reopened_case_leads_to_the_work_before(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "start", stage="on_site")
    await field.act(work["id"], "complete", outcome="cannot_be_done", note="รอรื้อถนนทั้งสาย")
    event = ReportReopened(reference=work["reference"], category="water-leak", times=1, text="ยังซึมอยู่")
    await field.report(event, work["report_id"], sequence=2)
    again = await field.order_of(work["report_id"], 1)

    page = await field.see(f"/desk/{again['id']}", "officer")
    assert f'href="/desk/{work["id"]}"' in page
    assert "รอรื้อถนนทั้งสาย" in page


@pytest.mark.parametrize("path", ["/desk", "/dashboard", "/desk/routing?text=ท่อแตก&category=water-leak", "/crew"])
@pytest.mark.parametrize("language", ["th", "en"])
async def test_every_page_is_drawn_in_both_languages(field: Fieldwork, path: str, language: str) -> None:
    page = await field.see(f"{path}{'&' if '?' in path else '?'}lang={language}", "supervisor")

    assert f'<html lang="{language}">' in page


async def test_an_empty_filter_means_all_and_a_place_left_empty_is_no_place(field: Fieldwork) -> None:
    page = await field.see("/desk?team=&state=&category=&reference=&late=", "officer")
    filters = page[page.index('action="/desk"') : page.index("</form>", page.index('action="/desk"'))]
    assert "required" not in filters
    assert "ไม่บังคับ" not in filters
    assert '<option value="open" selected' in await field.see("/desk?reference=%20", "officer")
    await field.see("/desk/routing?text=x&category=other&latitude=&longitude=&at=", "officer")
