"""Findings about documents from the desk's page to the applicant's."""

from tests.support.permits_running import Permits


async def test_what_an_officer_finds_wrong_is_asked_for_and_told_beside_the_document(service: Permits) -> None:
    made = await service.brought_to("submitted")
    desk, officer = f"/permits/desk/{made['reference']}", service.staff("officer")
    page = (await service.http.get(desk, headers=officer)).text
    assert 'name="verdict-title-deed"' in page

    saved = {"verdict-id-card": "ok", "verdict-title-deed": "replace"}
    saved |= {"reason-title-deed": "หน้าสองไม่ชัด", "page-title-deed": "2"}
    answer = await service.http.post(f"{desk}/findings", data={**saved, "save": "1"}, headers=officer)
    assert answer.status_code == 303, answer.text
    assert (await service.seen(made))["documents"][0]["finding"] is None  # the officers' own
    refused = await service.act(made, "accept", officer)
    assert (refused.status_code, refused.json()["code"]) == (422, "found-wrong")
    page = (await service.http.get(desk, headers=officer)).text
    assert "หน้าสองไม่ชัด" in page
    assert f'action="{desk}/accept"' not in page

    asked = await service.http.post(f"{desk}/findings", data={**saved, "ask": "1"}, headers=officer)
    assert asked.status_code == 303, asked.text
    seen = await service.seen(made)
    told = {one["requirement"]: one["finding"] for one in seen["documents"]}
    assert (seen["state"], told["id-card"]) == ("documents-requested", None)
    assert told["title-deed"]["reason"] == "หน้าสองไม่ชัด"
    assert "by" not in told["title-deed"]
    own = f"/permits/{made['reference']}"
    opened = await service.http.get(own, params={"secret": made["secret"]}, follow_redirects=True)
    assert "หน้าสองไม่ชัด" in opened.text.partition('id="document-title-deed"')[2].partition("</li>")[0]

    assert (await service.upload(made, "title-deed")).status_code == 200
    assert (await service.act(made, "submit")).status_code == 200
    assert (await service.act(made, "accept", officer)).status_code == 200


async def test_nothing_ticked_or_no_reason_is_said_on_the_page_and_keeps_what_was_typed(service: Permits) -> None:
    made = await service.brought_to("submitted")
    desk, officer = f"/permits/desk/{made['reference']}", service.staff("officer")
    nothing = await service.http.post(f"{desk}/findings", data={"save": "1"}, headers=officer)
    typed = {"verdict-plans": "replace", "page-plans": "7", "save": "1"}
    unsaid = await service.http.post(f"{desk}/findings", data=typed, headers=officer)

    assert (nothing.status_code, unsaid.status_code) == (422, 422)
    assert "กรุณาเลือกผลตรวจอย่างน้อยหนึ่งเอกสาร" in nothing.text
    assert "ต้องระบุว่าแก้ไขอย่างไร" in unsaid.text
    assert 'value="7"' in unsaid.text


async def test_documents_that_nobody_judged_are_accepted_only_by_who_was_asked(service: Permits) -> None:
    made = await service.brought_to("submitted")
    desk, officer = f"/permits/desk/{made['reference']}", service.staff("officer")
    judged = {"verdict-id-card": "ok", "verdict-plans": "ok", "save": "1"}
    assert (await service.http.post(f"{desk}/findings", data=judged, headers=officer)).status_code == 303
    page = (await service.http.get(desk, headers=officer)).text
    assert "ยังไม่ได้ให้ผลตรวจ 3 ฉบับ" in page
    asked = await service.http.post(f"{desk}/accept", headers=officer)
    assert (asked.status_code, "กรุณาให้ผลตรวจ หรือทำเครื่องหมายว่าทราบ" in asked.text) == (422, True)
    assert (await service.seen(made))["state"] == "submitted"
    assert (await service.http.post(f"{desk}/accept", data={"unjudged": "yes"}, headers=officer)).status_code == 303
    assert (await service.seen(made))["state"] == "accepted"
