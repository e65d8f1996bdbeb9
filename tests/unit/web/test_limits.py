"""Rate limits: per client, refilled with time, bounded in memory, and settable."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.slots import CLIENT, NOBODY
from shared.web.limits import MAX_CLIENTS, Limits, TokenBuckets, bucket_key, client_address, parse_overrides
from tests.support.oidc import FakeIssuer
from tests.support.sample_pages import Client


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_one_at_a_time() -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute=60, burst=3, clock=clock)
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.wait("b") == 0
    clock.now = 1.0
    assert buckets.wait("a") == 0
    assert buckets.wait("a") > 0
    clock.now = 1000.0
    assert [buckets.wait("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_memory_is_bounded_and_the_longest_unused_client_goes_first() -> None:
    buckets = TokenBuckets(per_minute=1, burst=1, clock=Clock())
    for number in range(MAX_CLIENTS + 5):
        buckets.wait(f"client-{number}")
    assert len(buckets) == MAX_CLIENTS
    assert buckets.wait(f"client-{MAX_CLIENTS}") > 0
    assert buckets.wait("client-0") == 0


async def test_the_third_of_two_gets_429_and_when_to_return(client: Client) -> None:
    api = client()
    answers = [await api.get("/api/v1/limited") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "1"
    assert answers[2].json()["code"] == "rate-limit"


@pytest.mark.parametrize("limits", ["off", "sample=0", "sample=6000"])
async def test_limits_can_be_raised_or_switched_off(client: Client, limits: str) -> None:
    api = client(rate_limits=limits)
    assert {(await api.get("/api/v1/limited")).status_code for _ in range(20)} == {200}


@pytest.mark.parametrize("text", ["sample", "sample=many", "=1", "sample=-1"])
def test_an_override_that_cannot_be_read_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="RATE_LIMITS"):
        parse_overrides(text)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.0.0.5", "198.51.100.7"),
        ("10.0.0.5", "198.51.100.7", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "rubbish", "rubbish"),
    ],
)
def test_forwarded_addresses_count_only_past_our_own_proxies(
    make_app: Callable[..., FastAPI], peer: str, forwarded: str | None, address: str
) -> None:
    app = make_app(trusted_proxies="127.0.0.0/8,::1,10.0.0.0/8")
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "app": app, "client": (peer, 1), "headers": headers})
    assert client_address(request) == address


def test_an_ipv6_household_shares_one_bucket() -> None:
    assert bucket_key("2001:db8:1:2::1") == bucket_key("2001:db8:1:2:ffff::9")
    assert bucket_key("2001:db8:1:2::1") != bucket_key("2001:db8:1:3::1")
    assert bucket_key("rubbish") == bucket_key("other")


async def test_who_is_signed_in_is_counted_for_themselves(client: Client, issuer: FakeIssuer) -> None:
    """An office, and residents behind the same network, share one address."""
    api = client()
    bearers = [{"authorization": f"Bearer {issuer.token(sub=sub)}"} for sub in ("u-1", "u-2")]
    for headers in (*bearers, {}):
        answers = [(await api.get("/api/v1/limited", headers=headers)).status_code for _ in range(3)]
        assert answers == [200, 200, 429]


async def test_a_made_up_token_brings_no_bucket_of_its_own(client: Client) -> None:
    api = client()
    answers = [
        (await api.get("/api/v1/limited", headers={"authorization": f"Bearer {number}"})).status_code
        for number in range(3)
    ]
    assert answers == [200, 200, 429]


async def test_one_client_has_its_share_of_everything_and_no_more(make_app: Callable[..., FastAPI]) -> None:
    app = make_app(rate_limits="requests=1")
    limits: Limits = app.state.parts[Limits]
    for _ in range(1500):
        limits.wait("requests", 3000, 1500, "203.0.113.9")
    for address, status in (("203.0.113.9", 429), ("203.0.113.10", 200)):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as api:
            assert (await api.get("/api/v1/things")).status_code == status


async def test_the_costly_work_of_who_is_signed_in_has_a_share_of_its_own(
    make_app: Callable[..., FastAPI], issuer: FakeIssuer
) -> None:
    app = make_app(client_share=0.5)
    app.add_api_route("/whose", lambda: [CLIENT.get().key, CLIENT.get().fraction])
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 1))
    bearer = {"authorization": f"Bearer {issuer.token(sub='u-1')}"}
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as api:
        assert (await api.get("/whose")).json() == ["203.0.113.9", 0.5]
        assert (await api.get("/whose", headers=bearer)).json() == ["staff u-1", 0.5]
    assert CLIENT.get() == NOBODY, "and nobody's once it is answered"
