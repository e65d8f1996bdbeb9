"""What must happen in time, told as small stories of whole processes; each breaks when its mechanism is taken away."""

import asyncio
from collections.abc import Callable

import pytest

from shared.events.ids import new_id
from shared.kernel import background, consume
from shared.kernel.clockwork import OBSERVE_SECONDS
from shared.kernel.leases import MEMBER_SECONDS, RENEW_SECONDS
from shared.kernel.publishing import SWEEP_SECONDS
from shared.kernel.sweeps import AGAIN_SECONDS, LEASE_SECONDS
from shared.kernel.timers import MOST
from shared.settings import Role
from tests.support.clocks import HOUR, go_by_clocks
from tests.support.node import order_of
from tests.support.simulation import partition_of
from tests.support.village import HANG_SECONDS, POLL_SECONDS, TEND_SECONDS, Village, Villager
from tests.support.virtual_time import VirtualLoop

SOON = 0.05  # seconds: what the split of roles may cost at rest
SWEPT = 3.0  # and what is found by the sweep alone


def poison_delays_nobody(village: Village) -> None:
    """What fails as a bug rests and is parked; who comes later is not behind it."""
    one = Villager(village).start()
    bad = [village.run(one.write(poison=True)) for _ in range(3)]
    village.pass_time(0.5)
    good = village.run(one.write())
    village.pass_time(SOON)
    assert (good, "") in village.done_at
    village.pass_time(60)
    assert sorted(village.parked) == sorted(bad)


def a_crowd_of_poison_stops_the_timer(village: Village) -> None:
    """Rather than be parked one by one: it is our code then."""
    one = Villager(village).start()
    for _ in range(100):
        village.run(one.write(poison=True))
    good = village.run(one.write())
    village.pass_time(2)
    assert (good, "") in village.done_at
    village.pass_time(60)
    assert len(village.parked) < 20


def a_case_of_much_poison_stops_no_timer(village: Village) -> None:
    """All of it is parked, as it is one case's own."""
    one = Villager(village).start()
    bad = village.run(one.write(*(f"by {number}" for number in range(20)), poison=True))
    village.pass_time(60)
    good = village.run(one.write())
    village.pass_time(SOON)
    assert village.parked == 20 * [bad]
    assert (good, "") in village.done_at


def what_hangs_delays_no_other_pool(village: Village) -> None:
    """Fifty letters for a destination that hangs, and one for another."""
    one = Villager(village)
    one.limit_pool("mail", 2)
    one.start()
    village.hanging.add("mail")
    for _ in range(50):
        village.run(one.write("mail"))
    both = village.run(one.write("line", "mail"))
    village.pass_time(SOON)
    assert (both, "line") in village.done_at
    village.hanging.clear()
    village.pass_time(120)
    assert village.owed() == []


def a_slow_handler_delays_no_other_of_its_pool(village: Village) -> None:
    """One that hangs takes its own place and no other's."""
    one = Villager(village)
    one.limit_pool("mail", 2)
    one.start()
    village.hanging.add("mail")
    village.run(one.write("mail"))
    village.pass_time(0.5)
    village.hanging.clear()
    good = village.run(one.write("mail"))
    village.pass_time(SOON)
    assert (good, "mail") in village.done_at


def a_dead_replica_s_share_is_taken_over(village: Village) -> None:
    """By those that live, once its lease has run out."""
    first, second = Villager(village).start(), Villager(village).start()
    village.pass_time(2 * RENEW_SECONDS)
    second.kill()
    letters = [village.run(first.write()) for _ in range(30)]
    village.pass_time(MEMBER_SECONDS + RENEW_SECONDS + SWEPT)
    assert village.owed() == []
    assert {case_id for case_id, _ in village.done_at} == set(letters)


def what_the_dead_have_saved_is_published_under_load(village: Village) -> None:
    """The sweep comes round however much there is to publish."""
    left, alive = new_id(), Villager(village).start()
    dead = Villager(village, frozenset[Role]({"api"}))  # saved, and killed before it could say so
    village.streams = False
    village.run(dead.submit(left))
    busy = village.loop.create_task(_steadily(alive))
    village.pass_time(1.5 * SWEEP_SECONDS)
    busy.cancel()
    assert left in village.sent_at


