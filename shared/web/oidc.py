"""Talks to the identity provider and checks its tokens; knows OpenID Connect, and no provider in particular."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt
from jwt import PyJWK, PyJWKSet

from shared.settings import ServiceSettings
from shared.web.problem import Problem

# Signatures by a published key only: `none` and the HMAC family would let anybody who knows the public key sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60  # s between the provider's clock and ours
KEYS_FRESH = 3600  # s
REFRESH_EVERY = 10  # s; so that tokens with made-up key ids cannot make us flood the provider
RETRY_AFTER = 3  # s; after a failure, requests fail at once for this long instead of waiting for the provider again
TIMEOUT = httpx.Timeout(5.0)
TRIES = 2
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
NOT_FOR_APIS = ("ID", "Refresh", "Offline", "Logout")  # `typ` of Keycloak's other tokens


@dataclass
class _Known:
    """What the provider published, and when it was asked (monotonic seconds)."""

    metadata: dict[str, Any] = field(default_factory=dict)
    keys: dict[str | None, PyJWK] = field(default_factory=dict)
    at: float = float("-inf")


@dataclass(frozen=True)
class SignedIn:
    """What a sign-in has brought: the person's claims, and the ID token that says them, as the provider wrote it."""

    claims: dict[str, Any]
    id_token: str


