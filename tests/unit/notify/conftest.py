"""Notify's real app on a store in memory, and somebody who asks it over HTTP; a mail server that mail is sent to."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from aiosmtpd.controller import Controller
from fastapi import FastAPI

from deploy.local.ports import free_ports
from services.notify.app import EDGES, PAGES
from shared.web import create_web
from tests.support.notify_events import Story
from tests.support.notify_in_memory import REFERENCE, NotifyInMemory, settings
from tests.support.notify_post import Post
from tests.support.oidc import FakeIssuer


@pytest.fixture
def notify() -> NotifyInMemory:
    return NotifyInMemory()


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def app(notify: NotifyInMemory, issuer: FakeIssuer) -> FastAPI:
    app = create_web(
        "notify", settings(oidc_issuer=issuer.issuer), notify.town, templates=PAGES / "templates",
        static=PAGES / "static", strings=PAGES / "strings.yaml", routers=[edge.router for edge in EDGES],
        oidc_client=issuer.client(),
    )  # fmt: skip
    app.state.desk, app.state.wording = notify.desk, notify.wording
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        yield client


@pytest.fixture
def story() -> Story:
    return Story(reference=REFERENCE)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    (port,) = free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield port
    controller.stop()
