"""A small house: applied for, found complete, decided by two officers in the fast lane, and verifiable by anyone."""

import re
import subprocess
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.api_calls import bearer, draft, hand_in
from tests.support.browser import DESK, MARKET, Visitor
from tests.support.map_pages import filled
from tests.support.seals import drawing, with_byte_changed
from tests.support.stack import Stack
from tests.support.trace_checks import assert_no_secrets, trace_of
from tests.support.unknown_people import add_person
from tests.support.uploads import chosen_file
from tests.support.waiting import until
from tools.play.paper import pdf

pytestmark = pytest.mark.browser
BANGKOK = ZoneInfo("Asia/Bangkok")
CONDITION = "แจ้งก่อนเข้างาน 3 วัน"  # without clusters of three, which poppler copies twice
NOTE = "เพื่อนบ้านฝั่งตะวันตกเคยร้องเรียนเรื่องแนวเขต"
FAST = {"storeys", "usable-area", "residential-use", "zone-allows-use", "documents-complete", "plan-checks-pass"}


def test_a_small_house_is_decided_by_two_officers_and_can_be_verified(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, tmp_path: Path
) -> None:
    mark = token_hex(5)
    address = f"ampai-{mark}@resident.example"
    applicant = visitor()
    reference, link = apply(applicant.page, "120", f"อำไพ {mark}", address)

    officer = visitor(**DESK)
    accept(officer.sign_in("officer", "/permits/desk"), reference)
    lane = api.get(f"/api/v1/applications/{reference}", params=secret(link)).raise_for_status().json()["lane"]
    assert (lane["code"], lane["failed"], lane["minutes"]) == ("fast", [], 120)
    assert {one["condition"] for one in lane["conditions"]} == FAST
    assert all(one["passed"] for one in lane["conditions"])
    assert due_is_two_working_hours_later(lane)

    both = visitor(**DESK)
    examine(both.sign_in(add_person(stack, "examiner", "signatory"), f"/permits/desk/{reference}"))
    expect(both.page.get_by_text("ท่านเป็นผู้ตรวจพิจารณาคำขอนี้ จึงต้องให้ผู้อื่นลงนาม")).to_be_visible()
    signatory = visitor()  # at a phone, as who is out of the office
    keep_signature(signatory.sign_in("signatory", f"/permits/desk/{reference}"))
    decide(signatory.page)

    number, code, letter = read_decision(applicant.page, link)
    text = text_of(letter, tmp_path)
    assert number in text
    assert code in text
    assert "เทศบาลเมืองแม่เหียะ" in text
    assert CONDITION in " ".join(text.split())
    assert f"อำไพ {mark}" in text
    verify(visitor().page, code, number, letter)
    cashier = visitor()
    pay(applicant.page, link, cashier.sign_in("cashier", f"/permits/cashier/{reference}"))

    mails_tell_each_step(stack, address, reference, number, link, letter)
    the_decision_is_one_trace(stack, reference)
    assert_no_secrets(stack, [address, f"อำไพ {mark}", secret(link)["secret"]])
    for person in (applicant, officer, both, signatory):
        assert person.complaints == []
    assert all("422" in one for one in cashier.complaints)  # the mistyped amount


