"""Clients that do not give up: they report, work and apply while machines fail, and repeat until they are answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx

from shared.events.ids import new_id
from shared.kernel import derive_keyed_id, now
from shared.settings import ServiceSettings
from shared.web.idempotency import seal
from tests.support.kernel import eventually
from tests.support.stack import Stack
from tools.play.permits import PermitCase, Played, permit_cases, play_permit

PATIENCE = 150.0  # seconds that somebody keeps trying: longer than every outage that tests make
PAUSE = 0.5
REPORT: dict[str, Any] = {
    "category": "welfare", "text": "ผู้สูงอายุอยู่คนเดียว ต้องการความช่วยเหลือ",
    "location": {"latitude": 18.7431, "longitude": 98.9638}, "reporter": {"name": "สมชาย", "language": "th"},
}  # fmt: skip


@cache
def token(stack: Stack, sub: str) -> str:
    """Signing in is slow and not what is tested."""
    return stack.token(sub)


@dataclass
class Asked:
    """One request with its answer, and what it took to get it."""

    key: str
    refusals: list[str] = field(default_factory=list)
    seconds: float = 0.0
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    slowest: float = 0.0  # of all its tries


class PersistentClients:
    """`async with PersistentClients(stack)`; everything by the services' own ports."""

    def __init__(self, stack: Stack, **ports: int) -> None:
        """`ports`: other processes of services to go to, as `intake=18200`."""
        self.stack = stack
        self._urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        self._http = httpx.AsyncClient(timeout=40, limits=httpx.Limits(max_connections=400))
        self.mongo = stack.data()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        self.mongo.close()

    def url(self, service: str) -> str:
        """Where this one goes."""
        return self._urls.get(service, self.stack.url(service))

    async def ask(self, service: str, path: str, key: str, who: str | None = None, **sent: Any) -> Asked:
        """Again and again with the same key until there is an answer that is not about being away."""
        asked, began = Asked(key), time.monotonic()
        headers = {"Idempotency-Key": key} | ({"Authorization": f"Bearer {token(self.stack, who)}"} if who else {})
        while True:
            tried = time.monotonic()
            try:
                answer = await self._http.post(self.url(service) + path, headers=headers, **sent)
                if answer.status_code < 500:
                    asked.status, asked.answer = answer.status_code, answer.json()
                    return asked
                asked.refusals.append(str(answer.status_code))
                pause = float(answer.headers.get("retry-after", PAUSE))
            except httpx.TransportError as error:
                asked.refusals.append(type(error).__name__)
                pause = PAUSE
            finally:
                asked.slowest = max(asked.slowest, time.monotonic() - tried)
                asked.seconds = time.monotonic() - began
            if asked.seconds > PATIENCE:
                raise TimeoutError(f"{service} {path}: {asked.refusals[-3:]}")
            await asyncio.sleep(pause)

    async def claim(self, scope: str, key: str) -> str:
        """The id of the case that this key is going to open: claimed before, as by a client that then lost its way."""
        service = {"reports": "intake", "applications": "permits"}[scope]
        keys = self.mongo[f"onestop_{service}"]["idempotency_keys"]
        case_id = new_id()
        sealed = seal(ServiceSettings().link_secret, key)
        await keys.insert_one({"_id": derive_keyed_id(scope, sealed), "case_id": case_id, "at": now()})
        return case_id

    async def report(self, key: str | None = None, **changes: Any) -> Asked:
        """A report is handed in."""
        key = key or new_id()
        reporter = {**REPORT["reporter"], "email": f"{key.lower()}@resident.example"}
        body = {**REPORT, "reporter": reporter, **changes}
        asked = await self.ask("intake", "/api/v1/reports", key, json=body)
        assert asked.status in (200, 201), asked
        return asked

    async def work(self, report_id: str, *steps: str) -> None:
        """An officer does the work as a crew would: `acknowledge`, `start`, `complete` …, each once."""
        orders = self.mongo["onestop_dispatch"]["work_orders"]
        await eventually(lambda: orders.find_one({"state.report.id": report_id}), PATIENCE)
        order = await orders.find_one({"state.report.id": report_id})
        assert order is not None
        for number, step in enumerate(steps):
            body = {"note": "เยี่ยมบ้านแล้ว"} if step == "complete" else {}
            path = f"/api/v1/work-orders/{order['_id']}/{step}"
            asked = await self.ask("dispatch", path, f"{report_id}-{number}-{step}", "supervisor", json=body)
            assert asked.status == 200, asked

    async def permit(self, key: str) -> Played:
        """A small house, from the form to the decision."""
        case: PermitCase = permit_cases()[0]
        async with httpx.AsyncClient(base_url=self.url("permits"), timeout=40) as http:
            return await play_permit(case, http, lambda sub: token(self.stack, sub), key, PATIENCE)

    async def seen(self, asked: Asked) -> dict[str, Any]:
        """The report as its reporter sees it."""
        answer = await self._http.get(
            f"{self.url('intake')}/api/v1/reports/{asked.answer['reference']}",
            params={"secret": asked.answer["secret"]},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def probe(self, service: str, path: str = "/workz") -> httpx.Response:
        """One look, without trying again."""
        return await self._http.get(f"{self.url(service)}{path}")

    async def post_once(self, url: str, body: dict[str, Any]) -> httpx.Response:
        """One try."""
        return await self._http.post(url, json=body)

    async def ready(self, *services: str, seconds: float = 90.0) -> None:
        """Return when all say so."""
        for service in services:
            await eventually(lambda service=service: self._is_ready(service), seconds)  # type: ignore[misc]

    async def _is_ready(self, service: str) -> bool:
        return (await self.probe(service)).status_code == 200


class Load:
    """Reports at a steady pace in the background, until told to end."""

    def __init__(self, clients: PersistentClients, per_second: float) -> None:
        self._clients = clients
        self._pause = 1 / per_second
        self._tasks: list[asyncio.Task[Asked]] = []
        self._going: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._going = asyncio.create_task(self._go())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._going is not None
        self._going.cancel()
        if error is not None:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(self._going, *self._tasks, return_exceptions=True)

    async def _go(self) -> None:
        while True:
            self._tasks.append(asyncio.create_task(self._clients.report()))
            await asyncio.sleep(self._pause)

    @property
    def asked(self) -> list[Asked]:
        """All of them, when the block has ended."""
        assert self._tasks, "nothing was asked"
        return [task.result() for task in self._tasks]

    def count(self, which: Callable[[Asked], bool]) -> int:
        """How many of those that are answered already."""
        return sum(which(task.result()) for task in self._tasks if task.done())
