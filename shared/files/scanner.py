"""The hook for a virus scanner: every document is shown to ClamAV before it is kept, where the town runs one.

Photos are not: what is kept of them is written anew from their pixels.
"""

import asyncio
from pathlib import Path

from shared.kernel import Reject, Transient
from shared.telemetry import get_log

log = get_log(__name__)

SECONDS_MOST = 60.0  # for one file of 50 MB on a busy machine
PING_SECONDS = 10.0
_PIECE = 64 * 1024
_END = (0).to_bytes(4, "big")


class Scanner:
    """`address` is `host:port` of clamd; empty: nothing is scanned. A scanner that is away lets nothing through."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port) if port else 0

    async def scan(self, file: Path) -> None:
        """`Reject` for what the scanner knows as harmful, `Transient` when it does not answer."""
        if not self._port:
            return
        try:
            async with asyncio.timeout(SECONDS_MOST):
                answer = await self._ask(file)
        except (OSError, EOFError) as error:  # it may also end the connection before all is sent
            raise Transient("the virus scanner does not answer; try again") from error
        if answer.endswith(" FOUND"):
            log.warning("a file was refused by the virus scanner", extra={"found": answer})
            raise Reject("infected-file", "the virus scanner refuses this file", status=422)
        if not answer.endswith(" OK"):
            log.error("the virus scanner cannot judge a file", extra={"answer": answer})
            raise Transient(f"the virus scanner cannot judge this file: {answer}")

    async def ping(self) -> None:
        """Raise `Transient` unless something answers as clamd does."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                answer = await self._send_command(b"zPING\0")
        except (OSError, EOFError) as error:
            raise Transient("the virus scanner does not answer") from error
        if answer != "PONG":
            raise Transient("what answers there is no clamd")

    async def _send_command(self, command: bytes) -> str:
        """To a command that stands alone."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(command)
            await writer.drain()
            return await _line(reader)
        finally:
            writer.close()

    async def _ask(self, file: Path) -> str:
        """clamd's INSTREAM: pieces, each behind its length, and one of length 0; then one line."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(b"zINSTREAM\0")
            with file.open("rb") as opened:
                while piece := opened.read(_PIECE):
                    writer.write(len(piece).to_bytes(4, "big") + piece)
                    await writer.drain()
            writer.write(_END)
            await writer.drain()
            return await _line(reader)
        finally:
            writer.close()


async def _line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")
