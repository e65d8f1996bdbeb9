"""The sessions that are over, in memory; `away` makes the database one that does not answer."""

from collections.abc import Sequence
from datetime import timedelta

from shared.kernel.errors import Transient


class MemoryEndings:
    """As the kernel's `EndedSessions`."""

    def __init__(self) -> None:
        self.before: dict[str, int] = {}
        self.away = False
        self.asked = 0

    async def end(self, key: str, before: int, lifetime: timedelta) -> None:
        """As the kernel's."""
        self._answer()
        self.before[key] = max(before, self.before.get(key, 0))

    async def has_ended(self, keys: Sequence[str], since: int) -> bool:
        """As the kernel's."""
        self._answer()
        self.asked += 1
        return any(self.before.get(key, -1) >= since for key in keys)

    def _answer(self) -> None:
        if self.away:
            raise Transient("no primary")
