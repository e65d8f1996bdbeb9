"""A process that is full says so at once, and is still no dead one."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from shared.kernel.health import Health
from shared.web import crowd
from shared.web.ops import PATHS, ops_routes

MOST = 2  # requests of this test's process


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


async def test_beyond_its_bound_a_process_refuses_at_once_and_is_alive_all_the_same(
    app: FastAPI, streams: Streams
) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as client:
        held = [asyncio.create_task(client.get("/lasting")) for _ in range(MOST)]
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


def test_what_is_let_in_is_all_that_operators_ask() -> None:
    assert {route.path for route in ops_routes(Health()).routes} == PATHS  # type: ignore[attr-defined]
