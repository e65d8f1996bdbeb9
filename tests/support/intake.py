"""Intake in the test's own process, on a real database, and with a broker where a test asks for one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from services.intake.app import create_app
from services.intake.commands import Desk
from shared.web import Person
from shared.web.session import Sessions
from tests.support.emptied import empty_database
from tests.support.kernel import serving
from tests.support.reports import MAEHIA

ORIGIN = "http://intake.localhost"
REPORT: dict[str, Any] = {
    "category": "water-leak", "text": "ท่อประปาแตกหน้าตลาด โทร 081-234-5678",
    "location": {"latitude": 18.7431, "longitude": 98.9638, "accuracy_m": 12, "address": "หน้าตลาด 99/1"},
    "reporter": {"name": "สมชาย", "email": "somchai@example.org"}, "answers": {"flow": "burst"},
}  # fmt: skip


class Intake:
    """The running service and a program that talks to it."""

    def __init__(self, app: FastAPI, http: httpx.AsyncClient) -> None:
        self.app = app
        self.http = http
        self.desk: Desk = app.state.desk
        self.store = self.desk.store

    def as_staff(self, *roles: str, team: str | None = None) -> None:
        """From now on the program is a browser in which a member of staff is signed in."""
        response = Response()
        person = Person(sub="somchai", name="สมชาย", roles=frozenset(roles), team=team, town="maehia")
        self.app.state.parts[Sessions].start(response, person)
        cookie = response.headers["set-cookie"].partition(";")[0]
        self.http.headers.update({"Cookie": cookie, "Origin": ORIGIN})

    async def report(self, key: str | None = None, **changes: Any) -> dict[str, str]:
        """Send a report; the answer's body. Of another category it answers no question."""
        headers = {"Idempotency-Key": key} if key else {}
        unasked: dict[str, Any] = {"answers": {}} if "category" in changes else {}
        answer = await self.http.post("/api/v1/reports", json={**REPORT, **unasked, **changes}, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        body: dict[str, str] = answer.json()
        return body

    async def seen(self, made: dict[str, str], *, secret: bool = False) -> dict[str, Any]:
        """The report as everybody or its reporter sees it."""
        query = {"secret": made["secret"]} if secret else {}
        answer = await self.http.get(f"/api/v1/reports/{made['reference']}", params=query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def outbox(self, case_id: str, collection: str = "reports") -> list[tuple[str, str]]:
        """(topic, type) of everything this case has to publish, in order."""
        document = await self.store.reports.collection.database[collection].find_one({"_id": case_id})
        assert document is not None
        return [
            (message[0], dict(entry["headers"])["ce_type"].decode())
            for entry in document["outbox"]
            for message in entry["messages"]
        ]


@asynccontextmanager
async def intake(
    patch: pytest.MonkeyPatch, mongo: str, *, kafka: str = "127.0.0.1:1", roles: str = "api", prefix: str = ""
) -> AsyncIterator[Intake]:
    """Intake with a database of its own; without a broker unless `roles` need one."""
    environment = {
        "MONGODB_URI": mongo, "KAFKA_BOOTSTRAP_SERVERS": kafka, "TOPIC_PREFIX": prefix, "ROLES": roles,
        "TOWN_DIR": str(MAEHIA), "PUBLIC_URL": ORIGIN, "ENVIRONMENT": "test", "OTEL_TRACES_EXPORTER": "none",
        "RATE_LIMITS": "off", "SHUTDOWN_SECONDS": "4",
    }  # fmt: skip
    with empty_database(mongo, "intake") as database:
        for name, value in {**environment, "MONGODB_PREFIX": database}.items():
            patch.setenv(name, value)
        app = create_app()
        transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            await serving(http)
            yield Intake(app, http)
