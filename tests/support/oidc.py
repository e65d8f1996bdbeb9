"""An OpenID Connect issuer in this process: real keys and tokens, reached through an httpx transport."""

import base64
import hashlib
import json
import time
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://id.localhost"


@cache
def _key(kid: str) -> rsa.RSAPrivateKey:
    """One key per id for the whole run: making one takes longer than most tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeIssuer:
    """Signs what it is asked to; `away` makes it answer nothing, `rotate` gives it a new key."""

    def __init__(self, issuer: str = ISSUER, client_id: str = "onestop") -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.away = False
        self.keyless = False
        self.requests: list[httpx.Request] = []
        self.codes: dict[str, dict[str, Any]] = {}
        self.access_token = "opaque"
        self.end_session: str | None = f"{issuer}/logout"
        self.rotate("one")

    def rotate(self, kid: str) -> None:
        self.kid = kid
        self.key = _key(kid)

    def published(self) -> dict[str, Any]:
        """The key that signs, as others verify by it."""
        public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**public, "kid": self.kid, "use": "sig", "alg": "RS256"}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))

    def token(
        self, *, headers: dict[str, Any] | None = None, key: Any = None, alg: str = "RS256", **claims: Any
    ) -> str:
        """A token as the issuer would sign it; a claim set to None is left out."""
        now = int(time.time())
        full = {
            "iss": self.issuer,
            "sub": "u-1",
            "aud": [self.client_id, "onestop-api"],
            "iat": now,
            "exp": now + 300,
            "name": "สมชาย ใจดี",
            "roles": ["crew"],
            "team": "works-water",
        } | claims
        payload = {name: value for name, value in full.items() if value is not None}
        return jwt.encode(payload, key or self.key, alg, headers={"kid": self.kid, **(headers or {})})

    def authorise(self, url: str, **claims: Any) -> dict[str, str]:
        """What the person's browser brings back after signing in at `url`."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = {"query": query, "claims": claims}
        return {"code": code, "state": query["state"]}

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.away:
            raise httpx.ConnectError("away", request=request)
        match request.url.path:
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json=self._metadata())
            case "/jwks":
                return httpx.Response(200, json={"keys": [] if self.keyless else [self.published()]})
            case "/token":
                return self._tokens(parse_qs(request.content.decode()))
        return httpx.Response(404)

    def _metadata(self) -> dict[str, Any]:
        end = {"end_session_endpoint": self.end_session} if self.end_session else {}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **end,
        }

    def _tokens(self, form: dict[str, list[str]]) -> httpx.Response:
        given = self.codes.pop(form["code"][0], None)
        if given is None:
            return httpx.Response(400, json={"error": "invalid_grant"})
        query = given["query"]
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        claims = {"nonce": query["nonce"]} | given["claims"]
        return httpx.Response(200, json={"id_token": self.token(**claims), "access_token": self.access_token})


async def sign_in(
    browser: httpx.AsyncClient, issuer: FakeIssuer, return_to: str = "/", *, prove: bool = False, **claims: Any
) -> httpx.Response:
    """The whole way a browser goes; the answer of the callback. `prove`: as who is about to sign is sent."""
    started = await browser.get("/auth/login", params={"return_to": return_to, "prove": prove})
    return await browser.get("/auth/callback", params=issuer.authorise(started.headers["location"], **claims))
