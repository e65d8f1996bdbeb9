"""A permit's life over HTTP: what its holder tells, what the office does, and what verification and register say."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from shared.kernel import now
from tests.support.permits_running import DOCUMENTS, ORIGIN, Permits

TODAY = (now() + timedelta(hours=7)).date().isoformat()  # in the town
LATER = (now() + timedelta(days=9)).isoformat()
BY_PAGE = {"Origin": ORIGIN}


async def did(service: Permits, made: dict[str, str], act: str, who: str = "", **body: Any) -> dict[str, Any]:
    answer = await service.act(made, act, service.staff(who) if who else None, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def entry(service: Permits, seen: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await service.http.get(f"/api/v1/register/{seen['decision']['verify_code']}")).json()
    return found


async def whole_file(service: Permits, made: dict[str, str], **who: dict[str, str]) -> list[str]:
    """The documents in the whole file, which its list and its folder must agree on."""
    answer = await service.http.get(f"/api/v1/applications/{made['reference']}/file.zip", **who)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    with ZipFile(BytesIO(answer.content)) as file:
        listed = [document["file"] for document in json.loads(file.read("documents.json"))]
        assert listed == [name for name in file.namelist() if name.startswith("documents/")]
    return listed


async def page(service: Permits, path: str, **headers: str) -> str:
    answer = await service.http.get(path, headers=headers, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


async def top(service: Permits, path: str, **headers: str) -> str:
    """How the application stands, as the first line of its page says it."""
    return (await page(service, path, **headers)).partition('<p class="lead">')[2].partition("</p>")[0]


async def test_a_revocation_is_seen_at_once_where_the_permit_is_verified_and_undone_on_appeal(service: Permits) -> None:
    made = await service.brought_to("decided")
    seen = await did(service, made, "revoke", "signatory", reason="ก่อสร้างผิดแบบ")
    verify = f"/verify/{seen['decision']['verify_code']}"

    assert (await entry(service, seen))["standing"] == "revoked"
    assert "ถูกเพิกถอนเมื่อ" in await page(service, verify)
    assert "ก่อสร้างผิดแบบ" not in await page(service, verify)
    assert seen["reference"] in str((await service.http.get("/api/v1/register?standing=revoked")).json())
    assert (await service.http.get("/api/v1/register?standing=in-force")).json()["items"] == []
    assert "ใบอนุญาตถูกเพิกถอน" in await page(service, "/register?standing=revoked")
    for heading in [
        await top(service, f"/permits/desk/{seen['reference']}", **service.staff("officer")),
        await top(service, f"/permits/{seen['reference']}?secret={made['secret']}"),
    ]:
        assert "ใบอนุญาตถูกเพิกถอน" in heading
        assert "อนุญาตแล้ว" not in heading

    await did(service, made, "appeal", reason="แก้ไขแล้ว")
    granted = {"outcome": "granted", "reason": "ฟังขึ้น"}
    for who, status in (("officer", 403), ("examiner", 403), ("signatory", 403)):  # the last has signed the revocation
        assert (await service.act(made, "appeal/answer", service.staff(who), granted)).status_code == status
    answer = await service.act(made, "appeal/answer", service.staff("deputy", "signatory"), granted)
    assert answer.status_code == 200, answer.text
    assert (await entry(service, seen))["standing"] == "in-force"
    assert "ถูกเพิกถอนเมื่อ" not in await page(service, verify)
    assert {"permit.revoked.v1", "permit.appealed.v1", "permit.appeal-answered.v1"} <= set(
        await service.outbox(made["id"])
    )


async def test_only_who_signs_for_an_office_revokes(service: Permits) -> None:
    made = await service.brought_to("decided")
    for who, status in (("examiner", 403), ("officer", 403), ("supervisor", 403)):
        answer = await service.act(made, "revoke", service.staff(who), {"reason": "x"})
        assert answer.status_code == status
    assert (await service.act(made, "revoke", None, {"reason": "x"})).status_code == 401


async def test_whoever_takes_over_a_permit_reads_nothing_of_the_one_before_who_reads_nothing_any_more(
    service: Permits,
) -> None:
    made = await service.brought_to("decided")
    await did(service, made, "messages", text="โทรหาผมตอนเย็น")
    await did(service, made, "extension", reason="ป่วยหนักมาหลายเดือน")
    receipt = f"/api/v1/applications/{made['reference']}/receipt.pdf"
    bill = await did(service, made, "payments", "cashier", amount="95.00", method="cash")
    assert bill["payment"]["receipt"]
    assert (await service.http.get(receipt, params={"secret": made["secret"]})).status_code == 200
    holder = {"name": "นางสมศรี", "email": "somsri@example.org"}
    seen = await did(service, made, "transfer", "signatory", holder=holder)
    assert "โทรหาผมตอนเย็น" in str(seen["thread"])  # the staff read all of it

    old = await service.http.get(f"/api/v1/applications/{made['reference']}", params={"secret": made["secret"]})
    assert "applicant" not in old.json()
    case = await service.store.applications.get(made["id"])
    assert case is not None
    heir = {**made, "secret": service.secret(case)}
    theirs = await service.seen(heir)
    assert theirs["applicant"]["name"] == "นางสมศรี"
    assert theirs["thread"] == []
    assert "ป่วยหนักมาหลายเดือน" in str(seen)
    assert "ป่วยหนักมาหลายเดือน" not in str(theirs)
    assert (theirs["bill"]["standing"], theirs["bill"]["payment"]) == ("paid", None)
    assert bill["payment"]["receipt"] not in str(theirs)
    await did(service, made, "refund", "cashier", note="ชำระซ้ำกับโฉนดเดิม", document="บค 7/2569")
    after = str(await service.seen(heir))
    assert "คืนค่าธรรมเนียมให้ผู้รับใบอนุญาตเดิม" in after
    assert [one for one in ("บค 7/2569", "ชำระซ้ำกับโฉนดเดิม", bill["payment"]["receipt"]) if one in after] == []
    assert (await service.http.get(receipt, params={"secret": heir["secret"]})).status_code == 404
    assert (await service.http.get(receipt, headers=service.staff("cashier"))).status_code == 200
    whole = await service.http.get(
        f"/api/v1/applications/{made['reference']}/file.zip", params={"secret": heir["secret"]}
    )
    assert "receipt.pdf" not in ZipFile(BytesIO(whole.content)).namelist()
    assert all(document["versions"] == [] for document in theirs["documents"])
    path = f"/api/v1/applications/{made['reference']}/documents/id-card"
    assert (await service.http.get(path, params={"secret": heir["secret"]})).status_code == 404
    assert (await service.http.get(path, headers=service.staff("officer"))).status_code == 200
    assert await whole_file(service, heir, params={"secret": heir["secret"]}) == []
    assert len(await whole_file(service, heir, headers=service.staff("officer"))) == len(DOCUMENTS)
    assert "นางสมศรี" not in str(await entry(service, seen))
    assert (await entry(service, seen))["transferred_at"]


async def test_work_is_told_inspected_and_accepted_from_the_pages_and_the_register_says_so(service: Permits) -> None:
    made = await service.brought_to("decided")
    own, desk = f"/permits/{made['reference']}", f"/permits/desk/{made['reference']}"
    opened = await service.http.get(own, params={"secret": made["secret"]})
    key = {"Cookie": opened.headers["set-cookie"].partition(";")[0], **BY_PAGE}
    officer, examiner = service.staff("officer"), service.staff("examiner")

    async def sent(path: str, who: dict[str, str], **fields: str) -> None:
        answer = await service.http.post(path, data=fields, headers=who)
        assert answer.status_code == 303, answer.text

    assert 'name="on"' in await page(service, own, **key)
    await sent(f"{own}/construction", key, step="started", on=TODAY)
    await sent(f"{own}/construction", key, step="finished", on=TODAY)
    await sent(f"{desk}/inspections", officer, at=(now() + timedelta(hours=7, minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    assert "นัดแล้ว" in await page(service, own, **key)
    case = await service.store.applications.get(made["id"])
    assert case is not None
    visit = case.state.inspections[0].id
    refused = await service.http.post(f"{desk}/inspections/{visit}", data={"result": "defects"}, headers=officer)
    assert refused.status_code == 422
    assert "กรุณาระบุสิ่งที่พบ" in refused.text
    await sent(f"{desk}/inspections/{visit}", officer, result="in-order")
    await sent(f"{desk}/construction/accept", examiner)

    found = await entry(service, (await service.seen(made)))
    assert (found["standing"], found["construction_started_on"] is None) == ("completed", False)
    assert "ตรวจรับแล้ว" in await page(service, own, **key)


async def test_a_visit_is_moved_and_called_off_from_the_desk_and_the_applicant_reads_it(service: Permits) -> None:
    made, officer = await service.brought_to("accepted"), service.staff("officer")
    desk = f"/permits/desk/{made['reference']}"
    first, second = ((now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M") for days in (40, 41))
    late = await service.http.post(f"{desk}/inspections", data={"at": first}, headers=officer)
    assert (late.status_code, "ทำเครื่องหมายว่าทราบแล้ว" in late.text, first in late.text) == (422, True, True)

    async def sent(path: str, **fields: str) -> None:
        answer = await service.http.post(f"{desk}/{path}", data=fields, headers=officer)
        assert answer.status_code == 303, answer.text

    await sent("inspections", at=first, beyond_due="yes")
    (visit,) = (await service.seen(made))["inspections"]
    nowhere = await service.http.post(f"{desk}/inspections/{visit['id']}/move", data={"at": "x"}, headers=officer)
    assert nowhere.status_code == 422
    await sent(f"inspections/{visit['id']}/move", at=second, beyond_due="yes")
    await sent(f"inspections/{visit['id']}/cancel", note="ช่างติดราชการ จะนัดใหม่")

    seen = await service.seen(made)
    (after,) = seen["inspections"]
    assert (after["booked"], after["cancelled_because"], after["at"] > visit["at"]) == (False, "office", True)
    lines = [one["text"] for one in seen["timeline"] if one["type"].startswith("inspection-")]
    assert [line.split(" ")[0] for line in lines] == ["นัดตรวจสถานที่", "เลื่อนนัดตรวจสถานที่จาก", "ยกเลิกนัดตรวจสถานที่"]
    assert ["โดยทราบว่าเลยกำหนดแล้วเสร็จ" in line for line in lines] == [True, True, False]
    own = await service.http.get(
        f"/permits/{made['reference']}", params={"secret": made["secret"]}, follow_redirects=True
    )
    assert ("ยกเลิกแล้ว" in own.text, "ช่างติดราชการ จะนัดใหม่" in own.text) == (True, True)


async def test_a_holder_asks_for_more_time_and_the_signatory_gives_it_from_the_desk(service: Permits) -> None:
    made = await service.brought_to("decided")
    before = (await service.seen(made))["decision"]["valid_until"]
    await service.ask_for_more_time(made)
    desk, who = f"/permits/desk/{made['reference']}", service.staff("signatory")

    assert "ผู้รับเหมาทิ้งงาน" in await page(service, desk, **who)
    wrong = await service.http.post(f"{desk}/extension/answer", data={"days": ""}, headers=who)
    assert wrong.status_code == 422
    answer = await service.http.post(f"{desk}/extension/answer", data={"days": "90"}, headers=who)
    assert answer.status_code == 303
    seen = await service.seen(made)
    assert seen["decision"]["valid_until"] > before
    assert (await entry(service, seen))["valid_until"] == seen["decision"]["valid_until"]


async def test_others_answer_while_the_applicant_is_asked_and_then_see_the_question_alone(service: Permits) -> None:
    made, home = await service.brought_to("accepted"), "99/4 หมู่ 3"
    asked = {"consultee": "pea", "question": "สายไฟพอหรือไม่", "documents": ["plans"], "days": 5, "beyond_due": True}
    link = (await did(service, made, "consultations", "officer", **asked))["consultations"][0]["link"]
    await did(service, made, "request-documents", "officer", requirements=["plans"], note="ไม่ชัด")
    assert home in await page(service, link)
    answer = await service.http.post(link, data={"view": "no-objection", "by": "กมล"}, headers=BY_PAGE)
    after = await page(service, link)

    assert answer.status_code == 200, answer.text
    assert ("สายไฟพอหรือไม่" in after, "กมล" in after, home in after, "18.745" in after) == (True, True, False, False)


async def test_a_visit_needs_a_day_and_a_revocation_its_tick(service: Permits) -> None:
    made = await service.brought_to("decided")
    desk = f"/permits/desk/{made['reference']}"
    for path, who, fields in (
        ("inspections", "officer", {"at": "tomorrow"}),
        ("revoke", "signatory", {"reason": "ผิดแบบ"}),
        ("transfer", "signatory", {"name": ""}),
        ("construction", "officer", {"step": "started", "on": "2026-02-31"}),
        ("appeal/answer", "signatory", {"outcome": "lost"}),
    ):
        answer = await service.http.post(f"{desk}/{path}", data=fields, headers=service.staff(who))
        assert (path, answer.status_code) == (path, 422)
    assert (await service.seen(made))["standing"] == "in-force"
