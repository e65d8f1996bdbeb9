"""Two questions about a process, answered truthfully and in names: can it serve, and does its work go on.

`/readyz` asks the first: a process that cannot serve is sent no requests. `/workz` asks the second: alarms hang on it,
and no request is turned away because Kafka is away or a mail server is slow. Liveness needs neither.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from shared.telemetry import metrics

Check = Callable[[], Awaitable[str | None]]  # None: healthy; otherwise the problem

SECONDS = 3.0
OBSERVE_SECONDS = 5.0


class Health:
    """Named checks."""

    def __init__(self) -> None:
        self._serving: dict[str, Check] = {}
        self._working: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """One more thing that serving needs."""
        self._serving[name] = check

    def add_work(self, name: str, check: Check) -> None:
        """One more part of the work that goes on beside serving."""
        self._working[name] = check

    async def problems(self) -> Mapping[str, str]:
        """Why it cannot serve, by check; empty when ready."""
        return await _problems(self._serving)

    async def work_problems(self) -> Mapping[str, str]:
        """What does not go on, by check, with what serving needs: nothing goes on without it."""
        checks = {**self._serving, **self._working}
        found = await _problems(checks)
        for name in checks:
            metrics.work_problem.labels(name).set(name in found)
        return found

    async def observe(self) -> None:
        """Keep the gauges true while nobody asks; ends by cancellation."""
        while True:
            await self.work_problems()
            await asyncio.sleep(OBSERVE_SECONDS)


async def _problems(checks: Mapping[str, Check]) -> Mapping[str, str]:
    found = await asyncio.gather(*(_answer(check) for check in checks.values()))
    return {name: problem for name, problem in zip(checks, found, strict=True) if problem}


async def _answer(check: Check) -> str | None:
    try:
        return await asyncio.wait_for(check(), SECONDS)
    except TimeoutError:
        return f"no answer within {SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the answer
        return f"{type(error).__name__}: {error}"[:300]
