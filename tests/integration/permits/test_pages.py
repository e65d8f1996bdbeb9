"""Pages as a browser without scripts uses them: plain forms, one language at a time, errors beside their fields."""

import re
from typing import Any

import httpx

from tests.support.forms import Form
from tests.support.permits_running import DOCUMENTS, FORM, ORIGIN, PDF, Permits

HTML = {"Accept": "text/html", "Origin": ORIGIN}
TYPED: dict[str, Any] = {
    "name": "นายสมชาย น้ำใจดี", "email": "somchai@example.org", "latitude": "18.745", "longitude": "98.955",
    "accuracy_m": "", "address": "99/4 หมู่ 3", "post": "", **{f"f_{name}": value for name, value in FORM.items()},
}  # fmt: skip


async def fill_in(service: Permits, **changes: Any) -> httpx.Response:
    page = await service.http.get("/permits/new/house-new", headers=HTML)
    key = re.search(r'name="key" value="(\w+)"', page.text)
    assert key is not None
    data = {**TYPED, "key": key[1], **changes}
    return await service.http.post("/permits/new/house-new", data=data, headers=HTML)


async def test_an_applicant_gets_from_the_form_to_the_handed_in_application(service: Permits) -> None:
    opened = await fill_in(service)
    assert opened.status_code == 303
    path = opened.headers["location"].partition("?")[0]  # the browser keeps the secret in a cookie, it is in no address
    assert "secret" not in path

    before = await service.http.get(path, headers=HTML)
    assert "สิ่งที่ยังขาด" in before.text
    for requirement in DOCUMENTS:
        sent = await service.http.post(f"{path}/documents/{requirement}", files={"file": ("a.pdf", PDF)}, headers=HTML)
        assert sent.status_code == 303
    ready = await service.http.get(path, headers=HTML)
    assert "ครบแล้ว พร้อมยื่นคำขอ" in ready.text
    assert f'href="{path}/check"' in ready.text.partition('id="hand-in"')[2]

    checked = await service.http.get(f"{path}/check", headers=HTML)
    for answer in ("นายสมชาย น้ำใจดี", "99/4 หมู่ 3", "150.00 ตารางเมตร", "12345"):
        assert answer in checked.text
    undeclared = await service.http.post(f"{path}/submit", headers=HTML)
    assert undeclared.status_code == 422
    assert "กรุณาทำเครื่องหมายรับรองก่อนยื่น" in undeclared.text
    form = Form(checked.text, "/submit")
    submitted = await service.http.post(form.action, data={"declared": "yes"}, headers=HTML)
    assert submitted.headers["location"] == f"{path}/received"
    confirmed = (await service.http.get(f"{path}/received", headers=HTML)).text
    assert path.rpartition("/")[2] in confirmed
    assert "เจ้าหน้าที่จะตรวจความครบถ้วนของเอกสารภายใน" in confirmed
    assert "ช่องทางด่วน 2 ชั่วโมง" in confirmed
    assert "เราแจ้งทุกขั้นตอนทางอีเมล" in confirmed
    assert "รอตรวจเอกสาร" in (await service.http.get(path, headers=HTML)).text


async def test_each_condition_that_keeps_it_from_the_fast_lane_leads_to_where_it_is_decided(service: Permits) -> None:
    path = (await fill_in(service, f_storeys="2")).headers["location"].partition("?")[0]
    lane = (await service.http.get(path, headers=HTML)).text.partition('id="lane"')[2]
    links = re.findall(r'href="([^"]+)">ไปที่ข้อนี้', lane)
    assert links == [f"{path}/edit#f_storeys", f"{path}#documents"]
    assert 'id="f_storeys"' in (await service.http.get(f"{path}/edit", headers=HTML)).text


async def test_what_is_not_ready_leads_from_the_check_back_to_what_is_missing(service: Permits) -> None:
    opened = await fill_in(service, address="", email="", f_owns_land="no")
    path = opened.headers["location"].partition("?")[0]

    sent_back = await service.http.get(f"{path}/check", headers=HTML)
    page = (await service.http.get(path, headers=HTML)).text

    assert sent_back.headers["location"] == f"{path}#missing"
    missing = page.partition('id="missing"')[2].partition("</ul>")[0]
    assert re.findall(rf'href="{path}/edit#(\w+)"', missing) == ["phone", "address", "f_land_owner"]
    assert "#document-owner-consent" in missing
    assert "ยังขาด 9 รายการ" in page.partition('id="hand-in"')[2]


