"""What was never handed in has a budget, and costly work a queue of bounded length."""

import asyncio

import pytest

from shared.files.budget import MEASURED_SECONDS, Budget
from shared.files.turns import Turns
from shared.kernel import Reject, Transient
from shared.slots import CLIENT, Client, Slots


class Stored:
    """What the town holds, and a clock."""

    def __init__(self, size: int) -> None:
        self.size, self.now, self.asked = size, 0.0, 0

    async def measure(self) -> int:
        self.asked += 1
        return self.size

    def clock(self) -> float:
        return self.now


async def test_a_budget_is_kept_between_two_measurements_too() -> None:
    stored = Stored(60)
    budget = Budget("drafts", 100, stored.measure, stored.clock)
    await budget.need(30)
    with pytest.raises(Reject) as refused:
        await budget.need(20)
    assert (refused.value.code, refused.value.status) == ("no-room", 503)
    await budget.need(10)
    assert stored.asked == 1


async def test_what_was_handed_in_or_removed_since_makes_room_again() -> None:
    stored = Stored(100)
    budget = Budget("drafts", 100, stored.measure, stored.clock)
    with pytest.raises(Reject):
        await budget.need(1)
    stored.size, stored.now = 0, MEASURED_SECONDS + 1
    await budget.need(100)


def test_a_process_that_runs_one_loop_after_the_other_waits_in_each() -> None:
    """The second one was refused: "bound to a different event loop"."""
    turns, done = Turns(1, waiting=5), []

    async def work() -> None:
        async with turns:
            await asyncio.sleep(0)
            done.append(1)

    async def several() -> None:
        await asyncio.gather(*(work() for _ in range(3)))

    for _ in range(2):
        asyncio.run(several())
    assert len(done) == 6


async def test_more_than_may_wait_are_told_to_come_again() -> None:
    turns, done = Turns(1, waiting=2), asyncio.Event()

    async def work() -> None:
        async with turns:
            await done.wait()

    working = [asyncio.create_task(work()) for _ in range(3)]
    await asyncio.sleep(0.01)
    with pytest.raises(Transient):
        await work()
    done.set()
    await asyncio.gather(*working)
    await work()


async def test_one_client_has_a_share_of_the_turns_and_others_wait_beside_it() -> None:
    """22 slots as documents have; one telephone took them all, for hours."""
    turns, done = Turns(2, waiting=20), asyncio.Event()

    async def work(key: str) -> None:
        CLIENT.set(Client(key, 0.25))
        async with turns:
            await done.wait()

    working = [asyncio.create_task(work("192.0.2.1")) for _ in range(6)]
    await asyncio.sleep(0)
    with pytest.raises(Transient):
        await asyncio.wait_for(asyncio.create_task(work("192.0.2.1")), 5)
    others = [asyncio.create_task(work(f"192.0.2.{number}")) for number in range(2, 10)]
    done.set()
    await asyncio.gather(*working, *others)
    await asyncio.create_task(work("192.0.2.1"))


async def test_who_goes_away_while_they_wait_leaves_their_place() -> None:
    turns, done = Turns(1, waiting=1), asyncio.Event()

    async def work() -> None:
        async with turns:
            await done.wait()

    first, second = asyncio.create_task(work()), asyncio.create_task(work())
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    third = asyncio.create_task(work())
    done.set()
    await asyncio.gather(first, third)


@pytest.mark.parametrize(
    ("most", "fraction", "own"), [(1000, 0.25, 250), (6, 0.25, 2), (1000, 0.5, 500), (6, 0.99, 5), (1, 0.25, 1)]
)
def test_a_share_is_never_nothing_and_never_all(most: int, fraction: float, own: int) -> None:
    slots, one = Slots(most), Client("one", fraction)
    assert [slots.take(one) for _ in range(own + 1)] == [*[True] * own, False]
    assert slots.take(Client("another", fraction)) is (most > 1)


def test_what_a_service_does_by_itself_has_no_share() -> None:
    slots = Slots(6)
    assert [slots.take(CLIENT.get()) for _ in range(7)] == [*[True] * 6, False]