def test_a_house_of_180_square_metres_is_told_which_condition_keeps_it_out_of_the_fast_lane(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    applicant, officer = visitor(**DESK, geolocation=MARKET, permissions=["geolocation"]), visitor(**DESK)
    reference, link = apply(applicant.page, "180", "เกษม", f"kasem-{token_hex(5)}@resident.example")
    accept(officer.sign_in("officer", "/permits/desk"), reference)
    applicant.page.goto(link)
    card = applicant.page.locator("#lane")
    why = "ไม่เข้าช่องทางด่วนเพราะ: พื้นที่ใช้สอยไม่เกิน 150 ตารางเมตร (180 ตารางเมตร)"
    expect(card.locator(".lane-why")).to_contain_text(why)
    expect(card.locator(".lane-line")).to_contain_text("20 วันทำการ")
    lane = api.get(f"/api/v1/applications/{reference}", params=secret(link)).json()["lane"]
    assert (lane["code"], lane["failed"], lane["days"]) == ("normal", ["usable-area"], 20)
    write_to_colleagues_and_applicant(officer.page, reference)
    applicant.page.reload()
    expect(applicant.page.locator("#thread")).to_contain_text(f"เรื่องคำขอเลขที่ {reference}")
    expect(applicant.page.get_by_text(NOTE)).to_have_count(0)
    assert applicant.complaints + officer.complaints == []


def test_who_examined_cannot_sign_even_past_the_page(stack: Stack, api: httpx.Client) -> None:
    same = bearer(stack, add_person(stack, "officer", "examiner", "signatory"))
    opened = draft(api)
    hand_in(api, opened)
    path = f"/api/v1/applications/{opened['reference']}"
    for act, body in (("accept", {}), ("examine", {"proposal": "approve"})):
        api.post(f"{path}/{act}", json=body, headers=same).raise_for_status()
    refused = api.post(f"{path}/decide", json={"decision": "approve"}, headers=same)
    assert (refused.status_code, refused.json()["code"]) == (403, "same-person")
    assert api.get(path, headers=same).json()["state"] == "examined"


def apply(page: Page, area: str, name: str, address: str) -> tuple[str, str]:
    """Form, documents, handed in; the reference and the secret link."""
    page.goto("/permits")
    page.locator("#house-new").get_by_role("link", name="เริ่มยื่นคำขอ").click()
    page.get_by_label("ชื่อและนามสกุล").fill(name)
    page.get_by_role("textbox", name="อีเมล").fill(address)
    page.get_by_role("button", name="ใช้ตำแหน่งของฉัน").click()
    expect(page.get_by_text("ปักหมุดที่ตำแหน่งของท่านแล้ว")).to_be_visible()
    page.get_by_label("ที่ตั้งอาคาร").fill("88/12 หมู่ 1")
    for field, value in (("storeys", "1"), ("usable_area_m2", area), ("covered_area_m2", "132.50"),
                         ("height_m", "4.80"), ("plot_area_m2", "640"), ("setback_m", "3"),
                         ("deed_number", "48213")):  # fmt: skip
        page.locator(f"#f_{field}").fill(value)
    page.locator("#f_use").select_option("house")
    page.locator("#f_owns_land").select_option("yes")
    page.locator("#f_applicant_kind").select_option("person")
    expect(page.locator("#f_land_owner")).to_be_hidden()
    page.get_by_role("button", name="บันทึกและแนบเอกสาร").click()
    reference = page.locator("h1 .reference").inner_text()
    for code in re.findall(r"#document-([\w-]+)", page.locator("#missing").inner_html()):
        row = page.locator(f"#document-{code}")
        file = chosen_file(f"{code}.pdf", pdf(f"{code} {reference}"))
        row.locator("input[type=file]").set_input_files(file)  # and it is on its way
        expect(row.get_by_text("ได้รับแล้ว")).to_be_visible()
    page.get_by_role("link", name="ตรวจคำตอบและยื่นคำขอ").click()
    page.get_by_label("ข้าพเจ้าอ่านและขอรับรอง").check()
    page.get_by_role("button", name="ยื่นคำขอ").click()
    expect(page.get_by_role("heading", name="ได้รับคำขอแล้ว")).to_be_visible()
    expect(page.locator(".received .reference")).to_have_text(reference)
    return reference, page.locator(".secret-link code").inner_text()


def accept(page: Page, reference: str) -> None:
    """From the list to the case, and the clock starts."""
    page.get_by_role("link", name=reference).click()
    page.get_by_label("ยังไม่ได้ให้ผลตรวจ").check()
    page.get_by_role("button", name="เอกสารครบถ้วน รับคำขอและเริ่มนับเวลา").click()
    expect(page.get_by_text("รับคำขอแล้ว กำลังตรวจพิจารณา").first).to_be_visible()


def write_to_colleagues_and_applicant(page: Page, reference: str) -> None:
    """A note that stays among the staff; and a ready-made word to the applicant, with one of the officer's own."""
    page.get_by_label("บันทึกถึงเจ้าหน้าที่ด้วยกัน").fill(NOTE)
    page.get_by_role("button", name="เพิ่มบันทึก").click()
    expect(page.locator("#notes ol")).to_contain_text(NOTE)
    page.locator("#response-message").select_option("permit-at-the-counter.th")
    message = page.locator("#message")
    expect(message).to_have_value(re.compile(reference))
    message.fill(f"{message.input_value()}\nขอบคุณครับ")
    page.get_by_role("button", name="ส่งข้อความ").click()
    expect(page.locator("#thread ol")).to_contain_text("ขอบคุณครับ")


def examine(page: Page) -> None:
    """Propose to approve, with a condition."""
    form = page.locator("#examine")
    form.get_by_role("radio", name="เสนอให้อนุญาต").check()
    form.get_by_label("เงื่อนไข").fill("ก่อสร้างในเวลา 08.00 ถึง 17.00 น.")
    form.get_by_role("button", name="เสนอผู้ลงนาม").click()
    expect(page.get_by_text("ตรวจพิจารณาแล้ว รอลงนาม").first).to_be_visible()


def keep_signature(page: Page) -> None:
    """From the application to one's own scanned signature, and back."""
    came_from = page.url
    page.locator("#decide").get_by_role("link", name="เพิ่มลายมือชื่อ").click()
    page.locator("#file").set_input_files(chosen_file("signature.png", drawing()))
    page.get_by_role("button", name="บันทึกลายมือชื่อ").click()
    expect(page.locator("#kept").get_by_alt_text("ลายมือชื่อของท่าน")).to_be_visible()
    page.goto(came_from)


def decide(page: Page) -> None:
    """Read, add a condition to the examiner's, place one's signature, confirm, sign."""
    form = page.locator("#decide")
    form.get_by_label("วางลายมือชื่อสแกนของข้าพเจ้า").check()
    expect(form.get_by_label("เงื่อนไข")).to_have_value("ก่อสร้างในเวลา 08.00 ถึง 17.00 น.")
    form.get_by_label("เงื่อนไข").fill(f"ก่อสร้างในเวลา 08.00 ถึง 17.00 น.\n{CONDITION}")
    form.get_by_role("radio", name="อนุญาต", exact=True).check()
    form.get_by_label("ลงนามในตำแหน่ง").select_option(index=1)
    form.get_by_label("ข้าพเจ้าได้อ่านคำขอ").check()
    form.get_by_role("button", name="ลงนาม", exact=True).click()
    expect(page.locator("#decision")).to_be_visible()


def read_decision(page: Page, link: str) -> tuple[str, str, bytes]:
    """Number, verify code and the letter as it is downloaded."""
    page.goto(link)
    download = page.get_by_role("link", name="ดาวน์โหลดหนังสือแจ้งผล")
    expect(download).to_be_visible()  # by itself: the page looks until the letter is there
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.locator("#decision").inner_html()))
    with page.expect_download() as waiting:
        download.click()
    return facts["เลขที่ใบอนุญาต"], facts["รหัสตรวจสอบ"], Path(waiting.value.path()).read_bytes()


