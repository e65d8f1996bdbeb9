"""How a process stops: nothing more is taken in hand, what was taken ends, and then what that has begun.

Each part has its share of the stop's time, one after the other. Before them the server waits five seconds for open
requests (`--timeout-graceful-shutdown`), a quarter of it as it is set; what is left undone the next start finds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.kernel.background import within

LET_GO = 0.33  # what hangs on somebody else is let go by then, in time to note it
FINISH, NOTE, DRAIN, CLOSE = 0.4, 0.05, 0.15, 0.07  # CLOSE twice: for a broker, and for a database


@dataclass
class Ending:
    """`told`: first of all, with the seconds after which they let go; `begun`: waited for, once nothing can begin any
    more."""

    seconds: float
    told: list[Callable[[float], None]] = field(default_factory=list)
    begun: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def finish(self, taken: Sequence[Awaitable[None]]) -> None:
        """Returns when all that was taken in hand has ended, with what it has begun, or its time is over."""
        clock = asyncio.get_running_loop().time
        over = clock() + FINISH * self.seconds
        for tell in self.told:
            tell(LET_GO * self.seconds)
        await asyncio.gather(*(within(FINISH * self.seconds, work) for work in taken))
        # Not beside them: the last record of a batch may begin something when nothing was found to wait for.
        left = max(0.0, over - clock()) + NOTE * self.seconds
        await asyncio.gather(*(within(left, work()) for work in self.begun))
