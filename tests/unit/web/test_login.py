"""Signing in: the round trip, and every way somebody might try to bend it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from shared.web.own_path import own_path
from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client


async def start(client: httpx.AsyncClient, return_to: str = "/crew-only") -> str:
    answer = await client.get("/auth/login", params={"return_to": return_to})
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_a_person_signs_in_and_comes_back_to_the_page_they_wanted(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    turned_away = await browser.get("/crew-only?x=1")
    assert turned_away.status_code == 303
    assert parse_qs(urlsplit(turned_away.headers["location"]).query)["return_to"] == ["/crew-only?x=1"]
    url = (await browser.get(turned_away.headers["location"])).headers["location"]
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == ["https://one.localhost/auth/callback"]
    back = await browser.get("/auth/callback", params=issuer.authorise(url))
    assert (back.status_code, back.headers["location"]) == (303, "/crew-only?x=1")
    assert (await browser.get("/crew-only")).text == '"สมชาย ใจดี"'


async def test_the_session_cookie_is_closed_to_scripts_other_sites_and_plain_http(
    client: Client, issuer: FakeIssuer
) -> None:
    back = await sign_in(client(browser=True), issuer)
    cookie = next(value for value in back.headers.get_list("set-cookie") if value.startswith("__Host-onestop="))
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=28800"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


async def test_on_a_plain_http_origin_the_cookie_still_works(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True, public_url="http://localhost:8080")
    back = await sign_in(browser, issuer)
    assert any(value.startswith("onestop=") for value in back.headers.get_list("set-cookie"))
    assert (await browser.get("/crew-only")).status_code == 200


@pytest.mark.parametrize("other", [lambda state: "x" + state, lambda state: state + "x", lambda state: ""])
async def test_another_state_is_refused_and_starts_no_session(
    client: Client, issuer: FakeIssuer, other: Callable[[str], str]
) -> None:
    browser = client(browser=True)
    answer = issuer.authorise(await start(browser))
    refused = await browser.get("/auth/callback", params={**answer, "state": other(answer["state"])})
    assert refused.status_code == 400
    assert "__Host-onestop" not in refused.headers.get("set-cookie", "")


async def test_an_answer_meant_for_another_browser_is_refused(client: Client, issuer: FakeIssuer) -> None:
    answer = issuer.authorise(await start(client(browser=True)))
    assert (await client(browser=True).get("/auth/callback", params=answer)).status_code == 400


async def test_a_login_cookie_is_no_session_cookie(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await start(browser)
    value = next(cookie.value for cookie in browser.cookies.jar if "-login-" in cookie.name)
    stranger = client(browser=True)
    stranger.cookies.set("__Host-onestop", value or "")
    assert (await stranger.get("/api/v1/me")).json() is None


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"iss": "https://elsewhere.test"},
        {"exp": 1},
        {"sub": None},
        {"azp": "another-client"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: Client, issuer: FakeIssuer, claims: dict[str, Any]
) -> None:
    browser = client(browser=True)
    refused = await sign_in(browser, issuer, **claims)
    assert refused.status_code == 401  # a page: sent to the login again, a browser would go round for ever
    assert "เข้าสู่ระบบอีกครั้ง" in refused.text
    assert not any(value.startswith("__Host-onestop=") for value in refused.headers.get_list("set-cookie"))
    assert (await browser.get("/api/v1/me")).json() is None


async def test_a_code_is_good_once(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    answer = issuer.authorise(await start(browser))
    assert (await browser.get("/auth/callback", params=answer)).status_code == 303
    assert (await browser.get("/auth/callback", params=answer)).status_code == 400


async def test_two_tabs_sign_in_beside_each_other(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    first, second = await start(browser, "/crew-only?tab=1"), await start(browser, "/crew-only?tab=2")
    one = await browser.get("/auth/callback", params=issuer.authorise(first))
    two = await browser.get("/auth/callback", params=issuer.authorise(second))
    assert (one.headers["location"], two.headers["location"]) == ("/crew-only?tab=1", "/crew-only?tab=2")


async def test_login_cookies_do_not_pile_up(client: Client) -> None:
    browser = client(browser=True)
    for _ in range(12):
        await start(browser)
    assert len([cookie for cookie in browser.cookies.jar if "-login-" in cookie.name]) <= 5


async def test_somebody_of_another_town_is_told_so(client: Client, issuer: FakeIssuer) -> None:
    refused = await sign_in(client(browser=True), issuer, town="elsewhere")
    assert refused.status_code == 403
    assert "เทศบาลอื่น" in refused.text


async def test_keycloak_roles_are_taken_from_its_access_token(client: Client, issuer: FakeIssuer) -> None:
    issuer.access_token = issuer.token(aud="account", roles=None, realm_access={"roles": ["officer", "offline_access"]})
    browser = client(browser=True)
    await sign_in(browser, issuer, roles=None)
    assert (await browser.get("/api/v1/me")).json()["roles"] == ["officer"]


async def test_a_provider_that_is_away_gives_a_clear_page_and_works_again_later(
    client: Client, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.away = True
    browser = client(browser=True)
    away = await browser.get("/auth/login")
    assert away.status_code == 503
    assert "ไม่ตอบสนอง" in away.text
    assert away.headers["retry-after"] == "3"
    issuer.away = False
    monkeypatch.setattr("shared.web.oidc.RETRY_AFTER", 0)
    assert (await browser.get("/auth/login")).status_code == 303


async def test_a_provider_that_publishes_no_key_is_as_good_as_away(client: Client, issuer: FakeIssuer) -> None:
    issuer.keyless = True
    assert (await client(browser=True).get("/auth/login")).status_code == 503
    assert (await client().get("/api/v1/me", headers={"authorization": f"Bearer {issuer.token()}"})).status_code == 503


async def test_signing_out_ends_both_sessions(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    out = await browser.post("/auth/logout")
    assert out.headers["location"].startswith(f"{issuer.issuer}/logout?")
    assert (await browser.get("/api/v1/me")).json() is None


def said_at_the_sign_out(out: httpx.Response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(out.headers["location"]).query)


async def test_the_provider_is_told_whose_session_ends_so_that_it_need_not_ask(
    client: Client, issuer: FakeIssuer
) -> None:
    browser = client(browser=True)
    back = await sign_in(browser, issuer)
    kept = next(value for value in back.headers.get_list("set-cookie") if "-hint=" in value)
    assert {"HttpOnly", "Path=/auth", "SameSite=lax", "Secure", "Max-Age=28800"} <= set(kept.split("; "))
    out = await browser.post("/auth/logout")
    hint = said_at_the_sign_out(out)["id_token_hint"][0]
    assert jwt.decode(hint, options={"verify_signature": False})["sub"] == "u-1"
    assert not [cookie.name for cookie in browser.cookies.jar]


async def test_an_id_token_too_long_for_a_cookie_is_done_without(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer, groups=["some-group"] * 400)
    out = await browser.post("/auth/logout")
    assert "id_token_hint" not in said_at_the_sign_out(out)
    assert out.headers["location"].startswith(f"{issuer.issuer}/logout?")


async def test_a_session_that_ended_by_itself_still_ends_at_the_provider(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    browser.cookies.delete("__Host-onestop")
    assert "id_token_hint" in said_at_the_sign_out(await browser.post("/auth/logout"))


async def test_signing_out_needs_no_provider(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    issuer.end_session = "https://elsewhere.test/logout"
    other = client(browser=True)
    other.cookies = browser.cookies
    assert (await other.post("/auth/logout")).headers["location"] == "/"
    assert (await other.get("/auth/logout")).status_code == 405


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "/\t/evil.test", " //evil.test",
        "javascript:alert(1)", "evil", "", "/auth/login", "/\n/evil.test", "http:evil.test", "///evil.test",
        "//[", "http://[", "//[::1",
    ],
)  # fmt: skip
def test_only_paths_of_our_own_origin_are_returned_to(target: str) -> None:
    assert own_path(target) == "/"


@pytest.mark.parametrize("target", ["/", "/crew", "/track/MH-1?a=b&c=%2F#x", "/a//b"])
def test_our_own_paths_are_kept(target: str) -> None:
    assert own_path(target) == target
