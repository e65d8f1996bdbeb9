"""The house of two hours without a pointer: from empty form to decision, every step by keys, at a desk in Thai."""

import re
from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, MARKET, Visitor
from tests.support.keys import Keys
from tests.support.uploads import chosen_file
from tools.play.paper import pdf

pytestmark = pytest.mark.browser
CONDITION = "ก่อสร้างในเวลา 08.00 ถึง 17.00 น."
FIELDS = (("storeys", "1"), ("usable_area_m2", "120"), ("covered_area_m2", "132.50"), ("height_m", "4.80"),
          ("plot_area_m2", "640"), ("setback_m", "3"), ("deed_number", "48213"))  # fmt: skip
CHOICES = (("use", "house"), ("owns_land", "yes"), ("applicant_kind", "person"))


def test_a_small_house_goes_from_an_empty_form_to_its_decision_by_the_keys_alone(
    visitor: Callable[..., Visitor],
) -> None:
    at_home = visitor(**DESK, geolocation=MARKET, permissions=["geolocation"])
    reference, link = apply(at_home.page, f"อำไพ {token_hex(5)}")
    officer, examiner, signatory = visitor(**DESK), visitor(**DESK), visitor(**DESK)
    accept(officer.sign_in("officer", "/permits/desk"), reference)
    examine(examiner.sign_in("examiner", f"/permits/desk/{reference}"))
    sign(signatory.sign_in("signatory", f"/permits/desk/{reference}"))

    at_home.page.goto(link)
    expect(at_home.page.locator("#decision")).to_contain_text("อนุญาต")
    letter = at_home.page.get_by_role("link", name="ดาวน์โหลดหนังสือแจ้งผล")
    expect(letter).to_be_visible()  # by itself: the page looks until the letter is there
    with at_home.page.expect_download():
        Keys(at_home.page).press(letter)
    for person in (at_home, officer, examiner, signatory):
        assert person.complaints == []


def apply(page: Page, name: str) -> tuple[str, str]:
    """Form, documents, declaration; the reference and the secret link."""
    keys = Keys(page)
    page.goto("/permits")
    keys.past_the_header()
    keys.press(page.locator("#house-new").get_by_role("link", name="เริ่มยื่นคำขอ"))
    expect(page).to_have_url(re.compile("/permits/new/house-new"))
    keys.past_the_header()
    keys.write(page.get_by_label("ชื่อและนามสกุล"), name)
    keys.write(page.locator("#phone"), "053 123 456")
    keys.press(page.locator("[data-map=pick] [data-map-locate]").first)
    expect(page.get_by_text("ปักหมุดที่ตำแหน่งของท่านแล้ว")).to_be_visible()
    keys.write(page.get_by_label("ที่ตั้งอาคาร"), "88/12 หมู่ 1")
    fill_in_by_the_order_of_the_page(keys)
    keys.press(page.get_by_role("button", name="บันทึกและแนบเอกสาร"))
    reference = page.locator("h1 .reference").inner_text()
    keys.past_the_header()
    for code in re.findall(r"#document-([\w-]+)", page.locator("#missing").inner_html()):
        row = page.locator(f"#document-{code}")
        keys.hand_in(row.locator("input[type=file]"), chosen_file(f"{code}.pdf", pdf(f"{code} {reference}")))
        expect(row.get_by_text("ได้รับแล้ว")).to_be_visible()
        expect(row).to_be_focused()  # and it goes on from there
    keys.press(page.get_by_role("link", name="ตรวจคำตอบและยื่นคำขอ"))
    expect(page.get_by_role("heading", name="ตรวจคำตอบ")).to_be_visible()
    keys.tick(page.get_by_label("ข้าพเจ้าอ่านและขอรับรอง"))
    keys.press(page.get_by_role("button", name="ยื่นคำขอ"))
    expect(page.get_by_role("heading", name="ได้รับคำขอแล้ว")).to_be_visible()
    return reference, page.locator(".secret-link code").inner_text()


def fill_in_by_the_order_of_the_page(keys: Keys) -> None:
    """The questions as Tab comes to them."""
    page, wanted = keys.page, dict(FIELDS) | dict(CHOICES)
    asked: list[str] = page.locator("[name^=f_]").evaluate_all("all => all.map(({ name }) => name.slice(2))")
    for code in [one for one in asked if one in wanted]:
        field = page.locator(f"#f_{code}")
        if code in dict(CHOICES):
            keys.choose(field, wanted[code])
        else:
            keys.write(field, wanted[code])


def accept(page: Page, reference: str) -> None:
    """From the list to the application, which is found complete."""
    keys = Keys(page)
    keys.past_the_header()
    keys.press(page.get_by_role("link", name=reference))
    expect(page.locator("h1")).to_have_text(reference)
    keys.past_the_header()
    keys.tick(page.get_by_label("ยังไม่ได้ให้ผลตรวจ"))
    keys.press(page.get_by_role("button", name="เอกสารครบถ้วน รับคำขอและเริ่มนับเวลา"))
    expect(page.get_by_text("รับคำขอแล้ว กำลังตรวจพิจารณา").first).to_be_visible()


def examine(page: Page) -> None:
    """Proposed to the signatory, with a condition."""
    keys, form = Keys(page), page.locator("#examine")
    keys.press(page.locator(".page-header").get_by_role("link", name="ความเห็นของผู้ตรวจพิจารณา"))
    keys.tick(form.get_by_role("radio", name="เสนอให้อนุญาต"))
    keys.write(form.get_by_label("เงื่อนไข"), CONDITION)
    keys.press(form.get_by_role("button", name="เสนอผู้ลงนาม"))
    expect(page.get_by_text("ตรวจพิจารณาแล้ว รอลงนาม").first).to_be_visible()


def sign(page: Page) -> None:
    """What was proposed, read and signed as the second office of the list."""
    keys, form = Keys(page), page.locator("#decide")
    keys.press(page.locator(".page-header").get_by_role("link", name="ลงนามคำสั่ง"))
    keys.tick(form.get_by_role("radio", name="อนุญาต", exact=True))
    office = form.get_by_label("ลงนามในตำแหน่ง")
    keys.choose(office, office.locator("option").nth(1).get_attribute("value") or "")
    keys.tick(form.get_by_label("ข้าพเจ้าได้อ่านคำขอ"))
    keys.press(form.get_by_role("button", name="ลงนาม", exact=True))
    expect(page.locator("#decision")).to_be_visible()