def roles_apart_wait_for_no_sweep(village: Village) -> None:
    """Saved here, published there, woken elsewhere, at once."""
    api = Villager(village, frozenset[Role]({"api"})).start()
    for role in ("relay", "timers"):
        Villager(village, frozenset[Role]({role})).start()
    village.pass_time(1.3)
    report = new_id()
    village.run(api.submit(report))
    letter = village.run(api.write())
    later = village.run(api.write(seconds=10.1))
    saved = village.loop.time()
    village.pass_time(SOON)
    assert report in village.sent_at
    assert (letter, "") in village.done_at
    village.pass_time(12)
    assert village.done_at.get((later, ""), 99.0) <= saved + 10.1 + SOON


def a_stream_that_breaks_is_begun_again(village: Village) -> None:
    """And until then the sweep finds it."""
    api = Villager(village, frozenset[Role]({"api"})).start()
    Villager(village, frozenset[Role]({"relay"})).start()
    village.pass_time(1)
    village.streams = False
    hidden = new_id()
    village.run(api.submit(hidden))
    village.pass_time(SWEPT)
    assert hidden in village.sent_at
    village.streams = True
    village.pass_time(8)
    told = new_id()
    village.run(api.submit(told))
    village.pass_time(SOON)
    assert told in village.sent_at


def an_answer_that_comes_late_begins_nothing_again(village: Village) -> None:
    """A look that was answered before a save and arrives after it shows what is no longer due."""
    api = Villager(village, frozenset[Role]({"api"})).start()
    for _ in range(150):
        village.run(api.write())
    village.uneven = True
    Villager(village, look_seconds=0.004).start()
    village.pass_time(SWEPT)
    assert village.owed() == []
    assert village.letters.bugs == []


def a_crowded_pool_hides_no_other(village: Village) -> None:
    """Though some cases wait for both, and the first page of a look is full of the crowded one."""
    village.streams = False
    api = Villager(village, frozenset[Role]({"api"})).start()
    for number in range(MOST + 20):
        village.run(api.write("line", "mail") if number < 5 else api.write("line"))
    alone = village.run(api.write("mail"))
    village.hanging.add("line")
    one = Villager(village)
    one.limit_pool("line", 2 * MOST)
    one.start()
    village.pass_time(0.5 * SWEEP_SECONDS)
    assert (alone, "mail") in village.done_at


def a_sweep_that_fails_rests_and_is_said(village: Village) -> None:
    """It keeps to its pace, for it may read all there is; whoever operates it is told, until it has done its work."""
    village.barren = True
    one = Villager(village, tend_seconds=3600.0).start()
    village.pass_time(1.3 * AGAIN_SECONDS)
    assert len(village.tended_at) == 2
    assert village.run(one.sweep_problem())
    village.barren = False
    village.pass_time(AGAIN_SECONDS)
    assert len(village.tended_at) == 3
    assert village.run(one.sweep_problem()) is None


def a_dead_replica_s_sweep_is_taken_over(village: Village) -> None:
    """By one of those that live; until then it was done by one alone."""
    first, second = Villager(village).start(), Villager(village).start()
    village.pass_time(5 * TEND_SECONDS)
    assert 4 <= len(village.tended_at) <= 6
    sweeper, _ = village.leases["sweep:tend"]
    next(one for one in (first, second) if one.holder == sweeper).kill()
    died = village.loop.time()
    village.pass_time(LEASE_SECONDS + 2 * TEND_SECONDS)
    assert village.tended_at[-1] > died


def what_waits_to_be_heard_delays_no_other(village: Village) -> None:
    """Reports of one partition, and for the first the consumer needs something that is away."""
    api = Villager(village, frozenset[Role]({"api", "relay"})).start()
    reports = [one for one in (new_id() for _ in range(20)) if partition_of(one) == 0]
    for report in reports:
        village.run(api.submit(report))
    village.pass_time(SOON)  # all of them are there when it begins
    village.unheard = {reports[0]}
    Villager(village, frozenset[Role]({"worker"})).start()
    village.pass_time(POLL_SECONDS + SOON)
    assert {order_of(report) for report in reports[1:]} == village.orders.rows.keys()


