"""Plays the rows: sends them, follows them on the bus until nothing is missing or nothing more comes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from tools.play.bus import Listener
from tools.play.ledger import Ledger
from tools.play.mapping import BadInput
from tools.play.reconcile import Rules, complete
from tools.play.rows import Row
from tools.play.sending import Answer, submit

TICK = 0.25  # seconds between two looks at what has come


@dataclass(frozen=True)
class Pace:
    """How fast, and how long to wait."""

    parallel: int
    patience: float  # seconds for one request with all its tries
    quiet: float  # seconds without anything new after which what is missing counts as lost
    wait: float  # seconds after the last request, whatever comes
    linger: float = 2.0  # seconds of silence after all has come: what is doubled comes late


@dataclass
class Run:
    """The state of a run; `key` makes its Idempotency-Keys."""

    key: str
    rows: Sequence[Row]
    rules: Rules
    ledger: Ledger
    answers: list[Answer] = field(default_factory=list)
    settled: int = 0  # accepted ones of which nothing is missing any more

    @property
    def accepted(self) -> list[Answer]:
        """In the order in which they were answered."""
        return [answer for answer in self.answers if answer.outcome == "accepted"]

    def idempotency_key(self, row: Row) -> str:
        """The same for every try of this row in this run, and for no other."""
        return f"play-{self.key}-{row.number}"


async def send_all(run: Run, clients: Sequence[httpx.AsyncClient], patience: float) -> None:
    """Every row to its answer, as many at a time as there are clients."""
    rows = iter(run.rows)

    async def some(http: httpx.AsyncClient) -> None:
        for row in rows:
            run.answers.append(await submit(http, row, run.idempotency_key(row), patience))

    await asyncio.gather(*map(some, clients))


async def follow(
    run: Run, listener: Listener, pace: Pace, sending: asyncio.Task[None], tick: Callable[[], None]
) -> None:
    """Until all is sent and all that is owed has come, or nothing new came for `pace.quiet`, or `pace.wait` is over."""
    clock = asyncio.get_running_loop().time
    ledger = run.ledger
    waiting, counted, channels = set[str](), 0, 0
    sent_at: float | None = None
    while True:
        _raise_if_broken(listener, sending)
        accepted = run.accepted
        # A channel's first message shows that the town has it: then everybody is owed theirs.
        fresh = {answer.id for answer in (accepted if channels != len(ledger.channels) else accepted[counted:])}
        counted, channels = len(accepted), len(ledger.channels)
        news, ledger.touched = fresh | ledger.touched, set()
        waiting |= fresh
        waiting -= {case for case in waiting & news if complete(ledger.story(case), run.rules, ledger.channels)}
        run.settled = counted - len(waiting)
        tick()
        if sending.done():
            sent_at = sent_at or clock()
            if _over(pace, bool(waiting), clock() - max(listener.heard_at, sent_at), clock() - sent_at):
                return
        await asyncio.sleep(TICK)


def _over(pace: Pace, waiting: bool, silent: float, waited: float) -> bool:
    return silent > (pace.quiet if waiting else pace.linger) or waited > pace.wait


def _raise_if_broken(listener: Listener, sending: asyncio.Task[None]) -> None:
    if broken := listener.broken:
        raise BadInput(f"listening to Kafka ended: {broken!r}") from broken
    if sending.done():
        sending.result()
