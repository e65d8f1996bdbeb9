"""Work that much happens to costs what new work costs: its past moves beside it, and is all there when asked for."""

from datetime import timedelta

from bson import encode

from services.dispatch.domain import from_report
from services.dispatch.domain.work_order import BESIDE, WorkOrder
from services.dispatch.queries import COMMENTS_ON_CARD, Filter
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.events.reports import ReportCommented
from shared.kernel import Cause, Step, now
from shared.kernel.fold import case_batch
from tests.support.work import begun, order, town

COMMENTS = 400


async def put(store: Store, work: WorkOrder, order_id: str | None = None) -> str:
    order_id = order_id or new_id()
    await store.orders.step(order_id, lambda _, c: Step(work), Cause.request())
    return order_id


async def comment(store: Store, order_id: str, number: int) -> None:
    said = ReportCommented(
        reference="MH-7F3K-9QX2", category="water-leak", by="public", text=f"ความเห็นที่ {number} " * 20
    )
    at = now() + timedelta(seconds=number)

    def decide(work: WorkOrder | None, _: Cause) -> Step[WorkOrder]:
        assert work is not None
        return from_report.add_comment(town(), work, said, at)

    await store.orders.step(order_id, decide, Cause.request())


async def test_after_hundreds_of_comments_the_order_is_small_and_nothing_is_lost(store: Store) -> None:
    order_id = await put(store, order())
    for number in range(COMMENTS):
        await comment(store, order_id, number)
    case = await store.orders.get(order_id)
    assert case is not None
    document = await store.orders.collection.find_one({"_id": order_id}, {"outbox": 0})
    assert document is not None

    assert case.state.comment_count == COMMENTS
    assert len(case.state.comments) < 2 * BESIDE["comments"] + 1
    assert len(encode(document)) < 100_000
    whole = await store.read_comments(case)
    assert [each.text.split()[1] for each in whole] == [str(number) for number in range(COMMENTS)]
    assert [line.what for line in await store.read_history(case)] == ["created", *["commented"] * COMMENTS]


async def test_a_list_brings_the_newest_comments_and_no_history(store: Store) -> None:
    order_id = await put(store, order())
    for number in range(10):
        await comment(store, order_id, number)
    (listed,) = await store.list_newest(Filter(), None, 10)

    assert [each.text.split()[1] for each in listed.state.comments] == ["7", "8", "9"]
    assert len(listed.state.comments) == COMMENTS_ON_CARD
    assert listed.state.history == []
    assert listed.state.comment_count == 10


async def test_the_records_of_a_batch_ask_once_and_see_what_the_ones_before_decided(store: Store) -> None:
    report_id = new_id()
    first, second = begun(report_id=report_id).state, begun(report_id=report_id).state
    first_id = await put(store, first)
    database = store.orders.collection.database
    await database.command("profile", 2)
    async with case_batch():
        for _ in range(5):
            assert [each.id for each in await store.find_about(report_id)] == [first_id]
        second_id = await put(store, second)
        assert {each.id for each in await store.find_about(report_id)} == {first_id, second_id}
    await database.command("profile", 0)
    asked = {"ns": store.orders.collection.full_name, "command.aggregate": {"$exists": True}}

    assert await database["system.profile"].count_documents(asked) == 1
    assert {each.id for each in await store.find_about(report_id)} == {first_id, second_id}
