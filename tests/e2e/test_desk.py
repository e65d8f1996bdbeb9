"""The desk in a browser: its filter really filters, and a question is answered where it waits."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.support import api_calls
from tests.support.browser import DESK, Visitor
from tests.support.desk_page import write_answer
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


def test_the_filter_takes_what_was_chosen_and_leaves_the_rest_open(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    reference = api_calls.report(api)["reference"]
    api_calls.work_order(api, api_calls.bearer(stack, "crew-water"), reference)
    officer = visitor(**DESK)
    page = officer.sign_in("officer", "/desk")

    page.locator("#reference").fill(reference)
    page.get_by_role("button", name="กรอง", exact=True).click()
    page.wait_for_url(lambda url: f"reference={reference}" in url)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name=reference)).to_be_visible()
    assert officer.complaints == []


def test_a_question_is_answered_and_closed_in_triage(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    reference, order = api_calls.question(stack, api, "รับเบี้ยผู้สูงอายุวันใด")
    page = visitor(**DESK).sign_in("officer", f"/desk/{order}")

    write_answer(page, "ทุกวันที่ 10 ของเดือน")
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    expect(page.locator(".badges")).to_contain_text("ตอบแล้ว")
    expect(page.locator(".card-ok")).to_contain_text("ทุกวันที่ 10 ของเดือน")
    resident = visitor().page
    resident.goto(f"/track/{reference}")
    expect(resident.locator(".pills")).to_contain_text("ตอบแล้ว")
