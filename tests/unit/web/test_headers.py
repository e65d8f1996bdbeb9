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
    assert headers["referrer-policy"] == "same-origin"
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")


async def test_plain_http_promises_no_tls(client: Client) -> None:
    answer = await client(public_url="http://localhost:8080").get("/components")
    assert "strict-transport-security" not in answer.headers


async def test_pages_are_not_kept_by_caches(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    assert (await browser.get("/components")).headers["cache-control"] == "no-store"
    assert (await browser.get("/api/v1/me")).headers["cache-control"] == "no-store"


async def test_no_page_holds_inline_scripts_or_styles(client: Client) -> None:
    html = (await client(browser=True).get("/components")).text
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
