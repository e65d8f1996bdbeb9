"""Whether an incident costs the same however many reports belong to it, and how fast all of them are told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from statistics import median

from services.dispatch.belonging import come_in
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import order_id
from services.dispatch.settling import settle_now
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.kernel import Cause, Step
from shared.kernel.service import Service
from shared.town import load_town
from tests.bench.measure import Row, Section, Watch, compared, times
from tests.bench.subject import Bench
from tests.support.joined import incident, join, resolve, walk
from tests.support.source import ROOT
from tests.support.work import begun, fresh

FEW, MANY = 10, 10_000
AT_ONCE = 64
CALLS = 60  # per round
VILLAGES: dict[str, str] = {}  # of each incident: what is in it joins by itself
Once = Callable[[], Awaitable[object]]


async def measure(bench: Bench) -> Section:
    """A step and a join of an incident with ten thousand members, against one with ten; then the walk over all."""
    town = load_town(ROOT / "deploy/municipalities/maehia")
    service = Service("dispatch", bench.settings("api"), town.code)
    desk = Desk(Store(service, town), town)
    async with service.lifespan():
        few, many = await _filled(desk, FEW), await _filled(desk, MANY)
        rows: list[Row] = []
        for what, call in _calls(desk).items():
            found: dict[str, list[float]] = {f"{FEW} members": [], "": []}
            for _ in bench.rounds():
                for name, incident_id in ((f"{FEW} members", few), ("", many)):
                    found[name].append(median(await times(CALLS, call(incident_id))))
            rows += compared(f"{what}, {MANY:,} members", "ms", found, ours="")
        rows += await _walk(desk, many)
    return Section(
        "Joins",
        f"An incident with {MANY:,} reports against one with {FEW}, one call at a time: its members are cases of their "
        "own, so a ratio of 1 says that neither a step nor one report more costs more, also not one that comes in, "
        "looks around, finds it and lets its own work stand aside. Then the walk that tells each member, as its "
        "moments come: one guarded write with one event for each.",
        rows,
    )


def _calls(desk: Desk) -> Mapping[str, Callable[[str], Once]]:
    def touched(before: Incident | None, _: Cause) -> Step[Incident] | None:
        return Step(before) if before else None

    return {
        "step of an incident": lambda one: lambda: desk.store.incidents.step(one, touched, Cause.request()),
        "one report more": lambda one: lambda: join(desk, one),
        "one report that finds it by itself": lambda one: lambda: _come_in(desk, one),
    }


async def _come_in(desk: Desk, incident_id: str) -> None:
    """Its work begins, it looks around, joins what its village knows of, and its own work stands aside."""
    report, village = new_id(), VILLAGES[incident_id]
    event = fresh("power-cut", location=None, zone=village, answers={})
    opened = await desk.store.orders.step(
        order_id(report), lambda _, __: begun(event, report_id=report), Cause.request(), is_new=True
    )
    await come_in(desk, opened, Cause.request())
    await settle_now(desk, report)
    await settle_now(desk, report)
    found = await desk.store.memberships.get(report)
    assert found is not None
    assert found.state.incident == incident_id


async def _filled(desk: Desk, members: int) -> str:
    incident_id = await incident(desk)
    village = VILLAGES[incident_id] = f"village-{members}"  # each incident has one of its own
    await desk.store.incidents.step(incident_id, lambda one, _: _in_village(one, village), Cause.request())
    for _ in range(0, members, AT_ONCE):
        await asyncio.gather(*(join(desk, incident_id) for _ in range(min(AT_ONCE, members))))
    return incident_id


def _in_village(incident: Incident | None, village: str) -> Step[Incident] | None:
    return Step(incident.model_copy(update={"zone": village, "by_zone": True})) if incident else None


async def _walk(desk: Desk, incident_id: str) -> list[Row]:
    members = await desk.store.memberships.collection.count_documents({"state.incident": incident_id})
    await resolve(desk, incident_id)
    watch = Watch()
    await walk(desk, incident_id)
    turn = watch.turn(members)
    untold = await desk.store.find_untold(incident_id, 2, "", 1)
    assert not untold
    return [Row("members told", "1/s", turn.per_second), Row("processor time of the service", "µs/member", turn.cpu_us)]
