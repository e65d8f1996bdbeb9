"""A desk officer's morning, on a phone and at a desk: triage, a call, a duplicate, a correction, an answer.

`SCREENSHOTS=folder` keeps a picture of each page, to be looked at by people.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import Visitor
from tests.support.page_checks import accessibility, overlapping, settle, too_wide
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.browser
SCREENSHOTS = os.environ.get("SCREENSHOTS")
SMALL: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
THAILAND: dict[str, Any] = {"locale": "th-TH", "timezone_id": "Asia/Bangkok"}
PHONE_NUMBER = "081-234-5678"
LONG = "ก" * 300  # one word, as somebody leans on a key


DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"  # what follows a new size too


@dataclass
class Morning:
    """One officer at one device, and the cases that wait for them."""

    stack: Stack
    api: httpx.Client
    visitor: Visitor
    name: str

    @property
    def page(self) -> Page:
        return self.visitor.page

    def puzzle(self, text: str, **more: Any) -> dict[str, str]:
        """A report that no rule knows what to do with: its reference and the id of its work."""
        made = api_calls.report(self.api, category="other", text=text, **more)
        made["order"] = self.order(made["reference"])
        return made

    def order(self, reference: str) -> str:
        return api_calls.work_order(self.api, api_calls.bearer(self.stack, "officer"), reference)

    def open(self, path: str) -> None:
        self.page.goto(path)

    def look(self, what: str) -> None:
        """The page is for everybody: it fits here and on the other device, nothing covers anything, and no check of
        accessibility complains."""
        own = self.page.viewport_size
        assert own is not None
        settle(self.page)
        assert accessibility(self.page) == [], what
        for device in (WIDE, SMALL) if own == SMALL["viewport"] else (SMALL, WIDE):  # its own last: it goes on there
            self.page.set_viewport_size(device["viewport"])
            self.page.evaluate(DRAWN)
            self._keep(f"{what}-{self.name}-{device['viewport']['width']}")
            assert too_wide(self.page) == [], what
            assert overlapping(self.page) == [], what

    def _keep(self, name: str) -> None:
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)

    def unfold(self, act: str) -> None:
        """The form of an act on the page of one piece of work, or of one report."""
        form = self.page.locator(f'form[action$="/{act}"]').first
        self.page.locator("details.act", has=form).locator("summary").first.click()

    def said(self) -> Any:
        return self.page.locator("main .alert.ok").first


@pytest.fixture(
    params=[
        pytest.param(("phone-th", SMALL, "th"), id="phone-th"),
        pytest.param(("desk-en", WIDE, "en"), id="desk-en", marks=pytest.mark.campaign),
    ]
)
def morning(
    request: pytest.FixtureRequest, stack: Stack, api: httpx.Client, visitor: Callable[..., Visitor]
) -> Iterator[Morning]:
    name, device, language = request.param
    come = visitor(**device, **THAILAND)
    come.sign_in("officer", "/desk")
    come.page.goto(f"/desk?lang={language}")
    yield Morning(stack, api, come, name)
    assert come.complaints == []


def test_a_desk_officers_morning(morning: Morning) -> None:
    triage_shows_what_came_in(morning)
    new_work_comes_by_itself(morning)
    several_are_assigned_at_once(morning)
    one_is_corrected_answered_and_called(morning)
    duplicates_are_merged_and_separated(morning)
    a_call_is_taken_down(morning)
    the_map_and_a_saved_filter(morning)


def triage_shows_what_came_in(morning: Morning) -> None:
    made = morning.puzzle(f"มีของวางขวางทาง {LONG}", photos=2)
    morning.open("/desk")
    card = morning.page.locator(f'[data-work="{made["order"]}"]')
    expect(card.locator("img").first).to_be_visible()
    expect(card.locator(".work-text")).to_contain_text("มีของวางขวางทาง")
    current = morning.page.locator(".staff-nav [aria-current]")
    expect(current).to_be_in_viewport(ratio=1)
    morning.look("desk")


def new_work_comes_by_itself(morning: Morning) -> None:
    """Nobody reloads; what somebody has ticked stays ticked."""
    page = morning.page
    expect(page.locator("[data-live]")).to_be_visible()
    ticked = page.locator(".triage input[name=order]").first
    ticked.check()
    value = ticked.get_attribute("value")
    made = morning.puzzle("เรื่องใหม่ที่เข้ามาเอง")
    expect(page.locator(f'[data-work="{made["order"]}"]')).to_be_visible()
    expect(page.locator(f'input[name=order][value="{value}"]')).to_be_checked()
    expect(page.locator("[data-ticked]")).to_have_text(
        ["1", "1"]
    )  # beside the work, and in the bar that stays in sight


def several_are_assigned_at_once(morning: Morning) -> None:
    page = morning.page
    orders = [morning.puzzle(f"เรื่องที่ {number}")["order"] for number in (1, 2)]
    morning.open("/desk")
    for order in orders:
        page.locator(f'[data-work="{order}"] input[name=order]').check()
    page.locator('select[id="assign.team"]').select_option("works-roads")
    page.locator("#bulk button").click()
    page.wait_for_url(re.compile("/desk/bulk$"))
    expect(page.locator(".bulk-yes")).to_have_count(2)
    morning.look("bulk")


def one_is_corrected_answered_and_called(morning: Morning) -> None:
    page = morning.page
    made = api_calls.report(morning.api, photos=1, reporter={"phone": PHONE_NUMBER, "name": "สมชาย ใจดี"})
    order = morning.order(made["reference"])
    morning.open(f"/desk/{order}")
    morning.look("order")

    page.locator('#tools a[href*="/correct"]').click()
    morning.look("correct")
    page.locator("#address").fill("หน้าตลาดสด ตรงข้ามธนาคาร")
    page.locator("main form .send button").click()
    page.wait_for_url(re.compile(f"/desk/{order}\\?done=corrected"))
    place = page.locator(".work-place")
    until(lambda: page.reload() and "ตรงข้ามธนาคาร" in place.inner_text(), "the work to be told of its place")

    morning.unfold("prioritise")
    page.locator(f"#priority-{order}-prioritise").select_option("emergency")
    page.locator('details form[action$="/prioritise"] button').click()
    page.locator(f"#sure-{order} button").click()  # it is said by when it is due then, and asked once
    page.wait_for_url(re.compile("done=prioritise"))
    expect(morning.said()).to_be_visible()

    morning.unfold("reply")
    page.locator(f"#response-text-{order}-reply").select_option(index=1)
    expect(page.locator(f"#text-{order}-reply")).to_have_value(re.compile(made["reference"]))
    page.locator('form[action$="/reply"] button').click()
    page.wait_for_url(re.compile("done=replied"))

    page.locator('#tools a[href*="/inbox/contact"]').click()
    expect(page.locator("main .alert.warn")).to_have_count(0)  # nothing is said to wait that was taken
    morning.look("contact-reason")
    page.locator("label.choice").first.click()
    page.locator("main form button").click()
    expect(page.locator(f'a[href="tel:{PHONE_NUMBER}"]')).to_be_visible()
    morning.look("contact")
    reports = httpx.Client(base_url=morning.stack.origin, headers=api_calls.bearer(morning.stack, "officer"))
    with reports:
        until(
            lambda: [
                line for line in reports.get(f"/api/v1/reports/{made['reference']}").json()["timeline"]
                if line["type"] == "contact_shown" and line["who"] == "นภา รับเรื่อง"
            ],
            "the look in the report's history",
        )  # fmt: skip
    morning.open(f"/track/{made['reference']}")
    morning.look("track-officer")


def duplicates_are_merged_and_separated(morning: Morning) -> None:
    page = morning.page
    place = {"latitude": 18.7299, "longitude": 98.9461}
    elder, younger = [
        api_calls.report(morning.api, photos=1, category="street-light", text=f"ไฟทางดับ {which}", location=place)
        for which in ("หน้าวัด", "ข้างวัด")
    ]
    order = morning.order(younger["reference"])
    morning.open(f"/desk/{order}")
    page.locator('#tools a[href*="/duplicates"]').click()
    page.locator(f'a.report-card[href*="{elder["reference"]}"]').click()
    expect(page.locator(".side")).to_have_count(2)
    morning.look("duplicates")
    page.locator("#decide form button").first.click()
    page.wait_for_url(re.compile(f"/desk/{order}\\?done=merged"))
    expect(page.locator(".badges")).not_to_contain_text(re.compile("รอรับงาน|To be accepted"))

    morning.open(f"/track/{younger['reference']}/duplicates")
    page.locator('form[action$="/separate"] button').click()
    page.wait_for_url(re.compile("done=separated"))
    expect(morning.said()).to_be_visible()
    officer = api_calls.bearer(morning.stack, "officer")
    query = {"reference": younger["reference"]}
    until(
        lambda: len(morning.api.get("/api/v1/work-orders", params=query, headers=officer).json()["items"]) == 2,
        "work of its own again",
    )


def a_call_is_taken_down(morning: Morning) -> None:
    page = morning.page
    known = api_calls.report(morning.api, reporter={"phone": PHONE_NUMBER})
    morning.open("/report/desk")
    page.locator("#phone").fill(PHONE_NUMBER)
    page.locator("[data-earlier]").click()
    expect(page.locator("[data-earlier-found] a.report-card").first).to_be_visible()
    page.locator("#text").fill("น้ำรั่วริมถนนหน้าบ้าน")
    page.locator("label.choice", has=page.locator('input[value="water-leak"]')).click()
    page.locator("details.coordinates summary").click()
    page.locator("#latitude").fill(str(api_calls.MARKET["latitude"]))
    page.locator("#longitude").fill(str(api_calls.MARKET["longitude"]))
    page.locator("#longitude").blur()
    expect(page.locator(f'[data-like] a[href="/track/{known["reference"]}"]')).to_be_visible()
    for question in page.locator('[data-about="water-leak"] select').all():
        question.select_option(index=1)
    page.locator("#email").fill("caller@example.org")
    page.locator("#consent").check()
    morning.look("takedown")
    page.locator("#takedown .send button").click()
    page.wait_for_url(re.compile("/report/desk/done/"))
    expect(page.locator(".big-reference")).to_have_text(re.compile("MH-"))
    morning.look("taken-down")


def the_map_and_a_saved_filter(morning: Morning) -> None:
    page = morning.page
    morning.open("/desk?team=works-water&priority=emergency")
    page.locator("details.fold", has=page.locator("#name")).locator("summary").click()
    page.locator("#name").fill(f"น้ำ {morning.name}")
    page.locator('form[action="/desk/filters"] button').click()
    page.wait_for_url(re.compile("done=filter-saved"))
    saved = page.locator(".saved-filters a", has_text=morning.name)
    expect(saved).to_have_attribute("href", re.compile("priority=emergency"))
    page.locator('a[href^="/desk/map?"]').first.click()
    expect(page.locator("[data-places]")).to_be_attached()
    morning.look("map")
    line = page.locator("a.map-line").first
    line.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/[0-9A-Z]{26}"))
