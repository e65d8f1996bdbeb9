"""Tries a changed rule file on the cases that came, before it goes live. Reads only: nothing is stored.

An officer's file is read, checked and tried in a process of its own, with a deadline (`rules_apart.py`): nobody else
waits for what it costs. An operator's command has a process to itself already.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts, Routed, route
from services.dispatch.domain.rule_changes import Comparison, Moves, compare
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import add_earlier, facts_of_order
from services.dispatch.rules_apart import Asked, Ways
from shared.files import apart
from shared.files.turns import Turns
from shared.kernel import Case
from shared.town import Town
from shared.town.models import Routing
from shared.town.problems import Problem

PAGE = 200  # cases read at once; between two pages others have their turn
ROUTED_AT_ONCE = 1000  # cases: a process takes half a second to begin
MOST = 5000  # cases: a month of a town, with a storm in it
FILE_BYTES = 200_000  # six times the rules of Mae Hia
CHECK_SECONDS = 30.0  # by the clock; of a processor's time a process gets 20: 300 rules with 8,000 words take some 5
COMPARE_SECONDS = 60.0
_FILE, _READER = "routing.yaml", "services.dispatch.rules_apart"
_TURNS = Turns(1, waiting=5)  # a trial takes a processor, and `rules_apart.MEMORY_MOST`

Router = Callable[[Sequence[Facts]], Awaitable[Sequence[tuple[Routed, Routed]] | None]]


@dataclass(frozen=True)
class Examined:
    """The town as it would be with the file's rules; None when they cannot be used. `advice`: what may stay."""

    town: Town | None
    problems: Sequence[Problem]
    advice: Sequence[Problem]


async def examine_file(town: Town, text: str) -> Examined:
    """The town's own checks, as `onestop town check` makes them."""
    if len(text.encode()) > FILE_BYTES:
        return _unusable(f"larger than {FILE_BYTES:,} bytes: only rules are wanted here")
    async with apart.room(_TURNS) as room:
        file = room.path / _FILE
        await asyncio.to_thread(file.write_text, text, "utf-8")
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                told = await room.ask(_READER, "check", town.directory, file)
        except TimeoutError:  # the file has not used up its share of a processor: it has not been given it
            return _unusable("not read in time, because this machine is busy. Nothing is known of the file: try again")
    if told is None:
        return _unusable("takes more time or memory than a trial may have: `onestop town check` gives it any")
    problems, advice = ([Problem(**one) for one in told[name]] for name in ("problems", "advice"))
    if told["routing"] is None:
        return Examined(None, problems, advice)
    return Examined(town.model_copy(update={"routing": Routing.model_validate(told["routing"])}), problems, advice)


async def compare_apart(desk: Desk, changed: Town, since: datetime) -> Comparison:
    """The same as `compare_rules`, of rules that may cost anything: what is not looked at by then is not complete."""

    async with apart.room(_TURNS) as room:
        clock, file = asyncio.get_running_loop().time, room.path / "cases.json"
        ends = clock() + COMPARE_SECONDS

        async def ways(cases: Sequence[Facts]) -> Sequence[tuple[Routed, Routed]] | None:
            asked = Asked(present=desk.town.routing, changed=changed.routing, cases=cases)
            await asyncio.to_thread(lambda: file.write_text(asked.model_dump_json(), "utf-8"))
            told = await _within(ends - clock(), room.ask(_READER, "route", file))
            return Ways.validate_python(told["ways"]) if told else None

        return await compare_rules(desk, changed, since, ways=ways)


async def compare_rules(
    desk: Desk, changed: Town, since: datetime, most: int = MOST, *, ways: Router | None = None
) -> Comparison:
    """Which cases since then would go elsewhere by these rules, of what is known of them today; the newest first."""
    router, versions = ways or _here(desk.town, changed), (desk.town.routing.version, changed.routing.version)
    looked_at, found, last = 0, list[Moves](), None
    async for cases in _newest(desk, Filter(since=since), most):
        facts = [await _facts(desk, changed, case) for case in cases]
        routed = await router(facts)
        if routed is None:
            return Comparison(*versions, since, looked_at, False, found)
        for case, (before, after) in zip(cases, routed, strict=True):
            if moves := compare(case.id, case.state, before, after):
                found.append(moves)
        looked_at, last = looked_at + len(cases), cases[-1].id
    more = looked_at == most and bool(await desk.store.list_newest(Filter(since=since), last, 1))
    return Comparison(*versions, since, looked_at, not more, found)


async def _newest(desk: Desk, wanted: Filter, most: int) -> AsyncIterator[list[Case[WorkOrder]]]:
    """So many at a time as a process is worth, read page by page."""
    cases, seen, after = list[Case[WorkOrder]](), 0, None
    while seen < most and (page := await desk.store.list_newest(wanted, after, min(PAGE, most - seen))):
        cases += page
        seen, after = seen + len(page), page[-1].id
        if len(cases) >= ROUTED_AT_ONCE:
            yield cases
            cases = []
    if cases:
        yield cases


async def _facts(desk: Desk, changed: Town, case: Case[WorkOrder]) -> Facts:
    return await add_earlier(desk, facts_of_order(desk.town, case.state), case.state.report.id, changed)


def _here(present: Town, changed: Town) -> Router:
    async def ways(cases: Sequence[Facts]) -> Sequence[tuple[Routed, Routed]]:
        return [(route(present, facts), route(changed, facts)) for facts in cases]

    return ways


async def _within(seconds: float, asked: Awaitable[Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    """None: it took longer, and is ended; or it has taken its process down."""
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except TimeoutError:
        return None


def _unusable(reason: str) -> Examined:
    return Examined(None, [Problem(_FILE, 1, reason)], ())
