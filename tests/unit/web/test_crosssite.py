"""Other sites cannot act in a visitor's name; programs without a browser's authority are let through."""

import pytest

from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client

OWN = "https://one.localhost"
FORM = {"text": "x"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": OWN}, 200),
        ({"sec-fetch-site": "same-site", "origin": OWN}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "https://two.example.test"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.test"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 200),  # an old browser on a page that sends no Referer
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": OWN + ".evil.test"}, 403),
        ({"origin": "http://one.localhost"}, 403),
        ({}, 200),
    ],
    ids=str,
)
async def test_a_citizens_form_takes_posts_from_our_own_pages_only(
    client: Client, headers: dict[str, str], status: int
) -> None:
    assert (await client().post("/form", data=FORM, headers=headers)).status_code == status


@pytest.mark.parametrize(("headers", "status"), [({}, 403), ({"origin": "null"}, 403), ({"origin": OWN}, 200)], ids=str)
async def test_with_a_session_cookie_silence_is_not_enough(
    client: Client, issuer: FakeIssuer, headers: dict[str, str], status: int
) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    del browser.headers["sec-fetch-site"]
    answer = await browser.post("/crew-only", headers={"accept": "*/*", **headers})
    assert answer.status_code == status


async def test_a_bearer_token_needs_no_origin(client: Client, issuer: FakeIssuer) -> None:
    headers = {"authorization": f"Bearer {issuer.token()}", "origin": "https://partner.test"}
    assert (await client().post("/crew-only", headers=headers)).status_code == 200


async def test_a_cookie_beside_a_wrong_bearer_token_does_not_count(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer)
    headers = {
        "authorization": "Bearer x",
        "origin": "https://evil.test",
        "sec-fetch-site": "cross-site",
        "accept": "*/*",
    }
    assert (await browser.post("/crew-only", headers=headers)).status_code == 401


async def test_reading_is_open_to_links_from_anywhere(client: Client) -> None:
    answer = await client().get("/components", headers={"sec-fetch-site": "cross-site", "origin": "https://evil.test"})
    assert answer.status_code == 200
