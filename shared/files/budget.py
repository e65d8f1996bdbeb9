"""How much of the town's room what was never handed in may take: anybody may send it, and nobody asked for it."""

import time
from collections.abc import Awaitable, Callable

from shared.kernel import Reject
from shared.telemetry import metrics

MEASURED_SECONDS = 30.0  # between two measurements by one process, which counts what it lets in meanwhile


class Budget:
    """So many bytes; `measure` says how many are taken. Approximate by what other processes let in since then."""

    def __init__(
        self,
        what: str,
        most: int,
        measure: Callable[[], Awaitable[int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._most = most
        self._measure = measure
        self._clock = clock
        self._taken = 0
        self._measured_at: float | None = None
        metrics.unsubmitted_most.labels(what).set(most)

    async def need(self, size: int) -> None:
        """`Reject` when there is no room for so much more; else it counts as taken."""
        now = self._clock()
        if self._measured_at is None or now - self._measured_at > MEASURED_SECONDS:
            self._measured_at = now
            await self.observe()
        if self._taken + size > self._most:
            raise Reject("no-room", "the town has no room for more files before they are handed in", status=503)
        self._taken += size

    async def observe(self) -> None:
        """Measure what drafts take now, and say it in the metrics."""
        self._taken = await self._measure()
        metrics.unsubmitted.labels(self._what).set(self._taken)
