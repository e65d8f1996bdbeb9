"""The cases of one collection: load, decide, save, as often as it takes, with each cause taking effect once."""

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.kernel.beside import REMEMBERED, to_recall, trim, with_recalled
from shared.kernel.case import Case, Cause, Decide, Step
from shared.kernel.errors import Conflict, DuplicateKey, Reject, Transient
from shared.kernel.fold import FOLD_MOST, Asked, Turn, current_case_batch, get_begun_batch, outlive_batch
from shared.kernel.gather import Gather
from shared.kernel.moments import Moment
from shared.kernel.outbox import Entry
from shared.kernel.store import Store
from shared.kernel.write import Stored, for_case, is_other_request, plan
from shared.telemetry import current_traceparent, metrics, set_case, time_save

S = TypeVar("S", bound=BaseModel)
# Case, what it waits for, and all that it has to publish; None: whoever tells of the save does not know it.
Wake = Callable[[str, Sequence[Moment], Sequence[Entry] | None], None]

CONFLICTS_MOST = 100  # a case that other processes changed so often between load and save is overloaded, not wrong
AT_ONCE = 20  # conflicts retried without delay; beyond that a majority read may lag, so back off
PAUSE_SECONDS = 0.1  # the longest of each such pause: some 4 s in all


@dataclass
class Queue(Generic[S]):
    """The steps that wait for one case; whoever holds the lock takes all of them."""

    waiting: dict[Asked[S], None] = field(default_factory=dict)  # an ordered set
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def next(self) -> list[Asked[S]]:
        """Those without an answer, in the order in which they came."""
        return [asked for asked in self.waiting if asked.answer is None][:FOLD_MOST]


