"""Whatever is owed is done in time: the kernel's own loops in a world whose clock jumps."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.events.ids import new_id
from shared.kernel import Cause, Transient
from tests.support.campaign import MET, explore, explore_for_minutes
from tests.support.clocks import go_by_clocks
from tests.support.liveness import SOON, STORIES, end, tell
from tests.support.simulation import Fault
from tests.support.village import TEND_SECONDS, Village, Villager
from tests.support.virtual_time import VirtualLoop

REPORTS = tuple(new_id() for _ in range(3))
FATES: tuple[Fault, ...] = (
    "ok",
    "ok",
    "ok",
    "slow",
    "late",
    "lost",
    "unacknowledged",
    "twice",
    "die before",
    "die after",
)
ENOUGH = 40  # seconds: what failed a few times rests for some seconds, and a dead replica's share is free after ten
scripts = st.lists(st.sampled_from(FATES), max_size=8)


def _rounded(seconds: int) -> str:
    """So that lines sort by it."""
    return f"{next(most for most in (1, 2, 3, 5, 10, 20, ENOUGH) if seconds <= most):2}"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_owed_is_done_in_time(story: Callable[[Village], None]) -> None:
    tell(story)


class Living(RuleBasedStateMachine):
    """Three processes with all their loops; calls are lost and repeated, processes killed, destinations away.

    When all is well again, everything owed is done within `ENOUGH` seconds by whoever is left."""

    @initialize()
    def begin(self) -> None:
        """Three processes that do everything."""
        self.loop = VirtualLoop()
        asyncio.set_event_loop(self.loop)
        self.times = go_by_clocks(self.loop.clock)
        self.village = Village(self.loop)
        self.alive = [self._villager() for _ in range(3)]
        self.accepted: set[tuple[str, str]] = set()  # report and cause, of every request that was answered
        MET["histories", "all"] += 1

    @invariant()
    def count(self) -> None:
        """One more step."""
        MET["steps", "all"] += 1

    @rule(report=st.sampled_from(REPORTS), which=st.integers(0, 2), script=scripts)
    def submit(self, report: str, which: int, script: Sequence[Fault]) -> None:
        """A client asks, and gives up when it hears nothing."""
        self.village.script.say(script)
        one = self._one(which)
        cause = one.clock.context().run(Cause.request)
        if self._ask(one.submit(report, cause)):
            self.accepted.add((report, cause.id))

    @rule(pools=st.sets(st.sampled_from(("", "mail", "line")), min_size=1), which=st.integers(0, 2), script=scripts)
    def write(self, pools: set[str], which: int, script: Sequence[Fault]) -> None:
        """A letter, by one pool or several."""
        self.village.script.say(script)
        self._ask(self._one(which).write(*sorted(pools), seconds=0.3))

    @rule(seconds=st.sampled_from((0.01, 0.3, 2.0, 12.0)), script=scripts)
    def pass_time(self, seconds: float, script: Sequence[Fault]) -> None:
        """Everybody works."""
        self.village.script.say(script)
        self.village.pass_time(seconds)

    @rule(pool=st.sampled_from(("mail", "line")))
    def hang(self, pool: str) -> None:
        """A destination does not answer from now on, or does again."""
        self.village.hanging ^= {pool}
        MET["faults", "a destination hangs, or answers again"] += 1

    @rule()
    def break_streams(self) -> None:
        """No changes are told from now on, or they are again."""
        self.village.streams = not self.village.streams
        MET["faults", "streams break, or are there again"] += 1

    @rule(which=st.integers(0, 2), seconds=st.sampled_from((-3600, -20, 0, 20, 3600)))
    def jump(self, which: int, seconds: int) -> None:
        """A clock jumps while its process runs: it is wrong from now on, or right."""
        self._one(which).clock.ahead = timedelta(seconds=seconds)
        MET["faults", "a clock jumps"] += 1

    @rule(which=st.integers(0, 2), replaced=st.booleans())
    def kill(self, which: int, replaced: bool) -> None:
        """A process dies; another may take its place, and the last one is always replaced."""
        victim = self._one(which)
        victim.kill()
        MET["faults", "a process is killed"] += 1
        self.alive.remove(victim)
        if replaced or not self.alive:
            self.alive.append(self._villager())

    def teardown(self) -> None:
        """All is well again."""
        self.village.script.say(())
        self.village.hanging.clear()
        self.village.streams = True
        self.village.pass_time(0.1)  # a call under way may still end as the script had said
        self.alive = [one for one in self.alive if not one.process.dead.is_set()] or [self._villager()]
        for one in self.alive:
            one.clock.ahead = timedelta()
        try:
            self._catch_up()
            causes = {(i, c) for i, row in self.village.reports.rows.items() for c in row.state.causes}
            assert self.accepted <= causes, "an accepted request was lost"
            # A killed holder's lease has run out by now, and what failed on the way rests no longer than its pace.
            assert self.village.tended_at[-1] > self.loop.time() - 2 * TEND_SECONDS, "nobody sweeps"
            sent = [row.state.sent for row in self.village.letters.rows.values()]
            assert all(len(pools) == len(set(pools)) for pools in sent), "a moment took effect twice"
            assert self.village.parked == self.village.refused == self.village.letters.bugs == []
            self._keep_pace()
        finally:
            end(self.loop, self.times)

    def _catch_up(self) -> None:
        """Second by second, so that it is known how late each thing was."""
        owed = {what.partition(":")[0]: what for what in self.village.owed()}
        for seconds in range(1, ENOUGH + 1):
            self.village.pass_time(1.0)
            still = {what.partition(":")[0]: what for what in self.village.owed()}
            for what in owed.keys() - still.keys():
                MET[f"{what.partition(' ')[0]} owed, seconds until it was done", f"≤ {_rounded(seconds)}:"] += 1
            owed = still
        assert not owed, owed.values()

    def _keep_pace(self) -> None:
        """Nothing of what has happened makes anything slow that is asked for now, whoever is asked."""
        for one in self.alive:
            letter, report = self.village.run(one.write()), new_id()
            self.village.run(one.submit(report))
            self.village.pass_time(SOON)
            assert (letter, "") in self.village.done_at, "a letter waits at rest"
            assert report in self.village.sent_at, "an event waits at rest"

    def _villager(self) -> Villager:
        one = Villager(self.village)
        one.limit_pool("mail", 4)
        return one.start()

    def _one(self, which: int) -> Villager:
        """One that lives; whoever died inside a call is replaced first."""
        self.alive = [one for one in self.alive if not one.process.dead.is_set()] or [self._villager()]
        return self.alive[which % len(self.alive)]

    def _ask(self, request: Coroutine[Any, Any, Any]) -> bool:
        """Whether it was answered within some seconds."""
        try:
            self.village.run(asyncio.wait_for(request, 5))
        except (Transient, TimeoutError):
            return False
        return True


def test_whatever_happened_all_that_is_owed_is_done_in_time() -> None:
    explore(Living, 10, 12)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_in_thousands_of_histories_all_that_is_owed_is_done_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    met = explore_for_minutes(Living, 30)
    with capsys.disabled():
        sys.stdout.write(met)
