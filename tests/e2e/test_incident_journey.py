"""Several households report one thing: the desk makes it one incident, residents see that it is known, and all is ended
together, on a phone and at a desk, in both languages."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.page_checks import accessibility, settle, too_wide
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.browser

SMALL = {**PHONE, "viewport": {"width": 360, "height": 740}}
HERE = {"latitude": 18.7509, "longitude": 98.9168}  # a village in which no other test reports a missed collection
NEXT_VILLAGE = {"latitude": 18.7301, "longitude": 98.9402}  # outside the reach of what happens there
ONE: dict[str, Any] = {"category": "missed-collection", "text": "รถขยะไม่มาเก็บสองวันแล้ว", "location": HERE}
PICTURES = os.environ.get("LOOK_AT")  # a folder: whoever works on these pages looks at them


def checked(page: Page, name: str) -> None:
    settle(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert accessibility(page) == []
    assert too_wide(page) == []


def test_what_many_report_is_known_worked_on_once_and_ended_for_all(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    officer = api_calls.bearer(stack, "officer")
    reports = [api_calls.report(api, **ONE) for _ in range(5)]
    incident = proposed(api, officer)

    desk = visitor(**DESK)
    page = desk.sign_in("officer", "/desk/incidents")
    checked(page, "desk-list-th")
    page.get_by_role("link", name="รถขยะไม่มาเก็บ").first.click()
    checked(page, "desk-proposal-th")
    page.locator("#note-confirm").fill("รถเก็บขยะเสีย จะเข้าเก็บพรุ่งนี้เช้า")
    page.get_by_role("button", name="ใช่ เป็นเหตุเดียวกัน").click()
    expect(page.get_by_role("status").first).to_contain_text("เปิดเหตุแล้ว")
    checked(page, "desk-open-th")
    page.goto(f"/desk/incidents/{incident}?lang=en")
    checked(page, "desk-open-en")

    phone = visitor(**SMALL)
    citizen = phone.page
    citizen.goto("/")
    notice = citizen.locator(f"#outage-{incident}")
    expect(notice).to_contain_text("รถเก็บขยะเสีย")
    checked(citizen, "home-th")
    notice.get_by_role("link").click()
    known = citizen.locator(f"[data-outage='{incident}']")
    expect(known).to_be_visible()
    expect(known.locator("input")).to_be_checked()
    checked(citizen, "form-th")
    for path, name in (("/map", "map-th"), (f"/track/{reports[1]['reference']}?lang=en", "track-en")):
        citizen.goto(path)
        checked(citizen, name)
    expect(citizen.locator("#incident")).to_contain_text("This is part of a known problem")

    same = api_calls.report(api, **{**ONE, "location": {"address": "หน้าบ้าน"}, "incident": incident})
    wrong = reports[2]["reference"]
    until(lambda: joined(api, officer, incident) == 6, "the sixth report joined by itself")
    remove(page, incident, wrong)
    assert joined(api, officer, incident) == 5
    alone = api_calls.work_order(api, officer, wrong)
    assert api.get(f"/api/v1/work-orders/{alone}", headers=officer).json()["state"] == "assigned"

    elsewhere = api_calls.report(api, **{**ONE, "location": NEXT_VILLAGE})
    merge(page, opened(api, officer, elsewhere["reference"]), incident)
    until(lambda: joined(api, officer, incident) == 6, "the other village belongs to it too")

    closed = {"outcome": "fixed", "note": "เก็บขยะครบทุกหลังแล้ว"}
    api.post(f"/api/v1/desk/incidents/{incident}/close", json=closed, headers=officer).raise_for_status()
    everyone = (reports[0], reports[1], same, elsewhere)
    until(lambda: {state_of(api, one) for one in everyone} == {"resolved"}, "everyone hears that it is over")
    assert state_of(api, reports[2]) == "assigned"
    assert api.get(f"/api/v1/incidents/{incident}").json()["state"] == "resolved"
    assert incident not in {one["id"] for one in api.get("/api/v1/incidents").json()["items"]}

    take_back(page, incident)
    until(lambda: {state_of(api, one) for one in everyone} == {"assigned"}, "everyone hears that it goes on")
    assert state_of(api, reports[2]) == "assigned"
    assert incident in {one["id"] for one in api.get("/api/v1/incidents").json()["items"]}
    citizen.goto(f"/track/{reports[1]['reference']}?lang=th")
    checked(citizen, "track-goes-on-th")
    expect(citizen.locator("#timeline")).to_contain_text("เหตุนี้ยังไม่ยุติ")
    assert desk.complaints == []
    assert phone.complaints == []


def proposed(api: httpx.Client, officer: dict[str, str]) -> str:
    """The incident that was found, once it is there."""

    def found() -> list[str]:
        items = api.get("/api/v1/desk/incidents", params={"state": "proposed"}, headers=officer).json()["items"]
        return [one["id"] for one in items if one["category"] == "missed-collection"]

    return until(found, "the proposal")[0]


def joined(api: httpx.Client, officer: dict[str, str], incident: str) -> int:
    count: int = api.get(f"/api/v1/desk/incidents/{incident}", headers=officer).json()["reports"]
    return count


def remove(page: Page, incident: str, reference: str) -> None:
    page.goto(f"/desk/incidents/{incident}?lang=th")
    line = page.locator("li", has_text=reference)
    line.get_by_text("ไม่เกี่ยวกับเหตุนี้").click()
    line.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text("นำออกจากเหตุแล้ว")


def opened(api: httpx.Client, officer: dict[str, str], reference: str) -> str:
    """An incident of that one report, which the officer opens by hand."""
    api_calls.work_order(api, officer, reference)
    answer = api.post("/api/v1/desk/incidents", json={"references": [reference]}, headers=officer)
    incident: str = answer.raise_for_status().json()["id"]
    return incident


def merge(page: Page, incident: str, into: str) -> None:
    page.goto(f"/desk/incidents/{incident}?lang=th")
    page.locator("#into").select_option(into)
    checked(page, "desk-to-merge-th")
    page.get_by_role("button", name="รวมและแจ้งผู้แจ้งทุกราย").press("Enter")
    checked(page, "desk-sure-to-merge-th")
    page.get_by_role("button", name="รวมเหตุและแจ้ง 1 คน").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("รวมเข้ากับเหตุอื่นแล้ว")
    expect(page.locator(f"a[href='/desk/incidents/{into}']")).to_be_visible()
    checked(page, "desk-merged-th")


def take_back(page: Page, incident: str) -> None:
    """It was closed by mistake: asked first how many people hear so, by the keyboard."""
    page.goto(f"/desk/incidents/{incident}?lang=en")
    checked(page, "desk-closed-en")
    page.locator("#note-reopen").fill("ถนนฝั่งวัดยังไม่ได้เก็บ")
    page.get_by_role("button", name="Take its end back").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Take its end back and tell everyone (6)?")
    checked(page, "desk-sure-en")
    page.get_by_role("button", name="Take it back and tell everyone (6)").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The incident goes on")
    checked(page, "desk-goes-on-en")


def state_of(api: httpx.Client, one: dict[str, str]) -> str:
    answer = api.get(f"/api/v1/reports/{one['reference']}", headers={"X-Report-Secret": one["secret"]})
    state: str = answer.raise_for_status().json()["state"]
    return state
