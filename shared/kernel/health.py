"""Whether this process does its work, told truthfully and in names: what `/readyz` answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

Check = Callable[[], Awaitable[str | None]]  # None: well; else what is wrong

SECONDS = 3.0


class Health:
    """Named checks. Liveness needs none of them: a process that waits for Kafka must not be killed for it."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """One more thing that must be well."""
        self._checks[name] = check

    async def problems(self) -> Mapping[str, str]:
        """What is wrong now, by check; empty when ready."""
        found = await asyncio.gather(*(self._told(check) for check in self._checks.values()))
        return {name: problem for name, problem in zip(self._checks, found, strict=True) if problem}

    async def _told(self, check: Check) -> str | None:
        try:
            return await asyncio.wait_for(check(), SECONDS)
        except TimeoutError:
            return f"no answer within {SECONDS:g} s"
        except Exception as error:  # noqa: BLE001 - whatever is wrong is the answer
            return f"{type(error).__name__}: {error}"[:300]
