"""The local trace store still finds a case when it holds the traces of a busy day."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.parts.edge import zipkin
from deploy.local.ports import Ports, free_ports
from deploy.local.runner import Runner
from tools.operate.trace import find

REPORTS, SPANS = 20_000, 20  # a report with two mails has some 20 steps
TRACES_EACH_POST = 100
ANSWER_SECONDS = 15.0  # what `make trace` waits for one query


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    runner = Runner(tmp_path, [zipkin(tmp_path, Ports(zipkin=port))])
    runner.up(["zipkin"])
    yield f"http://127.0.0.1:{port}"
    runner.down()


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_case_is_found_among_twenty_thousand(store: str) -> None:
    with httpx.Client(base_url=store, timeout=60) as client:
        for first in range(0, REPORTS, TRACES_EACH_POST):
            spans = [span for number in range(first, first + TRACES_EACH_POST) for span in trace(number)]
            client.post("/api/v2/spans", json=spans).raise_for_status()
        for number in (0, REPORTS // 2, REPORTS - 1):
            began = time.monotonic()
            (found,) = find(client, reference(number))
            assert len(found) == SPANS
            assert time.monotonic() - began < 2 * ANSWER_SECONDS


def reference(number: int) -> str:
    """The citizen's."""
    return f"MH-{number:08}"


def trace(number: int) -> list[dict[str, object]]:
    """The way of one report, each step with the tags that consumers' spans have, which are the most."""
    ids = random.Random(number)
    trace_id, began = f"{ids.getrandbits(128):032x}", int(time.time() * 1e6)
    return [
        {
            "traceId": trace_id, "id": f"{ids.getrandbits(64):016x}", "kind": "CONSUMER",
            "name": "process internal.work-orders.v1", "timestamp": began + 1000 * step, "duration": 1500,
            "localEndpoint": {"serviceName": ("intake", "dispatch", "permits", "notify")[step % 4]},
            "tags": {
                "messaging.system": "kafka", "messaging.operation.name": "process",
                "messaging.destination.name": "internal.work-orders.v1",
                "messaging.message.id": f"{ids.getrandbits(128):026}"[:26],
                "cloudevents.event_type": "onestop.work-order.created.v1",
                "kafka.wait_ms": "3.4", "save.wait_ms": "2.1",
                "onestop.case.id": f"01K{number:010}{step:013}", "onestop.correlation.id": f"01K{number:023}",
                "onestop.reference": reference(number), "otel.library.name": "onestop", "otel.scope.name": "onestop",
            },
        }
        for step in range(SPANS)
    ]  # fmt: skip
