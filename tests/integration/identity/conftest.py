"""A real Keycloak with the town's realm, and a service that knows nothing of it but its address."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from deploy.local.keycloak import cache
from deploy.local.machine import ROOT
from deploy.local.providers import KEYCLOAK
from shared.settings import ServiceSettings
from shared.town import load_town
from shared.web import create_web
from tests.support import sample_pages, signing_pages
from tests.support.browser import PATIENCE, Visitor
from tests.support.ended import MemoryEndings
from tests.support.keycloak import Administrator
from tests.support.stack import Stack
from tests.support.waiting import until

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def keycloak() -> Iterator[Stack]:
    """The provider that a town would run, on this machine."""
    if not cache().is_dir():
        pytest.skip(
            "Keycloak is not on this machine: `make keycloak` fetches it (180 MB) for the tests of a real sign-in"
        )
    with Stack(provider=KEYCLOAK) as stack:
        yield stack.up("oidc")


@pytest.fixture(scope="package")
def administrator(keycloak: Stack) -> Iterator[Administrator]:
    with closing(Administrator(keycloak)) as one:
        yield one


@pytest.fixture(scope="package")
def town(keycloak: Stack) -> Iterator[str]:
    """The address of the town's pages, where its signatories need a second factor."""
    settings = ServiceSettings.model_validate(
        {
            "environment": "test",
            "public_url": keycloak.origin,
            "oidc_issuer": keycloak.env["OIDC_ISSUER"],
            "oidc_audience": keycloak.env["OIDC_AUDIENCE"],
            "signing_acr": "mfa",
            "signing_max_age_seconds": signing_pages.MAX_AGE,
        }
    )
    app = create_web(
        "sample",
        settings,
        load_town(ROOT / "deploy/municipalities/maehia"),
        routers=[sample_pages.router, signing_pages.router],
        templates=sample_pages.PAGES / "templates",
        static=sample_pages.PAGES / "static",
        strings=sample_pages.PAGES / "strings.yaml",
        endings=MemoryEndings(),
    )
    port = keycloak.ports.proxy
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    serving = threading.Thread(target=server.run)
    serving.start()
    until(lambda: server.started, "the town's pages")
    yield keycloak.origin
    server.should_exit = True
    serving.join()


@pytest.fixture
def visitor(browser: Browser, town: str) -> Iterator[Callable[..., Visitor]]:
    """Somebody at a device with a profile of their own."""
    with ExitStack() as visitors:

        def come(**options: Any) -> Visitor:
            return visitors.enter_context(closing(Visitor(browser, town, **options)))

        yield come


@pytest.fixture
def api(town: str) -> Iterator[httpx.Client]:
    """A program."""
    with httpx.Client(base_url=town, timeout=30) as client:
        yield client
