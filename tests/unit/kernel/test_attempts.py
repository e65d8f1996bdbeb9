"""What becomes of a moment that its handler leaves where it was, and of one that cannot be given up."""

import asyncio
from contextlib import closing

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, now
from shared.kernel.attempts import BRAKE_SECONDS, PARK_SECONDS, TRIES, Attempts
from shared.kernel.moments import Kept
from tests.support.virtual_time import VirtualLoop


class Notes:
    """What was noted on the case."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []

    async def keep(self, _case_id: str, moment: Kept) -> None:
        """The moment after one more failure."""
        self.kept.append(moment)


async def test_it_is_noted_as_a_failure_and_its_handler_is_asked_again_when_it_has_rested() -> None:
    notes, asked, case_id = Notes(), list[str](), new_id()

    async def leave(case_id: str, _moment: Moment, _cause: Cause) -> None:
        asked.append(case_id)

    async def park(_case_id: str, _moment: Moment, why: str) -> None:
        raise AssertionError(why)

    attempts = Attempts("letters", notes, leave, park)
    one = Kept(Moment("send", now()))
    assert await attempts.attempt(case_id, one) is None
    assert await attempts.attempt(case_id, one) is not None
    assert (len(asked), [(kept.tries, kept.bugs) for kept in notes.kept]) == (1, [(1, 1)])
    await attempts.attempt(case_id, notes.kept[0])
    assert len(asked) == 2


def test_a_broker_that_is_away_holds_the_place_of_no_other_moment() -> None:
    """What is to be given up cannot be parked: it stays due as it was."""
    notes = Notes()

    async def fail(_case_id: str, _moment: Moment, _cause: Cause) -> None:
        raise ZeroDivisionError

    async def park(_case_id: str, _moment: Moment, _why: str) -> None:
        await asyncio.Event().wait()

    attempts = Attempts("letters", notes, fail, park)
    with closing(VirtualLoop()) as loop:
        one = Kept(Moment("send", now()), tries=TRIES, bugs=TRIES - 1)
        assert loop.run_until_complete(attempts.attempt(new_id(), one)) is None
        assert loop.time() < PARK_SECONDS + 2 * BRAKE_SECONDS
    assert notes.kept == []
