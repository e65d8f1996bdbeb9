"""Permits in the test's own process, on a real database, and with a broker where a test asks for one."""

import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from deploy.local.seal import development_key
from services.permits.app import create_app
from services.permits.commands import Desk
from services.permits.domain import moments
from services.permits.domain.application import Application
from services.permits.handlers import subscribe
from services.permits.store import Store
from services.permits.timers import schedule
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.notices import NoticeEvent
from shared.kernel import Case, Cause, now
from shared.kernel.attempts import OnDue
from shared.kernel.service import Service
from shared.secret_links import case_secret
from shared.web import Person
from shared.web.session import Sessions
from tests.support.emptied import empty_database
from tests.support.kernel import serving
from tests.support.once import judge_papers_once
from tools.play.paper import pdf

MAEHIA = Path(__file__).parents[2] / "deploy" / "municipalities" / "maehia"
ORIGIN = "http://permits.localhost"
PDF = pdf("a document")
FORM = {
    "storeys": 1, "usable_area_m2": "150.00", "covered_area_m2": "120.5", "height_m": "4.2", "use": "house",
    "plot_area_m2": "600", "setback_m": 3, "deed_number": "12345", "owns_land": "yes", "applicant_kind": "person",
}  # fmt: skip
BODY: dict[str, Any] = {
    "type": "house-new", "form": FORM, "location": {"latitude": 18.745, "longitude": 98.955, "address": "99/4 หมู่ 3"},
    "applicant": {"name": "นายสมชาย น้ำใจดี", "email": "somchai@example.org"},
}  # fmt: skip
OFFICES = frozenset({"mayor", "deputy-mayor", "clerk"})
DOCUMENTS = ("request-form", "id-card", "house-registration", "title-deed", "plans")


