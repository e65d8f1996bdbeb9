"""What an officer does with a report itself: take it down, correct it, look at duplicates, answer its reporter."""

import re

import httpx
import pytest

from services.intake.domain.corrections import fingerprint_report
from tests.integration.intake.test_joining import follow, stored
from tests.support.intake import Intake
from tests.support.tracking import HTML

FORM = {"channel": "phone", "taken_down": "yes", "category": "water-leak", "text": "น้ำรั่วหน้าวัด", "address": "หน้าวัด",
        "answer.water-leak.flow": "burst"}  # fmt: skip


async def see(service: Intake, path: str, **query: str) -> str:
    answer = await service.http.get(path, params=query or None, headers=HTML, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


async def press(service: Intake, path: str, **form: str) -> httpx.Response:
    return await service.http.post(path, data=form, headers=HTML)


async def test_a_call_is_taken_down_in_the_officers_name_with_what_the_caller_agreed_to(service: Intake) -> None:
    service.as_staff("officer")
    reference = ""
    caller = {"phone": "081-234-5678", "name": "สมชาย", "email": "s@example.org", "consent": "yes"}
    for consent in ("yes", ""):
        answer = await press(service, "/report/desk", **FORM, **caller | {"consent": consent})
        assert answer.status_code == 303, answer.text
        reference = answer.headers["location"].rpartition("/")[2]
        done = await see(service, answer.headers["location"])
        assert reference in done
        assert "secret" not in done, "an officer gets no key to a resident's own page"
        case = await service.store.find_by_reference(reference)
        assert case is not None
        (received,) = case.state.timeline
        assert (case.state.channel, received.by, received.actor and received.actor.sub) == ("phone", "staff", "somchai")
        recorded = [kind for topic, kind in await service.outbox(case.id) if topic == "private.contacts.v1"]
        assert recorded == ["onestop.contact.recorded.v1"]
    assert "เจ้าหน้าที่รับแจ้งแทนผู้แจ้ง" in await see(service, f"/track/{reference}")


async def test_what_is_wrong_is_said_at_once_and_nothing_typed_is_lost(service: Intake) -> None:
    service.as_staff("officer")
    wrong = {**FORM, "channel": "", "text": "", "phone": "x", "name": "สมชาย"}
    answer = await press(service, "/report/desk", **wrong)
    assert answer.status_code == 422
    for told in ("กรุณาเลือกช่องทาง", 'value="สมชาย"', "text-error", "phone-error"):
        assert told in answer.text, told


async def test_the_same_press_twice_is_one_report(service: Intake) -> None:
    service.as_staff("officer")
    answers = [await press(service, "/report/desk", **FORM, key="one-press-of-the-button") for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]


async def test_what_is_known_already_is_found_while_somebody_types_also_what_the_public_does_not_see(
    service: Intake,
) -> None:
    known = await service.report()
    hidden = await service.report(category="welfare")
    service.as_staff("officer")
    near = {"lat": "18.7432", "lon": "98.9638"}
    assert known["reference"] in await see(service, "/report/desk/like", category="water-leak", **near)
    assert hidden["reference"] in await see(service, "/report/desk/like", category="welfare", **near)
    assert known["reference"] not in await see(
        service, "/report/desk/like", category="water-leak", lat="18.7", lon="98.9"
    )
    followed = await press(service, f"/report/desk/follow/{known['reference']}", phone="0812345678", consent="yes")
    assert "ผู้แจ้งติดตามเรื่องนี้แล้ว" in await see(service, followed.headers["location"])
    assert (await stored(service, known)).followers == 1
    nobody = await press(service, f"/report/desk/follow/{known['reference']}", name="สมชาย")
    assert nobody.status_code == 422


async def test_earlier_reports_are_shown_by_their_references(service: Intake) -> None:
    made = await service.report()
    service.as_staff("officer")
    page = await see(service, "/report/desk/earlier", reference=made["reference"])
    assert f'href="/track/{made["reference"]}"' in page
    assert "ไม่มีเรื่องเดิม" in await see(service, "/report/desk/earlier")


async def test_a_correction_changes_what_was_changed_on_the_page_and_leads_back(service: Intake) -> None:
    made = await service.report()
    service.as_staff("officer")
    url, before = f"/track/{made['reference']}/correct", await stored(service, made)
    page = await see(service, url, back="/desk/W1")
    names = "latitude|longitude|accuracy_m|address|seen"
    form: dict[str, str] = dict(re.findall(rf'name="({names})"[^>]* value="([^"]*)"', page))
    assert len(form) == 5
    answer = await press(service, url, **form, category="drain-flood", text=before.text, back="/desk/W1")
    after = await stored(service, made)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/W1?done=corrected")
    assert after.category == "drain-flood"
    assert after.location == before.location, "what was left as it was is not said"


async def test_of_two_officers_who_correct_at_once_the_second_is_told(service: Intake) -> None:
    made = await service.report()
    service.as_staff("officer")
    seen = fingerprint_report(await stored(service, made))
    url = f"/track/{made['reference']}/correct"
    first = await press(service, url, text="ท่อแตกหน้าตลาดสด", seen=seen)
    second = await press(service, url, text="ท่อแตกหลังตลาด", seen=seen)
    assert (first.status_code, second.status_code) == (303, 409)
    assert "มีเจ้าหน้าที่คนอื่นแก้ไขเรื่องนี้ไปแล้ว" in second.text
    assert "ท่อแตกหลังตลาด" in second.text, "what was typed stays"
    (again,) = re.findall(r'name="seen" value="([^"]+)"', second.text)
    assert (await press(service, url, text="ท่อแตกหลังตลาด", seen=again)).status_code == 303


async def test_duplicates_are_put_side_by_side_merged_and_separated(service: Intake) -> None:
    elder, younger = await service.report(), await service.report()
    far = await service.report(location={"latitude": 18.70, "longitude": 98.90})
    await follow(service, younger)
    service.as_staff("officer")
    url = f"/track/{younger['reference']}"
    candidates = await see(service, f"{url}/duplicates")
    assert f"with={elder['reference']}" in candidates
    assert far["reference"] not in candidates
    page = await see(service, f"{url}/duplicates", **{"with": elder["reference"]})
    assert page.count('class="card side"') == 2
    assert page.index(f"ปิด {younger['reference']}") < page.index(f"ปิด {elder['reference']}"), "the elder stays first"
    merged = await press(service, f"{url}/merge", into=elder["reference"], back="/desk/W1")
    assert merged.headers["location"] == "/desk/W1?done=merged"
    assert (await stored(service, elder)).followers == 2
    undo = await see(service, f"{url}/duplicates")
    assert f"แยก {younger['reference']}" in undo
    kept = await see(service, f"/track/{elder['reference']}/duplicates")
    assert f'href="/track/{younger["reference"]}/duplicates?back="' in kept
    apart = await press(service, f"{url}/separate")
    assert "เปิดดำเนินการใหม่แล้ว" in await see(service, f"/track/{younger['reference']}")
    assert "แยกเรื่องแล้ว" in await see(service, apart.headers["location"])
    assert "เรื่องที่รวมเข้ามา" not in await see(service, f"/track/{elder['reference']}/duplicates")
    assert [(await stored(service, one)).followers for one in (elder, younger)] == [0, 1]
    swapped = await press(service, f"{url}/merge", into=elder["reference"], stays="this")
    assert swapped.status_code == 303
    assert (await stored(service, elder)).merged_reference == younger["reference"]


@pytest.mark.parametrize("into", ["MH-0000-0000", "same", "ended"])
async def test_a_merge_that_cannot_be_says_why(service: Intake, into: str) -> None:
    made, other = await service.report(), await service.report()
    await service.http.post(f"/track/{other['reference']}/withdraw", params={"secret": other["secret"]})
    service.as_staff("officer")
    wanted = {"same": made["reference"], "ended": other["reference"]}.get(into, into)
    answer = await press(service, f"/track/{made['reference']}/merge", into=wanted)
    assert answer.status_code in (404, 409, 422)
    assert "ยังไม่ได้บันทึก" in answer.text
    assert (await stored(service, made)).is_open


async def test_a_reply_is_the_officers_word_and_leads_back_to_the_desk(service: Intake) -> None:
    made = await service.report()
    service.as_staff("officer")
    url = f"/track/{made['reference']}/reply"
    own = await press(service, url, text="พรุ่งนี้เช้า", back="/desk/W1", key="reply-number-one")
    ready = await press(service, url, response="more-details.th", back="/desk/W1")
    empty = await press(service, url, back="/desk/W1")
    foreign = await press(service, url, text="ขอบคุณ", back="https://evil.example/desk")
    assert [one.headers["location"] for one in (own, ready, empty)] == [
        "/desk/W1?done=replied", "/desk/W1?done=replied", "/desk/W1?done=reply-empty",
    ]  # fmt: skip
    assert foreign.headers["location"].startswith(f"/track/{made['reference']}")
    said = [(entry.by, entry.note) for entry in (await stored(service, made)).timeline if entry.type == "commented"]
    assert said[0] == ("staff", "พรุ่งนี้เช้า")
    assert made["reference"] in (said[1][1] or "")
