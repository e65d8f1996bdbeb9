"""The kernel's store in memory, for tests of a service's own steps; its calls can be made to fail."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from shared.kernel import Transient
from shared.kernel.beside import Key, Older
from shared.kernel.errors import Conflict
from shared.kernel.moments import Moment, keep_failures
from shared.kernel.outbox import Entry
from shared.kernel.trail import Line
from shared.kernel.write import Stored, Write

Fate = Literal["ok", "lost", "unacknowledged"]


class MemoryCases:
    """One collection. `fates` says what happens to the next calls: lost on the way, or done without an answer."""

    def __init__(
        self,
        moments: Callable[[Any], Sequence[Moment]] | None,
        fates: list[Fate],
        kinds: Collection[str] | None = None,
    ) -> None:
        self.rows: dict[str, Write[Any]] = {}
        self.waits: dict[str, Sequence[Moment]] = {}  # each case's moments, as they were when it was saved
        self.beside: dict[Key, Older] = {}
        self.outbox: list[Entry] = []
        self.lines: dict[str, list[Line]] = {}  # each case's trail
        self.moments = moments or (lambda _: ())
        self.fates = fates
        self._kinds = kinds  # of the moments; None: any

    def states(self) -> dict[str, BaseModel]:
        """Every case."""
        return {case_id: row.state for case_id, row in self.rows.items()}

    async def load(self, ids: Sequence[str]) -> Sequence[Stored[Any]]:
        """As the kernel's store."""
        self._call(lambda: None)
        return [self._stored(case_id) for case_id in ids]

    async def save(self, writes: Sequence[Write[Any]]) -> Sequence[BaseException | None]:
        """Guarded by version."""
        answers: list[BaseException | None] = []
        self._call(lambda: answers.extend(self._save(write) for write in writes))
        return answers

    async def move(self, items: Sequence[Older]) -> None:
        """As the kernel's store."""
        self._call(lambda: self.beside.update({item.key: item for item in items}))

    async def recall(self, keys: Sequence[Key]) -> Sequence[Any | None]:
        """As the kernel's store."""
        return [self.beside[key].value if key in self.beside else None for key in keys]

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        """No relay runs here."""
        raise NotImplementedError(ids)

    async def unpublished(self, before: datetime, most: int, passed: int = 0) -> Sequence[str]:
        """No relay runs here."""
        raise NotImplementedError(before, most, passed)

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        """No relay runs here."""
        raise NotImplementedError(published)

    async def floor(self) -> int:
        """Nothing was ever restored."""
        return 0

    def _call(self, effect: Callable[[], None]) -> None:
        fate = self.fates.pop(0) if self.fates else "ok"
        if fate == "lost":
            raise Transient("the call did not arrive")
        effect()
        if fate == "unacknowledged":
            raise Transient("the answer did not arrive")

    def _stored(self, case_id: str) -> Stored[Any]:
        row = self.rows.get(case_id)
        return row.case if row else Stored(case_id, 0, None)

    def _save(self, write: Write[Any]) -> BaseException | None:
        row = self.rows.get(write.id)
        if (row.case.version if row else 0) != write.expected:
            return Conflict()
        self.rows[write.id] = write
        wanted = self.moments(write.state)
        self.waits[write.id] = [
            one.moment
            for one in keep_failures(wanted, (), {m.kind for m in wanted} if self._kinds is None else self._kinds)
        ]
        self.outbox += write.entries
        self.lines.setdefault(write.id, []).extend(write.lines)
        return None
