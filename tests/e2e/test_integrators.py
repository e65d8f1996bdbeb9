"""What somebody with a program finds behind the one origin."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from queue import Queue
from threading import Thread
from typing import IO

import httpx
import pytest

from shared.events.catalogue import SERVICES
from tests.support import api_calls
from tests.support.stack import Stack
from tools.contract.schemas import INTEGRATORS

DEVICE = INTEGRATORS / "device.py"
PATIENCE = 45.0  # s; a loaded machine is slow


class Lines:
    """What a program prints, as it prints it."""

    def __init__(self, source: IO[str]) -> None:
        self.seen: list[str] = []
        self._come: Queue[str] = Queue()
        Thread(target=self._read, args=(source,), daemon=True).start()

    def wait_for(self, fits: Callable[[str], bool]) -> str:
        """The next line that fits; queue.Empty when none comes."""
        while True:
            self.seen.append(line := self._come.get(timeout=PATIENCE))
            if fits(line):
                return line

    def _read(self, source: IO[str]) -> None:
        for line in source:
            self._come.put(line.rstrip())


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_describes_its_own_api(api: httpx.Client, service: str) -> None:
    described = api.get(f"/api/v1/{service}/openapi.json").raise_for_status().json()
    assert described["info"]["title"] == f"onestop {service}"
    assert described["paths"]


@pytest.fixture
def device(stack: Stack) -> Iterator[Lines]:
    """The sample device of the water team, as somebody runs it from the page that explains it."""
    named = {name: value for name, value in stack.env.items() if name.startswith("KAFKA_")}  # and how one signs in
    command = [sys.executable, "-u", str(DEVICE), "works-water"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **named}) as running:
        assert running.stdout is not None
        yield Lines(running.stdout)
        running.terminate()


def test_a_crews_device_shows_its_teams_work_and_no_other(stack: Stack, api: httpx.Client, device: Lines) -> None:
    device.wait_for(lambda line: line.startswith("= works-water: "))
    crew, officer = api_calls.bearer(stack, "crew-water"), api_calls.bearer(stack, "officer")
    reference = api_calls.report(api)["reference"]
    order = api_calls.work_order(api, crew, reference)
    came = device.wait_for(lambda line: reference in line)
    other = api_calls.report(api, category="street-light")["reference"]
    api_calls.work_order(api, officer, other)
    api.post(f"/api/v1/work-orders/{order}/assign", json={"team": "works-roads"}, headers=officer).raise_for_status()
    left = device.wait_for(lambda line: reference in line)

    assert came.split()[1:3] == [reference, "water-leak"]
    assert left == f"- {reference} assigned"
    assert not any(other in line for line in device.seen)
