"""More time for a permit: asked for on its holder's phone, paid on an invoice of its own, signed, and valid for longer
to whoever looks it up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect

from shared.words.dates import date_text
from tests.support.api_calls import decide, draft, hand_in
from tests.support.browser import DESK, Visitor
from tests.support.page_checks import accessibility, too_wide
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
BANGKOK = ZoneInfo("Asia/Bangkok")
DAYS = 90


def test_a_permit_is_extended_once_its_fee_is_paid_and_anybody_sees_its_new_last_day(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    opened = draft(api)
    hand_in(api, opened)
    reference = opened["reference"]
    code = decide(stack, api, reference)
    holder, cashier, signatory = visitor(), visitor(**DESK), visitor(**DESK)
    last_day = valid_until(api, code)

    holder.page.goto(f"/permits/{reference}?secret={opened['secret']}")
    ask_for_more_time(holder.page)
    sign(signatory.sign_in("signatory", f"/permits/desk/{reference}"))
    expect(signatory.page.locator("main")).to_contain_text("ยังไม่ได้รับชำระค่าธรรมเนียมต่ออายุ 20.00 บาท")
    pay(cashier.sign_in("cashier", f"/permits/cashier/{reference}?invoice=2"))
    signatory.page.goto(f"/permits/desk/{reference}")
    sign(signatory.page)

    expect(signatory.page.get_by_text("พิจารณาคำขอต่ออายุ")).to_have_count(0)
    later = valid_until(api, code)
    assert later == last_day + timedelta(days=DAYS)
    anybody = visitor().page
    anybody.goto(f"/verify/{code}")
    expect(anybody.locator("main")).to_contain_text(date_text(later, BANGKOK, "th"))
    holder.page.goto(f"/permits/{reference}")
    expect(holder.page.locator("#decision")).to_contain_text(date_text(later, BANGKOK, "th"))
    assert holder.complaints == []


def valid_until(api: httpx.Client, code: str) -> datetime:
    """As the public register says it."""
    entry = api.get(f"/api/v1/register/{code}").raise_for_status().json()
    return datetime.fromisoformat(entry["valid_until"])


def ask_for_more_time(page: Page) -> None:
    """With what it costs before it is sent, and the invoice afterwards."""
    page.locator("summary", has_text="ขอต่ออายุใบอนุญาต").click()
    page.get_by_label("เหตุผลที่ขอต่ออายุ").fill("ผู้รับเหมาทิ้งงาน")
    page.get_by_role("button", name="ส่งคำขอต่ออายุ").click()
    expect(page.locator("#fees")).to_contain_text("20.00")
    assert accessibility(page) == []
    assert too_wide(page) == []


def sign(page: Page) -> None:
    """So many days more."""
    page.get_by_label("ต่ออายุอีกกี่วัน").fill(str(DAYS))
    page.locator("form", has=page.get_by_label("ต่ออายุอีกกี่วัน")).get_by_role("button", name="ลงนาม").click()


def pay(page: Page) -> None:
    """What the invoice of the extension asks for; the application's own stays as it is."""
    page.get_by_label("จำนวนเงินที่ได้รับ").fill("20.00")
    page.get_by_role("button", name="ยืนยันการรับชำระ").click()
    expect(page.locator("#bill")).to_contain_text("ชำระแล้ว")
