"""What other processes save, told to whoever goes on with it here: a change stream over the cases that somebody waits
for. What this process saves itself is told by the save (`Cases.save`)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.kernel.cases import Cases
from shared.kernel.change_follower import Change, ChangeFollower, wakes
from shared.kernel.moments import Moment


def follow_saves(
    database: AsyncIOMotorDatabase[dict[str, Any]], cases: Sequence[Cases[Any]], look: Callable[[], None]
) -> ChangeFollower | None:
    """The follower of these cases; `look` is called when changes were missed. None: nobody here needs to know."""
    followed = {one.name: one for one in cases if one.wakes}

    def take(change: Change) -> None:
        moments = [Moment("", wake["at"], wake["lane"]) for wake in change.get("wake") or ()]
        for wake in followed[change["ns"]["coll"]].wakes:
            wake(change["documentKey"]["_id"], moments, None)

    return ChangeFollower(database, take, look, pipeline=wakes(followed)) if followed else None


async def follow_when(begin: asyncio.Event, follower: ChangeFollower) -> None:
    """Follow from when others are there to be followed; ends by cancellation."""
    await begin.wait()
    await follower.follow()
