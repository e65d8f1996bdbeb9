"""The desk's inbox: what waits by stage and lateness, with counts; and several decisions signed row by row."""

import re
from datetime import timedelta

from shared.kernel import now
from tests.support.permits_running import Permits


async def inbox(service: Permits, who: str = "officer", **query: str) -> str:
    answer = await service.http.get("/permits/desk", params=query, headers=service.staff(who))
    assert answer.status_code == 200, answer.text
    return answer.text


def counts(page: str) -> dict[str, str]:
    return dict(re.findall(r'view=([a-z]+)&[^"]*"[^>]*>[^<]*<span class="count">([0-9+]+)</span>', page))


async def test_each_stage_says_how_much_waits_there_and_the_late_stand_apart(service: Permits) -> None:
    first, late = await service.brought_to("submitted"), await service.brought_to("submitted")
    running = await service.brought_to("accepted")
    cases = service.store.applications.collection
    await cases.update_one({"_id": late["id"]}, {"$set": {"state.check.due_at": now() - timedelta(minutes=1)}})
    await cases.update_one({"_id": running["id"]}, {"$set": {"state.clock.due_at": now() - timedelta(minutes=1)}})

    everything, only_late = await inbox(service), await inbox(service, late="yes")
    assert counts(everything) == {"open": "3", "check": "2", "running": "1", "sign": "0", "waiting": "0", "asks": "0"}
    assert counts(only_late) == {"open": "2", "check": "1", "running": "1", "sign": "0", "waiting": "0", "asks": "0"}
    assert first["reference"] in everything
    assert first["reference"] not in only_late
    assert late["reference"] in only_late
    assert counts(await inbox(service, permit_type="fence"))["open"] == "0"
    assert counts(await inbox(service, zone="nowhere"))["open"] == "0"


async def test_a_reference_leads_to_its_application(service: Permits) -> None:
    made = await service.brought_to("submitted")
    typed = made["reference"].replace("-", "").lower()
    answer = await service.http.get("/permits/desk", params={"reference": typed}, headers=service.staff("officer"))

    assert answer.headers["location"] == f"/permits/desk/{made['reference']}"


async def test_what_a_holder_waits_for_stands_in_a_list_of_its_own_until_it_is_answered(service: Permits) -> None:
    made, other = await service.brought_to("decided"), await service.brought_to("decided")
    await service.ask_for_more_time(made)

    page = await inbox(service, view="asks")
    assert made["reference"] in page
    assert other["reference"] not in page
    assert "ขอต่ออายุ" in page
    await service.act(made, "extension/answer", service.staff("signatory"), {"days": 30})
    assert made["reference"] not in await inbox(service, view="asks")


async def test_each_ticked_row_is_signed_on_its_own_and_says_what_became_of_it(service: Permits) -> None:
    good, changed, left = [await service.brought_to("examined") for _ in range(3)]
    who = service.staff("signatory")
    page = (await service.http.get("/permits/desk/sign", headers=who)).text
    marks = dict(re.findall(r'name="(mark-[^"]+)" value="([^"]+)"', page))
    assert len(marks) == 3
    again = {"proposal": "approve", "note": "อีกครั้ง"}
    assert (await service.act(changed, "examine", service.staff("examiner"), again)).status_code == 200

    ticked = [good["reference"], changed["reference"], "MH-0000-0000"]
    answer = await service.http.post("/permits/desk/sign", data={**marks, "sign": ticked}, headers=who)

    assert answer.status_code == 200
    results = answer.text.partition('id="results"')[2].partition("</ul>")[0]
    assert (results.count("ยังไม่ได้ลงนาม"), results.count(">ลงนามแล้ว<")) == (2, 1)
    states = [(await service.seen(one))["state"] for one in (good, changed, left)]
    assert states == ["decided", "examined", "examined"]


