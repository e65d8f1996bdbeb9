"""Group commit: items that arrive while a batch is under way make the next batch.

Measured figures stand in `docs/operations/figures.md`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - item in, result out
O = TypeVar("O")  # noqa: E741

MOST = 500  # items in one batch: 11,300 guarded updates/s at 150, no gain above


async def all_of(*together: Awaitable[T]) -> Sequence[T]:
    """Side by side; raises the first failure once every one of them has ended, so that none acts on behind its back."""
    outcomes = await asyncio.gather(*together, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


class Gather(Generic[I, O]):
    """Calls `run` with lists; each caller gets its own item's result or error. An error of `run` reaches them all."""

    def __init__(self, run: Callable[[Sequence[I]], Awaitable[Sequence[O | BaseException]]], most: int = MOST) -> None:
        self._run = run
        self._most = most
        self._waiting: list[tuple[I, asyncio.Future[O]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, item: I) -> O:
        """The result for `item`. Cancelling the caller does not undo what its batch did."""
        future: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results: Sequence[O | BaseException] = await self._run([item for item, _ in batch])
            except (asyncio.CancelledError, GeneratorExit):
                for _, future in batch + self._waiting:
                    future.cancel()
                raise
            except BaseException as error:  # noqa: BLE001 - each caller raises it
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)
