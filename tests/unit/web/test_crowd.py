"""A process that is full says so at once, and is still no dead one; and one address never fills it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from shared.kernel.health import Health
from shared.web import crowd
from shared.web.ops import PATHS, ops_routes

MOST = 8  # requests of this test's process, two of one address


class Streams:
    """Requests that last until they are let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)
        self.let_go = asyncio.Event()

    async def lines(self) -> AsyncIterator[bytes]:
        self.begun.release()
        await self.let_go.wait()
        yield b"over\n"


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def app(make_app: Callable[..., FastAPI], streams: Streams, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(crowd.Crowd.__init__, "__defaults__", (MOST,))
    made = make_app()
    made.add_api_route("/lasting", lambda: StreamingResponse(streams.lines()))
    made.include_router(ops_routes(Health()))
    return made


def from_address(app: FastAPI, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="https://one.localhost", headers=headers)


async def test_beyond_its_bound_a_process_refuses_at_once_and_is_alive_all_the_same(
    app: FastAPI, streams: Streams
) -> None:
    async with from_address(app, "192.0.2.99") as client:
        held = [
            asyncio.create_task(from_address(app, f"192.0.2.{number // 2}").get("/lasting")) for number in range(MOST)
        ]
        for _ in held:
            await streams.begun.acquire()

        refused = await client.get("/lasting")
        probed = [(await client.get(path)).status_code for path in sorted(PATHS)]
        streams.let_go.set()
        ended = [(await one).status_code for one in held]
        after = await client.get("/lasting")

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert probed == [200] * len(PATHS)
    assert ended == [200] * MOST
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("many", "more", "other"),
    [("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")],
)
async def test_one_address_has_its_share_of_the_places_and_everybody_else_the_rest(
    app: FastAPI, streams: Streams, many: str, more: str, other: str
) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("the body")
        yield b"{}"

    held = [asyncio.create_task(from_address(app, many).get("/lasting")) for _ in range(2)]
    for _ in held:
        await streams.begun.acquire()

    refused = await from_address(app, more).post("/api/v1/things", content=body())
    page = await from_address(app, more, accept="text/html").get("/", params={"lang": "en"})
    served = await from_address(app, other).get("/api/v1/things")
    streams.let_go.set()
    ended = [(await one).status_code for one in held]

    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "rate-limit", "5")
    assert not read, "what is refused is refused before its body"
    assert (page.status_code, "Please wait 5 s" in page.text) == (429, True)
    assert served.status_code == 200
    assert ended == [200, 200]
    assert (await from_address(app, more).get("/lasting")).status_code == 200


def test_what_is_let_in_is_all_that_operators_ask() -> None:
    assert {route.path for route in ops_routes(Health()).routes} == PATHS  # type: ignore[attr-defined]
