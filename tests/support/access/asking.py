"""The routes of an app, and one request to it that ends with its first bytes where the answer is a stream."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

PATIENCE = 20.0  # seconds of this process's own time: on a busy machine it is given little
LOOK_SECONDS = 1.0
_UNSAFE_NAMES = frozenset(("HEAD", "OPTIONS"))  # a GET answers the one, nobody the other


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path template) of everything that the app answers."""
    for route in app.routes:
        known: Any = route
        for method in sorted((known.methods or {"GET"}) - _UNSAFE_NAMES):
            yield method, known.path


@dataclass(frozen=True)
class Asked:
    """One request; `content` with its type, or nothing."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    content_type: str = ""


@dataclass
class Answered:
    """What came back."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def items(self) -> list[Any] | None:
        """What a list holds; None when it is none."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            return None
        read = json.loads(self.body)
        items = read.get("items") if isinstance(read, dict) else None
        return items if isinstance(items, list) else None


async def ask(app: FastAPI, asked: Asked) -> Answered:
    """The answer; of a stream its beginning, then whoever asked has hung up."""
    answered, streams = Answered(), asyncio.Event()
    waiting = [{"type": "http.request", "body": asked.content, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if waiting:
            return waiting.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            if answered.headers.get("content-type", "").startswith("text/event-stream"):
                streams.set()
        else:
            answered.body += message.get("body", b"")

    answering = asyncio.ensure_future(app(_scope(app, asked), receive, send))
    begun = asyncio.ensure_future(streams.wait())
    over = time.process_time() + PATIENCE
    while not (answering.done() or begun.done()) and time.process_time() < over:
        await asyncio.wait((answering, begun), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, begun):
        task.cancel()
    await asyncio.gather(answering, begun, return_exceptions=True)
    return answered


def _scope(app: FastAPI, asked: Asked) -> dict[str, Any]:
    headers = {"host": "one.localhost", **asked.headers}
    if asked.content_type:
        headers |= {"content-type": asked.content_type, "content-length": str(len(asked.content))}
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method, "scheme": "http",
        "path": asked.path, "raw_path": asked.path.encode(), "query_string": urlencode(asked.query).encode(),
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("one.localhost", 80), "app": app,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip


def multipart(name: str, filename: str, content: bytes) -> tuple[bytes, str]:
    """A form with one file, and its type."""
    edge = "edge-of-a-part"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
