"""`onestop reroute`: routes anew, by the rules of today, the work that nobody has in hand: after a rule was mended.

Work that a crew has taken, or that an officer has given to a team, stays where it is: the desk moves it.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.dispatch.commands import Desk, read_typed_reference
from services.dispatch.queries import Filter
from services.dispatch.rerouting import Misrouted, find_misrouted, reroute_order
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator, words
from tools.operate.desks import dispatch_desk
from tools.operate.failures import NotDone


@dataclass(frozen=True)
class Moved:
    """One work order: where it is, and where it goes by which rule."""

    reference: str
    order: str
    team: str
    to_team: str
    service_level: str
    to_service_level: str
    priority: str
    to_priority: str
    agency: str | None
    to_agency: str | None
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
        print("\n".join([*map(say_moved, moved), f"{len(moved)} {'would go' if asked.dry_run else 'went'} elsewhere"]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop reroute", description=__doc__)
    parser.add_argument("reference", nargs="?", help="only the work on this report")
    parser.add_argument("--category", help="only work of this category")
    parser.add_argument("--team", help="only work that this team has")
    parser.add_argument("--because", type=words, required=True, help="the reason; teams and history read it")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


async def _run(asked: argparse.Namespace) -> list[Moved]:
    who = operator(asked)
    async with dispatch_desk() as desk:
        await need_known(desk, asked)
        reference = read_typed_reference(desk.town, asked.reference)
        found = [one async for one in find_misrouted(desk, reference, asked.category, asked.team)]
        if asked.dry_run or not found:
            return list(map(_make_moved, found))
        need_sure(asked, f"{len(found)} work orders go to other teams or promises, who are told")
        return [_make_moved(one) for one in found if await reroute_order(desk, who, one.case.id, asked.because)]


async def need_known(desk: Desk, asked: argparse.Namespace) -> None:
    """A word that was mistyped is not answered as if all were well. A code that has left the profile may be asked for
    while there is work under it: that work is just what must go elsewhere."""
    for what, code, known, under_it in (
        ("category", asked.category, desk.town.categories, Filter(category=asked.category)),
        ("team", asked.team, desk.town.teams, Filter(teams=(asked.team or "",))),
    ):
        if code is not None and code not in known and not await desk.store.count(under_it):
            raise NotDone(f"there is no {what} {code}, only {', '.join(known)}")
    reference = read_typed_reference(desk.town, asked.reference)
    if reference is not None and not await desk.store.count(Filter(reference=reference)):
        raise NotDone(f"there is no work on {asked.reference}")


def _make_moved(one: Misrouted) -> Moved:
    order, routed = one.case.state, one.routed
    return Moved(
        reference=order.reference,
        order=one.case.id,
        team=order.team,
        to_team=routed.team,
        service_level=order.clocks.service_level,
        to_service_level=routed.service_level,
        priority=order.priority,
        to_priority=routed.priority,
        agency=order.agency,
        to_agency=routed.agency,
        rule=routed.rule,
    )


def say_moved(one: Moved) -> str:
    """What becomes otherwise, and by which rule: the team, or only what is promised, how urgent it is, whose it is."""
    changes = [
        f"{before or 'the town'} → {after or 'the town'}"
        for before, after in (
            (one.service_level, one.to_service_level),
            (one.priority, one.to_priority),
            (one.agency, one.to_agency),
        )
        if before != after
    ]
    team = one.team if one.team == one.to_team else f"{one.team} → {one.to_team}"
    also = f" ({', '.join(changes)})" if changes else ""
    return f"{one.reference}  {team}{also}  by {one.rule or 'no rule: triage'}"
