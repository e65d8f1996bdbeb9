"""Accepting: a report posted to intake until the answer, beside a POST that checks the same body and does nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from deploy.local.machine import ROOT
from deploy.local.ports import Ports
from services.intake.bodies import NewReport
from shared.events.ids import new_id
from tests.bench.measure import OURS, Section, Turn, Watch, compared, interleaved
from tests.bench.proc import processor_ms
from tests.bench.subject import served_alone
from tests.bench.whole_way import report_body
from tests.support.stack import Stack

AT_ONCE = 64
REPORTS = 1500
FLOOR = "no-op POST"
MS_PER_SECOND = 1000


def no_op() -> FastAPI:
    """The least that checks a report's body: no rules, nothing kept, the same answer."""
    app = FastAPI()

    @app.post("/api/v1/reports", status_code=201)
    async def create(body: NewReport) -> dict[str, str]:
        return {
            "id": new_id(),
            "reference": "MH-7K2P-9QXA",
            "secret": "s" * 22,
            "state": "received",
            "category": body.category,
        }

    return app


async def measure(stack: Stack, rounds: int) -> Section:
    """Answers per second of the server's processor time."""
    async with served_alone(stack, "intake"), _serve_nothing() as (pid, url):
        ways: dict[str, Callable[[], Awaitable[Turn]]] = {
            OURS: lambda: _answers(stack.pid("intake"), stack.url("intake")),
            FLOOR: lambda: _answers(pid, url),
        }
        for way in ways.values():
            await way()
        turns = await interleaved(range(rounds), ways)
    rate = {name: [turn.per_second for turn in found] for name, found in turns.items()}
    core = {name: [MS_PER_SECOND * MS_PER_SECOND / turn.cpu_us for turn in found] for name, found in turns.items()}
    return Section(
        "Accept",
        f"{REPORTS} reports with a reporter's address, {AT_ONCE} at once, straight to an intake process that only "
        "serves (`ROLES=api`), until the answer: checked, stored with its event, journaled by the majority. Floor: a "
        "bare FastAPI process that checks the same body and answers. Per core-second: of the server's own processor "
        "time.",
        [*compared("answers", "per s", rate), *compared("answers", "per core-second", core)],
    )


async def _answers(pid: int, url: str) -> Turn:
    limit = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as api:

        async def one(number: int) -> None:
            async with limit:
                (await api.post("/api/v1/reports", json=report_body(number))).raise_for_status()

        before, watch = processor_ms({"it": pid})["it"], Watch()
        await asyncio.gather(*(one(number) for number in range(REPORTS)))
        worked = processor_ms({"it": pid})["it"] - before
        return Turn(REPORTS / watch.seconds, worked * MS_PER_SECOND / REPORTS)


@asynccontextmanager
async def _serve_nothing() -> AsyncIterator[tuple[int, str]]:
    """The floor's process, as the services are served."""
    port = Ports.free().intake
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "--factory", f"{__name__}:no_op", "--port", str(port),
        "--no-access-log", "--log-level", "warning", cwd=ROOT,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=url) as api, asyncio.timeout(30):
            while not await _answers_at_all(api):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        yield process.pid, url
    finally:
        process.terminate()
        await process.wait()


async def _answers_at_all(api: httpx.AsyncClient) -> bool:
    try:
        return (await api.get("/openapi.json")).is_success
    except httpx.TransportError:
        return False
