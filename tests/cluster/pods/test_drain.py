"""A node is emptied, as for its repair: the budgets hold, and people notice nothing."""

import asyncio
import time
from collections.abc import Callable

import pytest

from deploy.cluster.kubectl import Refused
from tests.support.in_cluster import API, WORKER, People, Town, noticed
from tests.support.persistent_clients import Load
from tests.support.reconciliation import Cases, settle

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]
DRAIN_SECONDS = 400


@pytest.mark.parametrize("which", [f"{API},app.kubernetes.io/name=intake", f"{WORKER},app.kubernetes.io/name=dispatch"])
def test_of_two_pods_of_a_workload_one_may_go_at_a_time(town: Town, which: str) -> None:
    town.wait_ready()
    first, second = (pod["metadata"]["name"] for pod in town.pods(which)[:2])
    town.evict(first)
    with pytest.raises(Refused, match="disruption budget"):
        town.evict(second)
    town.wait_ready()
    town.evict(second)
    town.wait_ready()


async def test_a_node_is_drained_within_the_budgets_and_nobody_is_refused(
    town: Town, people: People, tell: Callable[[str], None]
) -> None:
    await asyncio.to_thread(town.wait_ready)
    async with Load(people, 2) as load:
        draining = asyncio.create_task(asyncio.to_thread(drain, town, "n1"))
        seen = []
        while not draining.done():
            seen.append(await asyncio.to_thread(town.beyond_budget))
            await asyncio.sleep(0.5)
        seconds = await draining
        assert not [pod for pod in town.pods() if pod["spec"].get("nodeName") == "n1"]
        await asyncio.to_thread(town.wait_ready)
    town.kubectl("uncordon", "n1")
    tell(f"drained in {seconds:.0f} s, looked at the budgets {len(seen)} times, {len(load.asked)} reports meanwhile")
    assert seen
    assert not any(seen), seen
    assert noticed(load.asked) == {}
    await settle(people.stack, Cases([one.answer["id"] for one in load.asked]), 180)


def drain(town: Town, node: str) -> float:
    """How long it took."""
    began = time.monotonic()
    limits = ("--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={DRAIN_SECONDS}s")
    town.kubectl("drain", node, *limits, seconds=DRAIN_SECONDS + 30)
    return time.monotonic() - began
