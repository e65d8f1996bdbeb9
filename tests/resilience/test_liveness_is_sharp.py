"""The model finds each way in which it could happen too late: one break at a time, and its story must turn red."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase

from shared.events.ids import new_id
from shared.kernel import clock
from shared.kernel import consume as consume_module
from shared.kernel import sweeps as sweeps_module
from shared.kernel import timers as timers_module
from shared.kernel.background import Background, Run
from shared.kernel.breaker import Breaker
from shared.kernel.change_follower import ChangeFollower
from shared.kernel.consume import Inbox
from shared.kernel.moments import Kept, Search
from shared.kernel.pools import Pools, UnderWay
from shared.kernel.relay import Relay
from shared.kernel.sweeps import Sweep
from shared.kernel.timers import Timer
from tests.support import liveness, simulation
from tests.support import village as village_module
from tests.support.campaign import explore
from tests.support.simulation import SimStore
from tests.unit.kernel.test_liveness import Living

Patch = pytest.MonkeyPatch


def never_rest(patch: Patch) -> None:
    """What fails is not noted on its case: it is due at once again, and never given up."""

    async def forget(self: SimStore, case_id: str, moment: Kept) -> None:
        return None

    patch.setattr(SimStore, "keep", forget)


def never_stop_a_timer(patch: Patch) -> None:
    """However many moments fail."""
    patch.setattr(Breaker, "note", lambda self, outcome, case=None: False)


def count_each_failure_of_a_case(patch: Patch) -> None:
    """However many are of the same one."""
    real = Breaker.note
    patch.setattr(Breaker, "note", lambda self, outcome, case=None: real(self, outcome, new_id()))


def let_all_pools_share_their_places(patch: Patch) -> None:
    """What is under way in one pool counts in all."""
    patch.setattr(UnderWay, "count", lambda self, pool: sum(self.by_pool.values()))
    patch.setattr(Pools, "most", lambda self, pool, replicas: 2)


def wait_until_a_round_has_ended(patch: Patch) -> None:
    """Nothing is taken on while the slowest is at it."""
    real = Timer.look

    async def look(self: Timer) -> None:
        await real(self)
        await self.wait_until_idle()

    patch.setattr(Timer, "look", look)


def count_the_dead_among_the_living(patch: Patch) -> None:
    """Whoever has once joined has a shard for ever."""
    patch.setattr(village_module, "MEMBER_SECONDS", 1e9)


def never_sweep_under_load(patch: Patch) -> None:
    """The relay sweeps only when nothing is woken."""

    async def follow(self: Relay, sweep_seconds: float) -> None:
        while True:
            self._signal.clear()
            await self.drain()
            await self.sweep()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), sweep_seconds)

    patch.setattr(Relay, "follow", follow)


def follow_nobody(patch: Patch) -> None:
    """What other processes save is found by the sweep."""

    async def idle(self: ChangeFollower) -> None:
        await asyncio.Event().wait()

    patch.setattr(ChangeFollower, "follow", idle)


def die_with_the_stream(patch: Patch) -> None:
    """A follower ends at its first error, and nobody notices."""

    async def once(self: ChangeFollower) -> None:
        with suppress(Exception):
            await self._watch()

    patch.setattr(ChangeFollower, "follow", once)


def know_no_moment_before_it_has_come(patch: Patch) -> None:
    """A sweep finds only what is due already."""
    patch.setattr(timers_module, "AHEAD", timedelta())


def begin_what_has_ended(patch: Patch) -> None:
    """An answer is taken for the truth, however long it was on its way."""
    real = Timer._take
    patch.setattr(Timer, "_take", lambda self, found, _: real(self, found, frozenset()))


def count_pools_as_read_that_were_not(patch: Patch) -> None:
    """All of a page, though it ends within the first."""

    async def sweep(self: Timer) -> None:
        found = await self._search(Search(self._clock() + timers_module.AHEAD, timers_module.MOST, self.shard.parts))
        self._expect(found[-1][1][0].moment.pool, self._clock()) if found else None

    patch.setattr(Timer, "_sweep", sweep)


def sweep_again_at_once(patch: Patch) -> None:
    """A failure ends the loop, which is begun anew as after an outage."""

    async def take_turn(self: Sweep) -> None:
        await self._run()

    patch.setattr(Sweep, "_take_turn", take_turn)


def sweep_for_ever(patch: Patch) -> None:
    """Whoever has once begun is waited for."""
    patch.setattr(sweeps_module, "LEASE_SECONDS", 1e9)


def hear_one_case_after_the_other(patch: Patch) -> None:
    """All of a batch waits for what one of its cases waits for."""
    patch.setattr(consume_module, "by_case", lambda records: [records])


def ask_ever_more_seldom(patch: Patch) -> None:
    """After a long outage the next try is as far away again."""
    real = Inbox._pause

    async def pause(self: Inbox, times: int, *rest: Any) -> None:
        self._wait = lambda _: asyncio.sleep(2.0**times)
        await real(self, times, *rest)

    patch.setattr(Inbox, "_pause", pause)


def die_at_the_first_outage(patch: Patch) -> None:
    """What a process does besides answering ends with its first error."""

    async def once(run: Run) -> None:
        with suppress(Exception):
            await run()

    def keep(self: Background, name: str, run: Run) -> None:
        self._tasks.append(asyncio.create_task(once(run)))

    patch.setattr(Background, "keep", keep)


def never_sweep_a_timer(patch: Patch) -> None:
    """What nobody here was told of is found by nobody."""

    async def sweep(self: Timer) -> None:
        return

    patch.setattr(Timer, "_sweep", sweep)


def leave_it_to_the_sweep(patch: Patch) -> None:
    """A relay that nobody wakes."""
    patch.setattr(Relay, "wake", lambda self, case_id, entries=None: None)


def rest_by_any_clock(patch: Patch) -> None:
    """What a clock that was ahead has put to rest is left there."""

    async def leave(self: SimStore, after: datetime) -> None:
        return

    patch.setattr(SimStore, "wake_oversleeping", leave)


def wait_for_a_clock_that_was_ahead(patch: Patch) -> None:
    """The relay's sweep leaves an event whose time is to come to whoever saved it."""
    patch.setattr(simulation, "has_waited", lambda at, before: at <= before)


