"""An officer tries the rules in a browser: a case with answers and a time, and a changed file before it goes live."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import DESK, Visitor
from tests.support.page_checks import accessibility, settle, too_wide
from tests.support.source import ROOT
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
RULES = (ROOT / "deploy/municipalities/maehia/routing.yaml").read_text("utf-8")
SHOTS = os.environ.get("SCREENSHOTS")


def keep(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_case_is_tried_at_any_time_with_the_answers_to_its_categorys_questions(
    visitor: Callable[..., Visitor],
) -> None:
    officer = visitor(**DESK)
    page = officer.sign_in("officer", "/desk/routing")
    settle(page)
    page.locator("#category").select_option("road-damage")
    page.get_by_label("เป็นอันตรายต่อผู้ใช้ทางในขณะนี้หรือไม่").select_option("yes")
    expect(page.get_by_label("มีสายไฟขาดหรือไฟรั่วหรือไม่")).to_be_hidden()
    page.locator("#at").fill("2026-11-23T20:00")
    page.get_by_role("button", name="ทดสอบ", exact=True).click()

    expect(page.locator("#result")).to_contain_text("งานป้องกันและบรรเทาสาธารณภัย")
    expect(page.locator("#result")).to_contain_text("นอกเวลาราชการ")
    expect(page.locator("#at")).to_have_value("2026-11-23T20:00")
    assert accessibility(page) == []
    assert officer.complaints == []


def test_a_changed_file_is_mended_until_it_can_be_used_and_then_shows_what_it_would_move(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    reference = api_calls.report(api, category="street-light", text="โคมไฟหน้าบ้านไม่สว่าง")["reference"]
    api_calls.work_order(api, api_calls.bearer(stack, "crew-lights"), reference)
    officer = visitor(**DESK)
    page = officer.sign_in("officer", "/desk/routing/rules")

    page.locator("#rules").fill(RULES.replace("then: {team: works-lights,", "then: {team: works-lamps,"))
    page.get_by_role("button", name="ตรวจและเปรียบเทียบ").click()
    line = RULES[: RULES.index("then: {team: works-lights,")].count("\n") + 1
    expect(page.get_by_role("alert")).to_contain_text(f"บรรทัด {line}: there is no team 'works-lamps'")
    assert accessibility(page) == []

    page.locator("#rules").fill(page.locator("#rules").input_value().replace("works-lamps", "works-roads"))
    page.get_by_role("button", name="ตรวจและเปรียบเทียบ").click()
    expect(page.locator("#result").get_by_role("link", name=reference)).to_be_visible()
    expect(page.locator("#result")).to_contain_text("งานไฟฟ้าสาธารณะ → งานถนนและทางเท้า")
    assert accessibility(page) == []
    keep(page, "routing-trial-1280")
    page.set_viewport_size({"width": 360, "height": 740})
    assert too_wide(page) == []
    keep(page, "routing-trial-360")
