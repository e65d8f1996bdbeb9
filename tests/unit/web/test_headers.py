"""What every answer tells the browser."""

import re

import pytest

from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client


@pytest.mark.parametrize(
    "path", ["/components", "/nothing", "/api/v1/things", "/static/shared/site.css", "/auth/login", "/bug"]
)
async def test_every_answer_is_closed_down(client: Client, path: str) -> None:
    headers = (await client(browser=True).get(path)).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")


async def test_plain_http_promises_no_tls(client: Client) -> None:
    answer = await client(public_url="http://localhost:8080").get("/components")
    assert "strict-transport-security" not in answer.headers


async def test_pages_are_not_kept_by_caches(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    page = await browser.get("/components")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin", "or old browsers would not say where a form comes from"
    assert (await browser.get("/api/v1/me")).headers["cache-control"] == "no-store"


async def test_no_page_holds_inline_scripts_or_styles(client: Client) -> None:
    html = (await client(browser=True).get("/components")).text
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("path", ["/report", "/?lang=en", "/map", "/privacy", "/static/shared/site.css"])
async def test_what_residents_begin_at_can_be_found(client: Client, path: str) -> None:
    assert "x-robots-tag" not in (await client(browser=True).get(path)).headers


@pytest.mark.parametrize(
    "path",
    [
        "/track/MH-1?secret=s", "/track/MH-1", "/report/done/MH-1", "/report?category=flood", "/inbox?reference=MH-1",
        "/preferences/token", "/permits/MH-1", "/crew-only", "/api/v1/things", "/auth/login", "/components", "/nothing",
    ],
)  # fmt: skip
async def test_no_search_engine_keeps_what_is_about_a_case_or_somebodys_work(client: Client, path: str) -> None:
    assert (await client(browser=True).get(path)).headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.parametrize("query", ["", "?number=x"])
async def test_open_data_can_be_read_by_other_sites_and_so_can_its_refusals(client: Client, query: str) -> None:
    headers = (await client().get(f"/api/v1/open{query}", headers={"origin": "https://map.example"})).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("path", ["/api/v1/things", "/api/v1/me", "/components", "/static/shared/site.css", "/nothing"])
async def test_nothing_else_can(client: Client, path: str) -> None:
    headers = (await client().get(path, headers={"origin": "https://map.example"})).headers

    assert "access-control-allow-origin" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_files_are_cached_for_all_visitors_alike(client: Client) -> None:
    """A `Vary` by cookie would have a megabyte of map fetched again for each renewed session."""
    headers = (await client(browser=True).get("/static/shared/site.css")).headers

    assert "vary" not in headers
    assert "content-language" not in headers


@pytest.mark.parametrize("path", ["//evil.example/x", "/x", "/components"])
async def test_the_language_switch_stays_on_the_page(client: Client, path: str) -> None:
    page = (await client(browser=True).get(f"https://one.localhost{path}")).text

    assert 'href="?lang=en"' in page
    assert 'href="//' not in page


@pytest.mark.parametrize("host", ["evil.example", "one.localhost", "evil.example:80@x"])
async def test_a_slash_too_much_leads_to_the_same_page_on_our_own_origin(client: Client, host: str) -> None:
    answer = await client(browser=True).get("/components/?lang=en", headers={"host": host})

    assert (answer.status_code, answer.headers["location"]) == (308, "/components?lang=en")


@pytest.mark.parametrize("path", ["//evil.example/", "/auth/nothing/"])
async def test_no_address_leads_away(client: Client, path: str) -> None:
    answer = await client(browser=True).get(f"https://one.localhost{path}")

    assert answer.status_code == 404
    assert "location" not in answer.headers
