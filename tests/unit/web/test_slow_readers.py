"""Whoever does not read their answer loses the connection; whoever reads slowly, and a quiet stream, keep it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from shared.web import slow_readers
from shared.web.slow_readers import ReadInTime

WINDOW_SECONDS, WINDOW_BYTES = 0.5, 100_000
LARGE = 12_000_000  # far more than the buffers of two sockets


class Answers:
    """What is answered, and how it goes."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.has_ended = False

    async def pieces(self, _: Request) -> Response:
        async def flow() -> AsyncIterator[bytes]:
            self.begun.set()
            try:
                for _ in range(LARGE // 100_000):
                    yield b"x" * 100_000
            finally:
                self.has_ended = True

        return StreamingResponse(flow())

    async def events(self, _: Request) -> Response:
        async def flow() -> AsyncIterator[bytes]:
            yield b"data: one\n\n"
            await asyncio.sleep(2 * WINDOW_SECONDS)
            yield b"data: two\n\n"

        return StreamingResponse(flow(), media_type="text/event-stream")

    async def at_once(self, _: Request) -> Response:
        self.begun.set()
        return Response(b"x" * LARGE)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def server(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[uvicorn.Server]:
    monkeypatch.setattr(slow_readers, "WINDOW_SECONDS", WINDOW_SECONDS)
    monkeypatch.setattr(slow_readers, "WINDOW_BYTES", WINDOW_BYTES)
    routes = [Route(f"/{name}", getattr(answers, name)) for name in ("pieces", "events", "at_once")]
    made = uvicorn.Server(
        uvicorn.Config(Starlette(routes=routes), port=0, http=ReadInTime, log_config=None, lifespan="off")
    )
    running = asyncio.create_task(made.serve())
    while not made.started:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)
    yield made
    made.should_exit = made.force_exit = True
    await running


async def ask(server: uvicorn.Server, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client with little room for what it has not read."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, server.servers[0].sockets[0].getsockname())
    reader, writer = await asyncio.open_connection(sock=plain, limit=50_000)
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: one\r\n\r\n".encode())
    return reader, writer


@pytest.mark.parametrize("path", ["pieces", "at_once"])
async def test_an_answer_that_nobody_reads_is_ended_and_its_place_is_free(
    server: uvicorn.Server, answers: Answers, path: str
) -> None:
    _, writer = await ask(server, path)

    state = server.server_state
    async with asyncio.timeout(20):
        await answers.begun.wait()
        while state.connections or state.tasks:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.02)

    assert answers.has_ended is (path == "pieces")
    writer.close()


@pytest.mark.parametrize("path", ["pieces", "at_once"])
async def test_an_answer_that_is_read_slowly_comes_to_its_end(server: uvicorn.Server, path: str) -> None:
    reader, writer = await ask(server, path)
    came = 0
    while came < LARGE:
        piece = await reader.read(1_000_000)
        assert piece, "it was cut off"
        came += len(piece)
        await asyncio.sleep(0.01)
    writer.close()


async def test_a_stream_that_has_nothing_to_say_is_left_alone(server: uvicorn.Server) -> None:
    reader, writer = await ask(server, "events")

    assert b"one" in await reader.readuntil(b"one")
    assert b"two" in await asyncio.wait_for(reader.readuntil(b"two"), 10)
    writer.close()