def text_of(letter: bytes, folder: Path) -> str:
    """What a reader can copy out of the PDF."""
    (folder / "letter.pdf").write_bytes(letter)
    done = subprocess.run(["pdftotext", folder / "letter.pdf", "-"], capture_output=True, check=True)
    return done.stdout.decode()


def pay(page: Page, link: str, cashier: Page) -> None:
    """The applicant sees the code to pay by; the cashier mistypes, is told by how much, and confirms; a receipt."""
    page.goto(link)
    page.get_by_role("link", name="ดูวิธีชำระ").first.click()
    expect(page.get_by_role("img", name="คิวอาร์โค้ดพร้อมเพย์ 80.00 บาท")).to_be_visible()
    cashier.get_by_label("จำนวนเงินที่ได้รับ").fill("75")
    cashier.get_by_role("button", name="ยืนยันการรับชำระ").click()
    expect(cashier.get_by_text("ขาดอีก 5.00 บาท")).to_be_visible()
    cashier.get_by_label("จำนวนเงินที่ได้รับ").fill("80.00")
    cashier.get_by_role("button", name="ยืนยันการรับชำระ").click()
    expect(cashier.locator("#bill")).to_contain_text("ชำระแล้ว")
    page.reload()
    receipt = page.get_by_role("link", name="ใบเสร็จรับเงิน (PDF)").get_attribute("href")
    assert page.context.request.get(str(receipt)).body().startswith(b"%PDF")


