"""What happens because time has passed: each moment of a case that has come is handed to its service, in its pool.

As soon as a pool has a free slot its next due moment starts, and no pool waits for another. A moment that fails is
retried, later each time, and the case itself keeps count; a bug is parked after some tries. Every replica works its own
shard of the cases. Two that overlap do no harm: the case's guard and `seen` let each moment take effect once.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from shared.kernel.attempts import REST_SECONDS, Attempts, NoteStore, OnDue, Park
from shared.kernel.clock import now
from shared.kernel.moments import Kept, Moment, Search, Shard
from shared.kernel.outbox import AHEAD_MOST
from shared.kernel.pools import Pools, UnderWay
from shared.telemetry import metrics

SWEEP_SECONDS = 1.0
AHEAD = timedelta(seconds=1.5 * SWEEP_SECONDS)  # what comes before the next sweep is known to the millisecond
MOST = 500  # cases in one look
RESTS_MOST = timedelta(seconds=REST_SECONDS[1]) + AHEAD_MOST


class MomentStore(NoteStore, Protocol):
    """What a timer needs of a database; `mongo_moments.py` is the real one."""

    async def due(self, search: Search) -> Sequence[tuple[str, Sequence[Kept]]]:
        """Cases with what the search is after, in the order of pool and time."""

    async def wake_oversleeping(self, after: datetime) -> None:
        """Try what has failed and rests until then or longer: its rest was reckoned by a clock that was ahead."""

    async def oldest_failing(self) -> datetime | None:
        """Since when the oldest moment waits that has failed and is tried again."""

    async def count_due(self, now: datetime) -> int:
        """How many cases have something to do now."""

    async def count_parked(self) -> int:
        """How many cases have a moment that was given up."""


class Timer:
    """Looks for the due moments of one collection and begins them as far as their pools have free slots."""

    def __init__(
        self,
        name: str,
        store: MomentStore,
        handler: OnDue,
        park: Park,
        pools: Pools,
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.name = name
        self.shard = Shard()
        self._store = store
        self._attempts = Attempts(name, store, handler, park, clock)
        self._pools = pools
        self._clock = clock
        self._signal = asyncio.Event()
        self._under_way = UnderWay()
        self._tasks: set[asyncio.Task[None]] = set()
        self._coming: dict[str, datetime] = {}  # pool → when its next moment comes, as far as known
        self._crowded: set[str] = set()  # pools with more due moments than free slots
        self._oldest: dict[str, datetime] = {}  # pool → since when its oldest moment waits
        self._failing: datetime | None = None  # since when the oldest moment waits that has failed
        self._swept: float | None = None
        self._stopping = False

    @property
    def halted(self) -> str | None:
        """Why it has stopped, if it has."""
        return self._attempts.halted

    def wake(self, case_id: str, moment: Moment) -> None:
        """This case has just been saved and waits for that."""
        if moment.at <= self._clock() + AHEAD and self.shard.has(case_id):
            self._expect(moment.pool, moment.at)

    def wake_all(self, case_id: str, moments: Sequence[Moment], _entries: object = ()) -> None:
        """The same for all that it waits for."""
        for moment in moments:
            self.wake(case_id, moment)

    def look_now(self) -> None:
        """Something has changed that only a look can tell: the shard, or a moment that was put back."""
        self._swept = None
        self._signal.set()

    def work(self, shard: Shard) -> None:
        """From now on this shard of the cases; what is under way is finished."""
        if shard != self.shard:
            self.shard = shard
            self.look_now()

    def oldest(self) -> datetime | None:
        """Since when the oldest moment waits that has come and is known; None: nothing waits."""
        return min(self._oldest.values(), default=None)

    def problem(self, seconds: float) -> str | None:
        """Why moments are not worked; None when none has waited that long."""
        if self.halted:
            return self.halted
        waiting = {"failing": self._failing} if self._failing else {}
        for pool, since in {**self._oldest, **waiting}.items():
            if (age := (self._clock() - since).total_seconds()) > seconds:
                return f"a moment of {self.name} has waited {age:.0f} s ({pool or 'own work'})"
        return None

    async def observe(self) -> None:
        """Say in the metrics what waits, what was given up, and whether it works at all; what waits by a wrong clock
        waits no longer."""
        at = self._clock()
        await self._store.wake_oversleeping(at + RESTS_MOST)
        self._failing = await self._store.oldest_failing()
        oldest = min((since for since in (self.oldest(), self._failing) if since is not None), default=at)
        metrics.moments_oldest_age_seconds.labels(self.name).set(max(0.0, (at - oldest).total_seconds()))
        metrics.moments_due.labels(self.name).set(await self._store.count_due(at))
        metrics.moments_parked.labels(self.name).set(await self._store.count_parked())
        metrics.timer_halted.labels(self.name).set(self.halted is not None)

    async def follow(self) -> None:
        """Ends by `stop`, by cancellation or by the first error of a look, after which `Background.keep` begins it
        again."""
        while not self._stopping:
            self._signal.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._signal.wait()

    async def stop(self) -> None:
        """Take nothing more in hand; returns when what is under way has ended: a mail that left must be noted."""
        self._stopping = True
        self._signal.set()
        try:
            await self.wait_until_idle()
        finally:
            for task in self._tasks:
                task.cancel()

    async def wait_until_idle(self) -> None:
        """Return once no moment is under way; it begins none and stops none."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def look(self) -> None:
        """Start what has come, as far as its pools have free slots."""
        if self.halted or self._stopping:
            return
        loop_time = asyncio.get_running_loop().time()
        if self._swept is None or loop_time >= self._swept + SWEEP_SECONDS:
            self._swept = loop_time
            await self._sweep()
        came = [pool for pool, at in self._coming.items() if at <= self._clock()]
        for pool in came:
            del self._coming[pool]
        await asyncio.gather(*(self._look_into(pool) for pool in came))

    def _pause(self) -> float:
        coming = min(self._coming.values(), default=None)
        sweep = (self._swept or 0.0) + SWEEP_SECONDS - asyncio.get_running_loop().time()
        known = (coming - self._clock()).total_seconds() if coming else SWEEP_SECONDS
        return max(0.0, min(sweep, known)) if not self.halted else SWEEP_SECONDS

    async def _sweep(self) -> None:
        """All pools with free slots, a page at a time; a pool with more than fits on the page is looked into alone."""
        seen = frozenset(pool for pool in self._under_way.by_pool if not self._free_slots(pool))
        self._oldest = {pool: at for pool, at in self._oldest.items() if pool in seen}
        while True:
            found = await self._search(Search(self._clock() + AHEAD, MOST, self.shard.parts, but=seen))
            if len(found) < MOST:
                return
            # The page ends within the first pool of its last case. Of later ones it has only what shares a case with an
            # earlier one.
            last = found[-1][1][0].moment.pool
            seen |= {pool for _, moments in found for one in moments if (pool := one.moment.pool) <= last}
            self._expect(last, self._clock())

    async def _look_into(self, pool: str) -> None:
        """Fill the free slots of one pool."""
        if not (slots := self._free_slots(pool)):
            self._crowded.add(pool)
            return
        most = slots + self._under_way.count(pool)  # what is under way is still due
        self._crowded.discard(pool)
        self._oldest.pop(pool, None)
        found = await self._search(Search(self._clock() + AHEAD, most, self.shard.parts, pool=pool))
        if len(found) == most:
            self._crowded.add(pool)

    async def _search(self, search: Search) -> Sequence[tuple[str, Sequence[Kept]]]:
        with self._under_way.note_ends() as ended:
            found = await self._store.due(search)
        self._take(found, frozenset(ended))
        return found

    def _take(self, found: Sequence[tuple[str, Sequence[Kept]]], ended: frozenset[tuple[str, str]]) -> None:
        """Begin what is found; what ended while it was searched for may be found as it was: it is looked for again."""
        for case_id, moments in found:
            for one in moments:
                pool = one.moment.pool
                if (pool, case_id) in ended:
                    self._expect(pool, self._clock())
                    continue
                if one.due_at > self._clock():
                    self._expect(pool, one.due_at)
                    continue
                self._oldest[pool] = min(one.moment.at, self._oldest.get(pool, one.moment.at))
                if self._under_way.has(pool, case_id):
                    continue
                if not self._free_slots(pool):
                    self._crowded.add(pool)
                    continue
                self._begin(case_id, one)

    def _free_slots(self, pool: str) -> int:
        return max(0, self._pools.most(pool, self.shard.of) - self._under_way.count(pool))

    def _expect(self, pool: str, at: datetime) -> None:
        known = self._coming.get(pool)
        if known is None or at < known:
            self._coming[pool] = at
            self._signal.set()

    def _begin(self, case_id: str, one: Kept) -> None:
        pool = one.moment.pool
        self._under_way.begin(pool, case_id)
        task = asyncio.create_task(self._attempt(case_id, one))
        self._tasks.add(task)

        def end(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._under_way.end(pool, case_id)
            if pool in self._crowded:
                self._expect(pool, self._clock())

        task.add_done_callback(end)

    async def _attempt(self, case_id: str, one: Kept) -> None:
        """The service's handler, as `Service.on_due` registered it, through `attempts.py`, which keeps what fails."""
        again = await self._attempts.attempt(case_id, one)
        if again is not None and again <= self._clock() + AHEAD:
            self._expect(one.moment.pool, again)
