"""The staff of a town with its own Keycloak sign in, sign decisions, and leave."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deploy.local.keycloak import PASSWORD
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.keycloak import Administrator
from tests.support.keycloak_pages import asked_to_sign_in, give_code, give_password, set_up_second_factor, sign_in
from tests.support.signing_pages import MAX_AGE
from tests.support.stack import Stack
from tests.support.waiting import until

# A minute on an idle machine; the first test waits for Keycloak too, which takes minutes on a busy one.
pytestmark = [pytest.mark.campaign, pytest.mark.browser, pytest.mark.timeout(900)]
NewVisitor = Callable[..., Visitor]


def who(visitor: Visitor) -> Any:
    return visitor.context.request.get("/api/v1/me").json()


def signed_out(visitor: Visitor) -> None:
    until(lambda: who(visitor) is None, "the end of the session", 15)


def test_a_crew_signs_in_at_the_towns_provider_in_thai_and_comes_back(visitor: NewVisitor) -> None:
    crew = visitor(**PHONE)
    page = sign_in(crew, "crew-water", "/case?x=1")
    assert page.url == f"{crew.origin}/case?x=1"
    expect(page.get_by_label("เจ้าหน้าที่").get_by_text("บุญมี สายน้ำ")).to_be_visible()
    known = who(crew)
    assert (known["name"], known["roles"], known["team"]) == ("บุญมี สายน้ำ", ["crew"], "works-water")
    assert (known["town"], known["signs_for"]) == ("maehia", [])
    assert not crew.complaints


def test_an_account_has_the_roles_and_offices_of_its_groups_and_no_others(
    visitor: NewVisitor, administrator: Administrator
) -> None:
    signatory = visitor(**DESK)
    sign_in(signatory, "signatory", "/case")
    known = who(signatory)
    assert (known["roles"], known["team"]) == (["signatory"], None)
    assert set(known["signs_for"]) == {"mayor", "deputy-mayor", "clerk"}
    by_group = visitor(**DESK)
    name = administrator.add_person(password=PASSWORD, groups=("/offices/clerk", "/teams/works-roads"))
    sign_in(by_group, name, "/case")
    known = who(by_group)
    assert (known["roles"], known["signs_for"], known["team"]) == (["signatory"], ["clerk"], "works-roads")


def test_an_account_without_a_role_gets_in_nowhere(visitor: NewVisitor, administrator: Administrator) -> None:
    nobody = visitor(**DESK)
    page = sign_in(nobody, administrator.add_person(password=PASSWORD), "/case")
    expect(page.get_by_role("heading", name="บัญชีของท่านไม่มีสิทธิ์ใช้ส่วนนี้")).to_be_visible()


def test_people_open_their_own_account_and_cannot_rename_themselves(visitor: NewVisitor, keycloak: Stack) -> None:
    """It is where they set their password and second factor; the name stands in the trail and on letters."""
    crew = visitor(**DESK)
    page = crew.page
    page.goto(f"{keycloak.env['OIDC_ISSUER']}/account/")
    page.locator("#username").fill("crew-water")
    give_password(page)
    expect(page.locator("#firstName")).to_have_value("บุญมี")
    expect(page.locator("#firstName")).not_to_be_editable()
    expect(page.locator("#email")).to_be_editable()


def test_signing_out_ends_both_sessions_without_a_question(visitor: NewVisitor) -> None:
    officer = visitor(**DESK)
    page = sign_in(officer, "officer", "/case")
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url(f"{officer.origin}/")
    assert who(officer) is None
    assert not [one for one in officer.context.cookies() if one["name"].startswith("onestop")]
    page.goto("/case")
    asked_to_sign_in(page)  # the provider's own session is over too


def test_who_is_signed_out_at_the_provider_is_signed_out_here(
    visitor: NewVisitor, administrator: Administrator
) -> None:
    name = administrator.add_person(password=PASSWORD, roles=("officer",))
    desk, phone = visitor(**DESK), visitor(**PHONE)
    sign_in(desk, name, "/case")
    sign_in(phone, name, "/case")
    sessions = administrator.call("GET", f"/users/{administrator.user(name)}/sessions")
    first = min(sessions, key=lambda session: session["start"])
    administrator.call("DELETE", f"/sessions/{first['id']}")
    signed_out(desk)
    assert who(phone)["roles"] == ["officer"]  # another sign-in of the same person


def test_an_account_that_is_closed_has_no_session_and_gets_none(
    visitor: NewVisitor, administrator: Administrator
) -> None:
    name = administrator.add_person(password=PASSWORD, roles=("officer",))
    leaver = visitor(**DESK)
    page = sign_in(leaver, name, "/case")
    user = administrator.user(name)
    administrator.call("PUT", f"/users/{user}", {"enabled": False})
    administrator.call("POST", f"/users/{user}/logout")
    signed_out(leaver)
    page.goto("/case")
    page.locator("#username").fill(name)
    give_password(page)
    expect(page.locator("#password")).to_be_visible()
    assert who(leaver) is None


def test_who_signs_proves_it_with_a_second_factor_and_again_when_that_is_long_ago(
    visitor: NewVisitor, administrator: Administrator
) -> None:
    name = administrator.add_person(password=PASSWORD, groups=("/offices/mayor",))
    signatory = visitor(**DESK)
    page = sign_in(signatory, name, "/case")  # with the password alone, a moment ago
    sign(page)
    secret = set_up_second_factor(page)
    back_at_the_case(signatory)
    sign(page)
    expect(page.get_by_text("ลงนามโดย ผู้มาใหม่")).to_be_visible()

    time.sleep(MAX_AGE + 1)
    sign(page)
    asked_to_sign_in(page)  # password and code: who sits there may be somebody else by now
    give_password(page)
    give_code(page, secret, later=30)  # the one of before is used up
    back_at_the_case(signatory)
    sign(page)
    expect(page.get_by_text("ลงนามโดย ผู้มาใหม่")).to_be_visible()


def sign(page: Page) -> None:
    page.get_by_role("button", name="ลงนาม", exact=True).click()


def back_at_the_case(visitor: Visitor) -> None:
    visitor.page.wait_for_url(f"{visitor.origin}/case")
