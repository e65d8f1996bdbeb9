"""Every page in both languages, on a phone and on a desk: it opens, fits, can be read by everyone and used by keys.

`SCREENSHOTS=folder` keeps a picture of each, to be looked at by people.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from shared.web.language import COOKIE
from tests.support import api_calls
from tests.support.browser import Visitor
from tests.support.page_checks import accessibility, broken_pictures, overlapping, settle, tab_to, too_wide
from tests.support.stack import Stack
from tests.support.uploads import photo

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
VIEWER: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}
BUTTON = ", ".join(f"main {one}.primary:visible" for one in ("button", "a.button", "summary.button"))
SCREENSHOTS = os.environ.get("SCREENSHOTS")


@dataclass(frozen=True)
class Shown:
    """A page: `path` may name cases in braces; `who` signs in; `action` is what people come here for.

    A `stranger` is at a device that was never given a secret.
    """

    path: str
    who: str = ""
    action: str = BUTTON
    status: int = 200
    stranger: bool = False


PAGES = {
    "home": Shown("/", action="a.door"),
    "report": Shown("/report"),
    "report-done": Shown("/report/done/{report}?secret={report_secret}"),
    "track-search": Shown("/track"),
    "track-unknown": Shown("/track?reference=MH-0000", status=404),
    "track-reporter": Shown("/track/{report}?secret={report_secret}", action="#comment button"),
    "track-public": Shown("/track/{report}", action="#follow button", stranger=True),
    "track-fixed": Shown("/track/{fixed}?secret={fixed_secret}"),
    "map": Shown("/map", action="main .filters button"),
    "permits": Shown("/permits"),
    "permit-form": Shown("/permits/new/house-new"),
    "permit-draft": Shown("/permits/{draft}?secret={draft_secret}", action="#hand-in a.button"),
    "permit-edit": Shown("/permits/{draft}/edit?secret={draft_secret}"),
    "permit-check": Shown("/permits/{ready}/check?secret={ready_secret}"),
    "permit-received": Shown("/permits/{submitted}/received?secret={submitted_secret}"),
    "permit-submitted": Shown("/permits/{submitted}?secret={submitted_secret}", action="#thread button"),
    "permit-decided": Shown("/permits/{decided}?secret={decided_secret}"),
    "permit-pay": Shown("/permits/{decided}/pay?secret={decided_secret}", action="#promptpay a.button"),
    "permit-public": Shown("/permits/{decided}", action="main a.button", stranger=True),
    "plan": Shown("/plan?deed=40178&use=house&storeys=2&date=2026-12-21&time=09:00"),
    "promises": Shown("/promises"),
    "register": Shown("/register"),
    "verify": Shown("/verify"),
    "verify-found": Shown("/verify/{code}"),
    "verify-unknown": Shown("/verify/0000-0000-0000", status=404),
    "inbox-door": Shown("/inbox"),
    "inbox": Shown("/inbox?reference={fixed}&secret={fixed_secret}", action="main a.button"),
    "preferences": Shown("/preferences/{preferences}"),
    "nowhere": Shown("/nowhere", action="main a.button", status=404),
    "crew": Shown("/crew", "crew-water", action="main summary"),
    "crew-job": Shown("/crew?open={order}#w-{order}", "crew-water"),
    "crew-work": Shown("/crew/work?state=", "crew-water", action="main summary"),
    "crew-history": Shown("/crew/{done_order}/history", "crew-water", action="main a"),
    "crew-sheet": Shown("/crew/sheet?form=jobs", "crew-water"),
    "crew-sheet-list": Shown("/crew/sheet", "crew-water"),
    "crew-help": Shown("/crew/help", "crew-water", action="main summary"),
    "crew-offline": Shown("/crew/offline"),
    "crew-teams": Shown("/crew", "supervisor", action="main a.card"),
    "desk": Shown("/desk", "officer", action="main a, main button"),
    "desk-order": Shown("/desk/{order}", "officer", action="main details.act summary"),
    "desk-routing": Shown("/desk/routing?text=น้ำรั่ว&category=water-leak", "officer"),
    "desk-routing-several": Shown("/desk/routing/several", "officer"),
    "desk-routing-rules": Shown("/desk/routing/rules", "officer"),
    "escalated": Shown("/desk/escalated", "supervisor", action="main .filters button"),
    "dashboard": Shown("/dashboard", "supervisor", action=".bars a"),
    "dashboard-lead": Shown("/dashboard", "lead-water", action=".bars a"),
    "dashboard-director": Shown("/dashboard", "director-works", action=".bars a"),
    "permits-desk": Shown("/permits/desk", "officer", action="main a.reference-link"),
    "permits-absences": Shown("/permits/desk/absences", "supervisor", action="#mark-office button"),
    "permits-people": Shown("/permits/desk/people", "officer"),
    "cashier-case": Shown("/permits/cashier/{decided}", "cashier", action="#amount"),
    "cashier-statement": Shown("/permits/cashier/statement", "cashier", action="#choose button"),
    "permits-desk-check": Shown("/permits/desk/{submitted}", "officer"),
    "permits-desk-marks": Shown("/permits/desk/{submitted}/marks/plans", "officer", action="#save-marks"),
    "permits-desk-examine": Shown("/permits/desk/{accepted}", "examiner"),
    "permits-desk-sign": Shown("/permits/desk/{examined}", "signatory"),
    "permits-signature": Shown("/permits/signature", "signatory"),
    "permits-desk-decided": Shown("/permits/desk/{decided}", "examiner"),
    "inbox-office": Shown("/inbox", "crew-water", action="main a.button"),
    "wrong-role": Shown("/permits/desk", "crew-water", action="main a.button", status=403),
}


@pytest.fixture(scope="module")
def cases(stack: Stack) -> Mapping[str, str]:
    """One of everything, with Thai words of ordinary length in it."""
    with httpx.Client(base_url=stack.origin, timeout=60) as api:
        report = api_calls.report(
            api, photos=2, text="ท่อประปาหน้าตลาดสดแม่เหียะรั่วมาสองวันแล้ว น้ำไหลนองเต็มถนนจนรถจักรยานยนต์ลื่นล้ม " * 3,
            location={**api_calls.MARKET, "address": "หน้าตลาดสดแม่เหียะ ถนนเชียงใหม่-หางดง หมู่ 5"},
        )  # fmt: skip
        fixed = api_calls.report(api, photos=1, reporter={"email": "pages@resident.example"})
        crew = api_calls.bearer(stack, "crew-water")
        done_order = api_calls.work_order(api, crew, fixed["reference"])
        finish(api, crew, done_order)
        made = {"report": report, "fixed": fixed, "draft": api_calls.draft(api)}
        made |= {state: api_calls.draft(api) for state in ("ready", "submitted", "accepted", "examined", "decided")}
        api_calls.add_documents(api, made["ready"])
        for state in ("submitted", "accepted", "examined", "decided"):
            api_calls.hand_in(api, made[state])
        api.post(
            f"/api/v1/applications/{made['submitted']['reference']}/messages", json={"text": "ต้องใช้สำเนาโฉนดกี่ชุด"},
            params={"secret": made["submitted"]["secret"]},
        ).raise_for_status()  # fmt: skip
        api.post(
            f"/api/v1/applications/{made['submitted']['reference']}/notes", json={"text": "ผู้ยื่นจะนำโฉนดฉบับจริงมาให้ดู"},
            headers=api_calls.bearer(stack, "officer"),
        ).raise_for_status()  # fmt: skip
        acts: dict[str, tuple[str, dict[str, str]]] = {
            "accept": ("officer", {}), "examine": ("examiner", {"proposal": "approve"}),
        }  # fmt: skip
        for state, done in (("accepted", ("accept",)), ("examined", ("accept", "examine"))):
            for act in done:
                sub, said = acts[act]
                path = f"/api/v1/applications/{made[state]['reference']}/{act}"
                api.post(path, json=said, headers=api_calls.bearer(stack, sub)).raise_for_status()
        named = {name: one["reference"] for name, one in made.items()}
        secrets = {f"{name}_secret": one["secret"] for name, one in made.items()}
        query = {"reference": fixed["reference"], "secret": fixed["secret"]}
        with httpx.Client(base_url=stack.origin, follow_redirects=True) as visitor:  # to the address without the secret
            inbox = visitor.get("/inbox", params=query, headers={"Accept": "text/html"}).raise_for_status().text
        preferences = re.search(r"/preferences/([\w.:-]+)", inbox)
        assert preferences
        return {
            **named, **secrets, "code": api_calls.decide(stack, api, named["decided"]),
            "order": api_calls.work_order(api, crew, report["reference"]), "done_order": done_order,
            "preferences": preferences[1],
        }  # fmt: skip


@pytest.fixture(scope="module")
def viewers(browser: Browser, stack: Stack) -> Iterator[Callable[..., Visitor]]:
    """The device of one person, signed in once, who now reads that language."""
    with ExitStack() as all_of_them:
        known: dict[tuple[str, bool], Visitor] = {}

        def viewer(who: str, language: str, *, stranger: bool) -> Visitor:
            if (who, stranger) not in known:
                come = all_of_them.enter_context(closing(Visitor(browser, stack.origin, **VIEWER)))
                if who:
                    come.sign_in(who, "/auth/login?return_to=/verify")
                known[who, stranger] = come
            context = known[who, stranger].context
            context.add_cookies([{"name": COOKIE, "value": language, "url": stack.origin}])  # as `?lang=` leaves it
            return known[who, stranger]

        yield viewer


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_fits_and_is_for_everyone(
    viewers: Callable[..., Visitor], cases: Mapping[str, str], name: str, language: str
) -> None:
    shown = PAGES[name]
    viewer = viewers(shown.who, language, stranger=shown.stranger)
    viewer.complaints.clear()
    page = viewer.page
    page.set_viewport_size(PHONE)
    if "#" in shown.path:  # of a page that is open, only the place would be gone to
        page.goto("about:blank")
    answer = page.goto(shown.path.format(**cases))
    assert answer is not None
    assert answer.status == shown.status
    settle(page)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1:visible").count() == 1
    assert "{" not in page.locator("main").inner_text()
    keep(page, f"{name}-{language}-390")
    assert too_wide(page) == []
    assert overlapping(page) == []
    assert accessibility(page) == []
    if language == "th":  # the other language has the same elements
        assert tab_to(page, shown.action) == []
    page.set_viewport_size(DESK)
    keep(page, f"{name}-{language}-1280")
    assert too_wide(page) == []
    assert overlapping(page) == []
    assert broken_pictures(page) == []
    expected = [said for said in viewer.complaints if f"status of {shown.status}" in said]
    assert viewer.complaints == (expected if shown.status != 200 else [])


def finish(api: httpx.Client, crew: dict[str, str], order: str) -> None:
    """Accept, go there, and done with a photo."""
    path = f"/api/v1/work-orders/{order}"
    for act in ("acknowledge", "start", "start"):
        api.post(f"{path}/{act}", headers=crew).raise_for_status()
    file = {"photo": ("a.jpg", photo(), "image/jpeg")}
    proof = api.post(f"{path}/photos", files=file, headers=crew).raise_for_status().json()["path"]
    body = {"outcome": "fixed", "note": "เปลี่ยนข้อต่อใหม่แล้ว", "photos": [proof]}
    api.post(f"{path}/complete", json=body, headers=crew).raise_for_status()


def keep(page: Page, name: str) -> None:
    """A picture for people."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)
