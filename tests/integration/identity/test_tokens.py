"""Programs of a town with its own Keycloak: which of its tokens open the API, and which do not."""

import time
from typing import Any

import httpx
import jwt
import pytest

from deploy.local.keycloak import PASSWORD, TOKENS
from deploy.local.token import token
from shared.settings import ServiceSettings
from shared.web import create_web
from shared.web.oidc import LEEWAY, REFRESH_EVERY
from tests.support import sample_pages
from tests.support.keycloak import Administrator
from tests.support.small_town import small_town
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(900)]  # the first test waits for Keycloak


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def of_a_person(keycloak: Stack, **more: str) -> dict[str, Any]:
    """All that the provider gives somebody at once."""
    form = {"grant_type": "password", "client_id": TOKENS, "username": "crew-water", "password": PASSWORD}
    where = f"{keycloak.env['OIDC_ISSUER']}/protocol/openid-connect/token"
    answer: dict[str, Any] = httpx.post(where, data={**form, "scope": "openid", **more}).raise_for_status().json()
    return answer


def test_a_programs_token_says_its_role_team_and_town(api: httpx.Client, administrator: Administrator) -> None:
    name = administrator.add_program("crew", group="teams/works-water")
    value = administrator.program_token(name)
    known = api.get("/api/v1/me", headers=bearer(value)).raise_for_status().json()
    assert (known["roles"], known["team"], known["town"]) == (["crew"], "works-water", "maehia")
    assert api.get("/api/v1/crew-only", headers=bearer(value)).status_code == 200
    claims = jwt.decode(value, options={"verify_signature": False})
    assert claims["aud"] == "onestop-api"
    assert claims["azp"] == name


def test_a_role_that_was_not_given_opens_nothing(api: httpx.Client, administrator: Administrator) -> None:
    value = administrator.program_token(administrator.add_program("officer"))
    answer = api.get("/api/v1/crew-only", headers=bearer(value))
    assert (answer.status_code, answer.json()["code"]) == (403, "role")


def test_the_command_for_developers_gets_a_token_here_too(keycloak: Stack, api: httpx.Client) -> None:
    value = token("crew-water", issuer=keycloak.env["OIDC_ISSUER"], client=("", ""), redirect_uri="")
    assert api.get("/api/v1/me", headers=bearer(value)).json()["name"] == "บุญมี สายน้ำ"


def test_the_providers_other_tokens_open_nothing(
    keycloak: Stack, api: httpx.Client, administrator: Administrator
) -> None:
    given = of_a_person(keycloak)
    other_audience = administrator.add_program("crew", protocolMappers=[])
    foreign = {
        "an ID token": given["id_token"],
        "a refresh token": given["refresh_token"],
        "another client's": administrator.program_token(other_audience),
        "another realm's": administrator.token(),
    }
    assert api.get("/api/v1/crew-only", headers=bearer(given["access_token"])).status_code == 200
    for what, value in foreign.items():
        answer = api.get("/api/v1/crew-only", headers=bearer(value))
        assert (answer.status_code, answer.json()["code"]) == (401, "token"), what


async def test_another_town_does_not_take_the_towns_people(keycloak: Stack) -> None:
    settings = ServiceSettings.model_validate(
        {
            "environment": "test",
            "oidc_issuer": keycloak.env["OIDC_ISSUER"],
            "oidc_audience": keycloak.env["OIDC_AUDIENCE"],
        }
    )
    app = create_web("sample", settings, small_town(), routers=[sample_pages.router])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.public_url) as api:
        answer = await api.get("/api/v1/me", headers=bearer(of_a_person(keycloak)["access_token"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-town")


def test_a_program_cannot_sign_what_needs_a_second_factor(api: httpx.Client, administrator: Administrator) -> None:
    value = administrator.program_token(administrator.add_program("crew"))
    answer = api.post("/case/sign", headers=bearer(value))
    assert answer.status_code == 401
    assert "insufficient_user_authentication" in answer.headers["www-authenticate"]


def test_new_keys_are_taken_at_once_and_the_old_ones_tokens_are_not_taken_for_ever(
    keycloak: Stack, api: httpx.Client, administrator: Administrator
) -> None:
    before = of_a_person(keycloak)["access_token"]
    assert api.get("/api/v1/crew-only", headers=bearer(before)).status_code == 200
    administrator.renew_keys()
    after = of_a_person(keycloak)["access_token"]
    ids = [jwt.get_unverified_header(value)["kid"] for value in (before, after)]
    assert ids[0] != ids[1]
    until(
        lambda: api.get("/api/v1/crew-only", headers=bearer(after)).status_code == 200,
        "the new key", REFRESH_EVERY + 5,
    )  # fmt: skip
    assert api.get("/api/v1/crew-only", headers=bearer(before)).status_code == 401


def test_a_token_that_has_expired_opens_nothing(api: httpx.Client, administrator: Administrator) -> None:
    """A minute and more: the clocks of provider and service may differ by that."""
    value = administrator.program_token(administrator.add_program("crew", seconds=2))
    assert api.get("/api/v1/crew-only", headers=bearer(value)).status_code == 200
    expires = jwt.decode(value, options={"verify_signature": False})["exp"]
    time.sleep(max(0.0, expires + LEEWAY + 1 - time.time()))
    assert api.get("/api/v1/crew-only", headers=bearer(value)).status_code == 401
