"""Answers that are expensive and may be a little old: each is made once for everybody who asks, and one at a time."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable


class AnswerCache:
    """The last few answers by what was asked. So many questions at once cost no more memory and time than one."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.most = most
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()
        self._turn = asyncio.Lock()

    async def answer(self, asked: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer in the cache, else what `make` makes. What fails is not cached."""
        if (ready := self._ready(asked)) is not None:
            return ready
        async with self._turn:
            if (ready := self._ready(asked)) is not None:  # somebody before us asked the same
                return ready
            at = self._clock()
            made = await make()
            self._answers.pop(asked, None)
            self._answers[asked] = (at, made)
            if len(self._answers) > self.most:
                self._answers.popitem(last=False)
            return made

    def _ready(self, asked: Hashable) -> bytes | None:
        found = self._answers.get(asked)
        return found[1] if found and self._clock() - found[0] < self.seconds else None
