"""A house beside a power line: PEA is asked by mail, the neighbour by letter and mail, and both answers stand at the
desk."""

import re
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.api_calls import bearer, draft, hand_in
from tests.support.browser import DESK, Visitor
from tests.support.page_checks import accessibility, too_wide
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PEA = "outage-desk@pea.example"
SMALL = {"viewport": {"width": 360, "height": 740}, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}
NEXT_DOOR = "บ้านเลขที่ 99/5"


def test_an_agency_answers_by_the_link_of_its_mail_and_a_neighbour_by_the_code_of_a_letter(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, tmp_path: Path
) -> None:
    opened = draft(api)
    hand_in(api, opened)
    reference = opened["reference"]
    api.post(f"/api/v1/applications/{reference}/accept", json={}, headers=bearer(stack, "officer")).raise_for_status()
    officer, outsider, neighbour = visitor(**DESK), visitor(**SMALL), visitor(**SMALL)
    page = officer.sign_in("officer", f"/permits/desk/{reference}")

    ask_agency(page)
    answer_as_agency(outsider.page, link_of(stack, reference))
    address = f"next-door-{reference.lower()}@example.org"
    letter = ask_neighbour(page, tmp_path, api, bearer(stack, "officer"), address)
    code = code_in(letter, reference)
    until(lambda: any(code in plain(mail) for mail in stack.mailbox.to(address)), "the letter's code by mail")
    answer_as_neighbour(neighbour.page, code, reference)

    page.goto(f"/permits/desk/{reference}")
    expect(page.locator("#consultations")).to_contain_text("เว้นระยะ 1.8 เมตร")
    expect(page.locator("#neighbours")).to_contain_text("หน้าต่างตรงกับห้องนอน")
    assert accessibility(page) == []
    seen = api.get(f"/api/v1/applications/{reference}", headers={"X-Application-Secret": opened["secret"]}).json()
    assert (seen["consultations"], seen["neighbours"]) == ([], []), "the applicant reads neither"
    assert officer.complaints + outsider.complaints == []
    assert all("404" in one for one in neighbour.complaints)  # the code that was mistyped


def ask_agency(page: Page) -> None:
    """From the desk; the page says that the mail is on its way, and then that it arrived."""
    card = page.locator("#consultations")
    card.locator("summary", has_text="สอบถามหน่วยงาน").click()
    card.get_by_label("หน่วยงานหรือฝ่าย").select_option("pea")
    card.get_by_label("เรื่องที่สอบถาม").fill("ห่างจากสายไฟพอหรือไม่")
    card.get_by_label("ทราบว่าเลยกำหนดแล้วเสร็จ").check()
    card.get_by_role("button", name="สอบถาม", exact=True).click()
    expect(card.get_by_text("ห่างจากสายไฟพอหรือไม่")).to_be_visible()

    def arrived() -> bool:
        page.reload()
        return card.get_by_text("ส่งข้อความถึงผู้ตอบแล้ว").is_visible()

    until(arrived, "word that PEA has the question")
    assert accessibility(page) == []


def link_of(stack: Stack, reference: str) -> str:
    """The link that PEA's mail brings."""

    def mails() -> list[EmailMessage]:
        return [mail for mail in stack.mailbox.to(PEA) if reference in str(mail["Subject"])]

    found = re.search(r"\S+/permits/consult/\S+", plain(until(mails, f"mail to PEA about {reference}")[0]))
    assert found
    return found.group()


def plain(mail: EmailMessage) -> str:
    """What it says."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def answer_as_agency(page: Page, link: str) -> None:
    """On a phone, without an account, with the keyboard."""
    page.goto(link)
    expect(page.get_by_text("ห่างจากสายไฟพอหรือไม่")).to_be_visible()
    assert accessibility(page) == []
    assert too_wide(page) == []
    page.get_by_label("ไม่ขัดข้อง โดยมีเงื่อนไข").focus()
    page.keyboard.press("Space")
    page.get_by_label("เงื่อนไขหรือเหตุผล").fill("เว้นระยะ 1.8 เมตร")
    page.get_by_label("ชื่อและตำแหน่งผู้ตอบ").fill("นายช่างไฟฟ้า กมล")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ได้รับคำตอบแล้ว ขอบคุณ")).to_be_visible()


def ask_neighbour(page: Page, tmp_path: Path, api: httpx.Client, officer: dict[str, str], address: str) -> str:
    """The text of the letter that is printed for whoever lives next door, and who reads mail there."""
    page.reload()
    card = page.locator("#neighbours")
    card.locator("summary", has_text="สอบถามผู้อยู่ข้างเคียง").click()
    card.get_by_label("บ้านเลขที่หรือเลขที่โฉนดที่ดินข้างเคียง").fill(NEXT_DOOR)
    card.get_by_label("อีเมลของผู้อยู่ข้างเคียง").fill(address)
    card.get_by_label("ทราบว่าเลยกำหนดแล้วเสร็จ").check()
    card.get_by_role("button", name="บันทึกและเตรียมหนังสือ").click()
    expect(card.get_by_text(NEXT_DOOR).first).to_be_visible()
    link = card.get_by_role("link", name="หนังสือสำหรับพิมพ์ (PDF)").get_attribute("href")
    assert link
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(api.get(link, headers=officer).raise_for_status().content)
    told = subprocess.run(["pdftotext", "-layout", str(letter), "-"], capture_output=True, check=True, text=True)
    return told.stdout


def code_in(letter: str, reference: str) -> str:
    """What is to be typed."""
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", letter.replace(reference, ""))
    assert code, letter
    assert reference in letter
    return code.group()


def answer_as_neighbour(page: Page, code: str, reference: str) -> None:
    """By what is typed from the letter: a mistyped code first."""
    page.goto("/permits/neighbour")
    assert accessibility(page) == []
    for typed in ("7QHX-29MD-KT4P", code.lower()):
        page.get_by_label("เลขที่คำขอ").fill(reference)
        page.get_by_label("รหัสตอบ").fill(typed)
        page.get_by_role("button", name="เปิด", exact=True).click()
    expect(page.get_by_role("heading", name="สิ่งที่ขออนุญาตข้างเคียงท่าน")).to_be_visible()
    assert accessibility(page) == []
    assert too_wide(page) == []
    page.get_by_label("คัดค้าน").check()
    page.get_by_label("เหตุผล").fill("หน้าต่างตรงกับห้องนอน")
    page.get_by_label("ชื่อและนามสกุลผู้ตอบ").fill("ดวงใจ มีสุข")
    page.get_by_role("button", name="ส่งคำตอบ").click()
    expect(page.get_by_text("ได้รับคำตอบแล้ว ขอบคุณ")).to_be_visible()
