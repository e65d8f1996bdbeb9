"""A small town and the web layer around a few routes of a service that does not exist."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from shared.settings import ServiceSettings
from shared.town.models import Town
from shared.web import create_web
from tests.support.ended import MemoryEndings
from tests.support.oidc import FakeIssuer
from tests.support.sample_pages import PAGES, Client, router
from tests.support.small_town import small_town

SECRET = "a-secret-for-tests-that-is-long-enough"
BROWSER = {"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="session")
def town() -> Town:
    return small_town()


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def endings() -> MemoryEndings:
    """One for all apps of a test, as the database is for all services."""
    return MemoryEndings()


@pytest.fixture
def make_app(town: Town, issuer: FakeIssuer, endings: MemoryEndings) -> Callable[..., FastAPI]:
    def make(**changes: object) -> FastAPI:
        settings = ServiceSettings.model_validate(
            {
                "environment": "test",
                "public_url": "https://one.localhost",
                "oidc_issuer": issuer.issuer,
                "session_secret": SECRET,
                **changes,
            }
        )
        return create_web(
            "sample",
            settings,
            town,
            routers=[router],
            templates=PAGES / "templates",
            static=PAGES / "static",
            strings=PAGES / "strings.yaml",
            endings=endings,
            oidc_client=issuer.client(),
        )

    return make


@pytest.fixture
async def client(make_app: Callable[..., FastAPI]) -> AsyncIterator[Client]:
    """`client(browser=True, **settings)`: an HTTP client of a fresh app, with a browser's headers or a program's.

    It raises what the app raises: no exception may reach the server, whatever a test does.
    """
    opened: list[httpx.AsyncClient] = []

    def open_client(*, browser: bool = False, **settings: object) -> httpx.AsyncClient:
        app = make_app(**settings)
        transport = httpx.ASGITransport(app, client=("203.0.113.9", 4711))
        base = app.state.parts[ServiceSettings].public_url
        opened.append(httpx.AsyncClient(transport=transport, base_url=base, headers=BROWSER if browser else {}))
        return opened[-1]

    yield open_client
    for one in opened:
        await one.aclose()
