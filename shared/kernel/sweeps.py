"""What is done at a pace rather than at a moment, by one process of all replicas, and what becomes of its failures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from shared.kernel.errors import say_error
from shared.kernel.failures import is_transient
from shared.kernel.leases import Leases
from shared.telemetry import get_log

log = get_log(__name__)

LEASE_SECONDS = 15.0  # at least: a sweep at a quick pace must outlive a pause of its process
AGAIN_SECONDS = 300.0  # after a failure, where its own pace is slower: it may have read a whole collection


class Unswept(Exception):
    """A sweep has been through all of its cases, and could not do its work on some."""


class Sweep:
    """One of them. A failure does not change its pace to a quick one, and is said until a later run has done better."""

    def __init__(self, name: str, seconds: float, run: Callable[[], Awaitable[None]], leases: Leases) -> None:
        self.name = name
        self._seconds = seconds
        self._run = run
        self._leases = leases
        self._trouble: str | None = None

    def problem(self) -> str | None:
        """Why its work is not done; None in a process that leaves it to another."""
        return self._trouble and f"the sweep {self.name} fails: {self._trouble}"

    async def follow(self) -> None:
        """Run it now and then; ends by cancellation, or by an outage of what tells whose turn it is."""
        while True:
            if not await self._leases.hold(f"sweep:{self.name}", max(LEASE_SECONDS, 2 * self._seconds)):
                self._trouble = None
            else:
                await self._take_turn()
            await asyncio.sleep(min(self._seconds, AGAIN_SECONDS) if self._trouble else self._seconds)

    async def _take_turn(self) -> None:
        try:
            await self._run()
        except Exception as error:  # noqa: BLE001 - logged, and said to operators
            self._trouble = say_error(error)
            write = log.warning if is_transient(error) or isinstance(error, Unswept) else log.exception
            write("a sweep has failed", extra={"sweep": self.name, "why": self._trouble})
        else:
            self._trouble = None


async def for_each_case(found: AsyncIterator[str], do: Callable[[str], Awaitable[None]]) -> None:
    """One after the other. A case for which it fails is logged, met again by the next sweep, and keeps no other from
    its turn, but the sweep counts as failed; what is away ends it."""
    failed: list[str] = []
    async for case_id in found:
        try:
            await do(case_id)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("a sweep could not do its work on a case", extra={"case_id": case_id})
            failed.append(case_id)
    if failed:
        raise Unswept(f"{len(failed)} cases, the last {failed[-1]}; see the log")