class Cases(Generic[S]):
    """Steps on cases. `shown` says whether the public may hear of a case in this state; `beside` how many items of a
    list stay in the case. The trail is silent about those lists, and about the fields named so."""

    def __init__(
        self,
        name: str,
        store: Store[S],
        *,
        source: str,
        shown: Callable[[S], bool] = lambda _: True,
        beside: Mapping[str, int] | None = None,
        silent: Collection[str] = (),
        remember: int = REMEMBERED,
    ) -> None:
        self.name = name
        self.store = store
        self.source = source
        # Who goes on with a saved case: `Relay.wake`, `Timer.wake_all`, as `Service` adds them.
        self.wakes: list[Wake] = []
        self._shown = shown
        self._beside = beside or {}
        self._silent = {*self._beside, *silent}
        self._remember = remember
        self._load = Gather(store.load)
        self._save = Gather(store.save)
        self._recall = Gather(store.recall)
        self._queues: dict[str, Queue[S]] = {}
        self._floor: int | None = None  # asked for by the first step: a restoration happens while no process runs

    def begin_above(self, floor: int) -> None:
        """For the restoration itself: until its end the database says its floor to nobody."""
        self._floor = floor

    async def get(self, case_id: str) -> Case[S] | None:
        """The case, or None when there is none."""
        unsaved = next((case for case in self.unsaved() if case.id == case_id), None)
        if unsaved is not None:
            return unsaved
        found = await self._load(case_id)
        return None if found.state is None else Case(found.id, found.version, found.state)

    def unsaved(self) -> Sequence[Case[S]]:
        """Cases that the batch under way has changed and not saved yet: a handler's own queries must take them in."""
        turns = batch.turns(self) if (batch := current_case_batch()) else []
        return [turn.unsaved for turn in turns if turn.unsaved is not None]

    async def step(self, case_id: str, decide: Decide[S], cause: Cause, *, is_new: bool = False) -> Case[S]:
        """Let `decide` change the case once for `cause`, whatever else happens to it meanwhile. What changes is one
        guarded write: each event of it, with its public copy, waits in the case's outbox for the relay to publish it.

        `is_new` saves a read where there is most likely no such case yet; the write notices if there is one.

        `decide` may be called several times and must be pure. Raises its `Reject`; `DuplicateKey`; `Reject`
        `unknown-case` when there is no such case and `decide` makes none; `Transient` and the driver's own errors
        when the outcome is not known: the caller repeats the step with the same cause.
        """
        asked = Asked(decide, cause, current_traceparent(), is_new)
        if not await self._step_in_batch(case_id, asked):
            outlive_batch()
            with time_save():
                await self._wait_in_line(case_id, asked)
        set_case(case_id=case_id, correlation_id=asked.correlation_id, reference=asked.reference)
        if isinstance(asked.answer, Case):
            return asked.answer
        raise asked.answer or RuntimeError("a step ended without an answer")

    async def renew_moments(self, case_id: str) -> None:
        """Store anew what the case waits for: its state is the same, and what follows from it (a profile) is not.

        For a moment that has come and is too early by now: a handler that does nothing at all would leave it due. By a
        cause of its own, so that the same moment may come again.
        """
        await self.step(case_id, lambda _, __: None, Cause.request())

    def after_save(self, case_id: str, do: Callable[[], None]) -> None:
        """Do it once the step that was just taken is saved: now, or with the batch under way; if that fails, never."""
        batch = get_begun_batch()  # also one that is over: a step that was taken in it may be lost with it
        turn = batch.find_loaded(self, case_id) if batch else None
        if batch is None or turn is None or turn.write is None or turn.is_saved:
            do()
        elif not batch.has_failed:
            turn.afterwards.append(do)

    async def open(self, case_id: str, *, is_new: bool = False) -> Turn[S]:
        """The case, ready to be stepped; list items over the limit have already moved to `<name>_older`."""
        if self._floor is None:
            self._floor = await self.store.floor()
        if is_new:
            return Turn(Stored(case_id, 0, None))
        found, moved = trim(await self._load(case_id), self._beside, self._remember)
        if moved:
            await self.store.move(moved)
        return Turn(found)

    async def save(self, turn: Turn[S]) -> None:
        """All steps of the turn, as one guarded write."""
        if turn.write is None:
            return
        await self._save(turn.write)
        turn.is_saved = True
        if (moments := self.store.moments(turn.write.state)) or turn.write.entries:
            for wake in self.wakes:
                wake(turn.write.id, moments, turn.write.unsent)
        for do in turn.afterwards:
            do()

    async def _wait_in_line(self, case_id: str, asked: Asked[S]) -> None:
        """The first to come takes a turn for all that wait; the others find their answer when they get the lock."""
        queue = self._queues.setdefault(case_id, Queue())
        queue.waiting[asked] = None
        try:
            async with queue.lock:
                if asked.answer is None:
                    await self._take_turn(case_id, queue.next())
        finally:
            del queue.waiting[asked]
            if not queue.waiting:
                del self._queues[case_id]

    async def _take_turn(self, case_id: str, together: Sequence[Asked[S]]) -> None:
        """Answer each; nobody gets an answer that depends on a step which is not saved."""
        try:
            answers = await self._step_and_save(case_id, together)
        except DuplicateKey as error:
            if len(together) > 1:  # only the caller that supplied the duplicate gets the error
                for asked in together:
                    await self._take_turn(case_id, [asked])
                return
            answers = [error]
        except Exception as error:  # noqa: BLE001 - everybody who waits raises it
            answers = [error] * len(together)
        for asked, answer in zip(together, answers, strict=True):
            asked.answer = answer

    async def _step_and_save(self, case_id: str, together: Sequence[Asked[S]]) -> Sequence[Case[S] | Exception]:
        for lost in range(CONFLICTS_MOST):
            if lost >= AT_ONCE:
                await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - not a secret
            guessed = lost == 0 and all(asked.is_new for asked in together)
            turn = await self.open(case_id, is_new=guessed)
            answers = [await self._answer(turn, asked) for asked in together]
            if guessed and any(isinstance(answer, Exception) for answer in answers):
                continue  # refused on the assumption that it is new: load and decide again
            try:
                await self.save(turn)
            except Conflict:
                metrics.save_conflicts_total.labels(self.name).inc()
                continue
            return answers
        raise Transient(f"case {case_id} was changed by others {CONFLICTS_MOST} times in a row; try again")

    async def _step_in_batch(self, case_id: str, asked: Asked[S]) -> bool:
        """False: there is no batch, or it is over by the time that the case is here."""
        batch = current_case_batch()
        if batch is None:
            return False
        turn = await batch.turn(self, case_id, is_new=asked.is_new)
        await self._recall_for(turn, asked.cause)
        if batch.is_over:
            return False
        asked.answer = self._decide(turn, asked)
        return True

    async def _answer(self, turn: Turn[S], asked: Asked[S]) -> Case[S] | Exception:
        await self._recall_for(turn, asked.cause)
        return self._decide(turn, asked)

    def _decide(self, turn: Turn[S], asked: Asked[S]) -> Case[S] | Exception:
        """One step on what the steps before it led to; a refusal is its own and changes nothing."""
        found = turn.case
        if asked.cause.id in found.seen and found.state is not None:
            if is_other_request(found, asked.cause):
                return Reject("idempotency-key-reused", "this Idempotency-Key was used for something else", status=422)
            return Case(found.id, found.version, found.state, repeated=True)
        cause = for_case(asked.cause, found)
        try:
            step = asked.decide(found.state, cause)
            if step is None:
                if found.state is None:
                    raise Reject("unknown-case", f"there is no case {found.id}", status=404)
                step, cause = Step(found.state), replace(cause, by=None)  # nothing was done
            write = plan(
                found,
                step,
                cause,
                source=self.source,
                trace=asked.trace,
                shown=self._shown(step.state),
                was_shown=found.state is None or self._shown(found.state),
                silent=self._silent,
                floor=self._floor or 0,
            )
        except Exception as error:  # noqa: BLE001 - raised to whoever asked for this step
            return error
        turn.take(write)
        asked.correlation_id = write.case.correlation
        asked.reference = next((entry.reference for entry in write.entries if entry.reference), None)
        return Case(found.id, found.version + 1, step.state, created=found.state is None)

    async def _recall_for(self, turn: Turn[S], cause: Cause) -> None:
        """Look up what this cause needs and the case no longer holds itself."""
        keys = to_recall(turn.case, cause)
        values = await asyncio.gather(*map(self._recall, keys)) if keys else []
        found = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
        turn.case = with_recalled(turn.case, found)
