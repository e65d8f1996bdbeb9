"""Bearer tokens of the API: only what the issuer signed for us, for now, counts."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.oidc import FakeIssuer
from tests.support.sample_pages import Client


async def ask(client: httpx.AsyncClient, token: str, path: str = "/api/v1/crew-only") -> httpx.Response:
    return await client.get(path, headers={"authorization": f"Bearer {token}"})


async def test_a_right_token_opens_the_api(client: Client, issuer: FakeIssuer) -> None:
    answer = await ask(client(), issuer.token(), "/api/v1/me")
    assert answer.json() == {
        "sub": "u-1",
        "name": "สมชาย ใจดี",
        "roles": ["crew"],
        "team": "works-water",
        "town": None,
        "level": None,
        "agency": None,
        "signs_for": [],
    }


async def test_nobody_gets_401_with_a_challenge(client: Client) -> None:
    answer = await client().get("/api/v1/crew-only")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_role_gets_403_and_admin_may_everything(client: Client, issuer: FakeIssuer) -> None:
    api = client()
    assert (await ask(api, issuer.token(roles=["officer"]))).status_code == 403
    assert (await ask(api, issuer.token(roles=[]))).status_code == 403
    assert (await ask(api, issuer.token(roles="crew"))).status_code == 403
    assert (await ask(api, issuer.token(roles=["admin"]))).status_code == 200
    assert (await ask(api, issuer.token(roles=None, realm_access={"roles": ["crew"]}))).status_code == 200


async def test_the_town_of_a_token_must_be_this_one(client: Client, issuer: FakeIssuer) -> None:
    api = client()
    assert (await ask(api, issuer.token(town="smalltown"))).status_code == 200
    assert (await ask(api, issuer.token(town="elsewhere"))).status_code == 403


def unsigned(issuer: FakeIssuer) -> str:
    _, payload, _ = issuer.token().split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": issuer.kid}).encode()).rstrip(b"=").decode()
    return f"{none}.{payload}."


def signed_with_the_public_key(issuer: FakeIssuer) -> str:
    """The classic confusion: the published key used as an HMAC secret."""
    pem = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _, payload, _ = issuer.token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": issuer.kid}).encode()).rstrip(b"=").decode()
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{header}.{payload}".encode(), pem
    )
    return f"{header}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def tampered(issuer: FakeIssuer) -> str:
    header, payload, signature = issuer.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["roles"] = ["admin"]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{forged}.{signature}"


BAD = {
    "not a token": lambda issuer: "rubbish",
    "empty": lambda issuer: "",
    "binary": lambda issuer: "\\xff.\\xff.\\xff",
    "no signature": unsigned,
    "hmac with the public key": signed_with_the_public_key,
    "changed claims": tampered,
    "another key": lambda issuer: issuer.token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "unknown key id": lambda issuer: issuer.token(headers={"kid": "made-up"}),
    "another audience": lambda issuer: issuer.token(aud="elsewhere"),
    "no audience": lambda issuer: issuer.token(aud=None),
    "another issuer": lambda issuer: issuer.token(iss="https://elsewhere.test"),
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 120),
    "no expiry": lambda issuer: issuer.token(exp=None),
    "not yet": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "nobody": lambda issuer: issuer.token(sub=None),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
async def test_a_wrong_token_is_refused_even_where_nobody_need_sign_in(
    client: Client, issuer: FakeIssuer, make: Callable[[FakeIssuer], str]
) -> None:
    answer = await ask(client(), make(issuer), "/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_clocks_may_differ_by_less_than_a_minute(client: Client, issuer: FakeIssuer) -> None:
    assert (await ask(client(), issuer.token(exp=int(time.time()) - 30))).status_code == 200


async def test_new_keys_are_fetched_when_a_token_names_one(
    client: Client, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.oidc.REFRESH_EVERY", 0)
    api = client()
    assert (await ask(api, issuer.token())).status_code == 200
    issuer.rotate("two")
    assert (await ask(api, issuer.token())).status_code == 200


async def test_made_up_key_ids_do_not_hammer_the_provider(client: Client, issuer: FakeIssuer) -> None:
    api = client()
    for number in range(20):
        await ask(api, issuer.token(headers={"kid": f"made-up-{number}"}))
    assert len(issuer.requests) == 2  # discovery and keys, once


async def test_known_keys_go_on_working_while_the_provider_is_away(
    client: Client, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = client()
    assert (await ask(api, issuer.token())).status_code == 200
    issuer.away = True
    monkeypatch.setattr("shared.web.oidc.KEYS_FRESH", 0)
    monkeypatch.setattr("shared.web.oidc.REFRESH_EVERY", 0)
    assert (await ask(api, issuer.token())).status_code == 200


async def test_a_token_before_the_provider_was_ever_seen_waits_for_it(client: Client, issuer: FakeIssuer) -> None:
    issuer.away = True
    assert (await ask(client(), issuer.token())).status_code == 503


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "n"},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
async def test_the_providers_other_tokens_open_no_api(
    client: Client, issuer: FakeIssuer, claims: dict[str, Any]
) -> None:
    """An ID token or a logout token goes to a browser or a log: it is signed by the same key, and no key to us."""
    assert (await ask(client(), issuer.token(**claims))).status_code == 401


async def test_a_token_for_the_sign_ins_client_alone_opens_no_api(client: Client, issuer: FakeIssuer) -> None:
    assert (await ask(client(), issuer.token(aud=issuer.client_id))).status_code == 401


@pytest.mark.parametrize(
    ("claimed", "offices"),
    [
        (["mayor", "clerk"], ["clerk", "mayor"]),
        ("mayor", ["mayor"]),
        ([7, "", None], []),
        ({"mayor": 1}, []),
        (None, []),
    ],
)
async def test_for_which_offices_somebody_signs_is_read_from_the_token(
    client: Client, issuer: FakeIssuer, claimed: object, offices: list[str]
) -> None:
    answer = await ask(client(), issuer.token(signs_for=claimed), "/api/v1/me")
    assert sorted(answer.json()["signs_for"]) == offices
