# ruff: noqa: T201 (a command talks to its terminal)
"""`make bench [ARGS="--only saves relay" | ARGS=--large | ARGS=--write]`: figures beside floors, never pass or fail."""

import argparse
import logging
import math
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Protocol

import uvloop
from pymongo import MongoClient

from deploy.local.downloads import cache
from deploy.local.machine import ROOT
from tests.bench import (
    accept,
    boards,
    consumers,
    first_visit,
    growth,
    joins,
    journey,
    memory,
    permits,
    relays,
    roles,
    room,
    routing,
    saves,
    streams,
    timers,
    uploads,
    whole_way,
)
from tests.bench.measure import Section
from tests.bench.page import machine, page, taken, terminal
from tests.bench.subject import Bench
from tests.support.stack import Stack

PAGE = ROOT / "docs" / "operations" / "figures.md"
PATIENCE = 100  # seconds, after which one round has to do
# Memory first: at rest means before any traffic. The whole way and its room last: they leave a town running.
SECTIONS = (
    "memory", "saves", "relay", "consume", "end", "roles", "growth", "joins", "routing", "timers", "board", "permits",
    "streams", "accept", "uploads",
    "visit", "way", "room",
)  # fmt: skip


class Growing(Protocol):
    """Measures more where it is asked to."""

    def __call__(self, bench: Bench, *, large: bool) -> Coroutine[None, None, Section]: ...


PLAIN: Mapping[str, Callable[[Bench], Coroutine[None, None, Section]]] = {
    "saves": saves.measure,
    "relay": relays.measure,
    "end": journey.measure,
    "roles": roles.measure,
    "joins": joins.measure,
    "routing": routing.measure,
    "board": boards.measure,
}
GROWING: Mapping[str, Growing] = {  # with --large, more
    "consume": consumers.measure,
    "growth": growth.measure,
    "permits": permits.measure,
    "timers": timers.measure,
}


def main() -> None:
    """Two or three minutes; with --large some more."""
    parser = argparse.ArgumentParser(prog="make bench", description="Figures on a private stack, each beside a floor.")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="some sections (all)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way has its turn (%(default)s)")
    parser.add_argument(
        "--large", action="store_true", help="a million stored cases, a backlog of 100,000, a burst of 5,000 too"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"take all the time it needs; write these of {PAGE.relative_to(ROOT)}"
    )
    options = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that has just begun makes it talk
    with Stack() as stack:
        stack.up("kafka", "mongo")
        until = time.monotonic() + (math.inf if options.write else PATIENCE)
        wanted = [name for name in SECTIONS if name in (options.only or SECTIONS)]
        sections = [_told(_measure(stack, options, name, until)) for name in wanted]
        where = machine(_parts(stack))
    print("\n" + "\n".join(where.lines()))
    if options.write:
        PAGE.write_text(page(sections, where, PAGE.read_text()))


def _measure(stack: Stack, options: argparse.Namespace, name: str, until: float) -> Coroutine[None, None, Section]:
    bench = Bench(stack.kafka, stack.mongo, most_rounds=options.rounds, until=until)
    match name:
        case "accept":
            return accept.measure(stack, options.rounds)
        case "memory":
            return memory.measure(stack)
        case "visit":
            return first_visit.measure(stack, options.rounds)
        case "room":
            return room.measure(stack)
        case "streams":
            return streams.measure(stack, options.rounds)
        case "uploads":
            return uploads.measure(stack)
        case "way":
            return whole_way.measure(stack, burst=whole_way.BURST if options.large else 0)
        case _ if name in GROWING:
            return GROWING[name](bench, large=options.large)
        case _:
            return PLAIN[name](bench)


def _told(measure: Coroutine[None, None, Section]) -> Section:
    before = os.getloadavg()[0]
    section = uvloop.run(measure)
    section = replace(section, taken=taken(before))
    print(f"{terminal(section)}\n  {section.taken}", flush=True)
    return section


def _parts(stack: Stack) -> str:
    with MongoClient[dict[str, object]](stack.mongo) as client:
        mongo = client.server_info()["version"]
    return f"MongoDB {mongo}, {_kafka()}"


def _kafka() -> str:
    jars = cache().rglob("kafka_2.13-*.jar")  # Kafka for Scala 2.13
    return next((jar.stem.replace("_2.13-", " ").capitalize() for jar in jars), "Kafka")


if __name__ == "__main__":
    main()
