"""Neighbours over HTTP: the letter, the page behind its code, and who may read what they answered."""

from typing import Any

import pytest

from services.permits.domain.survey import distance_to
from shared.events.neighbours import PermitNeighbourAsked
from shared.events.notices import NoticeEvent, NoticeFailed, NoticeSent
from shared.neighbour_links import neighbour_code
from tests.support.permits_running import ORIGIN, Permits, hear_notice

BY_PAGE = {"Origin": ORIGIN}
ASKED = {"place": "บ้านเลขที่ 99/5", "name": "นางดวงใจ", "days": 15, "beyond_due": True}
WORD = {"view": "objects", "text": "หน้าต่างตรงกับห้องนอน", "by": "ดวงใจ มีสุข"}


async def ask(service: Permits) -> tuple[dict[str, str], dict[str, Any], str]:
    """An application, the neighbour of it who was asked, and the page behind the letter's code."""
    made = await service.brought_to("accepted")
    answer = await service.act(made, "neighbours", service.staff("officer"), ASKED)
    assert answer.status_code == 200, answer.text
    one: dict[str, Any] = answer.json()["neighbours"][0]
    return made, one, await link_of(service, made, one)


async def link_of(service: Permits, made: dict[str, str], one: dict[str, Any]) -> str:
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    code = neighbour_code(service.desk.settings.link_secret, case.id, one["id"])
    return f"/permits/neighbour/{made['reference']}/{code}"


async def test_a_neighbour_sees_the_mass_and_answers_once_and_nobody_outside_reads_it(service: Permits) -> None:
    made, one, link = await ask(service)
    shown = (await service.http.get(link)).text
    assert ("150.00" in shown, "4.2" in shown, "99/4 หมู่ 3" in shown) == (True, True, True)
    assert not [word for word in ("สมชาย", "somchai@example.org", "12345") if word in shown], "nothing of who applies"

    empty = await service.http.post(link, data={"view": "objects", "by": "x"}, headers=BY_PAGE)
    assert (empty.status_code, "กรุณาระบุเหตุผลที่คัดค้าน" in empty.text) == (422, True)
    given = await service.http.post(link, data=WORD, headers=BY_PAGE)
    assert given.status_code == 200, given.text
    after = (await service.http.get(link)).text
    assert ("หน้าต่างตรงกับห้องนอน" in after, "99/4 หมู่ 3" in after) == (True, False), "the answer alone is left"
    assert (await service.http.post(link, data=WORD, headers=BY_PAGE)).status_code == 409

    path = f"/api/v1/applications/{made['reference']}"
    staff = (await service.http.get(path, headers=service.staff("examiner"))).json()
    assert [(other["view"], other["answered_by"]) for other in staff["neighbours"]] == [("objects", "ดวงใจ มีสุข")]
    for query in ({"secret": made["secret"]}, {}):
        text = (await service.http.get(path, params=query)).text
        assert not [word for word in ("มีสุข", "ห้องนอน", "99/5", one["id"]) if word in text]


async def test_a_neighbour_sees_where_the_building_stands_and_how_far_from_their_own_border(service: Permits) -> None:
    ground, desk = service.desk.town.ground, service.staff("officer")
    own = ground.parcel_of("40178")
    assert own is not None
    middle = own.shape.centroid
    corners = [[middle.x + x, middle.y + y] for x, y in ((0, 0), (0.00003, 0), (0.00003, 0.00003), (0, 0.00003))]
    where = {"latitude": middle.y, "longitude": middle.x, "address": "88/12 หมู่ 1", "footprint": corners}
    made = await service.brought_to("accepted", location=where, deed_number="40178")

    page = (await service.http.get(f"/permits/desk/{made['reference']}", headers=desk)).text
    assert '<option value="40179">โฉนด 40179 (ทิศตะวันออก)</option>' in page
    assert (await service.act(made, "neighbours", desk, {"place": "88/13", "deed_number": "0"})).status_code == 422
    asked = await service.act(made, "neighbours", desk, {"place": "88/13", "deed_number": "40179"})
    (one,) = asked.json()["neighbours"]
    shown = (await service.http.get(await link_of(service, made, one))).text

    theirs, ring = ground.parcel_of("40179"), tuple((x, y) for x, y in corners)
    assert theirs is not None
    assert f"{distance_to(ring, theirs.shape)} เมตร" in shown
    assert all(word in shown for word in ("ที่ดินของท่าน", "อาคารที่เสนอ", "40178", 'class="theirs"', 'class="mass"'))


