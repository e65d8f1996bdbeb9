"""A broker that takes tokens in place of passwords: what one service sends, another hears."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from deploy.local.part import Part
from deploy.local.secured import ADMIN, Secured
from shared.events.ids import new_id
from tests.support.kernel import Pair, eventually
from tests.support.stack import Stack

AUDIENCE, KEY = "kafka", "key-1"
LIFE = 60  # seconds of a token


class Issuer:
    """Gives each client that asks a token in its name."""

    def __init__(self, keys: Path, secured: Secured) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        keys.write_text(json.dumps({"keys": [{**public, "kid": KEY, "use": "sig", "alg": "RS256"}]}))
        self.given = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(secured.server)
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}/token"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Gives no more."""
        self._server.shutdown()
        self._server.server_close()

    def token(self) -> str:
        """In the name of the broker's administrator, who may everything: what is allowed is tested elsewhere."""
        self.given += 1
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": ADMIN, "iat": now, "exp": now + LIFE, "scope": "kafka"}
        return jwt.encode(claims, self._key, "RS256", headers={"kid": KEY})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                said = json.dumps({"access_token": issuer.token(), "expires_in": LIFE}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_arguments: object) -> None:
                """Nothing on the terminal."""

        return Handler


@pytest.fixture
def by_token() -> Iterator[tuple[Stack, Issuer]]:
    """Broker and database, of which the first takes tokens."""
    with Stack(is_secured=True) as stack:
        keys = stack.home / "keys.json"
        assert stack.secured is not None
        issuer = Issuer(keys, stack.secured)
        stack.change("kafka", lambda part: _takes_tokens(part, stack.home, keys, issuer.url))
        yield stack.up("kafka", "mongo"), issuer
        issuer.close()


async def test_what_is_sent_by_token_is_heard_by_token(by_token: tuple[Stack, Issuer]) -> None:
    stack, issuer = by_token
    assert stack.secured is not None
    pair = Pair(
        stack.kafka, stack.mongo,
        kafka_security_protocol="SASL_SSL", kafka_sasl_mechanism="OAUTHBEARER", kafka_ca_file=stack.secured.ca,
        kafka_sasl_username="intake", kafka_sasl_password="word", kafka_token_url=issuer.url,
        oidc_ca_file=stack.secured.ca,
    )  # fmt: skip
    try:
        await pair.create_topics()
        case_id = new_id()
        async with pair.running():
            await pair.submit(case_id)
            await eventually(lambda: _has_taken(pair, case_id))
    finally:
        pair.close()
    assert issuer.given >= 3  # the two producers and the consumer


async def _has_taken(pair: Pair, case_id: str) -> bool:
    return await pair.taken(case_id) == [1]


def _takes_tokens(part: Part, home: Path, keys: Path, issuer: str) -> Part:
    """The broker's own validator, given the issuer's published keys as a file."""
    said = {
        "listener.name.sasl_ssl.sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
        "listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class":
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
        "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config":
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
        "listener.name.sasl_ssl.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": keys.as_uri(),
        "listener.name.sasl_ssl.oauthbearer.sasl.oauthbearer.expected.audience": AUDIENCE,
        "listener.name.sasl_ssl.oauthbearer.sasl.oauthbearer.expected.issuer": issuer,
    }  # fmt: skip

    def prepare() -> None:
        part.prepare()
        with (home / "data/kafka/server.properties").open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in said.items())

    allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys.as_uri()}"
    return replace(part, prepare=prepare, argv=[part.argv[0], allowed, *part.argv[1:]])