def share_by_clocks_of_their_own(patch: Patch) -> None:
    """Leases begin and end by the clock of whoever takes them."""
    patch.setattr(village_module._Leases, "now", lambda self: clock.now().timestamp())


# The break, and the story that must find it.
LATE = (
    (never_rest, liveness.poison_delays_nobody),
    (never_stop_a_timer, liveness.a_crowd_of_poison_stops_the_timer),
    (count_each_failure_of_a_case, liveness.a_case_of_much_poison_stops_no_timer),
    (let_all_pools_share_their_places, liveness.what_hangs_delays_no_other_pool),
    (wait_until_a_round_has_ended, liveness.what_hangs_delays_no_other_pool),
    (wait_until_a_round_has_ended, liveness.a_slow_handler_delays_no_other_of_its_pool),
    (count_the_dead_among_the_living, liveness.a_dead_replica_s_share_is_taken_over),
    (never_sweep_under_load, liveness.what_the_dead_have_saved_is_published_under_load),
    (follow_nobody, liveness.roles_apart_wait_for_no_sweep),
    (know_no_moment_before_it_has_come, liveness.roles_apart_wait_for_no_sweep),
    (begin_what_has_ended, liveness.an_answer_that_comes_late_begins_nothing_again),
    (count_pools_as_read_that_were_not, liveness.a_crowded_pool_hides_no_other),
    (die_with_the_stream, liveness.a_stream_that_breaks_is_begun_again),
    (sweep_again_at_once, liveness.a_sweep_that_fails_rests_and_is_said),
    (sweep_for_ever, liveness.a_dead_replica_s_sweep_is_taken_over),
    (never_sweep_a_timer, liveness.a_dead_replica_s_share_is_taken_over),
    (leave_it_to_the_sweep, liveness.roles_apart_wait_for_no_sweep),
    (hear_one_case_after_the_other, liveness.what_waits_to_be_heard_delays_no_other),
    (ask_ever_more_seldom, liveness.what_was_away_long_is_soon_taken_for_there),
    (die_at_the_first_outage, liveness.what_meets_an_outage_is_begun_again),
    (rest_by_any_clock, liveness.what_a_clock_ahead_has_put_to_rest_is_tried_again),
    (wait_for_a_clock_that_was_ahead, liveness.what_a_clock_ahead_has_stamped_is_published),
    (share_by_clocks_of_their_own, liveness.clocks_apart_share_the_work),
)


@pytest.mark.parametrize(("broken", "story"), LATE, ids=lambda one: one.__name__)
def test_a_kernel_that_does_it_too_late_is_found(broken: Any, story: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)

    with pytest.raises(AssertionError):
        liveness.tell(story)


# Of each part one break, which random histories must find as well.
ANYHOW = (
    never_sweep_a_timer,
    sweep_for_ever,
    count_the_dead_among_the_living,
    follow_nobody,
    die_with_the_stream,
    leave_it_to_the_sweep,
    die_at_the_first_outage,
    rest_by_any_clock,
    wait_for_a_clock_that_was_ahead,
)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("broken", ANYHOW, ids=lambda one: one.__name__)
def test_random_histories_find_it_too(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)

    with pytest.raises(BaseException):  # noqa: B017, PT011 - an invariant, or the group of several
        explore(Living, 300, 30, phases=[Phase.generate], seed=0)
