"""The number of pods follows the work: asked for by the HorizontalPodAutoscaler, from what the kubelets measure."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from tests.support.in_cluster import People, Town
from tests.support.waiting import until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
WORKLOAD = "intake-api"
READERS = 6
LONGEST = 400  # seconds: measurements every 15 s, a decision, and the start of a pod on a busy machine
# The town's is half a core for each of two pods; a machine of two cores that also reads has no such core to spare.
# A pod that nobody asks takes 4m.
MEASURE = "50m"


async def test_more_readers_bring_more_pods(town: Town, people: People, tell: Callable[[str], None]) -> None:
    await asyncio.to_thread(town.wait_ready)
    before, towns_own = ready(town), target(town)["averageValue"]
    measured_by(town, MEASURE)
    readers = [asyncio.create_task(read(people)) for _ in range(READERS)]
    try:
        await asyncio.to_thread(until, lambda: ready(town) > before, "another pod", LONGEST)
    finally:
        for reader in readers:
            reader.cancel()
        measured_by(town, towns_own)
    tell(f"from {before} pods to {ready(town)} for {READERS} readers")
    conditions = {one["type"]: one["status"] for one in town.kubectl.get("hpa", WORKLOAD)["status"]["conditions"]}
    assert (conditions["AbleToScale"], conditions["ScalingActive"]) == ("True", "True")


def target(town: Town) -> dict[str, str]:
    """How much of a core each pod is to take."""
    return dict(town.kubectl.get("hpa", WORKLOAD)["spec"]["metrics"][0]["resource"]["target"])


def measured_by(town: Town, cores: str) -> None:
    change = [{"op": "replace", "path": "/spec/metrics/0/resource/target/averageValue", "value": cores}]
    town.kubectl("patch", "hpa", WORKLOAD, "--type=json", f"--patch={json.dumps(change)}")


def ready(town: Town) -> int:
    """How many pods serve."""
    return int(town.kubectl.get("deployment", WORKLOAD)["status"].get("readyReplicas", 0))


async def read(people: People) -> None:
    """One reader, who turns page after page."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST:
        with suppress(httpx.TransportError):
            await people.probe("intake", "/map")
