"""Photos of the work: kept for good once a step has named them, and for some days while none has."""

from datetime import timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorCollection

from services.dispatch import bodies
from services.dispatch.commands import ActRequest, Desk, act_on_order, add_photo, photo_path
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.photo_store import UNNAMED, Photo
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.kernel import Cause, Reject, Step, now
from shared.people import Person
from tests.support.uploads import photo
from tests.support.work import order, town

CREW = Person(sub="crew-water", name="บุญมี สายน้ำ", roles=frozenset({"crew"}), team="works-water")
OFFICER = Person(sub="officer", name="นภา รับเรื่อง", roles=frozenset({"officer"}))
HOUR, WORK = timedelta(hours=1), new_id()


@pytest.fixture
async def desk(store: Store) -> Desk:
    work = order(text="น้ำซึมใต้ถนนในซอย", submitted_at=now() - 3 * HOUR)
    await store.orders.step(WORK, lambda _, __: Step(work), Cause.request())
    return Desk(store, town())


async def act(desk: Desk, name: ActName, body: bodies.Body, who: Person = CREW) -> WorkOrder:
    return (await act_on_order(desk, who, WORK, name, body, ActRequest())).state


async def sent(desk: Desk) -> str:
    """The path of a new photo."""
    return await add_photo(desk, CREW, WORK, photo())


def photos_of(desk: Desk) -> AsyncIOMotorCollection[dict[str, Any]]:
    return desk.store.orders.collection.database["photos"]


async def kept(desk: Desk) -> set[str]:
    return {photo_path(WORK, one["_id"]) async for one in photos_of(desk).find({}, {"_id": 1})}


async def time_passes(desk: Desk) -> None:
    """All that waits has waited for its days, and the sweep comes by."""
    await photos_of(desk).update_many({"expires_at": {"$exists": True}}, {"$set": {"expires_at": now() - HOUR}})
    await desk.store.photos.forget_unnamed()


async def test_a_photo_that_no_step_names_is_forgotten_and_one_that_a_step_named_stays(desk: Desk) -> None:
    before, after, unnamed = [await sent(desk) for _ in range(3)]
    await act(desk, "acknowledge", bodies.Acknowledge())
    await act(desk, "complete", bodies.Complete(before=[before], photos=[after]))

    await desk.store.photos.forget_unnamed()
    assert await kept(desk) == {before, after, unnamed}, "it has some days"
    await act(desk, "send_back", bodies.SendBack(reason="ยังรั่ว"), OFFICER)
    await time_passes(desk)
    assert await kept(desk) == {before, after}, "the resident was told of it"


async def test_what_a_late_step_brought_stays_with_its_line(desk: Desk) -> None:
    path = await sent(desk)
    await act(desk, "assign", bodies.Assign(team="works-roads"), OFFICER)
    with pytest.raises(Reject, match="kept in the history"):
        await act(desk, "complete", bodies.Complete(photos=[path], happened_at=now() - HOUR))

    await time_passes(desk)

    assert await kept(desk) == {path}


@pytest.mark.parametrize("late", [False, True])
async def test_a_process_that_died_between_the_step_and_its_photos_loses_none(desk: Desk, late: bool) -> None:
    path = await sent(desk)
    if late:
        await act(desk, "assign", bodies.Assign(team="works-roads"), OFFICER)
        with pytest.raises(Reject):
            await act(desk, "complete", bodies.Complete(photos=[path], happened_at=now() - HOUR))
    else:
        await act(desk, "acknowledge", bodies.Acknowledge())
        await act(desk, "complete", bodies.Complete(photos=[path]))
    await photos_of(desk).update_many({}, {"$set": {"expires_at": now() - HOUR}})  # as if nobody had named them

    await time_passes(desk)

    assert await kept(desk) == {path}


async def test_a_photo_that_is_sent_again_or_named_by_a_step_that_is_refused_waits_anew(desk: Desk) -> None:
    picture = Photo("a", WORK, b"jpeg")
    await desk.store.photos.save(picture)
    old = now() - UNNAMED
    for again in (desk.store.photos.save(picture), desk.store.photos.list_missing(WORK, ["a"])):
        await photos_of(desk).update_many({}, {"$set": {"expires_at": old}})
        await again
        await desk.store.photos.forget_unnamed()
        assert await kept(desk) == {photo_path(WORK, "a")}
    assert await desk.store.photos.list_missing(WORK, ["a", "b"]) == ["b"]
    assert await desk.store.photos.list_missing("X", ["a"]) == ["a"], "of other work"


async def test_one_that_was_stored_before_photos_had_a_time_stays(desk: Desk) -> None:
    await photos_of(desk).insert_one({"_id": "old", "order_id": WORK, "content": b"jpeg", "kind": "image/jpeg"})

    await time_passes(desk)

    assert await kept(desk) == {photo_path(WORK, "old")}
