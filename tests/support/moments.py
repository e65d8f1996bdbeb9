"""A service's timers without a database: each moment as it was when its case was saved, handed to the real handler."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock

from shared.kernel import Cause, Moment, Step
from shared.kernel.cases import Cases
from shared.kernel.service import Service
from tests.support.memory import MemoryCases


class KeptCases(Cases[Any]):
    """Cases of one collection, with what only MongoDB's have."""

    def __init__(self, name: str, store: MemoryCases) -> None:
        super().__init__(name, store, source="/town/test")
        self.collection = MagicMock()

    async def rewrite_older(self, _case_id: str, _field: str, _change: object) -> None:
        """Nothing has moved."""


class Timers:
    """Stands for the kernel's `Service`."""

    def __init__(self) -> None:
        self.tables: dict[str, MemoryCases] = {}
        self.handlers: dict[str, Any] = {}
        self.sweeps: dict[str, Any] = {}
        self.hears: dict[str, Any] = {}
        self.database, self.keys, self.trail = MagicMock(), MagicMock(), AsyncMock()

    @property
    def service(self) -> Service:
        """As the service's own code takes it."""
        return cast(Service, self)

    def cases(
        self,
        name: str,
        _model: type,
        *,
        moments: Callable[[Any], Sequence[Moment]] = lambda _: (),
        kinds: Collection[str] = (),
        **_: object,
    ) -> KeptCases:
        self.tables[name] = MemoryCases(moments, [], kinds)
        return KeptCases(name, self.tables[name])

    def on(self, topic: str, **_: object) -> Callable[[Any], Any]:
        """Who hears of a topic; `hears` calls them."""
        return lambda handler: self.hears.setdefault(topic, handler)

    def on_due(self, cases: Cases[Any], handler: Any) -> None:
        self.handlers[cases.name] = handler

    def gauge(self, _observe: Any) -> None:
        """Nobody looks at figures here."""

    def every(self, _seconds: float, name: str, sweep: Any) -> None:
        self.sweeps[name] = sweep

    def limit_pool(self, name: str, *, most: int) -> None:
        """Not limited here."""

    def indexes(self, collection: str, *indexes: object) -> None:
        """There are none here."""

    def waits(self, cases: Cases[Any], case_id: str) -> Sequence[Moment]:
        """What the case waits for, as it was saved."""
        return self.tables[cases.name].waits[case_id]

    async def play(self, cases: Cases[Any], case_id: str) -> list[str]:
        """Every moment of the case at its time; the names of those that were left where they were."""
        left = []
        for moment in self.waits(cases, case_id):
            cause = Cause(Cause.timer(case_id, moment).id, "", moment.at)
            await self.handlers[cases.name](case_id, moment, cause)
            if moment in self.tables[cases.name].waits.get(case_id, ()):
                left.append(moment.name)
        return left


async def saved(cases: Cases[Any], case_id: str, state: Any) -> None:
    """The case as somebody left it, with the moments of the profile of then."""
    await cases.step(case_id, lambda _, __: Step(state), Cause.request())
