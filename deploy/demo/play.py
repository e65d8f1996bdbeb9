"""Plays the rows: sends them, follows them on the bus until nothing is missing or nothing more comes, looks them up."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from deploy.demo.bus import Listener
from deploy.demo.ledger import Ledger
from deploy.demo.mapping import BadInput
from deploy.demo.reconcile import Difference, Rules, complete, in_triage
from deploy.demo.rows import Row
from deploy.demo.sending import Answer, stubborn, submit

TICK = 0.25  # seconds between two looks at what has come
LINGER = 2.0  # seconds of silence after all has come: what is doubled comes late
LOOK_PATIENCE = 30.0  # seconds until a report's page must show its work


@dataclass(frozen=True)
class Pace:
    """How fast, and how long to wait."""

    parallel: int
    patience: float  # seconds for one request with all its tries
    quiet: float  # seconds without anything new after which what is missing counts as lost
    wait: float  # seconds after the last request, whatever comes


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
        return f"demo-{self.key}-{row.number}"


async def send_all(run: Run, http: httpx.AsyncClient, pace: Pace) -> None:
    """Every row to its answer, `pace.parallel` at a time."""
    rows = iter(run.rows)
    await asyncio.gather(*(_send_some(run, rows, http, pace) for _ in range(min(pace.parallel, len(run.rows)))))


async def _send_some(run: Run, rows: Iterator[Row], http: httpx.AsyncClient, pace: Pace) -> None:
    for row in rows:
        run.answers.append(await submit(http, row, run.idempotency_key(row), pace.patience))


async def follow(run: Run, listener: Listener, pace: Pace, sending: asyncio.Task[None],
                 tick: Callable[[], None]) -> None:  # fmt: skip
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
    return silent > (pace.quiet if waiting else LINGER) or waited > pace.wait


def _raise_if_broken(listener: Listener, sending: asyncio.Task[None]) -> None:
    if broken := listener.broken:
        raise BadInput(f"listening to Kafka ended: {broken!r}") from broken
    if sending.done():
        sending.result()


async def look_up(run: Run, http: httpx.AsyncClient, parallel: int) -> list[Difference]:
    """Each report by the citizen's own link: it must show the team that the bus says has it."""
    gate = asyncio.Semaphore(parallel)

    async def one(answer: Answer) -> Difference | None:
        async with gate:
            what = await _shown(run, http, answer)
        return Difference(answer.reference, what) if what else None

    found = await asyncio.gather(*(one(answer) for answer in run.accepted))
    return [difference for difference in found if difference]


async def _shown(run: Run, http: httpx.AsyncClient, answer: Answer) -> str | None:
    """What is wrong with the report as its citizen sees it; it may lag a little behind the bus."""
    created = run.ledger.story(answer.id).created
    if not created:
        return None  # named already
    wanted = "triaged" if in_triage(created[0]) else "routed"
    clock = asyncio.get_running_loop().time
    deadline = clock() + LOOK_PATIENCE
    while True:
        headers = {"X-Report-Secret": answer.secret}
        reply = await stubborn(http, "GET", f"/api/v1/reports/{answer.reference}", headers, LOOK_PATIENCE)
        if reply.response is None or not reply.response.is_success:
            return f"its page cannot be read: {reply.why or reply.response}"
        if wanted in {entry["type"] for entry in reply.response.json()["timeline"]}:
            return None
        if clock() > deadline:
            return f"its timeline does not say that it was {wanted}"
        await asyncio.sleep(TICK)