@pytest.mark.parametrize(("end", "said"), [(NoticeSent, "ส่งอีเมลแล้ว"), (NoticeFailed, "ส่งอีเมลไม่สำเร็จ โปรดส่งหนังสือ")])
async def test_the_desk_says_how_the_mail_went_and_the_address_is_the_office_s_alone(
    service: Permits, end: type[NoticeEvent], said: str
) -> None:
    made = await service.brought_to("accepted")
    desk, who = f"/permits/desk/{made['reference']}", service.staff("officer")
    typed = {**ASKED, "email": "duangjai@example.org"}
    wrong = await service.http.post(f"{desk}/neighbours", data={**typed, "email": "duangjai"}, headers=who)
    assert (wrong.status_code, 'value="duangjai"' in wrong.text) == (422, True)
    assert (await service.http.post(f"{desk}/neighbours", data=typed, headers=who)).status_code == 303

    waiting = (await service.http.get(desk, headers=who)).text
    assert ("duangjai@example.org" in waiting, "กำลังส่งอีเมล" in waiting) == (True, True)
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    told = end(
        case_id=case.id, reference=made["reference"], about=PermitNeighbourAsked.type, audience="neighbour",
        happened_at=case.state.neighbours[0].asked_at, channels=[],
    )  # fmt: skip
    await hear_notice(service, told)
    assert said in (await service.http.get(desk, headers=who)).text

    path = f"/api/v1/applications/{made['reference']}"
    assert "duangjai" not in (await service.http.get(path, params={"secret": made["secret"]})).text
    document = await service.store.applications.collection.find_one({"_id": case.id})
    assert document is not None
    messages = [message for entry in document["outbox"] for message in entry["messages"]]
    holding = {topic for topic, _, value in messages if b"duangjai" in bytes(value or b"")}
    assert holding == {"private.contacts.v1"}


async def test_the_letter_is_for_the_office_and_leads_to_the_page(service: Permits) -> None:
    made, one, _ = await ask(service)
    path = f"/api/v1/applications/{made['reference']}/neighbours/{one['id']}/letter.pdf"
    letter = await service.http.get(path, headers=service.staff("officer"))
    assert (letter.status_code, letter.content[:4]) == (200, b"%PDF")
    assert (await service.http.get(path)).status_code == 401
    assert (await service.http.get(path, params={"secret": made["secret"]})).status_code == 401
    other = path.replace(one["id"], "another")
    assert (await service.http.get(other, headers=service.staff("officer"))).status_code == 404


@pytest.mark.parametrize("typed", [("", ""), ("MH-0000-0000", "7QHX-29MD-KT4P"), (None, "7QHX-29MD-KT4P")])
async def test_whatever_is_mistyped_is_told_by_one_answer(service: Permits, typed: tuple[str | None, str]) -> None:
    made, _, link = await ask(service)
    reference = made["reference"] if typed[0] is None else typed[0]
    wrong = await service.http.post(
        "/permits/neighbour", data={"reference": reference, "code": typed[1]}, headers=BY_PAGE
    )
    assert (wrong.status_code, "ไม่พบหนังสือตามเลขที่และรหัสนี้" in wrong.text) == (404, True)
    code = link.rpartition("/")[2]
    right = await service.http.post(
        "/permits/neighbour",
        data={"reference": made["reference"].lower(), "code": code.lower().replace("-", " ")},
        headers=BY_PAGE,
    )
    assert (right.status_code, right.headers.get("location")) == (303, link)


async def test_the_desk_writes_down_what_came_on_the_slip(service: Permits) -> None:
    made, one, link = await ask(service)
    desk = f"/permits/desk/{made['reference']}"
    who = service.staff("officer")
    wrong = await service.http.post(f"{desk}/neighbours/{one['id']}", data={"view": "consents"}, headers=who)
    assert wrong.status_code == 422
    again = await service.http.post(
        f"{desk}/neighbours", data={"place": ASKED["place"], "days": "5", "beyond_due": "yes"}, headers=who
    )
    assert (again.status_code, "สอบถามบ้านหรือที่ดินแปลงนี้แล้ว" in again.text) == (422, True)
    written = await service.http.post(
        f"{desk}/neighbours/{one['id']}", data={"view": "consents", "by": "ดวงใจ"}, headers=who
    )
    assert written.status_code == 303
    assert "ยินยอม" in (await service.http.get(desk, headers=who)).text
    assert "ได้รับคำตอบแล้ว" in (await service.http.get(link)).text
