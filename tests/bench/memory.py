"""Memory of each service's process, ready and at rest, beside a process that has only loaded the same libraries."""

import asyncio
import subprocess
import sys
from pathlib import Path

from deploy.local.machine import ROOT
from shared.events.catalogue import SERVICES
from tests.bench.measure import Row, Section, compared
from tests.support.stack import Stack

LIBRARIES = (
    "fastapi", "uvicorn", "uvloop", "httptools", "jinja2", "motor.motor_asyncio", "aiokafka", "faststream.kafka",
    "opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter", "prometheus_client",
)  # fmt: skip
REST_SECONDS = 2
FLOOR = "libraries only"


async def measure(stack: Stack) -> Section:
    """The four real services with the first town's configuration."""
    await asyncio.to_thread(stack.up, "topics", *SERVICES)
    await asyncio.sleep(REST_SECONDS)
    floor = await asyncio.to_thread(_libraries)
    rows: list[Row] = []
    for name in SERVICES:
        rows += compared(name, "MiB", {"": [_mebibytes(stack.pid(name))], FLOOR: [floor]}, ours="")
        stack.stop(name)
    return Section(
        "Memory",
        "Proportional set size (shared pages counted in part) of one process in all its roles, ready, without traffic. "
        "Floor: a Python process that has imported the web framework, the drivers and the broker's client.",
        rows,
    )


def _libraries() -> float:
    program = f"import sys, {', '.join(LIBRARIES)}; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        if process.stdout is None:
            raise LookupError("a process that was asked for pipes has none")
        process.stdout.readline()
        return _mebibytes(process.pid)


def _mebibytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
