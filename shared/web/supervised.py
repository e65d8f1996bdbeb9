"""Tells systemd that the process serves, and that it still does: one that hangs is ended and started anew, as a cluster
does by its liveness probe (`WatchdogSec` in deploy/systemd/onestop@.service)."""

import asyncio
import socket
from contextlib import suppress

from pydantic_settings import BaseSettings

EVERY_SECONDS = 15  # of the loop that answers requests; four times as often as must be


class _Supervisor(BaseSettings):
    """As systemd names itself to the process; nobody else sets it."""

    notify_socket: str = ""


async def tell() -> None:
    """Nothing where nobody supervises. Whoever could not be told acts by himself, so that is no reason to end."""
    address = _Supervisor().notify_socket
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ours:
        ours.sendto(b"READY=1\nWATCHDOG=1", f"\0{address[1:]}" if address.startswith("@") else address)


async def keep_telling() -> None:
    """Until it is cancelled. By a clock that nobody sets: the machine's may be put back by an hour."""
    while True:
        await tell()
        await asyncio.sleep(EVERY_SECONDS)
