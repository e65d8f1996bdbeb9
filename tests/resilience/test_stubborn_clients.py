"""A stop ends in its time whatever clients do: one never finishes its upload, one listens for ever."""

import asyncio
import time
from urllib.parse import urlsplit

import pytest

from shared.settings import ServiceSettings
from tests.support.stack import Stack

STOPPED_IN = ServiceSettings(_env_file=None).shutdown_seconds + 3  # and the last spans


@pytest.mark.timeout(200)
async def test_a_stop_does_not_wait_for_who_never_ends(battered: Stack) -> None:
    at, board = urlsplit(battered.url("intake")), urlsplit(battered.url("dispatch"))
    upload = b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    upload += b'Content-Length: 1000\r\n\r\n{"category": "'
    listen = b"GET /api/v1/teams/works-water/stream HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
    listen += b"Authorization: Bearer " + battered.token("somchai").encode() + b"\r\n\r\n"
    clients = []
    for place, words in ((board, listen), (at, upload)):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(words)
        await writer.drain()
        clients.append((reader, writer))
    with pytest.raises(TimeoutError):  # the upload is taken for one that goes on
        await asyncio.wait_for(clients[1][0].read(1), 2)
    try:
        for service in ("intake", "dispatch"):
            began = time.monotonic()
            await asyncio.to_thread(battered.stop, service)
            assert time.monotonic() - began < STOPPED_IN
    finally:
        for _, writer in clients:
            writer.close()
        await asyncio.to_thread(battered.start, "intake")
        await asyncio.to_thread(battered.start, "dispatch")
