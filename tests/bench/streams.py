"""From a change until it is on the screens of those who look on: with hundreds of streams open, beside one."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.responses import Response

from services.dispatch.settings import Settings
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.kernel import Cause, Step
from shared.kernel.service import Service
from shared.people import Person
from shared.web.session import Sessions
from tests.bench.measure import Row, Section, compared, percentile
from tests.bench.proc import processor_ms
from tests.bench.subject import served_alone
from tests.support.stack import Stack
from tests.support.work import order, town

SCREENS, OF_ONE = 500, 10  # streams; as many of one person as the service lets
CHANGES = 20  # in a round, one after the other
PATIENCE = 30.0  # s
TEAM = "works-water"
FLOOR = "one stream"


@dataclass
class Screen:
    """One open board: when it was told of which job (`time.perf_counter`)."""

    seen: dict[str, float] = field(default_factory=dict)
    shown: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, port: int, cookie: str) -> None:
        """Reads for as long as it is let."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        path = f"GET /crew/stream/{TEAM} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
        writer.write(path.encode())
        try:
            async for line in reader:
                if line.startswith(b"event: hello"):
                    self.ready.set()
                elif line.startswith(b"data: ") and b'"html"' in line:
                    job, at = json.loads(line[6:])["id"], time.perf_counter()
                    self.seen[job] = at
                    self.shown[job].set()
        finally:
            writer.close()


async def measure(stack: Stack, rounds: int) -> Section:
    """Milliseconds from just before the write to each screen, and what the service works for a change."""
    await asyncio.to_thread(stack.up, "oidc")
    async with served_alone(stack, "dispatch"):
        found = await _rounds(stack, rounds)
    rows: list[Row] = []
    for what, values in found.items():
        text, _, unit = what.partition(", ")
        rows += compared(text, unit, values, ours="")
    return Section(
        "Streams",
        f"{SCREENS} boards of one team are open at one process of dispatch, {OF_ONE} of each person. {CHANGES} jobs "
        "come, one after the other, each when the one before is on all screens. From just before the write until the "
        "card has been read from the socket; the clients share the machine with the service and the database. The "
        "floor is the same with one board open.",
        rows,
    )


async def _rounds(stack: Stack, rounds: int) -> dict[str, dict[str, list[float]]]:
    """What was found, by figure and by how many boards were open."""
    env = {name.lower(): value for name, value in stack.part("dispatch").env.items()}
    settings = Settings.model_validate({name: value for name, value in env.items() if name in Settings.model_fields})
    service = Service("dispatch", settings, town().code)
    store = Store(service, town())
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for name, many in (("", SCREENS), (FLOOR, 1)):
            cookies = [_cookie(settings, number // OF_ONE) for number in range(many)]
            for what, value in (await _round(stack, store, cookies)).items():
                found.setdefault(what, {}).setdefault(name, []).append(value)
    service.database.client.close()
    return found


def _cookie(settings: Settings, number: int) -> str:
    """Somebody of the team is signed in."""
    response, sessions = Response(), Sessions(settings)
    who = Person(sub=f"crew-{number}", name="x", roles=frozenset({"crew"}), team=TEAM, town=town().code)
    sessions.start(response, who)
    return response.headers["set-cookie"].partition(";")[0]


async def _round(stack: Stack, store: Store, cookies: Sequence[str]) -> dict[str, float]:
    screens = [Screen() for _ in cookies]
    port, pid = urlsplit(stack.url("dispatch")).port or 80, {"dispatch": stack.pid("dispatch")}
    following = [asyncio.create_task(one.follow(port, cookie)) for one, cookie in zip(screens, cookies, strict=True)]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(one.ready.wait() for one in screens))
    before, taken = processor_ms(pid)["dispatch"], list[float]()
    for _ in range(CHANGES):
        job, begun = new_id(), time.perf_counter()
        await store.orders.step(job, lambda _state, _cause: Step(order()), Cause.request())
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(one.shown[job].wait() for one in screens))
        taken += [(one.seen[job] - begun) * 1000 for one in screens]
    worked = (processor_ms(pid)["dispatch"] - before) / CHANGES
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    return {
        "event to screen, median, ms": percentile(taken, 0.5),
        "event to screen, p95, ms": percentile(taken, 0.95),
        "the service's work for a change, ms": worked,
    }
