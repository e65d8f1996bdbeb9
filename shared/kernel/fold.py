"""Several steps of one case as one load and one write: a turn, and the batch of records that share turns.

A case batch holds the records of one case that were consumed together. The steps that their handlers take are decided
one after the other on what the steps before them led to, and saved together at the batch's end. Whatever does not go as
planned ends the batch with nothing promised, and the records are then taken one by one.

What a handler may do in a batch: load, decide and step, as often as it likes, for whatever it saves is seen by its own
`get` and `step`. What it saves is hidden from everybody else until the batch's end. So it must not count on others
having seen it: "write A, then read what others wrote because they saw A, or before they did" needs `leave_batch()` as
its first line. What is to follow a save goes through `after_save`. Nothing may be left running when the handler ends or
fails: `all_of` waits for every sibling. A task that outlives its batch all the same acts on its own from then on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from shared.kernel.case import Case, Cause, Decide
from shared.kernel.write import Stored, Write

S = TypeVar("S", bound=BaseModel)

FOLD_MOST = 256  # steps of one case in one write: their events, a few kB each, share its outbox


@dataclass(eq=False)
class Asked(Generic[S]):
    """A step that somebody waits for; `answer` is there once it is saved or has failed."""

    decide: Decide[S]
    cause: Cause
    trace: str | None
    is_new: bool = False  # most likely: the case need not be looked for before it is saved
    answer: Case[S] | Exception | None = None
    correlation_id: str | None = None  # the case it all began with
    reference: str | None = None  # of the case, as far as the step's events say it


class Turn(Generic[S]):
    """A case as loaded, with the steps taken on it since; `write` saves them all."""

    def __init__(self, case: Stored[S]) -> None:
        self.case = case
        self.write: Write[S] | None = None
        self.afterwards: list[Callable[[], None]] = []  # once this is saved
        self.is_saved = False

    def take(self, write: Write[S]) -> None:
        """Add one step: its write joins those before it, and the next step is decided on the case as it leaves it."""
        self.case = write.case
        self.write = write if self.write is None else self.write.then(write)

    @property
    def unsaved(self) -> Case[S] | None:
        """The case as it will be; None when nothing has changed."""
        return Case(self.case.id, self.case.version, self.write.state) if self.write else None


class Steps(Protocol):
    """What a batch needs of a collection of cases."""

    async def open(self, case_id: str, *, is_new: bool) -> Turn[Any]: ...

    async def save(self, turn: Turn[Any]) -> None: ...


class CaseBatch:
    """The turns of the records under way, by collection and case, in the order in which they began."""

    def __init__(self) -> None:
        self._turns: dict[tuple[Steps, str], tuple[Steps, asyncio.Future[Turn[Any]]]] = {}
        self.is_over = False  # no step is taken in it any more: it is being saved, or nothing of it will be
        self.has_failed = False

    async def turn(self, cases: Steps, case_id: str, *, is_new: bool) -> Turn[Any]:
        """The one turn of this case, loaded when it is first asked for, unless that one says that it is new."""
        key = (cases, case_id)
        if key not in self._turns:
            self._turns[key] = (cases, asyncio.ensure_future(cases.open(case_id, is_new=is_new)))
        return await asyncio.shield(self._turns[key][1])

    def find_loaded(self, cases: Steps, case_id: str) -> Turn[Any] | None:
        """The turn of this case, if the batch has come to it."""
        _, turn = self._turns.get((cases, case_id), (cases, None))
        return turn.result() if turn and _is_loaded(turn) else None

    def turns(self, cases: Steps) -> list[Turn[Any]]:
        """The cases of one collection that this batch has loaded, with what their steps have changed so far."""
        return [turn.result() for of, turn in self._turns.values() if of is cases and _is_loaded(turn)]

    async def save(self) -> None:
        """Each case by one write, in the order in which the handlers came to them."""
        for cases, turn in list(self._turns.values()):
            if (loaded := await turn).write is not None:
                await cases.save(loaded)


_current: ContextVar[CaseBatch | None] = ContextVar("case_batch", default=None)


class LeftBatch(Exception):
    """A handler asked to leave the batch: it ends unsaved, and its records are taken again one by one."""


def current_case_batch() -> CaseBatch | None:
    """The batch that this handler runs in. A task that it leaves behind is in none any more."""
    here = get_begun_batch()
    return None if here is None or here.is_over else here


def get_begun_batch() -> CaseBatch | None:
    """The batch that this code was begun in, also when that is over."""
    return _current.get()


def outlive_batch() -> None:
    """From here on this task, which its batch has not waited for, acts on its own."""
    _current.set(None)


def leave_batch() -> None:
    """The first line of a handler whose saves others must be able to see while it goes on.

    In a batch it raises: the batch ends unsaved, and its records are taken one by one.
    """
    if current_case_batch() is not None:
        raise LeftBatch("others must see what this handler saves while it goes on")


@asynccontextmanager
async def case_batch() -> AsyncIterator[None]:
    """Handlers called within share their turns; leaving it without an error saves them."""
    opened = CaseBatch()
    token = _current.set(opened)
    try:
        try:
            yield
        finally:
            opened.is_over = True
            _current.reset(token)
        await opened.save()
    except BaseException:
        opened.has_failed = True
        raise


def _is_loaded(turn: asyncio.Future[Turn[Any]]) -> bool:
    return turn.done() and not turn.cancelled() and turn.exception() is None
