"""A session that was ended is over, wherever its cookie went."""

from typing import Any

import httpx
import pytest

from shared.people import Person
from shared.web.oidc import LOGOUT_EVENT
from shared.web.session import Session
from shared.web.session_keeper import KNOWN_MOST, Revocations
from tests.support.ended import MemoryEndings
from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client

COOKIE = "__Host-onestop"
BACK_CHANNEL = "/auth/backchannel-logout"
EVENTS: dict[str, Any] = {LOGOUT_EVENT: {}}


async def who(client: httpx.AsyncClient) -> Any:
    return (await client.get("/api/v1/me")).json()


@pytest.fixture
async def browser(client: Client, issuer: FakeIssuer) -> httpx.AsyncClient:
    """Signed in, and known to be for the next seconds."""
    browser = client(browser=True)
    await sign_in(browser, issuer, sid="at-the-provider")
    assert await who(browser)
    return browser


def thief_of(browser: httpx.AsyncClient, client: Client) -> httpx.AsyncClient:
    """Somebody elsewhere, at another service of the origin, with a copy of the cookie."""
    thief = client(browser=True)
    thief.cookies.set(COOKIE, browser.cookies[COOKIE])
    return thief


async def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(
    browser: httpx.AsyncClient, client: Client
) -> None:
    thief = thief_of(browser, client)
    assert (await browser.post("/auth/logout")).status_code == 303

    assert await who(thief) is None
    assert (await thief.get("/crew-only")).headers["location"].startswith("/auth/login")


async def test_nor_does_a_request_under_way_bring_it_back(
    browser: httpx.AsyncClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = thief_of(browser, client)
    monkeypatch.setattr("shared.web.session.RENEW", 0)
    await who(thief)  # its answer brings a renewed cookie
    await browser.post("/auth/logout")
    monkeypatch.setattr("shared.web.session_keeper.KNOWN_SECONDS", 0)

    assert await who(thief) is None


async def test_other_sign_ins_of_the_same_person_go_on(
    browser: httpx.AsyncClient, client: Client, issuer: FakeIssuer
) -> None:
    phone = client(browser=True)
    await sign_in(phone, issuer)
    await browser.post("/auth/logout")

    assert await who(phone)


async def test_signing_out_empties_the_browsers_cache(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/auth/logout")).headers["clear-site-data"] == '"cache"'


async def test_the_provider_ends_what_its_session_opened(
    browser: httpx.AsyncClient, client: Client, issuer: FakeIssuer
) -> None:
    token = issuer.token(sid="at-the-provider", jti="1", events=EVENTS)
    answer = await client().post(BACK_CHANNEL, data={"logout_token": token})

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert await who(thief_of(browser, client)) is None


async def test_the_provider_ends_all_of_a_person(
    browser: httpx.AsyncClient, client: Client, issuer: FakeIssuer
) -> None:
    await client().post(BACK_CHANNEL, data={"logout_token": issuer.token(sub="u-1", jti="1", events=EVENTS)})

    assert await who(thief_of(browser, client)) is None


async def test_the_provider_may_end_the_sessions_of_a_whole_town_in_one_go(client: Client, issuer: FakeIssuer) -> None:
    provider = client()
    token = issuer.token(sid="one-of-many", jti="1", events=EVENTS)
    answers = [(await provider.post(BACK_CHANNEL, data={"logout_token": token})).status_code for _ in range(300)]
    assert set(answers) == {200}


@pytest.mark.parametrize(
    "claims",
    [
        {"events": None},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"events": [LOGOUT_EVENT]},
        {"nonce": "n"},
        {"jti": None},
        {"aud": "another-client"},
        {"exp": 1},
        {"sub": None},
    ],
    ids=str,
)
async def test_what_is_no_logout_token_ends_nothing(
    browser: httpx.AsyncClient, client: Client, issuer: FakeIssuer, claims: dict[str, Any]
) -> None:
    token = issuer.token(**({"jti": "1", "events": EVENTS} | claims))

    assert (await client().post(BACK_CHANNEL, data={"logout_token": token})).status_code == 400
    assert await who(thief_of(browser, client))


async def test_while_the_database_is_away_nobody_counts_as_signed_in(
    browser: httpx.AsyncClient, client: Client, endings: MemoryEndings
) -> None:
    endings.away = True

    answer = await thief_of(browser, client).get("/api/v1/me")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await client().get("/api/v1/me")).status_code == 200  # residents have no session to look up


async def test_the_database_is_not_asked_for_every_request(browser: httpx.AsyncClient, endings: MemoryEndings) -> None:
    for _ in range(10):
        await who(browser)
    await browser.get("/static/shared/site.css")

    assert endings.asked == 1


async def test_what_is_known_of_sessions_is_bounded(endings: MemoryEndings) -> None:
    revocations = Revocations(endings)
    for number in range(KNOWN_MOST + 10):
        await revocations.is_over(Session(Person(sub="u-1"), 0, 0, str(number)))

    assert len(revocations._good) == KNOWN_MOST
