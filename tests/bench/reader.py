# ruff: noqa: T201 (its output is what the bench reads)
"""`python -m tests.bench.reader KAFKA MONGO PREFIX WAY`: the other service, until its standard input ends.

Prints lists of milliseconds, one for each effect: from the beginning of the request to the effect being saved.
"""

import asyncio
import json
import logging
import sys
from contextlib import AbstractAsyncContextManager
from typing import Any

import uvloop

from shared.events.envelope import Envelope
from shared.kernel import now
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from tests.bench.bare import bare_reader
from tests.bench.consumers import handler
from tests.bench.measure import OURS
from tests.bench.subject import REPORTS, Bench, Order

TELL_SECONDS = 0.05


async def main(kafka: str, mongo: str, prefix: str, way: str) -> None:
    """Run until nobody listens any more."""
    settings = Bench(kafka, mongo).settings("worker", prefix=prefix)
    effects: list[float] = []
    async with _service(settings, effects) if way == OURS else bare_reader(settings, effects):
        end = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        while not end.done():
            await asyncio.sleep(TELL_SECONDS)
            told = effects.copy()
            effects.clear()
            print(json.dumps(told), flush=True)


def _service(settings: ServiceSettings, effects: list[float]) -> AbstractAsyncContextManager[Any]:
    service = Service("dispatch", settings, "maehia")

    def effect(envelope: Envelope) -> None:
        effects.append((now() - envelope.time).total_seconds() * 1000)

    service.on(REPORTS)(handler(service.cases("orders", Order), effect))
    return service.lifespan()


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # as in the measuring process
    uvloop.run(main(*sys.argv[1:]))
