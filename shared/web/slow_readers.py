"""Ends the connection of who does not read their answer: what waits for them holds a place and memory of everybody's.

A stream of events that has nothing to say waits for nobody and is left alone.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.telemetry.logs import get_log

log = get_log(__name__)

# Of an answer that waits for its reader at least so much is read in each: 1 kB/s, a twentieth of a poor 3G line. Long,
# for a proxy reads ahead by hundreds of kilobytes and then not at all until its own client has them.
WINDOW_SECONDS, WINDOW_BYTES = 120.0, 120_000


class ReadInTime(HttpToolsProtocol):
    """uvicorn's own protocol with an end to its patience. The route that answers is told that its client has gone."""

    _look: asyncio.TimerHandle | None = None
    _left = 0  # bytes that waited at the last look

    def pause_writing(self) -> None:
        """The transport holds more than it likes to: its reader is slower than we write."""
        super().pause_writing()
        self._look_again()

    def resume_writing(self) -> None:
        """What it held is nearly gone."""
        super().resume_writing()
        self._stop_looking()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever it was."""
        self._stop_looking()
        super().connection_lost(exc)

    def _look_again(self) -> None:
        self._left = self.transport.get_write_buffer_size()
        self._look = self.loop.call_later(WINDOW_SECONDS, self._end_if_slow)

    def _end_if_slow(self) -> None:
        if self._left - self.transport.get_write_buffer_size() < WINDOW_BYTES:
            log.info("an answer was not read", extra={"bytes_left": self._left})
            self.transport.abort()  # closing would wait for the same reader
        else:
            self._look_again()

    def _stop_looking(self) -> None:
        if self._look:
            self._look.cancel()
            self._look = None
