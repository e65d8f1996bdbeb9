"""What a process does by the clock: its timers, their pools, its shard of the work among all replicas, and sweeps."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.kernel.attempts import OnDue, Park
from shared.kernel.background import Background, Run
from shared.kernel.clock import now
from shared.kernel.leases import RENEW_SECONDS, Leases
from shared.kernel.pools import Pools
from shared.kernel.sweeps import Sweep
from shared.kernel.timers import MomentStore, Timer
from shared.telemetry import metrics

UNDONE_SECONDS = 60.0  # a moment that waits longer than this says that something it needs is away
OBSERVE_SECONDS = 5.0
GAUGE_SECONDS = 15.0  # what Prometheus asks for more often than that changes nothing


class Clockwork:
    """The timers and sweeps of one process; nothing runs before `start`."""

    def __init__(self, leases: Leases, clock: Callable[[], datetime] = now) -> None:
        self.pools = Pools()
        self.timers: list[Timer] = []
        self.shared = asyncio.Event()  # whether other replicas work moments too
        self._sweeps: list[Sweep] = []
        self._gauges: list[Run] = []
        self._leases = leases
        self._clock = clock

    def add_timer(self, name: str, store: MomentStore, handler: OnDue, park: Park) -> Timer:
        """Have the moments of one more collection worked by `handler`; `park` takes those that fail as a bug."""
        timer = Timer(name, store, handler, park, self.pools, clock=self._clock)
        self.timers.append(timer)
        return timer

    def add_sweep(self, seconds: float, name: str, sweep: Callable[[], Awaitable[None]]) -> None:
        """One more thing to do at this pace, by one of all replicas."""
        self._sweeps.append(Sweep(name, seconds, sweep, self._leases))

    def add_gauge(self, observe: Callable[[], Awaitable[None]]) -> None:
        """One more figure for `/metrics`, measured by every replica: what one alone has measured would stay on the page
        of another as it once was."""
        self._gauges.append(lambda: _repeat(observe))

    def start(self, background: Background, when: Callable[[Run], Run]) -> None:
        """Run all of it; `when` holds each back until the database is prepared."""
        for sweep in self._sweeps:
            background.keep("sweep", when(sweep.follow))
        for gauge in self._gauges:
            background.keep("gauge", when(gauge))
        if self.timers:
            background.keep("shards", when(self._keep_shard))
            background.keep("moments", when(self._observe))
        for timer in self.timers:
            background.keep("timer", when(timer.follow))

    def look_now(self) -> None:
        """Look for what has come, without having been told."""
        for timer in self.timers:
            timer.look_now()

    async def problem(self) -> str | None:
        """The first of its timers' reasons why due moments are not worked; None while they are."""
        return next((problem for timer in self.timers if (problem := timer.problem(UNDONE_SECONDS))), None)

    async def sweep_problem(self) -> str | None:
        """Which sweep does not do its work, and why."""
        return next((problem for sweep in self._sweeps if (problem := sweep.problem())), None)

    async def stop(self) -> None:
        """Take nothing more; returns when what is under way has ended."""
        await asyncio.gather(*(timer.stop() for timer in self.timers))

    async def _keep_shard(self) -> None:
        """Say again and again that this replica is alive, and work the shard that falls to it."""
        while True:
            shard = await self._leases.join("timers")
            metrics.timer_replicas.set(shard.of)
            if shard.of > 1:
                self.shared.set()
            for timer in self.timers:
                timer.work(shard)
            await asyncio.sleep(RENEW_SECONDS)

    async def _observe(self) -> None:
        while True:
            for timer in self.timers:
                await timer.observe()
            await asyncio.sleep(OBSERVE_SECONDS)


async def _repeat(observe: Callable[[], Awaitable[None]]) -> None:
    """Measure now and then; ends by cancellation or by the first error."""
    while True:
        await observe()
        await asyncio.sleep(GAUGE_SECONDS)
