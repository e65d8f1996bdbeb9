"""Lets no exception of a request reach the server, which would close a connection that the proxy believes is idle.

The proxy would send somebody else's request down it, and that one would be lost: one person's error, another's 502.
"""

import logging

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.http import HttpTelemetry
from shared.web.head import HeadAsGet

log = logging.getLogger(__name__)
_SORRY = b"Internal Server Error"


class App(FastAPI):
    """FastAPI, whose own outermost layer answers a bug and then raises it again all the same. What tells of a request
    lies around that layer: whatever it writes belongs to the request."""

    def build_middleware_stack(self) -> ASGIApp:
        return LastResort(HeadAsGet(HttpTelemetry(super().build_middleware_stack())))


class LastResort:
    """Ends every request in an answer; one that breaks off in its middle the server cuts, which clients do see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch_send)
        except Exception:
            if not started:
                log.exception("request.unanswered")
                await send({"type": "http.response.start", "status": 500, "headers": _headers()})
                await send({"type": "http.response.body", "body": _SORRY})


def _headers() -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_SORRY)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
