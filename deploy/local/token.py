"""A bearer token for somebody of `people.yaml`: of the development provider, by the code flow with PKCE that a browser
goes through, or of Keycloak, by their password."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from deploy.local.keycloak import PASSWORD, TOKENS
from deploy.local.oidc import people

SCOPE = "openid profile email"


def choose(role: str | None, team: str | None, user: str | None) -> str:
    """The first person who fits; LookupError names the choice."""
    for person in people():
        fits = person["sub"] == user if user else (role is None or role in person["roles"])
        if fits and team in (None, person.get("team")):
            return str(person["sub"])
    known = ", ".join(f"{person['sub']} ({'/'.join(person['roles'])} {person.get('team', '')})" for person in people())
    raise LookupError(f"nobody is {role or user or 'anyone'} in team {team or 'any'}; there are: {known}")


def token(sub: str, *, issuer: str, client: tuple[str, str], redirect_uri: str) -> str:
    """What opens the API to `sub`, by whichever provider the issuer is."""
    if "/realms/" in issuer:
        return _by_password(sub, issuer)
    return _by_click(sub, issuer, client, redirect_uri)


def _by_password(sub: str, issuer: str) -> str:
    """Keycloak's access token, through the client that this machine's realm has for developers."""
    form = {"grant_type": "password", "client_id": TOKENS, "username": sub, "password": PASSWORD, "scope": "openid"}
    answer = httpx.post(f"{issuer}/protocol/openid-connect/token", data=form, timeout=10)
    if answer.status_code != 200:
        raise RuntimeError(f"{issuer} gave no token for {sub}: HTTP {answer.status_code} {answer.text[:200]}")
    return str(answer.json()["access_token"])


def _by_click(sub: str, issuer: str, client: tuple[str, str], redirect_uri: str) -> str:
    """The development provider's ID token: its audience is the client, and it carries roles and team."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with httpx.Client(timeout=10) as http:
        provider = http.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
        query = {
            "response_type": "code", "client_id": client[0], "redirect_uri": redirect_uri, "scope": SCOPE,
            "state": secrets.token_urlsafe(16),  # no nonce: with one it would be a browser's, which the API refuses
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        answer = http.post(provider["authorization_endpoint"], params=query, data={"sub": sub})
        back = parse_qs(urlsplit(answer.headers.get("location", "")).query)
        if "code" not in back or back["state"] != [query["state"]]:
            raise RuntimeError(f"{issuer} gave no code for {sub}: HTTP {answer.status_code}")
        form = {
            "grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": redirect_uri,
            "client_id": client[0], "client_secret": client[1], "code_verifier": verifier,
        }  # fmt: skip
        tokens: dict[str, Any] = http.post(provider["token_endpoint"], data=form).raise_for_status().json()
    return str(tokens["id_token"])
