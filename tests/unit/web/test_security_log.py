"""The security log: who came in, who was refused what, in lines of ids that monitoring can count on."""

import logging
from typing import Any

import pytest

from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client

NAMES = ("msg", "sub", "roles", "team", "code", "status", "method", "route")


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def lines(caplog: pytest.LogCaptureFixture, name: str = "security") -> list[dict[str, Any]]:
    return [
        {field: vars(record)[field] for field in NAMES if field in vars(record)}
        for record in caplog.records
        if record.name == name
    ]


async def test_a_sign_in_and_a_sign_out_name_the_account(
    client: Client, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer, sub="u-7", roles=["crew"], team="works-water")
    await browser.post("/auth/logout")
    came, left = lines(caplog)
    who = {"sub": "u-7", "roles": ["crew"], "team": "works-water"}
    assert came == {"msg": "signed-in", "method": "GET", "route": "/auth/callback", **who}
    assert left == {"msg": "signed-out", "method": "POST", "route": "/auth/logout", **who}


@pytest.mark.parametrize(("code", "claimed"), [("login-refused", None), ("wrong-town", "elsewhere")])
async def test_a_sign_in_that_is_refused_says_why(
    client: Client, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture, code: str, claimed: str | None
) -> None:
    browser = client(browser=True)
    if claimed:
        await sign_in(browser, issuer, town=claimed)
    else:
        url = (await browser.get("/auth/login")).headers["location"]
        answer = {"state": issuer.authorise(url)["state"], "error": "access_denied"}
        await browser.get("/auth/callback", params=answer)
    (line,) = lines(caplog)
    assert (line["msg"], line["code"]) == ("sign-in-refused", code)


async def test_whoever_may_not_is_written_down_with_the_route_and_never_the_address(
    client: Client, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    program = client()
    await program.get("/crew-only")
    token = issuer.token(sub="u-9", roles=["officer"], aud="onestop-api")
    await program.get("/crew-only", headers={"Authorization": f"Bearer {token}"})
    await program.get("/crew-only", headers={"Authorization": "Bearer x.y.z"})
    nobody, officer, forger = lines(caplog)
    assert (nobody["msg"], nobody["code"], nobody.get("sub")) == ("refused", "sign-in", None)
    assert (officer["msg"], officer["code"], officer["sub"]) == ("refused", "role", "u-9")
    assert (forger["msg"], forger["status"]) == ("token-refused", 401)
    assert {line["route"] for line in lines(caplog)} == {"/crew-only"}


async def test_each_request_of_somebody_signed_in_names_the_account_and_a_resident_s_names_none(
    client: Client, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    browser = client(browser=True)
    await browser.get("/auth/login")
    await sign_in(browser, issuer, sub="u-7")
    await browser.get("/crew-only")
    answered = [record for record in caplog.records if record.getMessage() == "request answered"]
    assert [(vars(one).get("sub"), vars(one).get("role")) for one in (answered[0], answered[-1])] == [
        (None, None),
        ("u-7", "crew"),
    ]
