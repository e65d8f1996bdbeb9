"""A stop ends in its time whatever clients do: one never finishes its upload, one listens for ever."""

import asyncio
import time
from urllib.parse import urlsplit

import pytest

from shared.settings import ServiceSettings
from tests.support.stack import Stack

STOPPED_IN = ServiceSettings(_env_file=None).shutdown_seconds + 3  # and the last spans


@pytest.mark.timeout(200)
@pytest.mark.parametrize("service", ["intake", "dispatch"])
async def test_a_stop_does_not_wait_for_who_never_ends(battered: Stack, service: str) -> None:
    at = urlsplit(battered.url(service))
    upload = b"POST /api/v1/photos HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc"
    listen = b"GET /api/v1/teams/works-water/stream HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
    listen += b"Authorization: Bearer " + battered.token("somchai").encode() + b"\r\n\r\n"
    clients = [await asyncio.open_connection(at.hostname, at.port) for _ in range(6)]
    for number, (_, writer) in enumerate(clients):
        writer.write(upload if number % 2 else listen)
        await writer.drain()
    await asyncio.sleep(1)
    began = time.monotonic()
    try:
        await asyncio.to_thread(battered.stop, service)
        assert time.monotonic() - began < STOPPED_IN
    finally:
        for _, writer in clients:
            writer.close()
        await asyncio.to_thread(battered.start, service)
