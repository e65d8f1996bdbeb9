"""`onestop reroute`: routes anew, by the rules of today, the work that nobody has in hand: after a rule was mended.

Work that a crew has taken, or that an officer has given to a team, stays where it is: the desk moves it.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.dispatch.commands import read_typed_reference
from services.dispatch.rerouting import Misrouted, find_misrouted, reroute_order
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator
from tools.operate.desks import dispatch_desk


@dataclass(frozen=True)
class Moved:
    """One work order: where it is, and where it goes by which rule."""

    reference: str
    order: str
    team: str
    to_team: str
    service_level: str
    to_service_level: str
    rule: str | None


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, also when all work is where it belongs."""
    asked = _parser().parse_args(arguments)
    moved = asyncio.run(_run(asked))
    if asked.json:
        print(as_json(moved))
    elif not moved:
        print("no work goes elsewhere by today's rules")
    else:
        print("\n".join([*map(_told, moved), f"{len(moved)} {'would go' if asked.dry_run else 'went'} elsewhere"]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop reroute", description=__doc__)
    parser.add_argument("reference", nargs="?", help="only the work on this report")
    parser.add_argument("--category", help="only work of this category")
    parser.add_argument("--team", help="only work that this team has")
    parser.add_argument("--because", required=True, help="the reason; teams and history read it")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


async def _run(asked: argparse.Namespace) -> list[Moved]:
    who = operator(asked)
    async with dispatch_desk() as desk:
        reference = read_typed_reference(desk.town, asked.reference)
        found = [one async for one in find_misrouted(desk, reference, asked.category, asked.team)]
        if asked.dry_run or not found:
            return list(map(_moved, found))
        need_sure(asked, f"{len(found)} work orders go to other teams or promises, who are told")
        return [_moved(one) for one in found if await reroute_order(desk, who, one.case.id, asked.because)]


def _moved(one: Misrouted) -> Moved:
    order, routed = one.case.state, one.routed
    return Moved(
        order.reference,
        one.case.id,
        order.team,
        routed.team,
        order.clocks.service_level,
        routed.service_level,
        routed.rule,
    )


def _told(one: Moved) -> str:
    promises = "" if one.service_level == one.to_service_level else f" ({one.service_level} → {one.to_service_level})"
    return f"{one.reference}  {one.team} → {one.to_team}{promises}  by {one.rule or 'no rule: triage'}"
