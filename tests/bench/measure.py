"""How figures are taken: every way in turn, again and again, so that a busy machine slows all of them alike."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

OURS = "onestop"
Call = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Turn:
    """One way's outcome in one round: `cpu_us` is what this process (not its parts) worked for one item."""

    per_second: float
    cpu_us: float


Way = Callable[[], Awaitable[Turn]]


@dataclass(frozen=True)
class Row:
    """One line of a table: our value beside one floor's, and the ratio of the two in each round; or our value alone."""

    what: str
    unit: str
    ours: float
    floor: str = ""
    theirs: float = 0.0
    ratios: tuple[float, ...] = ()


@dataclass(frozen=True)
class Section:
    """A table of one subject; `about` says what exactly was done, for whoever doubts a number, `taken` when."""

    title: str
    about: str
    rows: Sequence[Row]
    taken: str = ""


class Watch:
    """Begins when it is made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self._wall

    def turn(self, items: int) -> Turn:
        """What was done since it began."""
        return Turn(items / self.seconds, (time.process_time() - self._cpu) / max(1, items) * 1e6)


async def interleaved(rounds: Iterable[int], ways: Mapping[str, Way]) -> dict[str, list[Turn]]:
    """A B A B …: the outcomes of each way, round by round."""
    found: dict[str, list[Turn]] = {name: [] for name in ways}
    for _ in rounds:
        for name, way in ways.items():
            found[name].append(await way())
    return found


def rates(what: str, unit: str, found: Mapping[str, Sequence[Turn]]) -> list[Row]:
    """Our pace against each of the others; a ratio above 1 is faster."""
    return compared(what, unit, {name: [turn.per_second for turn in turns] for name, turns in found.items()})


def work(what: str, unit: str, found: Mapping[str, Sequence[Turn]]) -> list[Row]:
    """Our processor time per item against each of the others; it does not depend on who else uses the machine."""
    return compared(what, unit, {name: [turn.cpu_us for turn in turns] for name, turns in found.items()})


def compared(what: str, unit: str, found: Mapping[str, Sequence[float]], ours: str = OURS) -> list[Row]:
    """The values called `ours` against each of the others, taken in the same rounds."""
    mine = found[ours]
    return [
        Row(what, unit, median(mine), name, median(theirs), tuple(a / b for a, b in zip(mine, theirs, strict=True)))
        for name, theirs in found.items()
        if name != ours
    ]


async def during(seconds: float, many: int, once: Call, each: int = 1) -> Turn:
    """`many` do it at once, one after the other each, for this long; `each`: what one call counts for."""
    watch = Watch()
    done = 0

    async def one_of_many() -> None:
        nonlocal done
        while True:  # once at least, however busy the machine is
            await once()
            done += each
            if watch.seconds >= seconds:
                return

    await asyncio.gather(*(one_of_many() for _ in range(many)))
    return watch.turn(done)


async def times(count: int, once: Call) -> list[float]:
    """Milliseconds of each of `count` calls, one after the other."""
    found = []
    for _ in range(count):
        watch = Watch()
        await once()
        found.append(watch.seconds * 1000)
    return found


async def reached(look: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it is so; another process, or the database, makes it so."""
    while not await look():  # noqa: ASYNC110 - nobody there can set an event of ours
        await asyncio.sleep(0.02)


def percentile(values: Sequence[float], fraction: float) -> float:
    """The value below which this fraction lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))]
