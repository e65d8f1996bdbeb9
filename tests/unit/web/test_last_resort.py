"""No exception reaches the server: not from a route, not after the answer, not from our own error pages."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.last_resort import LastResort
from tests.support.served import served

PLAIN = b"HTTP/1.1\r\nHost: one.localhost\r\n\r\n"


async def _fail() -> None:
    raise RuntimeError("after the answer")


@pytest.fixture
def app(make_app: Callable[..., FastAPI]) -> FastAPI:
    """The sample service, with routes that fail at every moment of an answer."""
    app = make_app()

    @app.get("/api/v1/late-bug")
    async def late() -> Response:
        return Response("done", background=BackgroundTask(_fail))

    @app.get("/api/v1/half-an-answer")
    async def half() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("in the middle")

        return StreamingResponse(pieces())

    @app.get("/api/v1/broken-errors")
    async def broken(request: Request) -> None:
        request.app.state.parts.clear()  # what draws the error fails too
        raise RuntimeError("a bug")

    return app


@pytest.mark.parametrize("path", ["/api/v1/bug", "/api/v1/late-bug", "/api/v1/broken-errors"])
async def test_nothing_is_raised_to_the_server(app: FastAPI, path: str) -> None:
    transport = httpx.ASGITransport(app)  # raises what the app raises
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as client:
        answer = await client.get(path)

    assert answer.status_code in (200, 500)


async def test_an_error_that_even_the_error_page_cannot_tell_is_answered(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost") as client:
        answer = await client.get("/api/v1/broken-errors")

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/bug", "/api/v1/late-bug", "/bug"])
async def test_the_connection_of_a_failed_request_serves_the_next_one(app: FastAPI, path: str) -> None:
    """The proxy keeps it for whoever comes next."""
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        statuses = []
        for asked in (path, "/api/v1/things"):
            writer.write(f"GET {asked} ".encode() + PLAIN)
            statuses.append(await _read_answer(reader))
        writer.close()

    assert statuses[1] == 200


async def test_an_answer_that_breaks_off_is_cut_so_that_its_client_sees_it(app: FastAPI) -> None:
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/v1/half-an-answer " + PLAIN)
        everything = await reader.read()
        writer.close()

    assert everything.endswith(b"half\r\n")  # without the last chunk's mark


async def test_only_requests_are_caught() -> None:
    """A start that fails must stop the process."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("no database")

    wrapped: ASGIApp = LastResort(broken)
    with pytest.raises(RuntimeError):
        await wrapped({"type": "lifespan"}, _never, _ignore)  # type: ignore[arg-type]


async def _never() -> None:
    raise AssertionError


async def _ignore(_: object) -> None:
    raise AssertionError


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(" ")[1])