def verify(page: Page, code: str, number: str, letter: bytes) -> None:
    """Anybody, by the code: the entry, the same file, and not another one; and the register lists it, with a map."""
    page.goto(f"/verify/{code}")
    expect(page.get_by_role("heading", name="มีอยู่ในทะเบียนจริง")).to_be_visible()
    expect(page.get_by_text(number)).to_be_visible()
    for content, same, worth in (
        (letter, "ตรงกับฉบับที่เทศบาลออกทุกประการ", "ลายมือชื่ออิเล็กทรอนิกส์ถูกต้อง"),
        (with_byte_changed(letter), "ไม่ตรงกับฉบับที่เทศบาลออก", "ไฟล์นี้ถูกแก้ไขหลังจากลงลายมือชื่อ"),
    ):
        page.locator("#file").set_input_files(chosen_file("a.pdf", content))
        page.get_by_role("button", name="เทียบไฟล์").click()
        expect(page.locator("#result")).to_contain_text(same)
        expect(page.locator("#result")).to_contain_text(worth)
    page.goto(f"/register?q={number}")
    expect(page.get_by_role("row").filter(has_text=number).get_by_role("link", name=code)).to_be_visible()
    filled(page)
    expect(page.locator("[data-map]")).to_have_attribute("data-places", "1")


def mails_tell_each_step(stack: Stack, address: str, reference: str, number: str, link: str, letter: bytes) -> None:
    """Received, complete, approved, to be paid, paid: once each, in Thai; the one that approves with the letter."""
    until(lambda: len(stack.mailbox.to(address)) >= 5, f"mail for {address}")
    mails = {str(mail["Subject"]): mail for mail in stack.mailbox.to(address)}
    approved = f"อนุญาตแล้ว คำขอ {reference}"
    assert set(mails) >= {approved, f"เอกสารครบถ้วน คำขอ {reference}"}
    assert len(mails) == len(stack.mailbox.to(address)) == 5
    body = mails[approved].get_body(("plain",))
    assert body is not None
    assert number in body.get_content()
    assert link in body.get_content()
    assert [one.get_content() for one in mails[approved].iter_attachments()] == [letter]


def the_decision_is_one_trace(stack: Stack, reference: str) -> None:
    """From the signature to the applicant's mail."""
    spans = trace_of(
        stack, "POST /permits/desk/{reference}/decide", reference,
        {
            ("permits", "send internal.permits.v1"), ("notify", "process internal.permits.v1"),
            ("notify", "deliver email"),
        },
    )  # fmt: skip
    assert [span.service for span in spans if not span.parent_id] == ["permits"]
    assert {span.attributes["onestop.reference"] for span in spans if "onestop.reference" in span.attributes} == {
        reference
    }


def secret(link: str) -> dict[str, str]:
    """The query that opens the application."""
    return {"secret": link.partition("secret=")[2]}


def due_is_two_working_hours_later(lane: dict[str, str]) -> bool:
    """On whatever day this runs: at least two hours later, within office hours of a weekday."""
    started, due = (datetime.fromisoformat(lane[name]).astimezone(BANGKOK) for name in ("started_at", "due_at"))
    return due - started >= timedelta(hours=2) and due.weekday() < 5 and time(8, 30) <= due.time() <= time(16, 30)
