"""What one change costs while a crew's board is open: its one card, against all cards anew."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from starlette.requests import Request

from services.dispatch.commands import Desk
from services.dispatch.domain import from_report
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages import board
from services.dispatch.pages.live import draw_change
from services.dispatch.pages.show import draw
from services.dispatch.store import Change, Store
from shared.events.ids import new_id
from shared.events.reports import ReportCommented
from shared.kernel import Cause, Step, now
from shared.kernel.service import Service
from tests.bench.measure import Row, Section, Watch, compared
from tests.bench.subject import Bench
from tests.support.dispatch_pages import asked
from tests.support.work import order, town

ORDERS, LINES = 200, 40  # of the team; comments on each
CALLS = 10  # per round
PATH = "/crew/stream/works-water"


async def measure(bench: Bench) -> Section:
    """Bytes, queries and time of the answer to one change."""
    service = Service("dispatch", bench.settings("api"), town().code)
    desk = Desk(Store(service, town()), town())
    async with service.lifespan():
        ids = [await _stored(desk) for _ in range(ORDERS)]
        rows: list[Row] = []
        found: dict[str, dict[str, list[float]]] = {}
        for _ in bench.rounds():
            for name, figures in (("all cards", await _all(desk)), ("", await _one(desk, ids))):
                for what, value in figures.items():
                    found.setdefault(what, {}).setdefault(name, []).append(value)
        for what, values in found.items():
            text, _, unit = what.partition(", ")
            rows += compared(text, unit, values, ours="")
    return Section(
        "Crew's board",
        f"A team with {ORDERS} open orders, {LINES} comments on each; one of them changes. Ours: the card that "
        "changed, as the stream brings it, drawn once for all phones that look on. The floor is every card anew, as "
        "each phone of the team fetched them for each change before.",
        rows,
    )


async def _stored(desk: Desk) -> str:
    work, order_id = order(), new_id()
    for number in range(LINES):
        said = ReportCommented(reference=work.reference, category=work.category, by="public", text=f"{number} " * 40)
        work = from_report.add_comment(town(), work, said, now()).state
    await desk.store.orders.step(order_id, lambda _, c: Step(work), Cause.request())
    return order_id


async def _all(desk: Desk) -> Mapping[str, float]:
    async def once(request: Request) -> int:
        work = await board._load_board(desk, "works-water", now(), board.Screen(board.MOST, None))
        return len(draw(request, "_board.html", **work).encode())

    return await _figures(desk, once)


async def _one(desk: Desk, ids: list[str]) -> Mapping[str, float]:
    turn = 0

    async def once(request: Request) -> int:
        nonlocal turn
        turn += 1
        case = await desk.store.orders.get(ids[turn % len(ids)])
        assert case is not None
        short = case.state.model_copy(update={"comments": case.state.comments[-3:], "history": []})
        change = Change(new_id(), type(case)(case.id, case.version, WorkOrder.model_validate(short.model_dump())))
        drawn = await draw_change(request, desk, "works-water", change)
        return len(str(drawn).encode())

    return await _figures(desk, once)


async def _figures(desk: Desk, once: Any) -> Mapping[str, float]:
    database = desk.store.orders.collection.database
    request = asked(PATH)
    taken, size = [], 0
    for _ in range(CALLS):
        watch = Watch()
        size = await once(request)
        taken.append(watch.seconds * 1000)
    await database.command("profile", 2)
    await once(request)
    await database.command("profile", 0)
    queries = await database["system.profile"].count_documents({"ns": desk.store.orders.collection.full_name})
    await database["system.profile"].drop()
    return {"an answer, B": size, "queries for it, queries": queries, "time for it, ms": median(taken)}
