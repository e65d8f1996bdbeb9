"""One moment that has come: handed to its service, and what becomes of it when that fails.

A failure is noted on the case itself, so that any replica can make the next try. Waiting for something that is away
goes on for ever; a bug is parked after some tries; many bugs stop the timer.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from shared.kernel.breaker import Breaker
from shared.kernel.case import Cause
from shared.kernel.clock import now
from shared.kernel.errors import WHY_MOST, say_error
from shared.kernel.failures import is_transient
from shared.kernel.moments import Kept, Moment, mark_parked, note_failure
from shared.telemetry import get_log, metrics, names, span

log = get_log(__name__)

OnDue = Callable[[str, Moment, Cause], Awaitable[None]]
Park = Callable[[str, Moment, str], Awaitable[None]]  # case, moment, explanation

TRIES = 5  # of a handler that fails as a bug: a profile or a template may be fixed meanwhile
REST_SECONDS = (0.5, 300.0)  # first and longest, before the next try
PARK_SECONDS = 10.0  # a broker that is away must not hold a slot
BRAKE_SECONDS = 1.0  # when not even a failure can be noted
REMEMBERED = 10_000  # moments that have had their effect, to notice one that was not moved


class NoteStore(Protocol):
    """Where the failures of moments are noted: the case's own document, so that every replica counts alike."""

    async def keep(self, case_id: str, moment: Kept) -> None:
        """Note what became of a moment, unless the case no longer waits for it."""


class Unmoved(Exception):
    """A handler said that it was done, and left its moment where it was."""


class Attempts:
    """Does the due moments of one collection, each once at a time, and keeps count of what fails and how."""

    def __init__(
        self, name: str, store: NoteStore, handler: OnDue, park: Park, clock: Callable[[], datetime] = now
    ) -> None:
        self.halted: str | None = None
        self._name = name
        self._store = store
        self._handler = handler
        self._park = park
        self._clock = clock
        self._breaker = Breaker()
        for outcome in ("done", "again", "parked"):
            metrics.moments_total.labels(name, outcome)  # begins at 0
        self._done: dict[tuple[str, Moment], None] = {}

    async def attempt(self, case_id: str, one: Kept) -> datetime | None:
        """Never raises: its failure is its own. Answers when it is to be tried again, None when it is not."""
        with span(f"{names.DUE} {self._name}", attributes={names.CASE_ID: case_id}):
            try:
                if (case_id, one.moment) in self._done:
                    raise Unmoved(f"the handler left the moment {one.moment.name} where it was")
                # What the service's `timers.schedule` has registered for these cases.
                await self._handler(case_id, one.moment, Cause.timer(case_id, one.moment))
            except Exception as error:  # noqa: BLE001 - logged, and noted on the case
                return await self._note(case_id, one, error)
        self._breaker.note("done")
        self._remember(case_id, one.moment)
        metrics.moments_total.labels(self._name, "done").inc()
        return None

    async def _note(self, case_id: str, one: Kept, error: Exception) -> datetime | None:
        bug = not is_transient(error)
        self._log_failure(case_id, one, error, bug=bug)
        after = note_failure(one, bug=bug, rests_until=self._clock() + _choose_rest(one.tries))
        try:
            if after.bugs >= TRIES:
                after = await self._give_up(case_id, after, error)
            await self._store.keep(case_id, after)
        except Exception as trouble:  # noqa: BLE001 - it stays due; holding the slot for a moment slows the retries
            log.warning("a failure could not be noted", extra={"case_id": case_id, "why": say_error(trouble)})
            await asyncio.sleep(BRAKE_SECONDS)
            return None
        self._done.pop((case_id, one.moment), None)
        metrics.moments_total.labels(self._name, "parked" if after.parked else "again").inc()
        return None if after.parked else after.rests_until

    async def _give_up(self, case_id: str, one: Kept, error: Exception) -> Kept:
        """Park it as a dead letter, or stop altogether: when many fail it is our code, and not their data."""
        why = say_error(error)
        if self._breaker.note("bug", case_id):
            self.halted = f"stopped: too many moments of {self._name} fail, the last as {why}"
            log.critical("a timer has stopped; restart when fixed", extra={"timer": self._name, "why": why})
            return one
        async with asyncio.timeout(PARK_SECONDS):
            await self._park(case_id, one.moment, say_error(error, WHY_MOST))
        return mark_parked(one)

    def _log_failure(self, case_id: str, one: Kept, error: Exception, *, bug: bool) -> None:
        what = {"case_id": case_id, "moment": one.moment.name, "tries": one.tries + 1, "why": say_error(error)}
        level = logging.ERROR if bug else logging.WARNING
        log.log(level, "a timer's handler failed", extra=what, exc_info=error if bug else None)

    def _remember(self, case_id: str, moment: Moment) -> None:
        self._done[case_id, moment] = None
        if len(self._done) > REMEMBERED:
            del self._done[next(iter(self._done))]


def _choose_rest(tries: int) -> timedelta:
    """Exponential, with jitter, so that what failed together does not come back together."""
    first, longest = REST_SECONDS
    return timedelta(seconds=random.uniform(0.5, 1.0) * min(longest, first * 2.0 ** min(tries, 20)))  # noqa: S311
