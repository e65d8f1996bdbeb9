"""What changes, as it changes, for any number of screens: one change stream per process, fanned out in memory.

Every change carries its place in the database's own log, which is the same in every process: a screen that names the
last place it saw goes on from there at any replica, and is told to load anew when that is too long ago.
"""

import asyncio
import re
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from services.dispatch.store import Change, Store

KEPT = 2000  # changes in memory, some 10 MB
QUEUE = 500  # a screen that is further behind than this loads anew
SCREENS_MOST = 10  # of one person: phone, desk, and some that were left without a word; the oldest go first
CHECK_SECONDS = 30.0  # so long a screen may go on listening after its person has signed out
_TOKEN = re.compile(r"[0-9A-F]{20,1000}")


class Reset:
    """The screen's place is not known any more: it must load everything again."""


class Closed:
    """The process stops; the screen connects again elsewhere."""


Item = Change | Reset | Closed


@dataclass(frozen=True)
class Listener:
    """Who listens; `may_listen` is asked again and again, because a stream outlives the request that began it."""

    name: str
    may_listen: Callable[[], Awaitable[bool]]


class Stream:
    """Follows all work orders while it runs, and serves those who listen."""

    def __init__(self, store: Store) -> None:
        self._follower = store.follow(self._take, self._lose)
        self._recent: deque[Change] = deque(maxlen=KEPT)
        self._listeners: dict[asyncio.Queue[Item], str] = {}  # in the order they came
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def place(self) -> str | None:
        """The place after the last change."""
        return self._recent[-1].token if self._recent else None

    @asynccontextmanager
    async def run(self, serves: bool) -> AsyncIterator[None]:
        """Follow in the background; nothing where nobody is served."""
        if not serves:
            yield
            return
        self._task = asyncio.create_task(self._follower.follow(), name="stream")
        try:
            with _close_on_signal(self.close):
                yield
        finally:
            self.close()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def close(self) -> None:
        """End every open page's stream, at the stop of the process; their browsers ask again, here or elsewhere."""
        self._closed = True
        for queue in self._listeners:
            _put(queue, Closed())

    async def listen(self, who: Listener, after: str | None, seconds: float) -> AsyncIterator[Change | Reset]:
        """Changes after that place, or from now on, for that long; ends before when the process stops, when the person
        may no longer listen, or when they listen at too many screens."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        queue: asyncio.Queue[Item] = asyncio.Queue(QUEUE)
        # No waiting between looking back and listening: nothing can come in between.
        missed = self._since(after) if after else []
        self._listeners[queue] = who.name
        self._send_away_oldest(who.name)
        try:
            if missed is None:
                yield Reset()
            told = after or ""
            for change in missed or []:
                told = change.token
                yield change
            while not self._closed and clock() < until and await who.may_listen():
                checked = min(until, clock() + CHECK_SECONDS)
                while item := await _next(queue, checked):
                    if isinstance(item, Closed):
                        return
                    if isinstance(item, Change):
                        if item.token <= told:  # a process that has just begun reads what was before it began
                            continue
                        told = item.token
                    yield item
        finally:
            self._listeners.pop(queue, None)

    def _send_away_oldest(self, name: str) -> None:
        """A phone that lost its network leaves a stream behind; it must not use up what its person may have."""
        own = [queue for queue, of in self._listeners.items() if of == name]
        for queue in own[:-SCREENS_MOST]:
            self._listeners.pop(queue)
            _put(queue, Closed())

    def _since(self, after: str) -> list[Change] | None:
        """What came after a place; None when the memory does not reach back to it."""
        if not _TOKEN.fullmatch(after) or not self._recent or after < self._recent[0].token:
            return None
        return [change for change in self._recent if change.token > after]

    async def problem(self) -> str | None:
        """Why changes do not arrive; told in `/workz`. The follower itself begins again whatever happens."""
        return await self._follower.problem()

    def _take(self, change: Change) -> None:
        """What `Store.follow` hands on, to whoever listens: `pages/live.py`, `pages/desk_live.py`, `api/teams.py`."""
        self._recent.append(change)
        for queue in self._listeners:
            _put(queue, change)

    def _lose(self) -> None:
        self._recent.clear()
        for queue in self._listeners:
            _put(queue, Reset())


async def _next(queue: asyncio.Queue[Item], until: float) -> Item | None:
    """What comes next; None when nothing has come until then."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            return await queue.get()
    return None


def _put(queue: asyncio.Queue[Item], item: Item) -> None:
    """Never blocks; a slow listener gets `Reset`."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        item = item if isinstance(item, Closed) else Reset()
    queue.put_nowait(item)


@contextmanager
def _close_on_signal(close: Callable[[], None]) -> Iterator[None]:
    """The server waits for open answers before it stops, and these never end by themselves: end them on its signal."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    mine = threading.current_thread() is threading.main_thread() and all(map(callable, before.values()))

    def close_first(number: int, frame: FrameType | None) -> None:
        close()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in numbers if mine else ():
        signal.signal(number, close_first)
    try:
        yield
    finally:
        for number in numbers if mine else ():
            signal.signal(number, before[number])
