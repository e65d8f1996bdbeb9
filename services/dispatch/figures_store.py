"""A period's figures: what was received and done, how fast, and how it was liked; each asked for once a minute."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import ExecutionTimeout

from services.dispatch import figures
from services.dispatch.domain.period import Period
from services.dispatch.domain.spans import quantile
from shared.kernel import Transient

Collection = AsyncIOMotorCollection[dict[str, Any]]
FRESH_SECONDS = 60.0
MOST_KEPT = 64
_COUNTS = ("received", "again", "done", "promised", "kept", "rated", "stars")
MOST_MS = 20_000  # of the database's time; a town's year takes a tenth of a second


@dataclass
class Line:
    """What became of one group of work, or of all of it. Of `accept` and `repair` the classes of `spans.py` count."""

    received: int = 0
    again: int = 0  # of those received: the work before had not settled it
    done: int = 0
    promised: int = 0  # of those done: there was a promise
    kept: int = 0  # of those promised: done in time
    rated: int = 0
    stars: int = 0  # all together
    accept: Counter[int] = field(default_factory=Counter)
    repair: Counter[int] = field(default_factory=Counter)

    def add(self, counted: Mapping[str, Any]) -> None:
        """Add the counts of one row that the database has grouped."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + counted.get(name, 0))

    def merge(self, other: "Line") -> None:
        """Add the counts and times of another line to this one."""
        self.add({name: getattr(other, name) for name in _COUNTS})
        self.accept.update(other.accept)
        self.repair.update(other.repair)

    @property
    def kept_rate(self) -> float | None:
        """Of what was promised."""
        return self.kept / self.promised if self.promised else None

    @property
    def again_rate(self) -> float | None:
        """Of what was done; above 1 where old work comes back."""
        return self.again / self.done if self.done else None

    @property
    def liked(self) -> float | None:
        """Stars on average, 1 to 5."""
        return self.stars / self.rated if self.rated else None

    def find_accept_time(self, fraction: float) -> timedelta | None:
        """How soon after the report that fraction (0 to 1) of the work was accepted; None of none."""
        return quantile(self.accept, fraction)

    def find_repair_time(self, fraction: float) -> timedelta | None:
        """How soon after the report that fraction (0 to 1) of the work was done; None of none."""
        return quantile(self.repair, fraction)


@dataclass
class Performance:
    """All of a period: the whole, its steps in order, and by each of `figures.GROUPS` the groups by their code."""

    period: Period
    whole: Line
    steps: dict[date, Line]
    groups: dict[str, dict[str | None, Line]]

    def sort_groups(self, name: str) -> list[tuple[str | None, Line]]:
        """Groups of that name, where most was received or done first."""
        found = self.groups[name].items()
        return sorted(found, key=lambda one: (-one[1].received - one[1].done, one[0] or ""))


Key = tuple[Period, figures.Teams]


class FiguresStore:
    """Reads them from the work orders. Whoever asks while they are being read waits for the same answer."""

    def __init__(self, orders: Collection, zone: ZoneInfo) -> None:
        self._orders = orders
        self._zone = zone
        self._found: OrderedDict[Key, tuple[float, Performance]] = OrderedDict()
        self._asking = asyncio.Lock()

    async def measure(self, period: Period, teams: figures.Teams = ()) -> Performance:
        """Of these teams' work, or of all; at most `FRESH_SECONDS` old."""
        async with self._asking:
            known = self._found.get((period, teams))
            if known and time.monotonic() - known[0] < FRESH_SECONDS:
                return known[1]
            found = await self._read(period, teams)
            self._found[period, teams] = time.monotonic(), found
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)
            return found

    async def began(self) -> datetime | None:
        """When the first work began; None before there is any."""
        found = await self._orders.find_one({}, {"state.created_at": 1}, sort=[("state.created_at", 1)])
        return found["state"]["created_at"] if found else None

    async def _read(self, period: Period, teams: figures.Teams) -> Performance:
        received, finished = await asyncio.gather(
            self._ask(figures.count_received(period, self._zone, teams)),
            self._ask(figures.count_finished(period, self._zone, teams)),
        )
        return _performance(period, received, finished)

    async def _ask(self, pipeline: figures.Pipeline) -> Mapping[str, list[dict[str, Any]]]:
        try:
            (found,) = await self._orders.aggregate(pipeline, maxTimeMS=MOST_MS).to_list(1)
        except ExecutionTimeout:
            raise Transient(f"the figures of this period took the database more than {MOST_MS} ms") from None
        return found


def _performance(period: Period, received: Mapping[str, Any], finished: Mapping[str, Any]) -> Performance:
    made = Performance(period, Line(), {step: Line() for step in period.steps()}, {})
    for row in (*received["step"], *finished["step"]):
        made.whole.add(row)
        made.steps[date.fromisoformat(row["_id"])].add(row)
    for name in figures.GROUPS:
        made.groups[name] = _lines(received[name], finished[name], finished[f"{name}-accept"])
    for line in made.groups["team"].values():
        made.whole.accept.update(line.accept)
        made.whole.repair.update(line.repair)
    return made


def _lines(
    received: Iterable[Mapping[str, Any]], finished: Iterable[Mapping[str, Any]], accepted: Iterable[Mapping[str, Any]]
) -> dict[str | None, Line]:
    lines: dict[str | None, Line] = {}
    for row in received:
        lines.setdefault(row["_id"], Line()).add(row)
    for row in finished:
        line = lines.setdefault(row["_id"].get("group"), Line())
        line.add(row)
        if row["_id"].get("class") is not None:
            line.repair[row["_id"]["class"]] += row["done"]
    for row in accepted:
        lines.setdefault(row["_id"].get("group"), Line()).accept[row["_id"]["class"]] += row["done"]
    return lines
