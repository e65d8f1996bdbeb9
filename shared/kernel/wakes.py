"""Who goes on with a case that has just been saved: told by the save itself in this process, by a change stream of what
others save."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.kernel.change_follower import Change, ChangeFollower, wakes
from shared.kernel.moments import Moment

Wake = Callable[[str, Sequence[Moment]], None]  # case, and what it waits for


class Wakes:
    """The sleepers of one process, by collection."""

    def __init__(self) -> None:
        self._sleepers: dict[str, list[Wake]] = defaultdict(list)
        self._missed: list[Callable[[], None]] = []

    def add(self, collection: str, wake: Wake) -> None:
        """Somebody who goes on when a case of that collection has been saved."""
        self._sleepers[collection].append(wake)

    def on_missed(self, look: Callable[[], None]) -> None:
        """Somebody who must look for himself when changes of others were missed."""
        self._missed.append(look)

    def saved(self, collection: str, case_id: str, moments: Sequence[Moment]) -> None:
        """A case has been saved, with something to publish or to wait for."""
        for wake in self._sleepers[collection]:
            wake(case_id, moments)

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
