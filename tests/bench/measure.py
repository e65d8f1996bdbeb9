"""How figures are taken: every way in turn, again and again, so that a busy machine slows all of them alike."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

OURS = "onestop"
Way = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Row:
    """One line of a table: our value beside one floor's, and the ratio of the two, round by round."""

    what: str
    unit: str
    ours: float
    floor: str
    theirs: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The middle one; of values where more is worse it may be above 1 without praise."""
        return median(self.ratios)


@dataclass(frozen=True)
class Section:
    """A table of one subject; `about` says what exactly was done, for whoever doubts a number."""

    title: str
    about: str
    rows: Sequence[Row]


async def interleaved(rounds: int, ways: Mapping[str, Way]) -> dict[str, list[float]]:
    """A B A B …: the values of each way, round by round. One short turn of each goes before, unmeasured."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(await way())
    return found


def rows(what: str, unit: str, found: Mapping[str, Sequence[float]]) -> list[Row]:
    """Our way against each of the others."""
    ours = found[OURS]
    return [
        Row(what, unit, median(ours), name, median(theirs), tuple(a / b for a, b in zip(ours, theirs, strict=True)))
        for name, theirs in found.items()
        if name != OURS
    ]


async def rate(many: int, once: Callable[[], Awaitable[object]], seconds: float, each: int = 1) -> float:
    """How many per second when `many` do it at once, one after the other each; `each`: what one call counts for."""
    clock = time.perf_counter
    began = clock()
    until, done = began + seconds, 0

    async def one_of_many() -> None:
        nonlocal done
        while clock() < until:
            await once()
            done += each

    await asyncio.gather(*(one_of_many() for _ in range(many)))
    return done / (clock() - began)


async def times(once: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """Milliseconds of each of `count` calls, one after the other."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        await once()
        found.append((time.perf_counter() - began) * 1000)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
