"""Who signs has proven lately, and by strong enough means, who they are, where the town demands it."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from shared.people import Person
from shared.settings import ServiceSettings
from shared.web.session import Session, Sessions
from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client

Claims = Callable[[], dict[str, Any]]  # made when the test runs: a proof is of now
STRICT: dict[str, Any] = {"signing_max_age_seconds": 300, "signing_acr": "mfa phr"}


def proof(ago: int = 0, acr: str | None = "mfa") -> dict[str, Any]:
    return {"auth_time": int(time.time()) - ago, "acr": acr}


async def sign(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post("/case/sign", headers=headers)


async def test_nothing_is_demanded_unless_the_town_does(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    assert (await sign(browser)).status_code == 200


@pytest.mark.parametrize(
    ("settings", "claims", "status"),
    [
        ({}, lambda: proof(ago=290), 200),
        ({}, lambda: proof(ago=301), 303),
        ({}, dict, 303),
        ({"signing_acr": "mfa"}, lambda: proof(ago=301), 303),
        ({"signing_acr": "mfa"}, lambda: proof(acr="pwd"), 303),
        ({"signing_max_age_seconds": 900}, lambda: proof(ago=301), 200),
    ],
    ids=("fresh", "old", "nothing", "old-and-strong", "weak", "as-the-town-says"),
)
async def test_what_only_its_owner_may_use_needs_a_fresh_proof_in_every_town(
    client: Client, issuer: FakeIssuer, settings: dict[str, Any], claims: Claims, status: int
) -> None:
    browser = client(browser=True, **settings)
    await sign_in(browser, issuer, **claims())
    answer = await browser.post("/case/place")
    assert answer.status_code == status
    if status == 303:
        asked = (await browser.get(answer.headers["location"])).headers["location"]
        assert parse_qs(urlsplit(asked).query)["max_age"] == ["300"]


async def test_a_fresh_and_strong_proof_signs(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True, **STRICT)
    await sign_in(browser, issuer, **proof())
    assert (await sign(browser)).status_code == 200


async def test_an_old_proof_is_renewed_at_the_provider_and_one_comes_back_to_the_case(
    client: Client, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.proof.JUST_NOW", 0)
    browser = client(browser=True, **STRICT)
    await sign_in(browser, issuer, prove=True, **proof(ago=301))

    to_login = (await sign(browser)).headers["location"]
    assert parse_qs(urlsplit(to_login).query) == {"return_to": ["/case"], "prove": ["true"]}
    asked = parse_qs(urlsplit((await browser.get(to_login)).headers["location"]).query)
    assert (asked["max_age"], asked["acr_values"]) == (["300"], ["mfa phr"])


async def test_who_has_just_signed_in_with_a_password_is_asked_for_the_rest(client: Client, issuer: FakeIssuer) -> None:
    """An ordinary sign-in demands nothing, so the provider can say more than it has said."""
    browser = client(browser=True, **STRICT)
    await sign_in(browser, issuer, **proof(acr="pwd"))
    to_login = (await sign(browser)).headers["location"]
    assert parse_qs(urlsplit(to_login).query)["prove"] == ["true"]


@pytest.mark.parametrize(
    "weak",
    [
        lambda: proof(acr="pwd"),
        lambda: proof(acr=None),
        lambda: proof(ago=301),
        lambda: {"auth_time": None},
        dict,
    ],
    ids=("weak", "none", "old", "no-time", "nothing"),
)
async def test_a_provider_that_cannot_say_more_is_not_asked_for_ever(
    client: Client, issuer: FakeIssuer, weak: Claims
) -> None:
    browser = client(browser=True, **STRICT)
    await sign_in(browser, issuer, prove=True, **weak())
    assert (await sign(browser)).status_code == 403


async def test_a_proof_that_sufficed_and_is_now_too_old_is_renewed_however_short_its_time(client: Client) -> None:
    secret, minute_ago = "a-secret-of-this-test-that-is-long-enough", int(time.time()) - 60
    browser = client(browser=True, session_secret=secret, signing_max_age_seconds=30, signing_acr="mfa")
    session = Session(
        Person(sub="u-1", roles=frozenset({"crew"})), minute_ago, minute_ago, "one", "", minute_ago, "mfa", True
    )
    kept = Sessions(ServiceSettings(public_url="https://one.localhost", session_secret=secret)).header(session)
    browser.cookies.set(*kept.partition(";")[0].split("=", 1))
    to_login = (await sign(browser)).headers["location"]
    assert parse_qs(urlsplit(to_login).query)["prove"] == ["true"]


async def test_an_ordinary_sign_in_demands_nothing(client: Client) -> None:
    asked = parse_qs(urlsplit((await client(browser=True, **STRICT).get("/auth/login")).headers["location"]).query)
    assert not {"max_age", "acr_values"} & asked.keys()


@pytest.mark.parametrize(
    ("claims", "status"),
    [(proof, 200), (lambda: proof(ago=301), 401), (lambda: proof(acr="pwd"), 401), (dict, 401)],
    ids=("fresh", "old", "weak", "nothing"),
)
async def test_a_program_signs_with_a_token_that_says_so(
    client: Client, issuer: FakeIssuer, claims: Claims, status: int
) -> None:
    answer = await sign(client(**STRICT), authorization=f"Bearer {issuer.token(**claims())}")
    assert answer.status_code == status
    if status == 401:
        assert "insufficient_user_authentication" in answer.headers["www-authenticate"]


def test_the_app_knows_what_it_is_told(make_app: Callable[..., FastAPI]) -> None:
    with pytest.raises(ValueError, match="signing_max_age_seconds"):
        make_app(signing_max_age_seconds=-1)
