"""Bodies that come too slowly, for too long or too many at once are ended, and what they held is given back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.types import Message

from shared.slots import Client as Sender
from shared.web import bodies
from shared.web.bodies import FREE_BYTES, STILL_SECONDS, WINDOW_SECONDS, Bodies, Room
from shared.web.limits import Limits
from tests.support.sample_pages import Client

SHARE = 4  # one client may take a fourth
Piece = tuple[float, int]  # seconds after the piece before, bytes


class Clock:
    """Time that passes only while a body is waited for."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def receive_all(pieces: Sequence[Piece], room: Room | None = None) -> int:
    """How many bytes the app is given of a body that comes in these pieces."""
    clock, coming = Clock(), list(pieces)

    async def receive() -> Message:
        seconds, size = coming.pop(0)
        clock.now += seconds
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(coming)}

    async def send(_message: Message) -> None: ...

    total = 0

    async def app(_scope: object, receive: Callable[[], Awaitable[Message]], _send: object) -> None:
        nonlocal total
        more = True
        while more:
            message = await receive()
            total, more = total + len(message["body"]), message["more_body"]

    await Bodies(app, room, clock)(scope(), receive, send)
    return total


def scope() -> dict[str, object]:
    class Settings:
        trusted_proxies, rate_limits, client_share = "", "", 1 / SHARE

    app = FastAPI()
    app.state.parts = {Limits: Limits(Settings())}  # type: ignore[arg-type]
    return {"type": "http", "method": "PUT", "path": "/", "headers": [], "client": ("192.0.2.1", 1), "app": app}


async def refused(pieces: Sequence[Piece], room: Room | None = None) -> int:
    with pytest.raises(HTTPException) as error:
        await receive_all(pieces, room)
    assert error.value.headers is not None
    assert error.value.headers["Connection"] == "close"
    return error.value.status_code


async def test_a_body_on_a_poor_line_comes_to_its_end() -> None:
    assert await receive_all([(15.0, 40_000)] * 20) == 800_000


async def test_a_body_that_trickles_is_ended() -> None:
    assert await refused([(10.0, 100)] * 20) == 408


async def test_a_body_that_never_ends_is_ended() -> None:
    assert await refused([(10.0, 100_000)] * 90) == 408


async def test_a_body_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STILL_SECONDS", 0.01)

    async def receive() -> Message:
        return await asyncio.Future()

    async def app(_scope: object, receive: Callable[[], Awaitable[Message]], _send: object) -> None:
        await receive()

    async def send(_message: Message) -> None: ...

    with pytest.raises(HTTPException) as error:
        await Bodies(app)(scope(), receive, send)
    assert error.value.status_code == 408


async def test_waiting_for_the_end_of_a_stream_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STILL_SECONDS", 0.01)
    said: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        if len(said) == 1:
            await asyncio.sleep(0.05)
        return said.pop(0)

    async def app(_scope: object, receive: Callable[[], Awaitable[Message]], _send: object) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    async def send(_message: Message) -> None: ...

    await Bodies(app)(scope(), receive, send)


async def test_one_client_takes_its_share_of_the_room_and_no_more() -> None:
    room = Room(SHARE * 1_000_000)
    assert await receive_all([(0.1, 500_000), (0.1, 500_000 + FREE_BYTES)], room) == 1_000_000 + FREE_BYTES
    assert (room.held, dict(room.by_client)) == (0, {})
    assert await refused([(0.1, 500_000), (0.1, 600_000)], room) == 503
    assert (room.held, dict(room.by_client)) == (0, {})


async def test_a_full_room_takes_forms_and_no_files() -> None:
    room = Room(1_000_000)
    for client in range(SHARE):
        assert room.take(Sender(str(client), 1 / SHARE), 250_000)
    assert await receive_all([(0.1, FREE_BYTES)], room) == FREE_BYTES
    assert await refused([(0.1, FREE_BYTES), (0.1, 1)], room) == 503


async def test_a_body_that_stands_still_is_told_so_as_a_problem(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "STILL_SECONDS", 0.05)

    async def half() -> object:
        yield b'{"text": '
        await asyncio.sleep(0.5)
        yield b'"a"}'

    api: httpx.AsyncClient = client()
    headers = {"content-type": "application/json", "origin": str(api.base_url)}
    answer = await api.post("/api/v1/things", content=half(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (408, "http-408")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(("language", "words"), [("th", "กรุณาลองใหม่ในอีกสักครู่"), ("en", "Please try again in a moment")])
async def test_who_sends_a_file_where_there_is_no_room_is_told_when_to_come_again(
    make_app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr(Room.__init__, "__defaults__", (1_000_000,))
    app = make_app()

    async def take(request: Request) -> int:
        async with request.form() as form:
            return len(form)

    app.add_api_route("/take", take, methods=["POST"], max_body_size=2_000_000)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost", headers=headers) as browser:
        files = {"file": ("plan.pdf", b"x" * 1_100_000)}
        answer = await browser.post("/take", files=files, params={"lang": language})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert words in answer.text


def test_the_bounds_let_a_poor_line_through() -> None:
    assert bodies.WINDOW_BYTES / WINDOW_SECONDS <= 2_000
    assert STILL_SECONDS < WINDOW_SECONDS
