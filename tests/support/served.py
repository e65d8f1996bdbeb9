"""An app on a real server of this process, for what only a connection shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from deploy.local.ports import free_ports


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncIterator[int]:
    """Its port, once it listens; `options` are the server's."""
    (port,) = free_ports(1)
    server = _Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off", **options))
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    yield port
    server.should_exit = True
    await running


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()