class Permits:
    """The running service and programs that talk to it."""

    def __init__(self, app: FastAPI, http: httpx.AsyncClient) -> None:
        self.app = app
        self.http = http
        self.desk: Desk = app.state.desk
        self.store: Store = self.desk.store

    def staff(
        self, sub: str, *roles: str, ago: int = 0, team: str = "triage", signs_for: frozenset[str] = OFFICES
    ) -> dict[str, str]:
        """Headers of a browser in which this member of staff signed in so many seconds ago."""
        response = Response()
        person = Person(
            sub=sub, name=f"name of {sub}", roles=frozenset(roles or (sub,)), team=team, town="maehia",
            signs_for=signs_for,
        )  # fmt: skip
        self.app.state.parts[Sessions].start(response, person, proven=int(time.time()) - ago)
        return {"Cookie": response.headers["set-cookie"].partition(";")[0], "Origin": ORIGIN}

    async def open(self, key: str | None = None, form: dict[str, Any] | None = None, **changes: Any) -> dict[str, str]:
        """A draft; the answer's body."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {**BODY, "form": {**FORM, **(form or {})}, **changes}
        answer = await self.http.post("/api/v1/applications", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made

    async def upload(self, made: dict[str, str], requirement: str, content: bytes = PDF) -> httpx.Response:
        """One document of the applicant's."""
        path = f"/api/v1/applications/{made['reference']}/documents/{requirement}"
        return await self.http.put(path, content=content, params={"secret": made["secret"]})

    async def act(
        self,
        made: dict[str, str],
        act: str,
        who: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        **query: Any,
    ) -> httpx.Response:
        """`POST …/<act>` as that member of staff, or as the applicant."""
        query |= {} if who else {"secret": made["secret"]}
        body = {"declared": True} if act == "submit" and body is None else body
        path = f"/api/v1/applications/{made['reference']}/{act}"
        return await self.http.post(path, json=body, params=query, headers=who or {})

    def secret(self, case: Case[Application]) -> str:
        """What opens it now: of whoever holds it since it was renewed or transferred."""
        return case_secret(self.desk.settings.link_secret, case.id, number=case.state.link_number)

    async def seen(self, made: dict[str, str], secret: bool = True) -> dict[str, Any]:
        """The application as its applicant or everybody sees it."""
        query = {"secret": made["secret"]} if secret else {}
        answer = await self.http.get(f"/api/v1/applications/{made['reference']}", params=query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def brought_to(
        self, state: str, key: str | None = None, location: dict[str, Any] | None = None, **form: Any
    ) -> dict[str, str]:
        """An application that went the straight way to `state`."""
        made = await self.open(key, form, **({"location": location} if location else {}))
        for requirement in DOCUMENTS:
            assert (await self.upload(made, requirement)).status_code == 200
        steps = [("submitted", "submit", None, None), ("accepted", "accept", "officer", None),
                 ("examined", "examine", "examiner", {"proposal": "approve", "conditions": ["แจ้งก่อนเริ่ม 3 วัน"]}),
                 ("decided", "decide", "signatory", {"decision": "approve"})]  # fmt: skip
        for reached, act, role, body in steps:
            if state == "draft":
                break
            answer = await self.act(made, act, self.staff(role) if role else None, body)
            assert answer.status_code == 200, answer.text
            if reached == state:
                break
        return made

    async def ask_for_more_time(self, made: dict[str, str], *, paid: bool = True) -> None:
        """Its holder asks, and pays what Mae Hia takes for it before it is given."""
        assert (await self.act(made, "extension", None, {"reason": "ผู้รับเหมาทิ้งงาน"})).status_code == 200
        if paid:
            cash = {"amount": "20.00", "method": "cash"}
            answer = await self.act(made, "payments", self.staff("cashier"), cash, invoice=2)
            assert answer.status_code == 200, answer.text

    async def outbox(self, case_id: str) -> list[str]:
        """The types of everything this case has to publish, in order."""
        document = await self.store.applications.collection.find_one({"_id": case_id})
        assert document is not None
        return [dict(entry["headers"])["ce_type"].decode().removeprefix("onestop.") for entry in document["outbox"]]


class _Sweeps:
    """Takes what permits does by the clock, to be done when a test says so."""

    def __init__(self) -> None:
        self.by_name: dict[str, Callable[[], Awaitable[None]]] = {}
        self.by_moment: OnDue
        self.pools: dict[str, int] = {}

    def on_due(self, _cases: object, handler: OnDue) -> None:
        self.by_moment = handler

    def limit_pool(self, name: str, *, most: int) -> None:
        self.pools[name] = most

    def gauge(self, _observe: Callable[[], Awaitable[None]]) -> None:
        """Figures are nobody's to wait for here."""

    def every(self, _seconds: float, name: str, sweep: Callable[[], Awaitable[None]]) -> None:
        self.by_name[name] = sweep


async def sweep_once(service: Permits, name: str) -> None:
    """The sweep of that name, once."""
    sweeps = _Sweeps()
    schedule(cast(Service, sweeps), service.desk)
    await sweeps.by_name[name]()


async def wake(service: Permits, at: datetime | None = None) -> None:
    """Every moment that has come by then, and those that come by what these do."""
    sweeps = _Sweeps()
    schedule(cast(Service, sweeps), service.desk)
    due = at or now()
    for _ in range(3):
        async for document in service.store.applications.collection.find():
            case = service.store.applications.parse(document)
            for moment in moments.moments(case.state, service.desk.periods):
                if moment.at <= due:
                    cause = dataclasses.replace(Cause.timer(case.id, moment), at=due)
                    await sweeps.by_moment(case.id, moment, cause)
                    after = await service.store.applications.get(case.id)
                    left = moments.moments(after.state, service.desk.periods) if after else ()
                    assert moment not in left, f"{moment.name} would come again and again"


async def hear_notice(service: Permits, event: NoticeEvent) -> None:
    """What notify says of a notice has arrived."""
    heard: list[Callable[..., Awaitable[None]]] = []

    class Topics:
        def on(self, _topic: str, *, audience: tuple[str, ...]) -> Callable[[Any], Any]:
            assert event.audience in audience
            return heard.append

    subscribe(cast(Service, Topics()), service.desk)
    envelope = Envelope(
        id=new_id(), source="/maehia/notify", type=event.type, subject=new_id(), time=now(), sequence=1,
        causation_id=new_id(), correlation_id=event.case_id, traceparent=None,
    )  # fmt: skip
    await heard[0](event, envelope, Cause.of(envelope))


@asynccontextmanager
async def permits(
    patch: pytest.MonkeyPatch,
    mongo: str,
    *,
    kafka: str = "127.0.0.1:1",
    roles: str = "api",
    prefix: str = "",
    town: Path = MAEHIA,
    database: str = "",
    seal_key: Path | None = None,
) -> AsyncIterator[Permits]:
    """Permits with a database of its own, or in another's; without a broker unless `roles` need one."""
    environment = {
        "MONGODB_URI": mongo, "KAFKA_BOOTSTRAP_SERVERS": kafka, "TOPIC_PREFIX": prefix, "ROLES": roles,
        "TOWN_DIR": str(town), "PUBLIC_URL": ORIGIN, "ENVIRONMENT": "test", "OTEL_TRACES_EXPORTER": "none",
        "RATE_LIMITS": "off", "SHUTDOWN_SECONDS": "4", "SEAL_KEY_FILE": str(seal_key or development_key()),
    }  # fmt: skip
    judge_papers_once(patch)
    with nullcontext(database) if database else empty_database(mongo, "permits") as name:
        for variable, value in {**environment, "MONGODB_PREFIX": name}.items():
            patch.setenv(variable, value)
        app = create_app()
        transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            service = Permits(app, http)
            await serving(http)
            yield service
            if database:
                await service.store.applications.collection.database.client.drop_database(f"{database}_permits")
