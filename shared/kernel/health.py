"""Two questions about a process, answered truthfully and in names: can it serve, and does its work go on.

`/readyz` asks the first: a process that cannot serve is sent no requests. `/workz` asks the second: alarms hang on it,
and no request is turned away because Kafka is away or a mail server is slow. Liveness needs neither.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.kernel.errors import say_error
from shared.telemetry import get_log, metrics

log = get_log(__name__)

Check = Callable[[], Awaitable[str | None]]  # None: healthy; otherwise the problem

SECONDS = 3.0
OBSERVE_SECONDS = 5.0
REPEAT_SECONDS = 60.0  # what lasts is logged again so often


class Health:
    """The checks of one process under two questions: can it serve (`add`), and does its work go on (`add_work`)."""

    def __init__(self) -> None:
        self._serving: dict[str, Check] = {}
        self._working: dict[str, Check] = {}
        self._troubles = Troubles()

    def add(self, name: str, check: Check) -> None:
        """One more thing without which this process cannot answer requests."""
        self._serving[name] = check

    def add_work(self, name: str, check: Check) -> None:
        """One more part of the work that goes on besides serving."""
        self._working[name] = check

    async def problems(self) -> Mapping[str, str]:
        """Why it cannot serve, by check; empty when ready."""
        return {name: one.why for name, one in (await _ask_all(self._serving)).items()}

    async def work_problems(self) -> Mapping[str, str]:
        """What does not go on, by check, with what serving needs: nothing goes on without it."""
        serving, working = await asyncio.gather(_ask_all(self._serving), _ask_all(self._working))
        needed = ", ".join(serving)
        found = {name: one.why for name, one in serving.items()}
        for name, one in working.items():
            found[name] = f"cannot be told while there is no {needed}" if serving and one.failed else one.why
        for name in (*self._serving, *self._working):
            metrics.work_problem.labels(name).set(name in found)
        return found

    async def observe(self) -> None:
        """Keep the gauges true while nobody asks, and log what comes and goes; ends by cancellation."""
        clock = asyncio.get_running_loop().time
        while True:
            self._troubles.note(await self.work_problems(), clock())
            await asyncio.sleep(OBSERVE_SECONDS)


class Troubles:
    """Logs each problem when it has lasted for two looks (a start is no outage), once a minute, and when it is over."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._logged: dict[str, float] = {}

    def note(self, found: Mapping[str, str], at: float) -> None:
        """What a look has found, at this time of the loop."""
        for name in [name for name in self._since if name not in found]:
            since = self._since.pop(name)
            if self._logged.pop(name, None) is not None:
                log.warning("goes on again", extra={"check": name, "seconds": round(at - since)})
        for name, why in found.items():
            lasts = at - self._since.setdefault(name, at)
            logged = self._logged.get(name)
            if lasts and (logged is None or at - logged >= REPEAT_SECONDS):
                self._logged[name] = at
                log.warning("does not go on", extra={"check": name, "why": why, "seconds": round(lasts)})


@dataclass(frozen=True)
class _Problem:
    why: str
    failed: bool  # the check itself could not be made


async def _ask_all(checks: Mapping[str, Check]) -> Mapping[str, _Problem]:
    found = await asyncio.gather(*(_answer(check) for check in checks.values()))
    return {name: problem for name, problem in zip(checks, found, strict=True) if problem}


async def _answer(check: Check) -> _Problem | None:
    try:
        async with asyncio.timeout(SECONDS):
            why = await check()
    except TimeoutError:
        return _Problem(f"no answer within {SECONDS:g} s", failed=True)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the answer
        return _Problem(say_error(error), failed=True)
    return _Problem(why, failed=False) if why else None
