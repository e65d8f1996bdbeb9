"""Any pod may die without warning, at any time: another takes its place, and nothing is lost."""

import asyncio

import pytest

from tests.support.in_cluster import OURS, People, Town
from tests.support.persistent_clients import Load
from tests.support.reconciliation import Cases, settle

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]
STEPS = ("acknowledge", "start", "start", "complete")


async def test_one_pod_of_every_workload_dies_and_is_replaced(town: Town, people: People) -> None:
    await asyncio.to_thread(town.wait_ready)
    async with Load(people, 2) as load:
        begun = await people.report()
        doomed = one_of_each(town)
        await asyncio.to_thread(town.kubectl, "delete", "pods", "--grace-period=0", "--force", *doomed)
        await people.work(begun.answer["id"], *STEPS)
        await asyncio.to_thread(town.wait_ready)
    assert not {pod["metadata"]["name"] for pod in town.pods()} & set(doomed)
    cases = Cases([one.answer["id"] for one in (begun, *load.asked)])
    await settle(people.stack, cases, 180, killed=True)


async def test_the_process_of_a_pod_dies_and_the_pod_goes_on(town: Town, people: People) -> None:
    """The kubelet starts its container again, in its place."""
    before = {pod["metadata"]["name"]: restarts(pod) for pod in town.pods()}
    begun = await people.report()
    for name in one_of_each(town):
        town.kill(name)
    await asyncio.to_thread(town.wait_ready)
    await people.work(begun.answer["id"], *STEPS)
    await settle(people.stack, Cases([begun.answer["id"]]), 180, killed=True)
    after = {pod["metadata"]["name"]: restarts(pod) for pod in town.pods()}
    assert sum(after.values()) - sum(before.values()) == len(town.workloads())


def one_of_each(town: Town) -> list[str]:
    """One pod of every workload."""
    of = {pod["metadata"]["labels"]["pod-template-hash"]: pod["metadata"]["name"] for pod in town.pods(OURS)}
    return sorted(of.values())


def restarts(pod: dict[str, dict[str, list[dict[str, int]]]]) -> int:
    return pod["status"]["containerStatuses"][0]["restartCount"]
