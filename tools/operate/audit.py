"""`onestop audit`: who of the staff, or which operator, did what to which case: the trails of all services in one."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic_core import to_json

from shared.events.catalogue import SERVICES
from shared.kernel.connections import connect
from shared.kernel.mongo_indexes import case_collections
from shared.kernel.mongo_trail import MongoTrail, TrailFilter
from shared.kernel.trail import Line
from shared.settings import ServiceSettings
from tools.operate.asking import add_json, as_json, at_least_one, moment, past, printable, read_written, reference

MOST = 200


@dataclass(frozen=True)
class Found:
    """One line, and whose trail it is in."""

    service: str
    line: Line


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, also when nothing was found: that nobody did anything is an answer."""
    asked = _parser().parse_args(arguments)
    if written := read_written(asked.case or ""):
        asked.case, asked.reference = None, written
    wanted = TrailFilter(asked.case, asked.reference, asked.sub, asked.since, asked.until)
    found = asyncio.run(read(ServiceSettings(), asked.service or SERVICES, wanted, asked.most))
    if asked.json:
        print(as_json([_as_data(one) for one in found]))
    else:
        print("\n".join(map(_say_line, found)) or "nobody did anything of that kind")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop audit", description=__doc__)
    parser.add_argument("--service", action="append", choices=SERVICES, help="only its trail; may be repeated")
    parser.add_argument("--reference", type=reference, help="of the case")
    parser.add_argument("--case", help="its id, or its reference")
    parser.add_argument("--sub", help="whose acts: the subject of their sign-in, or operator:NAME")
    parser.add_argument("--since", type=past, help="from then on: 6h, 3d, a day, a time")
    parser.add_argument("--until", type=moment, help="up to then")
    parser.add_argument("--most", type=at_least_one, default=MOST, help="at most so many, the newest (%(default)s)")
    add_json(parser)
    return parser


async def read(settings: ServiceSettings, services: Sequence[str], wanted: TrailFilter, most: int) -> list[Found]:
    """The newest first; also what still waits in its case to be moved into the trail."""
    client = connect(settings.mongodb_uri, "operator")
    found: list[Found] = []
    try:
        for service in services:
            database = client[f"{settings.mongodb_prefix}_{service}"]
            trail = MongoTrail(database, settings.trail_days)
            for name in await case_collections(database):
                trail.follow(database[name])
            found += [Found(service, line) for _, line in await trail.newest(wanted, most)]
    finally:
        client.close()
    return sorted(found, key=lambda one: one.line.at, reverse=True)[:most]


def _as_data(one: Found) -> dict[str, Any]:
    who = one.line.who.model_dump(include={"sub", "name", "roles", "team"})
    return {"service": one.service, **asdict(one.line), "who": who}


def _say_line(one: Found) -> str:
    """One line; what was changed stands behind it, for a trail is read by what it changed."""
    line = one.line
    at = (line.happened_at or line.at).isoformat(timespec="seconds")
    about = line.reference or line.case_id or "-"
    changes = "; ".join(f"{change.field}: {_value(change.old)} → {_value(change.new)}" for change in line.changes)
    said = (at, one.service, line.who.name or line.who.sub, line.act, about, changes)
    return printable("  ".join(part for part in said if part))


def _value(value: Any) -> str:
    """Words as they are, a time as times are written here, and what holds several as JSON."""
    return value if isinstance(value, str) else to_json(value).decode()