def what_was_away_long_is_soon_taken_for_there(village: Village) -> None:
    """The consumer asks again, seldom, and never more seldom than said."""
    report = new_id()
    village.unheard = {report}
    village.run(Villager(village).start().submit(report))
    village.pass_time(300)
    village.unheard.clear()
    village.pass_time(consume.BACKOFF_SECONDS[1] + SOON)
    assert village.owed() == []


def what_meets_an_outage_is_begun_again(village: Village) -> None:
    """Each of the loops, as soon as it is over."""
    one = Villager(village).start()
    village.script.say(["lost"] * 1000)
    village.pass_time(3)
    village.script.say(())
    village.pass_time(background.RETRY_SECONDS + TEND_SECONDS + SOON)
    assert village.tended_at
    report, letter = new_id(), village.run(one.write())
    village.run(one.submit(report))
    village.pass_time(POLL_SECONDS + SOON)
    assert village.owed() == []
    assert (letter, "") in village.done_at


def what_a_clock_ahead_has_put_to_rest_is_tried_again(village: Village) -> None:
    """A letter fails by a clock that is an hour ahead, and rests by it; then that process is gone, or set right."""
    village.hanging = {"mail"}
    first = Villager(village).start()
    first.clock.ahead = HOUR
    letter = village.run(first.write("mail", seconds=-HOUR.total_seconds()))
    village.pass_time(2 * HANG_SECONDS)
    village.hanging.clear()
    first.kill()
    Villager(village).start()
    village.pass_time(OBSERVE_SECONDS + MEMBER_SECONDS + SWEPT)
    assert (letter, "mail") in village.done_at


def what_a_clock_ahead_has_stamped_is_published(village: Village) -> None:
    """Though whoever saved it is gone, and its time is not to come for an hour."""
    dead = Villager(village, frozenset[Role]({"api"}))
    dead.clock.ahead = HOUR
    village.streams = False
    left = new_id()
    village.run(dead.submit(left))
    Villager(village).start()
    village.pass_time(SWEPT)
    assert left in village.sent_at


def clocks_apart_share_the_work(village: Village) -> None:
    """Who is alive and who sweeps is told by the database's clock, though each sees another time."""
    ahead, behind = Villager(village), Villager(village)
    ahead.clock.ahead, behind.clock.ahead = HOUR, -HOUR
    ahead.start()
    behind.start()
    village.pass_time(5 * TEND_SECONDS)
    assert 4 <= len(village.tended_at) <= 6
    ahead.kill()
    died = village.loop.time()
    village.pass_time(LEASE_SECONDS + 2 * TEND_SECONDS)
    assert village.tended_at[-1] > died


async def _steadily(villager: Villager) -> None:
    """Somebody always has something to publish."""

    async def comment(case_id: str) -> None:
        while True:
            await villager.submit(case_id)

    await asyncio.gather(*(comment(new_id()) for _ in range(5)))


STORIES: tuple[Callable[[Village], None], ...] = (
    poison_delays_nobody,
    a_crowd_of_poison_stops_the_timer,
    a_case_of_much_poison_stops_no_timer,
    what_hangs_delays_no_other_pool,
    a_slow_handler_delays_no_other_of_its_pool,
    a_dead_replica_s_share_is_taken_over,
    what_the_dead_have_saved_is_published_under_load,
    roles_apart_wait_for_no_sweep,
    a_stream_that_breaks_is_begun_again,
    an_answer_that_comes_late_begins_nothing_again,
    a_crowded_pool_hides_no_other,
    a_sweep_that_fails_rests_and_is_said,
    a_dead_replica_s_sweep_is_taken_over,
    what_waits_to_be_heard_delays_no_other,
    what_was_away_long_is_soon_taken_for_there,
    what_meets_an_outage_is_begun_again,
    what_a_clock_ahead_has_put_to_rest_is_tried_again,
    what_a_clock_ahead_has_stamped_is_published,
    clocks_apart_share_the_work,
)


def tell(story: Callable[[Village], None]) -> None:
    """Run one story from an empty village."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    times = go_by_clocks(loop.clock)
    try:
        story(Village(loop))
    finally:
        end(loop, times)


def end(loop: VirtualLoop, times: pytest.MonkeyPatch) -> None:
    """The end of that world."""
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    times.undo()
    asyncio.set_event_loop(None)
