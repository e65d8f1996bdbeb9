"""A power cut: referred to PEA, answered by the link of its mail, seen by the resident, done, closed by the town."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from secrets import token_hex

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import DESK, Visitor
from tests.support.confirming import confirm_address
from tests.support.page_checks import accessibility, too_wide
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PEA = "outage-desk@pea.example"
SMALL = {"viewport": {"width": 360, "height": 740}, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}


def test_a_power_cut_goes_to_the_electricity_authority_and_its_word_to_the_resident(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    mark = token_hex(4)
    address = f"somsri-{mark}@resident.example"
    made = api_calls.report(
        api, photos=1, category="power-cut", text=f"ไฟดับทั้งซอย โทรกลับ 081-555-0199 {mark}", reporter={"email": address}
    )
    confirm_address(stack, address)
    officer, outsider, resident = visitor(**DESK), visitor(**SMALL), visitor()
    order = api_calls.work_order(api, api_calls.bearer(stack, "officer"), made["reference"])
    refer(officer.sign_in("officer", f"/desk/{order}"), f"ไฟดับทั้งซอย {mark}")

    answer_by_link(outsider.page, newest_link(stack, made["reference"]), mark)
    the_resident_knows(resident.page, stack, made, address, mark)
    done_by_link(outsider.page, newest_link(stack, made["reference"], after=1))
    close(officer.page, order)

    until(
        lambda: [one for one in mails(stack, made["reference"]) if "ปิดเรื่อง" in str(one["Subject"])], "PEA's last mail"
    )
    assert officer.complaints + outsider.complaints + resident.complaints == []


def refer(page: Page, text: str) -> None:
    """By the desk's form, which proposes what everybody may read: no number of anybody's."""
    form = page.locator("details.act").filter(has_text="ส่งต่อหน่วยงานภายนอก")
    form.locator("summary").click()
    expect(form.get_by_label("หน่วยงาน", exact=True)).to_have_value("pea")
    told = form.get_by_label("ข้อความถึงหน่วยงาน")
    expect(told).not_to_have_value(re.compile("081"))
    told.fill(text)
    expect(form.get_by_role("checkbox")).to_be_checked()
    form.get_by_role("button", name="ส่งต่อหน่วยงานภายนอก").click()
    expect(page.locator("#agency")).to_contain_text("การไฟฟ้าส่วนภูมิภาค")


def mails(stack: Stack, reference: str) -> list[EmailMessage]:
    """What PEA has been sent about it."""
    return [mail for mail in stack.mailbox.to(PEA) if reference in str(mail["Subject"])]


def newest_link(stack: Stack, reference: str, after: int = 0) -> str:
    """The link of the newest mail, once there are more than so many."""
    until(lambda: len(mails(stack, reference)) > after, f"mail to PEA about {reference}")
    body = mails(stack, reference)[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"\S+/agency/answer\?\S+", body.get_content())
    assert found
    return found.group()


def answer_by_link(page: Page, link: str, mark: str) -> None:
    """On a phone, without an account: what it is about, the photo, and one answer."""
    page.goto(link)
    assert "key=" not in page.url
    expect(page.get_by_text(f"ไฟดับทั้งซอย {mark}").first).to_be_visible()
    expect(page.get_by_role("img", name="รูปที่ 1 จากผู้แจ้ง")).not_to_have_js_property("naturalWidth", 0)
    assert accessibility(page) == []
    assert too_wide(page) == []
    answer = page.locator("#answer")
    answer.get_by_label("เลขรับเรื่องของหน่วยงาน").first.fill(f"W-{mark}")
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    answer.get_by_label("คาดว่าจะแล้วเสร็จ").fill(day)
    answer.get_by_role("button", name="แจ้งแผนดำเนินการ").click()
    expect(page.get_by_text("บันทึกคำตอบแล้ว")).to_be_visible()
    expect(page.locator("#answer")).to_have_count(0)  # the link takes one
    page.goto(link)
    expect(page.get_by_text("ลิงก์นี้ใช้ตอบไปแล้ว").or_(page.get_by_text("มีลิงก์ที่ใหม่กว่านี้แล้ว"))).to_be_visible()


def the_resident_knows(page: Page, stack: Stack, made: dict[str, str], address: str, mark: str) -> None:
    """On their page and by mail: who has it, under which number, and by when."""
    page.goto(f"/track/{made['reference']}?secret={made['secret']}")
    who = page.locator(".holder")
    expect(who).to_contain_text("การไฟฟ้าส่วนภูมิภาค")
    expect(who).to_contain_text(f"W-{mark}")
    expect(who).to_contain_text("คาดว่าจะแล้วเสร็จ")
    subject = f"การไฟฟ้าส่วนภูมิภาค (PEA) รับเรื่อง {made['reference']} แล้ว"
    told = until(
        lambda: [mail for mail in stack.mailbox.to(address) if str(mail["Subject"]) == subject], f"mail for {address}"
    )
    body = told[0].get_body(("plain",))
    assert body is not None
    assert f"W-{mark}" in body.get_content()
    assert "คาดว่าจะแล้วเสร็จ" in body.get_content()


def done_by_link(page: Page, link: str) -> None:
    """The note that thanked for the answer brought the link for the next word."""
    page.goto(link)
    done = page.locator("details.act").filter(has_text="ดำเนินการเสร็จแล้ว")
    done.locator("summary").click()
    done.get_by_role("button", name="ดำเนินการเสร็จแล้ว").click()
    expect(page.get_by_text("บันทึกคำตอบแล้ว")).to_be_visible()


def close(page: Page, order: str) -> None:
    """The town looks, and closes it."""
    page.goto(f"/desk/{order}")
    expect(page.locator("#agency")).to_contain_text("รอเราตรวจและปิดงาน")
    form = page.locator("details.act").filter(has_text="ปิดงาน").first
    form.locator("summary").first.click()
    form.get_by_label(re.compile("บันทึกการทำงาน")).fill("ไฟมาแล้ว โทรถามผู้แจ้งแล้ว")
    form.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(page.locator(".badges").first).to_contain_text("เสร็จแล้ว")


def test_an_agencys_people_see_what_was_referred_to_it_and_nothing_else(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    made = api_calls.report(api, category="power-cut", text="หม้อแปลงดับ")
    officer = api_calls.bearer(stack, "officer")
    order = api_calls.work_order(api, officer, made["reference"])
    api.post(f"/api/v1/work-orders/{order}/refer", json={"agency": "pea"}, headers=officer).raise_for_status()
    pea, pwa = visitor(**DESK), visitor(**DESK)
    page = pea.sign_in("agency-pea", f"/agency?reference={made['reference']}")
    expect(page.get_by_role("link", name="ไฟฟ้าดับ")).to_be_visible()
    assert accessibility(page) == []
    page.get_by_role("link", name="ไฟฟ้าดับ").click()
    ask = page.locator("details.act").filter(has_text="ขอข้อมูลเพิ่มเติม")
    ask.locator("summary").click()
    ask.get_by_label("ต้องการทราบอะไร").fill("เสาต้นใด")
    ask.get_by_role("button", name="ขอข้อมูลเพิ่มเติม").click()
    expect(page.get_by_text("รอเทศบาลตอบ")).to_be_visible()
    assert accessibility(page) == []

    other = pwa.sign_in("agency-pwa", f"/agency?reference={made['reference']}")
    expect(other.get_by_text("ไม่มีเรื่องตามตัวกรอง")).to_be_visible()
    assert (
        api.get(f"/api/v1/agency/referrals/{order}", headers=api_calls.bearer(stack, "agency-pwa")).status_code == 404
    )
    assert api.get("/api/v1/work-orders", headers=api_calls.bearer(stack, "agency-pea")).status_code == 403
    assert pea.complaints + pwa.complaints == []
