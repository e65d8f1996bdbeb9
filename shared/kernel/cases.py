"""The cases of one collection: load, decide, save, as often as it takes, with each cause taking effect once."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from shared.kernel.case import Case, Cause, Decide, Entry, Step, Stored, Write, for_case, plan
from shared.kernel.errors import Conflict, Reject, Transient
from shared.kernel.gather import Gather
from shared.kernel.moments import Kept
from shared.telemetry import current_traceparent, database_span, metrics, set_case

S = TypeVar("S", bound=BaseModel)

CONFLICTS_MOST = 100  # a case that a hundred others changed between load and save is overloaded, not wrong
AT_ONCE = 20  # so often a lost race is run again at once; from then on the majority may be behind, and is given time
PAUSE_SECONDS = 0.1  # the longest of each such pause: some 4 s in all


class Store(Protocol[S]):
    """What the kernel needs of a database; `mongo.py` is the real one."""

    async def load(self, ids: Sequence[str]) -> Sequence[Stored[S] | BaseException]: ...

    async def save(self, writes: Sequence[Write[S]]) -> Sequence[BaseException | None]: ...

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]: ...

    async def unpublished(self, before: datetime, most: int) -> Sequence[str]: ...

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None: ...

    async def due(self, before: datetime, most: int) -> Sequence[tuple[str, Kept]]: ...


class Cases(Generic[S]):
    """Steps on cases. `saved` is told of every case that has something to publish or to wake up for; `shown` says
    whether the public may hear of a case in this state."""

    def __init__(
        self,
        name: str,
        store: Store[S],
        *,
        source: str,
        saved: Callable[[Write[S]], None] | None = None,
        shown: Callable[[S], bool] = lambda _: True,
    ) -> None:
        self.name = name
        self.store = store
        self.source = source
        self._saved = saved
        self._shown = shown
        self._load = Gather(store.load)
        self._save = Gather(store.save)

    async def get(self, case_id: str) -> Case[S] | None:
        """The case, or None when there is none."""
        found = await self._load(case_id)
        return None if found.state is None else Case(found.id, found.version, found.state)

    async def step(self, case_id: str, decide: Decide[S], cause: Cause) -> Case[S]:
        """Let `decide` change the case once for `cause`, whatever else happens to it meanwhile.

        `decide` may be called several times and must be pure. Raises its `Reject`; `DuplicateKey`; `Reject`
        `unknown-case` when there is no such case and `decide` makes none; `Transient` and the driver's own errors
        when the outcome is not known: the caller repeats the step with the same cause.
        """
        for lost in range(CONFLICTS_MOST):
            if lost >= AT_ONCE:
                await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - not a secret
            found = await self._load(case_id)
            if cause.id in found.seen and found.state is not None:
                return Case(found.id, found.version, found.state, repeated=True)
            mine = for_case(cause, found)
            step = decide(found.state, mine)
            if step is None:
                if found.state is None:
                    raise Reject("unknown-case", f"there is no case {case_id}", status=404)
                step = Step(found.state)
            try:
                write = plan(
                    found,
                    step,
                    mine,
                    source=self.source,
                    trace=current_traceparent(),
                    shown=self._shown(step.state),
                    was_shown=found.state is None or self._shown(found.state),
                )
                await self._write(write)
            except Conflict:
                metrics.save_conflicts_total.labels(self.name).inc()
                continue
            return Case(case_id, found.version + 1, step.state, created=found.state is None)
        raise Transient(f"case {case_id} was changed by others {CONFLICTS_MOST} times in a row; try again")

    async def _write(self, write: Write[S]) -> None:
        reference = next((entry.reference for entry in write.entries if entry.reference), None)
        set_case(case_id=write.id, reference=reference)
        with database_span("save", self.name):
            await self._save(write)
        if self._saved is not None:
            self._saved(write)
