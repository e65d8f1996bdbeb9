"""What a service does with a restored database: it waits while that goes on, and then tells with high numbers."""

import pytest

from shared.events.ids import new_id
from shared.kernel import Transient, now
from shared.kernel.restored import LAST, RESTORED, floor_at
from tests.support.kernel import Pair, eventually, has_taken


async def mark(pair: Pair, *, finished: bool) -> int:
    floor = floor_at(now())
    for service in (pair.writer, pair.reader):
        marks = service.database[RESTORED]
        await marks.replace_one({"_id": LAST}, {"floor": floor, "finished": finished}, upsert=True)
    return floor


async def test_nothing_is_saved_while_a_database_is_being_restored(pair: Pair) -> None:
    await mark(pair, finished=False)
    with pytest.raises(Transient, match="is being restored"):
        await pair.submit(new_id())
    await mark(pair, finished=True)
    await pair.submit(new_id())


async def test_a_reader_that_heard_more_before_the_restoration_hears_what_comes_after_it(pair: Pair) -> None:
    """The writer has forgotten two of its events, and the reader has not."""
    case_id = new_id()
    async with pair.running():
        for text in ("one", "two", "three"):
            await pair.submit(case_id, text)
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2, 3]))
    pair.writer, pair.reports = pair.make_writer()
    pair.reader, pair.orders = pair.make_reader()
    await pair.reports.collection.update_one({"_id": case_id}, {"$set": {"v": 1, "seq.reports": 1}})
    floor = await mark(pair, finished=True)
    async with pair.running():
        await pair.submit(case_id, "two anew")
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2, 3, floor + 1]))
        found = await pair.orders.collection.find_one({"_id": {"$exists": True}})
    assert found is not None
    assert found["heard"] == {f"report|{case_id}": floor + 1}, "and it does not count as late"