class Provider:
    """The configured issuer. Keys that were fetched once go on verifying tokens while the provider is away."""

    def __init__(self, settings: ServiceSettings, client: httpx.AsyncClient | None = None) -> None:
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self.audience = settings.oidc_audience
        ca = settings.oidc_ca_file
        self._trusted = ssl.create_default_context(cafile=ca) if ca else None
        self._client = client
        self._known = _Known()
        self._failed = float("-inf")
        self._lock = asyncio.Lock()

    async def metadata(self) -> dict[str, Any]:
        """The discovery document; 503 problem when it cannot be had."""
        if not self._known.metadata:
            await self._refresh(self._known.at)
        return self._known.metadata

    async def authorization_url(
        self, *, redirect_uri: str, state: str, nonce: str, challenge: str, language: str, **demands: str
    ) -> str:
        """Where a browser is sent to sign in; `demands`: what else the provider is asked for, such as `max_age`."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
            **demands,
        }
        endpoint = (await self.metadata())["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def exchange(self, *, code: str, verifier: str, redirect_uri: str, nonce: str) -> SignedIn:
        """Who came back with `code`, verified. 401 problem when the provider says no."""
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        # RFC 6749 §2.3.1: both halves of HTTP Basic are form-encoded first.
        auth = httpx.BasicAuth(quote_plus(self.client_id), quote_plus(self._secret))
        response = await self._send("POST", metadata["token_endpoint"], data=form, auth=auth)
        if response.status_code != 200:
            raise Problem(401, "login-refused")
        tokens = _json(response)
        id_token = str(tokens.get("id_token", ""))
        try:
            claims = await self.verify(id_token, self.client_id)
        except Problem as problem:
            raise problem if problem.status == 503 else Problem(401, "login-refused") from problem
        if claims.get("nonce") != nonce or claims.get("azp", self.client_id) != self.client_id:
            raise Problem(401, "login-refused")
        also = await self._access_claims(str(tokens.get("access_token", "")), claims["sub"])
        return SignedIn({**also, **claims}, id_token)

    async def _access_claims(self, token: str, sub: str) -> dict[str, Any]:
        """Keycloak puts roles into the access token only. Other providers' may be opaque, and is ignored then."""
        try:
            claims = await self.verify(token, None)
        except Problem:
            return {}
        return claims if claims["sub"] == sub else {}

    async def bearer(self, token: str) -> dict[str, Any]:
        """Claims of a bearer token for our API; 401 problem for any that is not exactly right.

        The provider's other tokens are signed by the same keys: an ID token tells a browser's sign-in by its `nonce`
        (or Keycloak's `typ`), a logout token by its `events`.
        """
        claims = await self.verify(token, self.audience)
        if "nonce" in claims or "events" in claims or claims.get("typ") in NOT_FOR_APIS:
            raise _make_unauthorised()
        return claims

    async def logout(self, token: str) -> dict[str, Any]:
        """Claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6); 401 problem otherwise."""
        claims = await self.verify(token, self.client_id, require=("exp", "iss", "jti"))
        events = claims.get("events")
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise _make_unauthorised()
        return claims

    async def verify(
        self, token: str, audience: str | None, require: tuple[str, ...] = ("exp", "iss", "sub")
    ) -> dict[str, Any]:
        """Signature, issuer, audience (when given), expiry; 401 problem otherwise."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise jwt.InvalidAlgorithmError(f"algorithm {header.get('alg')!r} is not accepted")
            key = await self._key(header.get("kid"))
            return jwt.decode(
                token,
                key.key,
                algorithms=[header["alg"]],
                audience=audience,
                issuer=(await self.metadata())["issuer"],
                leeway=LEEWAY,
                options={"require": [*require], "verify_aud": audience is not None},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _make_unauthorised() from error

    async def _key(self, kid: str | None) -> PyJWK:
        """The key by its id; a provider that rotated its keys is asked again once."""
        asked = self._known.at
        key = self._find(kid)
        if key is None or time.monotonic() > asked + KEYS_FRESH:
            try:
                await self._refresh(asked)
            except Problem:
                if key is None:
                    raise
            key = self._find(kid) or None
        if key is None:
            raise jwt.InvalidKeyError("no key of the provider has this id")
        return key

    def _find(self, kid: str | None) -> PyJWK | None:
        keys = self._known.keys
        if kid is None and len(keys) == 1:
            return next(iter(keys.values()))
        return keys.get(kid)

    async def _refresh(self, asked: float) -> None:
        """Fetches discovery document and keys, one caller at a time; those that waited use the result."""
        async with self._lock:
            if self._known.at != asked or time.monotonic() < asked + REFRESH_EVERY:
                return
            if time.monotonic() < self._failed + RETRY_AFTER:
                raise away()
            self._failed = time.monotonic()  # until proven otherwise
            metadata = _json(await self._send("GET", f"{self.issuer}/.well-known/openid-configuration"))
            if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
                raise away()
            published = _json(await self._send("GET", metadata["jwks_uri"]))
            self._known = _Known(metadata, _keys(published), time.monotonic())
            self._failed = float("-inf")

    async def _send(self, method: str, url: str, **content: Any) -> httpx.Response:
        """One retry, in case an idle connection had died; then 503, for signing in only."""
        for attempt in range(1, TRIES + 1):
            try:
                response = await self._request(method, url, **content)
                if response.status_code < 500:
                    return response
            except httpx.TransportError:
                pass
            if attempt < TRIES:
                await asyncio.sleep(0.2)
        raise away()

    async def _request(self, method: str, url: str, **content: Any) -> httpx.Response:
        if self._client is not None:
            return await self._client.request(method, url, **content)
        # A client for each: they are rare, sign-ins and key changes only.
        async with httpx.AsyncClient(timeout=TIMEOUT, verify=self._trusted or _usual_authorities()) as client:
            return await client.request(method, url, **content)


@cache
def _usual_authorities() -> ssl.SSLContext:
    """All that this machine trusts: reading them takes longer than a sign-in."""
    return httpx.create_ssl_context()


def _keys(published: Mapping[str, Any]) -> dict[str | None, PyJWK]:
    """Signing keys by id; encryption keys and kinds we cannot use are left out. Without any, nobody can sign in."""
    usable = [key for key in published.get("keys", []) if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    try:
        return {key.key_id: key for key in PyJWKSet.from_dict({"keys": usable}).keys}
    except jwt.PyJWTError as error:
        raise away() from error


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        data = response.json()
    except ValueError as error:
        raise away() from error
    if response.status_code != 200 or not isinstance(data, dict):
        raise away()
    return data


def away() -> Problem:
    """503 with when to try again: the identity provider does not answer."""
    return Problem(503, "login-away", headers={"Retry-After": str(RETRY_AFTER)})


def _make_unauthorised() -> Problem:
    return Problem(401, "token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
