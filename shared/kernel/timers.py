"""What happens because time has passed: cases whose hour has come, and sweeps; one holder of the lease at a time.

The lease saves work; that each moment takes effect once is the doing of the case's own guard and `seen`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from shared.kernel.case import Cause
from shared.kernel.cases import Store
from shared.kernel.clock import now
from shared.kernel.leases import Leases
from shared.kernel.moments import Moment
from shared.kernel.outages import is_transient
from shared.telemetry import get_log, names, span

log = get_log(__name__)

OnDue = Callable[[str, Moment, Cause], Awaitable[None]]

TICK_SECONDS = 1.0
LEASE_SECONDS = 15.0
MOST = 500  # cases in one round
CONCURRENT = 32  # handlers at once: they may talk to providers


class Timer:
    """Wakes the cases of one collection when a moment of theirs has come."""

    def __init__(self, name: str, store: Store[Any], handler: OnDue, leases: Leases) -> None:
        self.name = name
        self._store = store
        self._handler = handler
        self._leases = leases
        self._signal = asyncio.Event()
        self._round = asyncio.Lock()
        self._stopping = False

    def wake(self, moment: Moment) -> None:
        """A case has just been saved that waits for this."""
        if moment.at <= now() + timedelta(seconds=TICK_SECONDS):
            self._signal.set()

    async def follow(self) -> None:
        """Ends by `stop`, by cancellation or by the first error."""
        while not self._stopping:
            self._signal.clear()
            async with self._round:
                if await self._leases.hold(f"due:{self.name}", LEASE_SECONDS):
                    await self.round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), TICK_SECONDS)

    async def stop(self) -> None:
        """Take nothing more in hand; returns when what is under way has ended: a mail that left must be noted."""
        self._stopping = True
        self._signal.set()
        async with self._round:
            return

    async def round(self) -> None:
        """Handle all that is due now."""
        limit = asyncio.Semaphore(CONCURRENT)
        due = await self._store.due(now(), MOST)
        await asyncio.gather(*(self._handle(case_id, one.moment, limit) for case_id, one in due))

    async def _handle(self, case_id: str, moment: Moment, limit: asyncio.Semaphore) -> None:
        """One case; its failure is its own, and it stays due for the next round."""
        async with limit:
            if self._stopping:
                return
            with span(f"{names.DUE} {self.name}", attributes={names.CASE_ID: case_id}):
                try:
                    await self._handler(case_id, moment, Cause.timer(case_id, moment))
                except Exception as error:  # noqa: BLE001 - logged; the case stays due
                    told = log.warning if is_transient(error) else log.exception
                    told("a timer's handler failed; it stays due", extra={"case_id": case_id})


async def sweep_every(seconds: float, name: str, sweep: Callable[[], Awaitable[None]], leases: Leases) -> None:
    """Run `sweep` now and then, by one process of all replicas; ends by cancellation or by the first error."""
    while True:
        if await leases.hold(f"sweep:{name}", max(LEASE_SECONDS, 2 * seconds)):
            await sweep()
        await asyncio.sleep(seconds)