async def test_a_handed_in_application_is_taken_back_corrected_and_declared_anew(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path = f"/permits/{made['reference']}"
    await service.http.get(path, params={"secret": made["secret"]}, headers=HTML, follow_redirects=True)

    assert (await service.http.post(f"{path}/amend", headers=HTML)).status_code == 303
    page = (await service.http.get(path, headers=HTML)).text
    assert "ท่านนำคำขอกลับมาแก้ไข" in page
    assert f'href="{path}/check"' in page.partition('id="hand-in"')[2]
    assert (await service.act(made, "accept", service.staff("officer"))).status_code == 409
    corrected = {**TYPED, "f_height_m": "4.5"}
    assert (await service.http.post(f"{path}/edit", data=corrected, headers=HTML)).status_code == 303
    assert (await service.upload(made, "request-form", PDF + b"%signed again")).status_code == 200
    again = await service.http.post(f"{path}/submit", data={"declared": "yes"}, headers=HTML)

    assert again.headers["location"] == f"{path}/received"
    seen = await service.seen(made)
    assert (seen["state"], seen["form"]["height_m"]) == ("submitted", "4.5")


async def test_a_request_is_said_once_and_its_answer_is_received_in_its_own_words_and_time(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path, note = f"/permits/{made['reference']}", "แบบแปลนแผ่นที่สองไม่ชัด"
    asked = await service.act(
        made, "request-documents", service.staff("officer"), {"requirements": ["plans"], "note": note}
    )
    assert asked.status_code == 200, asked.text
    page = await service.http.get(path, params={"secret": made["secret"]}, headers=HTML, follow_redirects=True)
    assert (page.text.count(note), "เมื่อครบทุกข้อจึงกดส่งเอกสารให้เจ้าหน้าที่ได้" in page.text) == (1, True)
    assert ("กรุณาส่งภายใน" in page.text, "ขอให้ส่งภายใน" in page.text) == (True, True)  # and so the timeline
    desk = await service.http.get("/permits/desk?view=waiting", headers=service.staff("officer"))
    assert "ผู้ยื่นต้องส่งภายใน" in desk.text

    assert (await service.upload(made, "plans", PDF + b"%again")).status_code == 200
    assert "ส่งเอกสารให้เจ้าหน้าที่" in (await service.http.get(f"{path}/check", headers=HTML)).text
    await service.http.post(f"{path}/submit", data={"declared": "yes"}, headers=HTML)
    received = (await service.http.get(f"{path}/received", headers=HTML)).text
    assert "<h1>ส่งเอกสารให้เจ้าหน้าที่แล้ว</h1>" in received
    assert (await service.http.get(path, headers=HTML)).text.count(note) == 1, "now in what was written to each other"


async def test_a_question_is_answered_in_the_same_thread(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path, desk = f"/permits/{made['reference']}", f"/permits/desk/{made['reference']}"
    officer = {**HTML, **service.staff("officer")}
    await service.http.get(path, params={"secret": made["secret"]}, headers=HTML, follow_redirects=True)

    assert (await service.http.post(f"{path}/messages", data={"text": " "}, headers=HTML)).status_code == 422
    asked = await service.http.post(f"{path}/messages", data={"text": "ใช้สำเนากี่ชุด"}, headers=HTML)
    assert asked.headers["location"] == f"{path}#thread"
    board, case = [(await service.http.get(page, headers=officer)).text for page in ("/permits/desk", desk)]
    assert board.count("รอคำตอบ") == case.count("รอคำตอบ") == 1
    assert "ใช้สำเนากี่ชุด" in case.partition('id="thread"')[2]
    answered = await service.http.post(f"{desk}/messages", data={"text": "ชุดเดียวพอ"}, headers=officer)
    assert answered.status_code == 303

    page = (await service.http.get(path, headers=HTML)).text
    thread = page.partition('id="thread"')[2].partition("</section>")[0]
    assert thread.index("ใช้สำเนากี่ชุด") < thread.index("ชุดเดียวพอ")
    assert "name of officer" not in thread
    assert "รอคำตอบ" not in (await service.http.get("/permits/desk", headers=officer)).text
    assert (await service.outbox(made["id"])).count("permit.message-written.v1") == 2


async def test_an_open_page_learns_that_the_office_has_moved_on(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path = f"/permits/{made['reference']}"
    page = (await service.http.get(path, params={"secret": made["secret"]}, headers=HTML, follow_redirects=True)).text
    shown = re.search(r'data-version="(\d+)"', page)
    assert shown is not None
    watched = {"version": int(shown[1])}

    assert (await service.http.get(f"{path}/version")).json() == watched
    await service.act(made, "accept", service.staff("officer"))
    assert (await service.http.get(f"{path}/version")).json() != watched


async def test_a_second_tap_makes_no_second_application(service: Permits) -> None:
    data = {**TYPED, "key": "one-and-the-same"}

    paths = {
        (await service.http.post("/permits/new/house-new", data=data, headers=HTML)).headers["location"]
        for _ in range(2)
    }

    assert len(paths) == 1


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(service: Permits) -> None:
    answer = await fill_in(service, f_usable_area_m2="150.001", latitude="", f_deed_number="โฉนด 77")

    assert answer.status_code == 422
    assert "ทศนิยมได้ไม่เกิน 2 ตำแหน่ง" in answer.text
    assert 'href="#f_usable_area_m2"' in answer.text
    assert 'value="150.001"' in answer.text
    assert "โฉนด 77" in answer.text


async def test_what_the_first_save_lacks_is_said_once_and_in_plain_words(service: Permits) -> None:
    answer = await fill_in(service, name=" ", latitude="", longitude="", f_storeys="ชั้นเดียว", email="ไม่มี")

    assert answer.status_code == 422
    summary = answer.text.partition("data-error-summary")[2].partition("</ul>")[0]
    assert re.findall(r'href="#(\w+)">([^<]*)<', summary) == [
        ("name", "ชื่อและนามสกุล: กรุณากรอกชื่อ"),
        ("email", "อีเมล: อีเมลไม่ถูกต้อง เช่น name@example.com"),
        ("latitude", "ตำแหน่งบนแผนที่: กรุณาปักหมุดที่ตั้งที่ดิน"),
        ("f_storeys", "จำนวนชั้น: ต้องเป็นจำนวนเต็ม เช่น 1"),
    ]


async def test_what_is_not_filled_in_yet_waits_and_has_not_failed(service: Permits) -> None:
    empty = {name: "" for name in TYPED if name.startswith("f_")}
    opened = await fill_in(service, **(empty | {"f_use": "shop"}))
    page = (await service.http.get(opened.headers["location"], headers=HTML, follow_redirects=True)).text
    lane = page.partition('id="lane"')[2].partition("</section>")[0]
    assert "ยังรอข้อมูล" in lane
    for shown in re.split(r'<li class="(?=met|waits|not-met)', lane)[1:]:
        assert ("ยังไม่มีข้อมูล" in shown) == ("ยังไม่ระบุ" in shown), shown
        assert ("ไม่ผ่าน" in shown) == shown.startswith("not-met"), shown
    assert "เกณฑ์ 1 ชั้น" in lane
    fees = page.partition('id="fees"')[2].partition("</section>")[0]
    assert "20.00 บาท (ยังไม่รวมค่าที่คิดตามจำนวนชั้น, พื้นที่ใช้สอยรวมทุกชั้น)" in fees


async def test_the_form_says_what_the_first_save_needs(service: Permits) -> None:
    page = await service.http.get("/permits/new/house-new", headers=HTML)

    assert re.findall(r'>([^<>]+?) <span class="needed">\(จำเป็น\)</span>', page.text) == ["ชื่อและนามสกุล", "ที่ตั้งที่ดิน"]


async def test_the_own_link_of_a_draft_stands_before_everything_else(service: Permits) -> None:
    draft, handed_in = await service.brought_to("draft"), await service.brought_to("submitted")

    for made, first in ((draft, True), (handed_in, False)):
        page = await service.http.get(
            f"/permits/{made['reference']}", params={"secret": made["secret"]}, headers=HTML, follow_redirects=True
        )
        assert page.text.count('id="link"') == 1
        assert page.text.count("data-copy") == 1
        assert (page.text.index('id="link"') < page.text.index('id="documents"')) is first


async def test_a_refused_document_is_refused_in_its_own_row(service: Permits) -> None:
    made = await service.brought_to("draft")
    page = await service.http.get(
        f"/permits/{made['reference']}", params={"secret": made["secret"]}, headers=HTML, follow_redirects=True
    )
    form = Form(page.text, "/documents/plans")

    answer = await service.http.post(form.action, files={"file": ("a.png", b"\x89PNG\r\n\x1a\n")}, headers=HTML)

    assert form.action.endswith("#document-plans")
    assert answer.status_code == 415
    row = answer.text.partition('<li id="document-plans"')[2].partition("</li>")[0]
    assert "เอกสารนี้ไม่รับไฟล์ชนิดนี้" in row
    assert answer.text.count("กรุณาบันทึกเป็น PDF หรือถ่ายรูปเอกสาร") == 1
    assert 'aria-describedby="file-plans-error"' in row
    assert '<details class="more" open>' in row, "the field that failed is not folded away"


async def test_the_secret_link_opens_on_another_device_and_leaves_the_address_clean(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path = f"/permits/{made['reference']}"

    stranger = await service.http.get(path, headers=HTML)
    opened = await service.http.get(path, params={"secret": made["secret"]}, headers=HTML)
    owner = await service.http.get(path, headers=HTML)

    assert "สมชาย" not in stranger.text
    assert (opened.status_code, opened.headers["location"]) == (303, f"{path}?by=link")
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "สมชาย" in owner.text


async def test_officers_take_it_through_the_desk(service: Permits) -> None:
    made = await service.brought_to("submitted")
    desk = f"/permits/desk/{made['reference']}"

    async def post(role: str, act: str, **data: Any) -> int:
        answer = await service.http.post(f"{desk}/{act}", data=data, headers={**HTML, **service.staff(role)})
        return answer.status_code

    assert (
        made["reference"]
        in (await service.http.get("/permits/desk", headers={**HTML, **service.staff("officer")})).text
    )
    assert await post("officer", "request-documents", note="x") == 422  # nothing was ticked
    assert await post("officer", "accept") == 422  # nobody has judged the documents
    assert await post("officer", "accept", unjudged="yes") == 303
    assert await post("examiner", "examine", proposal="refuse") == 422  # without its legal reason
    assert await post("examiner", "examine", proposal="approve", conditions="ข้อแรก\n\nข้อสอง") == 303
    page = (await service.http.get(desk, headers={**HTML, **service.staff("signatory")})).text
    shown = re.search(r'name="read_mark" value="(\w+)"', page)
    assert shown is not None
    sign = {"decision": "approve", "office": "mayor", "conditions": "ข้อแรก\nข้อสอง", "read_mark": shown[1]}
    assert await post("signatory", "decide", **sign) == 422  # not confirmed
    assert await post("signatory", "decide", **sign, confirm="yes") == 303

    assert (await service.seen(made))["decision"]["conditions"] == ["ข้อแรก", "ข้อสอง"]


async def sign(service: Permits, made: dict[str, str], choice: str, label: str, text: str) -> httpx.Response:
    """What a signatory's browser sends after typing `text` into the field of that label."""
    headers = {**HTML, **service.staff("signatory")}
    page = await service.http.get(f"/permits/desk/{made['reference']}", headers=headers)
    form = Form(page.text, "/decide").fill(label, text)
    data = {**form.values, "decision": choice, "office": "mayor", "confirm": "yes"}
    return await service.http.post(form.action, data=data, headers=headers)


async def test_a_condition_typed_at_the_signature_is_in_the_decision(service: Permits) -> None:
    made = await service.brought_to("examined")

    answer = await sign(service, made, "approve", "เงื่อนไข", "ข้อแรก\nก่อสร้างเวลา 08.00 ถึง 17.00 น.")

    assert answer.status_code == 303, answer.text
    decision = (await service.seen(made))["decision"]
    assert decision["conditions"] == ["ข้อแรก", "ก่อสร้างเวลา 08.00 ถึง 17.00 น."]


async def test_a_signatory_refuses_on_the_page_with_a_reason(service: Permits) -> None:
    made = await service.brought_to("examined")

    answer = await sign(service, made, "refuse", "เหตุผลตามกฎหมาย", "ระยะร่นไม่ถึง 3 เมตร")

    assert answer.status_code == 303, answer.text
    decision = (await service.seen(made))["decision"]
    assert (decision["decision"], decision["legal_reason"]) == ("refused", "ระยะร่นไม่ถึง 3 เมตร")


async def test_no_two_things_on_the_desk_s_page_have_one_id(service: Permits) -> None:
    made = await service.brought_to("examined")

    page = await service.http.get(
        f"/permits/desk/{made['reference']}", headers={**HTML, **service.staff("both", "examiner", "signatory")}
    )

    ids = re.findall(r'\sid="([^"]*)"', page.text)
    assert sorted(ids) == sorted(set(ids))
    labels = set(re.findall(r'<label for="([^"]*)"', page.text))
    assert labels
    assert labels <= set(ids)


async def test_pages_for_everybody_speak_both_languages(service: Permits) -> None:
    await service.brought_to("decided")

    for path in ("/permits", "/register", "/verify"):
        thai = await service.http.get(path, headers=HTML)
        english = await service.http.get(path, params={"lang": "en"}, headers=HTML)
        assert (thai.status_code, english.status_code) == (200, 200)
        assert 'lang="th"' in thai.text
        assert 'lang="en"' in english.text


async def test_a_typed_reference_leads_to_its_page(service: Permits) -> None:
    made = await service.brought_to("submitted")
    typed = made["reference"].lower().replace("-", " ")

    found = await service.http.get("/permits", params={"reference": typed}, headers=HTML)
    wrong = await service.http.get("/permits", params={"reference": "nonsense"}, headers=HTML)

    assert (found.status_code, found.headers["location"]) == (303, f"/permits/{made['reference']}")
    assert "เลขที่คำขอไม่ถูกต้อง" in wrong.text


async def test_the_desk_is_not_for_everybody(service: Permits) -> None:
    assert (await service.http.get("/permits/desk", headers=HTML)).status_code == 303  # to the sign-in
    assert (await service.http.get("/permits/desk", headers={**HTML, **service.staff("crew")})).status_code == 403
