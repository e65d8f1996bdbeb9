"""The number of pods follows the work: asked for by the HorizontalPodAutoscaler, from what the kubelets measure."""

import asyncio
import json
import time
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
MEASURE = "50m"


async def test_more_readers_bring_more_pods(town: Town, people: People) -> None:
    await asyncio.to_thread(town.wait_ready)
    before = ready(town)
    lower = [{"op": "replace", "path": "/spec/metrics/0/resource/target/averageValue", "value": MEASURE}]
    town.kubectl("patch", "hpa", WORKLOAD, "--type=json", f"--patch={json.dumps(lower)}")
    readers = [asyncio.create_task(read(people)) for _ in range(READERS)]
    try:
        await asyncio.to_thread(until, lambda: ready(town) > before, "another pod", LONGEST)
    finally:
        for reader in readers:
            reader.cancel()
    conditions = {one["type"]: one["status"] for one in town.kubectl.get("hpa", WORKLOAD)["status"]["conditions"]}
    assert (conditions["AbleToScale"], conditions["ScalingActive"]) == ("True", "True")


def ready(town: Town) -> int:
    """How many pods serve."""
    return int(town.kubectl.get("deployment", WORKLOAD)["status"].get("readyReplicas", 0))


async def read(people: People) -> None:
    """One reader, who turns page after page."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST:
        with suppress(httpx.TransportError):
            await people.probe("intake", "/map")
