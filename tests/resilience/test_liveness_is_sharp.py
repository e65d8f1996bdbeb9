"""The model finds each way in which it could happen too late: one break at a time, and its story must turn red."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.kernel import sweeps as sweeps_module
from shared.kernel import timers as timers_module
from shared.kernel.breaker import Breaker
from shared.kernel.change_follower import ChangeFollower
from shared.kernel.lanes import Lanes, UnderWay
from shared.kernel.moments import Kept, Search
from shared.kernel.relay import Relay
from shared.kernel.sweeps import Sweep
from shared.kernel.timers import Timer
from tests.support import liveness
from tests.support import village as village_module
from tests.support.simulation import SimStore

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


def let_all_lanes_share_their_places(patch: Patch) -> None:
    """What is under way in one lane counts in all."""
    patch.setattr(UnderWay, "count", lambda self, lane: sum(self.by_lane.values()))
    patch.setattr(Lanes, "most", lambda self, lane, replicas: 2)


def wait_until_a_round_has_ended(patch: Patch) -> None:
    """Nothing is taken on while the slowest is at it."""
    real = Timer.look

    async def look(self: Timer) -> None:
        await real(self)
        await self.settle()

    patch.setattr(Timer, "look", look)


def count_the_dead_among_the_living(patch: Patch) -> None:
    """Whoever has once joined has a share for ever."""
    patch.setattr(village_module, "MEMBER_SECONDS", 1e9)


def never_sweep_under_load(patch: Patch) -> None:
    """The relay sweeps only when nothing is woken."""

    async def follow(self: Relay, sweep_seconds: float) -> None:
        while True:
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


def count_lanes_as_read_that_were_not(patch: Patch) -> None:
    """All of a page, though it ends within the first."""

    async def sweep(self: Timer) -> None:
        found = await self._search(Search(self._clock() + timers_module.AHEAD, timers_module.MOST, self.share.parts))
        self._expect(found[-1][1][0].moment.lane, self._clock()) if found else None

    patch.setattr(Timer, "_sweep", sweep)


def sweep_again_at_once(patch: Patch) -> None:
    """A failure ends the loop, which is begun anew as after an outage."""

    async def take_turn(self: Sweep) -> None:
        await self._run()

    patch.setattr(Sweep, "_take_turn", take_turn)


def sweep_for_ever(patch: Patch) -> None:
    """Whoever has once begun is waited for."""
    patch.setattr(sweeps_module, "LEASE_SECONDS", 1e9)


# The break, and the story that must find it.
LATE = (
    (never_rest, liveness.poison_delays_nobody),
    (never_stop_a_timer, liveness.a_crowd_of_poison_stops_the_timer),
    (count_each_failure_of_a_case, liveness.a_case_of_much_poison_stops_no_timer),
    (let_all_lanes_share_their_places, liveness.what_hangs_delays_no_other_lane),
    (wait_until_a_round_has_ended, liveness.what_hangs_delays_no_other_lane),
    (wait_until_a_round_has_ended, liveness.a_slow_handler_delays_no_other_of_its_lane),
    (count_the_dead_among_the_living, liveness.a_dead_replica_s_share_is_taken_over),
    (never_sweep_under_load, liveness.what_the_dead_have_saved_is_published_under_load),
    (follow_nobody, liveness.roles_apart_wait_for_no_sweep),
    (know_no_moment_before_it_has_come, liveness.roles_apart_wait_for_no_sweep),
    (begin_what_has_ended, liveness.an_answer_that_comes_late_begins_nothing_again),
    (count_lanes_as_read_that_were_not, liveness.a_crowded_lane_hides_no_other),
    (die_with_the_stream, liveness.a_stream_that_breaks_is_begun_again),
    (sweep_again_at_once, liveness.a_sweep_that_fails_rests_and_is_said),
    (sweep_for_ever, liveness.a_dead_replica_s_sweep_is_taken_over),
)


@pytest.mark.parametrize(("broken", "story"), LATE, ids=lambda one: one.__name__)
def test_a_kernel_that_does_it_too_late_is_found(broken: Any, story: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)

    with pytest.raises(AssertionError):
        liveness.tell(story)
