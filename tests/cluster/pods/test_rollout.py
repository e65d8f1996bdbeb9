"""A new release and the way back, while people go on: nobody notices, and nothing is lost."""

import asyncio
from collections.abc import Callable

import pytest

from tests.support.in_cluster import People, Town, noticed
from tests.support.persistent_clients import Asked, Load
from tests.support.reconciliation import Cases, settle
from tests.support.town_overlay import NEXT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1500)]
STEPS = ("acknowledge", "start", "start", "complete")
PER_SECOND = 2


async def test_a_release_and_its_rollback_under_load_lose_nothing_and_nobody_is_refused(
    town: Town, people: People, tell: Callable[[str], None]
) -> None:
    async with Load(people, PER_SECOND) as load:
        begun = await people.report()
        updated, _ = await asyncio.gather(whole_case(people), asyncio.to_thread(town.roll_out, NEXT))
        await people.work(begun.answer["id"], *STEPS)  # begun by the old release, done by the new one
        back, _ = await asyncio.gather(whole_case(people), asyncio.to_thread(town.roll_back))
    asked = [begun, updated, back, *load.asked]
    tell(f"{len(town.workloads())} workloads there and back under {len(asked)} reports, refused: {noticed(asked)}")
    assert noticed(asked) == {}
    await settle(people.stack, Cases([one.answer["id"] for one in asked]), 180)


async def whole_case(people: People) -> Asked:
    asked = await people.report()
    await people.work(asked.answer["id"], *STEPS)
    return asked
