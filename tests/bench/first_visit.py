"""The first visit of a phone with a slow processor on 3G: until a page is drawn, until all of it can be used, what it
weighs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession

from shared.events.catalogue import SERVICES
from tests.bench.measure import Row, Section
from tests.support.browser import PHONE, Visitor, chromium
from tests.support.stack import Stack

PAGES = ("/", "/report", "/map", "/permits")
BYTES_PER_SECOND = 700_000 / 8
ROUND_TRIP_MS = 300
SLOWER = 4  # times than this machine's processor
QUIET_MS = 8_000  # after which a page fetches nothing more of its own accord
GOAL_SECONDS, GOAL_KB = 5, 150  # of the form, before its map
DRAWN = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
TIMES = """() => ({
  drawn: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  usable: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
})"""


@dataclass(frozen=True)
class Visit:
    """Seconds, and kilobytes as they came over the network."""

    drawn: float
    usable: float
    light: float  # until it could be used
    whole: float


async def measure(stack: Stack, rounds: int) -> Section:
    """Through the proxy, as everybody comes."""
    await asyncio.to_thread(stack.up, "topics", "oidc", "proxy", *SERVICES)
    found = await asyncio.to_thread(_visits, stack.origin, rounds)
    await asyncio.to_thread(_stop, stack)
    return Section(
        "A first visit by phone",
        f"Chromium with nothing kept, a processor {SLOWER} times slower than this machine's, "
        f"{BYTES_PER_SECOND * 8 / 1000:.0f} kbit/s and a round trip of {ROUND_TRIP_MS} ms. Drawn: first words. Usable: "
        "every script has run, so that all of the page answers. Weight: as it came over the network, compressed, until "
        "then and with the map and whatever else comes by itself; what the service worker keeps for later is not "
        f"counted. The form's goal: usable within {GOAL_SECONDS} s, and at most {GOAL_KB} kB before its map.",
        [row for path in PAGES for row in _rows(path, found[path])],
    )


def _stop(stack: Stack) -> None:
    for part in ("proxy", "oidc", *SERVICES):
        stack.stop(part)


def _rows(path: str, visits: list[Visit]) -> list[Row]:
    return [
        Row(f"`{path}`: drawn", "s", median(one.drawn for one in visits)),
        Row(f"`{path}`: usable", "s", median(one.usable for one in visits)),
        Row(f"`{path}`: weight until then", "kB", median(one.light for one in visits)),
        Row(f"`{path}`: weight of all", "kB", median(one.whole for one in visits)),
    ]


def _visits(origin: str, rounds: int) -> dict[str, list[Visit]]:
    found: dict[str, list[Visit]] = {path: [] for path in PAGES}
    with chromium() as browser:
        for _ in range(rounds):
            for path in PAGES:
                found[path].append(_visit(browser, origin, path))
    return found


def _visit(browser: Browser, origin: str, path: str) -> Visit:
    visitor = Visitor(browser, origin, **PHONE, service_workers="block")
    try:
        with _slowed(visitor) as weight:
            visitor.page.goto(path, wait_until="domcontentloaded")
            light = sum(weight)
            visitor.page.wait_for_function(DRAWN)  # may come after the scripts
            times: dict[str, float] = visitor.page.evaluate(TIMES)
            visitor.page.mouse.wheel(0, 2_000)  # to the map, where there is one
            visitor.page.wait_for_timeout(QUIET_MS)
            return Visit(times["drawn"] / 1000, times["usable"] / 1000, light / 1000, sum(weight) / 1000)
    finally:
        visitor.close()


@contextmanager
def _slowed(visitor: Visitor) -> Iterator[list[float]]:
    """The bytes of each answer, headers too, as they come."""
    session: CDPSession = visitor.context.new_cdp_session(visitor.page)
    weight: list[float] = []

    def ended(told: dict[str, Any]) -> None:
        weight.append(told["encodedDataLength"])

    session.on("Network.loadingFinished", ended)
    session.send("Network.enable")
    line = {"latency": ROUND_TRIP_MS, "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield weight
    session.detach()
