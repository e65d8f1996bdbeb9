"""The live stream over a real change stream: nothing that is stored, and no break, ends it in silence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.store import Change, Store
from services.dispatch.stream import Listener, Reset, Stream
from shared.events.ids import new_id
from shared.kernel import Cause, Step
from shared.telemetry import metrics
from tests.support.fieldwork import eventually
from tests.support.work import order

PATIENCE = 20.0


async def always() -> bool:
    """Nobody signs out."""
    return True


@pytest.fixture
async def heard(store: Store) -> AsyncIterator["asyncio.Queue[Change | Reset]"]:
    """What a listener is told."""
    stream = Stream(store)
    told: asyncio.Queue[Change | Reset] = asyncio.Queue()

    async def listen() -> None:
        async for item in stream.listen(Listener("somebody", always), None, 100):
            told.put_nowait(item)

    async with stream.run(True):
        listening = asyncio.create_task(listen())
        await until_heard(store, told)
        yield told
        assert await stream.problem() is None
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def put(store: Store, order_id: str | None = None) -> str:
    order_id = order_id or new_id()

    def decide(before: WorkOrder | None, _: Cause) -> Step[WorkOrder]:
        return Step(before or order())

    await store.orders.step(order_id, decide, Cause.request())
    return order_id


async def until_heard(store: Store, told: "asyncio.Queue[Change | Reset]") -> None:
    """Something new arrives."""
    order_id = await put(store)
    async with asyncio.timeout(PATIENCE):
        while not (isinstance(item := await told.get(), Change) and item.order.id == order_id):
            pass


async def test_an_order_that_cannot_be_read_is_left_out_and_counted(
    store: Store, heard: "asyncio.Queue[Change | Reset]"
) -> None:
    failed = metrics.changes_total.labels(store.orders.name, "failed")
    before = failed._value.get()
    order_id = await put(store)
    await store.orders.collection.update_one({"_id": order_id}, {"$set": {"state": {"broken": 1}}, "$inc": {"v": 1}})
    await until_heard(store, heard)

    assert failed._value.get() == before + 1


async def test_a_broken_connection_is_taken_up_again(store: Store, heard: "asyncio.Queue[Change | Reset]") -> None:
    admin = store.orders.collection.database.client.admin
    running = (await admin.command("currentOp", {"$all": True}))["inprog"]
    cursors = [
        op["cursor"]["cursorId"] for op in running if "cursor" in op and op.get("ns", "").endswith("work_orders")
    ]
    await store.orders.collection.database.command("killCursors", store.orders.collection.name, cursors=cursors)

    await until_heard(store, heard)


async def test_who_goes_on_at_a_process_that_began_anew_misses_nothing_and_hears_nothing_twice(store: Store) -> None:
    await put(store)
    heard, written = list[str](), list[str]()
    async with began(store) as stream:
        last = stream.place
    for _ in range(3):  # processes one after the other; things happen while one serves, and while none does
        written += [await put(store), await put(store)]
        async with began(store) as stream, asyncio.timeout(PATIENCE):
            written.append(await put(store))
            async for item in stream.listen(Listener("somebody", always), last, PATIENCE):
                assert isinstance(item, Change)
                heard.append(item.order.id)
                last = item.token
                if item.order.id == written[-1]:
                    break

    assert heard == written


@asynccontextmanager
async def began(store: Store) -> AsyncIterator[Stream]:
    """A process that serves, from its first word on: before that it would say "load anew"."""
    stream = Stream(store)

    async def place() -> str | None:
        return stream.place

    async with stream.run(True):
        await eventually(place)
        yield stream


async def test_what_is_heard_is_as_short_as_a_list(store: Store, heard: "asyncio.Queue[Change | Reset]") -> None:
    order_id = await put(store)
    async with asyncio.timeout(PATIENCE):
        item = await heard.get()

    assert isinstance(item, Change)
    assert item.order.id == order_id
    assert item.order.state.history == []
    assert item.order.state.text