async def test_what_does_not_fit_on_one_page_to_sign_stands_on_the_next(service: Permits) -> None:
    made = {(await service.brought_to("examined"))["reference"] for _ in range(2)}
    path, seen = "/permits/desk/sign?limit=1", list[str]()
    for _ in made:
        shown = (await service.http.get(path, headers=service.staff("signatory"))).text
        seen += re.findall(r'name="mark-([^"]+)"', shown)
        following = re.search(r'href="(/permits/desk/sign[?]after=[^"]+)"', shown)
        path = f"{following[1]}&limit=1" if following else ""
    assert (len(seen), set(seen), path) == (2, made, "")


async def test_a_permit_number_is_of_the_year_in_which_it_is_signed(service: Permits) -> None:
    numbers = [await service.store.numbers.give("a case", year) for year in (2569, 2569, 2570, 2570)]
    other = await service.store.numbers.give("another", 2570)

    assert [*numbers, other] == ["1/2569", "1/2569", "1/2570", "1/2570", "2/2570"]


async def test_nothing_ticked_signs_nothing_and_nobody_signs_their_own_proposal(service: Permits) -> None:
    made = await service.brought_to("examined")
    nothing = await service.http.post("/permits/desk/sign", data={}, headers=service.staff("signatory"))
    both = service.staff("examiner", "examiner", "signatory")
    page = (await service.http.get("/permits/desk/sign", headers=both)).text
    own = {"sign": made["reference"], **dict(re.findall(r'name="(mark-[^"]+)" value="([^"]+)"', page))}

    assert nothing.status_code == 422
    assert "กรุณาเลือกอย่างน้อยหนึ่งฉบับ" in nothing.text
    assert 'name="sign"' not in page
    assert "ยังไม่ได้ลงนาม" in (await service.http.post("/permits/desk/sign", data=own, headers=both)).text
    assert (await service.seen(made))["state"] == "examined"


async def test_what_stands_open_is_told_in_its_row_and_signed_with_a_tick_of_its_own(service: Permits) -> None:
    made, who = await service.brought_to("accepted"), service.staff("signatory")
    asked = await service.act(
        made, "neighbours", service.staff("officer"), {"place": "99/5", "days": 5, "beyond_due": True}
    )
    word = {"view": "objects", "text": "บังลมทั้งหลัง", "by": "ดวงใจ"}
    path = f"neighbours/{asked.json()['neighbours'][0]['id']}"
    assert (await service.act(made, path, service.staff("officer"), word)).status_code == 200
    told = {"proposal": "approve", "note": "ระยะร่นถูกต้อง แม้เพื่อนบ้านคัดค้าน"}
    assert (await service.act(made, "examine", service.staff("examiner"), told)).status_code == 200

    page = (await service.http.get("/permits/desk/sign", headers=who)).text
    desk = (await service.http.get(f"/permits/desk/{made['reference']}", headers=who)).text
    for shown in (page, desk):
        assert not [one for one in ("คัดค้าน 1", "บังลมทั้งหลัง", told["note"]) if one not in shown]
    mark, seen = (dict(re.findall(rf'name="({name}-[^"]+)" value="([^"]+)"', page)) for name in ("mark", "seen"))
    ticked = {**mark, "sign": made["reference"]}
    refused = await service.http.post("/permits/desk/sign", data=ticked, headers=who)
    assert "กรุณาอ่านรายการ แล้วทำเครื่องหมายรับทราบก่อนลงนาม" in refused.text
    answer = await service.act(made, "decide", who, {"decision": "approve"})
    assert (answer.status_code, answer.json()["code"]) == (409, "open-points")
    assert (await service.http.post("/permits/desk/sign", data={**ticked, **seen}, headers=who)).status_code == 200

    staff = (await service.http.get(f"/api/v1/applications/{made['reference']}", headers=who)).json()
    assert (staff["state"], [one["kind"] for one in staff["decision"]["seen"]]) == ("decided", ["objection"])
    assert "ลงนามโดยรับทราบ" in (await service.http.get(f"/permits/desk/{made['reference']}", headers=who)).text
    own = await service.seen(made)
    assert (own["open_points"], own["decision"]["seen"]) == ([], [])
