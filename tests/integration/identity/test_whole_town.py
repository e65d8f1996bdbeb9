"""The whole town on a provider as towns run them: every service, with its staff's own pages and programs."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.keycloak import cache
from deploy.local.providers import KEYCLOAK
from tests.support.api_calls import bearer, draft, hand_in, report, work_order
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.keycloak_pages import set_up_second_factor, sign_in
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = [pytest.mark.campaign, pytest.mark.browser, pytest.mark.timeout(900)]
CONDITION = "แจ้งวันเริ่มก่อสร้างก่อน 3 วัน"


@pytest.fixture(scope="module")
def whole_town() -> Iterator[Stack]:
    """Signatures need a second factor."""
    if not cache().is_dir():
        pytest.skip("Keycloak is not on this machine: `make keycloak` fetches it (180 MB)")
    with Stack(provider=KEYCLOAK, SIGNING_ACR="mfa", SIGNING_MAX_AGE_SECONDS="300") as stack:
        yield stack.up()


def test_a_report_reaches_the_crew_whose_group_says_its_team(whole_town: Stack, browser: Browser) -> None:
    with httpx.Client(base_url=whole_town.origin, timeout=30) as api:
        reference = report(api)["reference"]
        order = work_order(api, bearer(whole_town, "crew-water"), reference)
        other = api.get(f"/api/v1/work-orders/{order}", headers=bearer(whole_town, "crew-lights"))
        assert other.status_code in (403, 404)
    with closing(Visitor(browser, whole_town.origin, **PHONE)) as crew:
        card = f'[data-reference="{reference}"]'  # which says its reference when it is opened
        expect(sign_in(crew, "crew-water", "/crew").locator(card)).to_be_visible()
        assert crew.complaints == []
    with closing(Visitor(browser, whole_town.origin, **DESK)) as officer:
        expect(sign_in(officer, "officer", "/desk").get_by_text(reference).first).to_be_visible()
        assert officer.complaints == []


def test_a_permit_is_signed_with_a_second_factor_and_what_was_written_is_not_lost_on_the_way(
    whole_town: Stack, browser: Browser
) -> None:
    with (
        httpx.Client(base_url=whole_town.origin, timeout=30) as api,
        closing(Visitor(browser, whole_town.origin, **DESK)) as signatory,
    ):
        reference, password_alone = examined(whole_town, api), bearer(whole_town, "signatory")
        refused = api.post(
            f"/api/v1/applications/{reference}/decide", json={"decision": "approve"}, headers=password_alone
        )
        assert (refused.status_code, refused.json()["code"]) == (401, "prove-yourself")
        page = sign_in(signatory, "signatory", f"/permits/desk/{reference}")
        page.locator("#decide").get_by_label("เงื่อนไข").fill(CONDITION)
        decide(page)
        set_up_second_factor(page)
        page.wait_for_url(f"{whole_town.origin}/permits/desk/{reference}")
        expect(page.locator("#decide").get_by_label("เงื่อนไข")).to_have_value(CONDITION)
        decide(page)
        expect(page.locator("#decision")).to_be_visible()
        seen = api.get(f"/api/v1/applications/{reference}", headers=bearer(whole_town, "officer")).json()
        assert CONDITION in str(seen["decision"])


def examined(stack: Stack, api: httpx.Client) -> str:
    """An application that waits for its signature."""
    opened = draft(api)
    hand_in(api, opened)
    path = f"/api/v1/applications/{opened['reference']}"
    until(lambda: api.get(path, headers=bearer(stack, "officer")).status_code == 200, "the application")
    api.post(f"{path}/accept", json={}, headers=bearer(stack, "officer")).raise_for_status()
    proposal = {"proposal": "approve", "conditions": []}
    api.post(f"{path}/examine", json=proposal, headers=bearer(stack, "examiner")).raise_for_status()
    return opened["reference"]


def decide(page: Page) -> None:
    form = page.locator("#decide")
    form.get_by_role("radio", name="อนุญาต", exact=True).check()
    form.get_by_label("ลงนามในตำแหน่ง").select_option(index=1)
    form.get_by_label("ข้าพเจ้าได้อ่านคำขอ").check()
    form.get_by_role("button", name="ลงนาม", exact=True).click()
