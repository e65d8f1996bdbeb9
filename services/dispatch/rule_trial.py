"""Tries a changed rule file on the cases that came, before it goes live. Reads only: nothing is stored."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.domain.rule_changes import Comparison, Moves, compare
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import add_earlier, facts_of_order
from shared.town import Town
from shared.town.loader import Most, examine_rules
from shared.town.problems import Problem

PAGE = 200  # cases read at once; between two pages others have their turn
MOST = 5000  # cases: a month of a town, with a storm in it
FILE_BYTES = 200_000  # six times the rules of Mae Hia
RULES_MOST = 300
VALUES_MOST = 8000  # words, codes and conditions: what a check costs grows with their square


@dataclass(frozen=True)
class Examined:
    """The town as it would be with the file's rules; None when they cannot be used. `advice`: what may stay."""

    town: Town | None
    problems: Sequence[Problem]
    advice: Sequence[Problem]


_ONE_AT_A_TIME = asyncio.Lock()  # a check takes a processor for seconds where somebody wants it to


async def examine_file(town: Town, text: str) -> Examined:
    """The town's own checks, as `onestop town check` makes them."""
    if len(text.encode()) > FILE_BYTES:
        reason = f"larger than {FILE_BYTES:,} bytes: only rules are wanted here"
        return Examined(None, [Problem("routing.yaml", 1, reason)], ())
    async with _ONE_AT_A_TIME:
        changed, problems, advice = await asyncio.to_thread(
            examine_rules, town.directory, text, most=Most(RULES_MOST, VALUES_MOST)
        )
    return Examined(None if problems else changed, problems, advice)


async def compare_rules(desk: Desk, changed: Town, since: datetime, most: int = MOST) -> Comparison:
    """Which cases since then would go elsewhere by these rules, of what is known of them today; the newest first."""
    wanted = Filter(since=since)
    looked_at, found = 0, list[Moves]()
    after: str | None = None
    while looked_at < most and (page := await desk.store.list_newest(wanted, after, min(PAGE, most - looked_at))):
        for case in page:
            facts = facts_of_order(desk.town, case.state)
            facts = await add_earlier(desk, facts, case.state.report.id, changed)
            if moves := compare(desk.town, changed, case.id, case.state, facts):
                found.append(moves)
        looked_at, after = looked_at + len(page), page[-1].id
    more = looked_at == most and bool(await desk.store.list_newest(wanted, after, 1))
    versions = (desk.town.routing.version, changed.routing.version)
    return Comparison(*versions, since, looked_at, not more, found)
