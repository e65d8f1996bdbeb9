"""What a resident does on the page of a report: who will read it, what is confirmed, and what is put right in place."""

import re
from typing import Any

from shared.events.work_orders import WorkOrderCompleted
from tests.support.intake import Intake
from tests.support.reports import category
from tests.support.tracking import HTML, card, record, shown
from tests.support.uploads import photo


async def test_a_resident_knows_that_everybody_reads_what_they_add(service: Intake) -> None:
    made = await service.report()
    mine = await shown(service, made)
    assert "เพิ่มข้อความ (แสดงต่อสาธารณะ)" in card(mine, "comment")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(mine, "comment")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in mine.partition("quiet-action")[2]
    await record(service, made, WorkOrderCompleted)
    fixed = await shown(service, made)
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(fixed, "rate")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(fixed, "reopen")


async def test_what_is_added_to_a_sensitive_report_is_said_to_be_hidden(service: Intake) -> None:
    mine = await shown(service, await service.report(category=category(sensitive=True), answers={}))
    assert "(ไม่แสดงต่อสาธารณะ)" in card(mine, "comment")
    assert "แสดงต่อสาธารณะ โปรด" not in card(mine, "comment")


async def test_each_act_is_confirmed(service: Intake) -> None:
    made = await service.report()

    async def act(what: str, **data: str) -> str:
        query = {"secret": made["secret"]}
        answer = await service.http.post(f"/track/{made['reference']}/{what}", params=query, data=data)
        assert answer.status_code == 303, answer.text
        return (await service.http.get(answer.headers["location"], headers=HTML, follow_redirects=True)).text

    assert "เพิ่มข้อความแล้ว" in await act("comment", text="น้ำเข้าบ้าน")
    await record(service, made, WorkOrderCompleted)
    assert "บันทึกคะแนนแล้ว" in await act("rate", stars="4")
    assert "รับคำขอให้แก้ไขอีกครั้งแล้ว" in await act("reopen", reason="ยังรั่ว")
    assert "ถอนเรื่องแล้ว" in await act("withdraw")


async def test_a_form_and_a_program_that_send_the_same_key_mean_the_same(service: Intake) -> None:
    """So both are sealed alike: an event's id leads back to neither."""
    made, key = await service.report(), "of-this-very-act"
    api, page, query = f"/api/v1/reports/{made['reference']}", f"/track/{made['reference']}", {"secret": made["secret"]}

    async def twice(act: str, path: str, body: dict[str, Any], form: dict[str, str]) -> list[str]:
        before = [kind for _, kind in await service.outbox(made["id"])]
        sent = await service.http.post(f"{page}/{act}", params=query, data={**form, "key": key})
        again = await service.http.post(f"{api}/{path}", params=query, json=body, headers={"Idempotency-Key": key})
        assert (sent.status_code, again.is_success) == (303, True), again.text
        return [kind for _, kind in await service.outbox(made["id"])][len(before) :]

    email = {"email": "mali@example.com"}
    await service.http.post(f"{page}/follow", data={**email, "key": key}, headers=HTML)
    followed = await service.http.post(f"{api}/follow", json=email, headers={"Idempotency-Key": key})
    assert followed.json()["secret"], "told again to who asked with this key"
    comment = {"text": "น้ำเข้าบ้าน"}
    assert set(await twice("comment", "comments", comment, comment)) == {"onestop.report.commented.v1"}
    timeline = (await service.seen(made, secret=True))["timeline"]
    assert [line["type"] for line in timeline].count("commented") == 1
    await record(service, made, WorkOrderCompleted)
    await twice("rate", "rating", {"stars": 4}, {"stars": "4"})
    await twice("reopen", "reopen", {"reason": "ยังรั่ว"}, {"reason": "ยังรั่ว"})
    await twice("withdraw", "withdraw", {}, {})


async def test_photos_come_with_what_is_added_and_with_what_is_not_done(service: Intake) -> None:
    made = await service.report()
    url, query = f"/track/{made['reference']}", {"secret": made["secret"]}

    async def act(what: str, **data: str) -> list[int]:
        files = {"photo": ("a.jpg", photo(), "image/jpeg")}
        answer = await service.http.post(f"{url}/{what}", params=query, data=data, files=files, headers=HTML)
        assert answer.status_code == 303, answer.text
        timeline = (await service.seen(made, secret=True))["timeline"]
        return [len(line.get("photos", [])) for line in timeline if line["type"] == "commented"]

    assert await act("comment", text="รูปใกล้ ๆ") == [1]
    await record(service, made, WorkOrderCompleted)
    assert await act("reopen", reason="ยังรั่ว") == [1, 1]


async def test_a_file_that_is_no_photo_is_told_beside_the_message_which_stays(service: Intake) -> None:
    made = await service.report()
    files = {"photo": ("a.jpg", b"x", "image/jpeg")}
    url, query = f"/track/{made['reference']}/comment", {"secret": made["secret"]}
    answer = await service.http.post(url, params=query, data={"text": "รูปใกล้ ๆ"}, files=files, headers=HTML)
    assert answer.status_code == 422
    assert 'id="photo-error"' in card(answer.text, "comment")
    assert "รูปใกล้ ๆ</textarea>" in card(answer.text, "comment")


async def test_a_confirmation_that_nobody_wrote_is_not_shown(service: Intake) -> None:
    made = await service.report()
    assert 'class="alert ok"' not in await shown(service, made, done="everything")


async def test_following_without_a_contact_is_put_right_beside_the_form(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}/follow"
    empty = await service.http.post(url, data={"email": " "}, headers=HTML)
    assert empty.status_code == 422
    assert "กรุณากรอกอีเมล" in card(empty.text, "follow")
    assert not re.search("LINE|เบอร์โทร", card(empty.text, "follow")), "news comes by e-mail only"
    assert "เราจะส่งอีเมลฉบับเดียวเพื่อขอคำยืนยัน" in card(empty.text, "follow")
    wrong = await service.http.post(url, data={"email": "nowhere"}, headers=HTML)
    assert wrong.status_code == 422
    assert "อีเมลไม่ถูกต้อง เช่น name@example.com" in card(wrong.text, "follow")
    assert 'value="nowhere"' in card(wrong.text, "follow")
    back = await service.http.get(url, headers=HTML)  # reloaded, or read in the other language
    assert (back.status_code, back.headers["location"]) == (303, f"/track/{made['reference']}")


async def test_an_empty_comment_is_put_right_beside_the_form(service: Intake) -> None:
    made = await service.report()
    query = {"secret": made["secret"]}
    answer = await service.http.post(f"/track/{made['reference']}/comment", params=query, data={"text": "  "})
    assert answer.status_code == 422
    assert 'id="text-error"' in card(answer.text, "comment")
    assert f"/comment?secret={made['secret']}" in card(answer.text, "comment")
