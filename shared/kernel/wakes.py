"""Who goes on with a case that has just been saved: the save itself tells this process, a change stream tells of what
other processes save."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.kernel.change_follower import Change, ChangeFollower, wakes
from shared.kernel.moments import Moment
from shared.kernel.outbox import Entry

# Case, what it waits for, and all that it has to publish; None: whoever tells of the save does not know it.
Wake = Callable[[str, Sequence[Moment], Sequence[Entry] | None], None]


class Wakes:
    """The callbacks to wake, per collection, when a case has been saved."""

    def __init__(self) -> None:
        self._sleepers: dict[str, list[Wake]] = defaultdict(list)
        self._missed: list[Callable[[], None]] = []

    def add(self, collection: str, wake: Wake) -> None:
        """A callback for when a case of that collection has been saved: a relay's `wake`, a timer's `wake`."""
        self._sleepers[collection].append(wake)

    def on_missed(self, look: Callable[[], None]) -> None:
        """A callback that must scan again, because changes of others were missed."""
        self._missed.append(look)

    def saved(
        self, collection: str, case_id: str, moments: Sequence[Moment], entries: Sequence[Entry] | None = None
    ) -> None:
        """A case has been saved, with something to publish or to wait for."""
        for wake in self._sleepers[collection]:
            wake(case_id, moments, entries)

    def follower(
        self, database: AsyncIOMotorDatabase[dict[str, Any]], collections: Sequence[str]
    ) -> ChangeFollower | None:
        """What tells of the saves of other processes in these collections; None when nobody here needs to know."""
        followed = [name for name in collections if self._sleepers[name]]
        return ChangeFollower(database, self._take, self._look, pipeline=wakes(followed)) if followed else None

    def _take(self, change: Change) -> None:
        moments = [Moment("", wake["at"], wake["lane"]) for wake in change.get("wake") or ()]
        self.saved(change["ns"]["coll"], change["documentKey"]["_id"], moments)

    def _look(self) -> None:
        for look in self._missed:
            look()


async def follow_when(begin: asyncio.Event, follower: ChangeFollower) -> None:
    """Follow from when others are there to be followed; ends by cancellation."""
    await begin.wait()
    await follower.follow()
