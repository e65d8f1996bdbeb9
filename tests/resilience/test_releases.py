"""Two releases of a service side by side, forth and back, under load: what the newer one wrote, the older one keeps."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.ports import free_ports
from shared.events.ids import new_id
from tests.support.kernel import eventually
from tests.support.newer.part import NEWER
from tests.support.newer.part import newer as newer_part
from tests.support.newer.release import CHECKED, INSPECT
from tests.support.persistent_clients import Asked, Load, PersistentClients
from tests.support.reconciliation import Cases, settle
from tests.support.stack import Stack


@pytest.fixture
def newer(battered: Stack) -> Iterator[int]:
    """The port of the next release, which is up beside this one."""
    (port,) = free_ports(1)
    battered._runner.parts[NEWER] = newer_part(battered._runner.parts["dispatch"], port)
    battered.up(NEWER)
    yield port
    battered.stop(NEWER)
    del battered._runner.parts[NEWER]
    battered.up("dispatch")


async def test_a_rolling_update_and_a_rollback_under_load_lose_nothing(
    battered: Stack, clients: PersistentClients, newer: int
) -> None:
    async with PersistentClients(battered, dispatch=newer) as later, Load(clients, 4) as load:
        beside = await asyncio.gather(*(_whole_case(people) for people in (clients, later)))  # both are up
        await asyncio.to_thread(battered.stop, "dispatch")  # the update is done
        updated, begun = await asyncio.gather(_whole_case(later), _report_begun(later))
        await asyncio.to_thread(battered.start, "dispatch")
        await asyncio.to_thread(battered.stop, NEWER)  # rolled back
        await clients.work(begun.answer["id"], "acknowledge", "start", "start", "complete")
        for one in (beside[1], updated, begun):
            await _comment(clients, one)
        back = await _whole_case(clients)
    handed_in = [*beside, updated, begun, back, *load.asked]
    await settle(battered, Cases([one.answer["id"] for one in handed_in]))
    assert [await _state(clients, one) for one in (beside[1], updated)] == [CHECKED, CHECKED]
    assert await _state(clients, begun) == "completed", "this release did the rest of it"
    for one in (beside[1], updated, begun):
        work = await _work(clients, one)
        assert work["quality"] == CHECKED, "what this release does not know is gone"
        assert work["comment_count"] == 1, "this release did not step it"
        waits = [(moment["name"], moment["tries"]) for moment in await _moments(clients, one)]
        assert (INSPECT, 0) in waits, "what only the newer release waits for is gone, or was tried here"


async def _whole_case(people: PersistentClients) -> Asked:
    asked = await people.report()
    await people.work(asked.answer["id"], "acknowledge", "start", "start", "complete")
    return asked


async def _report_begun(people: PersistentClients) -> Asked:
    """The crew has it, and it is not done yet. Under the key of that act, which a later repetition repeats."""
    asked = await people.report()
    await people.work(asked.answer["id"], "acknowledge")
    return asked


async def _comment(people: PersistentClients, asked: Asked) -> None:
    """An event that this release steps the work by."""
    path = f"/api/v1/reports/{asked.answer['reference']}/comments?secret={asked.answer['secret']}"
    answer = await people.ask("intake", path, new_id(), json={"text": "ขอบคุณ"})
    assert answer.status in (200, 201), answer
    await eventually(lambda: _has_comment(people, asked))


async def _has_comment(people: PersistentClients, asked: Asked) -> bool:
    return bool((await _work(people, asked))["comment_count"])


async def _state(people: PersistentClients, asked: Asked) -> str:
    return str((await _work(people, asked))["state"])


async def _work(people: PersistentClients, asked: Asked) -> dict[str, Any]:
    work: dict[str, Any] = (await _stored(people, asked))["state"]
    return work


async def _moments(people: PersistentClients, asked: Asked) -> list[dict[str, Any]]:
    waits: list[dict[str, Any]] = (await _stored(people, asked))["moments"]
    return waits


async def _stored(people: PersistentClients, asked: Asked) -> dict[str, Any]:
    orders = people.mongo["onestop_dispatch"]["work_orders"]
    found: dict[str, Any] | None = await orders.find_one({"state.report.id": asked.answer["id"]})
    assert found is not None
    return found
