"""The house of two hours without a pointer, in English: from empty form to paid and verified letter, by keys alone."""

import re
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, MARKET, Visitor
from tests.support.keys import Keys
from tests.support.page_checks import accessibility, too_wide
from tests.support.uploads import chosen_file
from tools.play.paper import pdf

pytestmark = pytest.mark.browser
CONDITION = "Work between 8 and 17 only."
HELD: Any = {**DESK, "viewport": {"width": 390, "height": 844}}  # a phone with keys
ENGLISH = "?lang=en"  # remembered from then on
FIELDS = (("storeys", "1"), ("usable_area_m2", "120"), ("covered_area_m2", "132.50"), ("height_m", "4.80"),
          ("plot_area_m2", "640"), ("setback_m", "3"), ("deed_number", "48213"))  # fmt: skip
CHOICES = (("use", "house"), ("owns_land", "yes"), ("applicant_kind", "person"))


def test_a_small_house_goes_from_an_empty_form_to_its_paid_and_verified_letter_by_the_keys_alone_in_english(
    visitor: Callable[..., Visitor],
) -> None:
    at_home = visitor(**DESK, geolocation=MARKET, permissions=["geolocation"])
    reference, link = apply(at_home.page, f"Ampai {token_hex(5)}")
    officer, cashier = visitor(**DESK), visitor(**DESK)
    examiner, signatory = visitor(**HELD), visitor(**HELD)
    accept(officer.sign_in("officer", f"/permits/desk{ENGLISH}"), reference)
    examine(examiner.sign_in("examiner", f"/permits/desk/{reference}{ENGLISH}"))
    sign(signatory.sign_in("signatory", f"/permits/desk/{reference}{ENGLISH}"))

    at_home.page.set_viewport_size(HELD["viewport"])  # on the way, from here on
    at_home.page.goto(link)
    expect(at_home.page.locator("#decision")).to_contain_text("Approved")
    download = at_home.page.get_by_role("link", name="Download the decision letter")
    expect(download).to_be_visible()  # by itself: the page looks until the letter is there
    code = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", at_home.page.locator("#decision").inner_html()))[
        "Verify code"
    ]
    with at_home.page.expect_download() as waiting:
        Keys(at_home.page).press(download)
    letter = Path(waiting.value.path()).read_bytes()
    pay(at_home.page, cashier.sign_in("cashier", f"/permits/cashier/{reference}{ENGLISH}"))
    verify(at_home.page, code, letter)
    for person in (at_home, officer, examiner, signatory, cashier):
        assert accessibility(person.page) == []
        assert not too_wide(person.page)
        assert person.complaints == []


def apply(page: Page, name: str) -> tuple[str, str]:
    """Form, documents, declaration; the reference and the secret link."""
    keys = Keys(page)
    page.goto(f"/permits{ENGLISH}")
    keys.past_the_header()
    keys.press(page.locator("#house-new").get_by_role("link", name="Start now"))
    expect(page).to_have_url(re.compile("/permits/new/house-new"))
    keys.past_the_header()
    keys.write(page.locator("#name"), name)
    keys.write(page.locator("#phone"), "053 123 456")
    keys.press(page.locator("[data-map=pick] [data-map-locate]").first)
    expect(page.get_by_text("The pin is at your location")).to_be_visible()
    keys.write(page.get_by_label("Address of the site"), "88/12 หมู่ 1")
    fill_in_by_the_order_of_the_page(keys)
    keys.press(page.get_by_role("button", name="Save and continue to the documents"))
    reference = page.locator("h1 .reference").inner_text()
    keys.past_the_header()
    for code in re.findall(r"#document-([\w-]+)", page.locator("#missing").inner_html()):
        row = page.locator(f"#document-{code}")
        keys.hand_in(row.locator("input[type=file]"), chosen_file(f"{code}.pdf", pdf(f"{code} {reference}")))
        expect(row.get_by_text("Received")).to_be_visible()
        expect(row).to_be_focused()  # and it goes on from there
    keys.press(page.get_by_role("link", name="Check and submit"))
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    keys.tick(page.get_by_label("I have read this and declare it"))
    keys.press(page.get_by_role("button", name="Submit the application"))
    expect(page.get_by_role("heading", name="We have your application")).to_be_visible()
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
    keys.tick(page.get_by_label("Nothing was noted about"))
    keys.press(page.get_by_role("button", name="Complete: accept and start the clock"))
    expect(page.get_by_text("Accepted, being examined").first).to_be_visible()


def examine(page: Page) -> None:
    """Proposed to the signatory, with a condition."""
    keys, form = Keys(page), page.locator("#examine")
    keys.press(page.locator(".page-header").get_by_role("link", name="The examiner's proposal"))
    keys.tick(form.get_by_role("radio", name="Propose to approve"))
    keys.write(form.get_by_label("Conditions (one on each line)"), CONDITION)
    keys.press(form.get_by_role("button", name="Send to the signatory"))
    expect(page.get_by_text("Examined, waiting for signature").first).to_be_visible()


def sign(page: Page) -> None:
    """What was proposed, read and signed as the second office of the list."""
    keys, form = Keys(page), page.locator("#decide")
    keys.press(page.locator(".page-header").get_by_role("link", name="Sign the decision"))
    keys.tick(form.get_by_role("radio", name="Approve", exact=True))
    office = form.get_by_label("Sign as")
    keys.choose(office, office.locator("option").nth(1).get_attribute("value") or "")
    keys.tick(form.get_by_label("I have read the application"))
    keys.press(form.get_by_role("button", name="Sign", exact=True))
    expect(page.locator("#decision")).to_be_visible()


def pay(page: Page, cashier: Page) -> None:
    """The applicant finds the code to pay by; the cashier takes the money; and there is a receipt."""
    keys, counter = Keys(page), Keys(cashier)
    keys.press(page.get_by_role("link", name="See how to pay").first)
    expect(page.get_by_role("img", name="80.00")).to_be_visible()
    counter.write(cashier.get_by_label("Amount received"), "80.00")
    counter.press(cashier.get_by_role("button", name="Confirm the payment"))
    expect(cashier.locator("#bill")).to_contain_text("Paid")
    page.reload()
    receipt = page.get_by_role("link", name="Receipt (PDF)")
    expect(receipt).to_be_visible()
    keys.to(receipt)


def verify(page: Page, code: str, letter: bytes) -> None:
    """By the code at the foot of the letter, and by the file itself."""
    keys = Keys(page)
    page.goto("/verify")
    keys.past_the_header()
    keys.write(page.get_by_label("Verify code"), code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="It is in the register")).to_be_visible()
    keys.hand_in(page.locator("#file"), chosen_file("letter.pdf", letter))
    keys.press(page.get_by_role("button", name="Compare"))
    expect(page.locator("#result")).to_contain_text("It is identical to the letter that was issued")
    expect(page.locator("#result")).to_contain_text("The electronic signature is valid")
