"""Receives the bodies of requests within bounds of time and room, before any route reads one.

A body that stands still or trickles is ended, and all that are larger than a form share so much room in this process:
a client that opens many and never ends them stops nobody else's, and fills neither memory nor disk.
"""

import asyncio
import time
from collections.abc import Callable

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.slots import Client, Slots
from shared.telemetry import metrics
from shared.web.limits import client_of

STILL_SECONDS = 20.0  # without a byte: a phone that has lost its network, or somebody who means harm
WINDOW_SECONDS, WINDOW_BYTES = 30.0, 60_000  # at least so much in each: 2 kB/s, a tenth of a poor 3G line
ALL_SECONDS = 14 * 60.0  # 50 MB at half a megabit; the proxy gives up a minute later
FREE_BYTES = 64_000  # of each body; a form or JSON never waits for room
ROOM_BYTES = 512_000_000  # of bodies that this process holds at once, nearly all of it on disk
REASONS = ("slow", "long", "room")
_CLOSE = {"Connection": "close"}  # what is left of the body is not waited for


class Room(Slots):
    """What the requests under way hold of their bodies: together, and each client."""

    def __init__(self, most: int = ROOM_BYTES) -> None:
        super().__init__(most)

    def _add(self, client: Client, size: int) -> None:
        super()._add(client, size)
        metrics.bodies_held.set(self.held)


class Bodies:
    """ASGI middleware around everything that reads a body. 408 for one that is too slow, 503 when there is no room."""

    def __init__(self, app: ASGIApp, room: Room | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._room = room or Room()
        self._clock = clock
        for reason in REASONS:
            metrics.bodies_refused_total.labels(reason)  # begins at 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive, self._room, self._clock)
        try:
            await self._app(scope, body.receive, send)
        finally:
            body.give_back()


class _Body:
    """One body on its way."""

    def __init__(self, scope: Scope, receive: Receive, room: Room, clock: Callable[[], float]) -> None:
        self._scope, self._receive, self._room, self._clock = scope, receive, room, clock
        self._client: Client | None = None
        self._size = self._held = self._in_window = 0
        self._is_whole = False
        self._began: float | None = None
        self._window = 0.0

    async def receive(self) -> Message:
        """The next piece; once the body is whole, whatever the server has to say, for as long as that takes."""
        if self._is_whole:
            return await self._receive()
        if self._began is None:
            self._began = self._window = self._clock()
        try:
            async with asyncio.timeout(STILL_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise _make_refusal("slow", 408) from None
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._note(len(message.get("body", b"")))
        return message

    def _note(self, size: int) -> None:
        self._size += size
        self._in_window += size
        if not self._is_whole:
            self._refuse_slow()
        wanted = max(0, self._size - FREE_BYTES) - self._held
        if wanted and not self._room.take(self._whose(), wanted):
            raise _make_refusal("room", 503, {"Retry-After": "30"})
        self._held += wanted

    def _refuse_slow(self) -> None:
        now = self._clock()
        if now - (self._began or now) > ALL_SECONDS:
            raise _make_refusal("long", 408)
        if now - self._window < WINDOW_SECONDS:
            return
        if self._in_window < WINDOW_BYTES:
            raise _make_refusal("slow", 408)
        self._window, self._in_window = now, 0

    def _whose(self) -> Client:
        self._client = self._client or client_of(Request(self._scope))
        return self._client

    def give_back(self) -> None:
        if self._held:
            self._room.give_back(self._whose(), self._held)
            self._held = 0


def _make_refusal(reason: str, status: int, headers: dict[str, str] | None = None) -> HTTPException:
    metrics.bodies_refused_total.labels(reason).inc()
    return HTTPException(status, headers={**_CLOSE, **(headers or {})})
