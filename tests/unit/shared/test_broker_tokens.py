"""A token for the broker is fetched as the process's own client, used while it lasts, and fetched again in time."""

import base64

import httpx
import pytest

from shared.broker_tokens import BrokerTokens
from shared.brokers import Brokers, Identity

URL = "https://id.example.test/token"


class Issuer:
    """Gives `token-1`, `token-2` …, each good for 100 s, to whoever asks."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.status = 200
        self.at = 0.0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        said = {"access_token": f"token-{len(self.asked)}", "expires_in": 100}
        return httpx.Response(self.status, json=said)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def tokens(issuer: Issuer) -> BrokerTokens:
    way = httpx.MockTransport(issuer.answer)
    return BrokerTokens(URL, "intake", "p/w", "kafka", transport=way, clock=lambda: issuer.at)


async def test_a_token_serves_all_connections_until_it_is_about_to_end(issuer: Issuer) -> None:
    mine = tokens(issuer)
    assert [await mine.token() for _ in range(3)] == ["token-1"] * 3
    issuer.at = 79
    assert await mine.token() == "token-1"
    issuer.at = 81
    assert await mine.token() == "token-2"


async def test_the_client_signs_in_with_what_is_its_own(issuer: Issuer) -> None:
    await tokens(issuer).token()
    (asked,) = issuer.asked
    assert str(asked.url) == URL
    assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"intake:p%2Fw"
    assert asked.content == b"grant_type=client_credentials&scope=kafka"


async def test_an_issuer_that_gives_none_counts_as_a_broker_that_is_away(issuer: Issuer) -> None:
    issuer.status = 503
    with pytest.raises(ConnectionError, match=f"{URL} gives no token for Kafka"):
        await tokens(issuer).token()
    issuer.status = 200
    assert await tokens(issuer).token() == "token-2"


def test_a_client_with_tokens_shows_no_password_to_the_broker() -> None:
    who = Identity("SASL_SSL", "OAUTHBEARER", "intake", "word", token_url=URL)
    options = Brokers(("kafka.town.example:9093",), who).options()
    assert isinstance(options["sasl_oauth_token_provider"], BrokerTokens)
    assert options["sasl_mechanism"] == "OAUTHBEARER"
    assert "sasl_plain_password" not in options
