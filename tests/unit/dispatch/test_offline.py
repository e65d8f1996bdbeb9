"""What a crew's phone may keep: which files, whose board, and until when."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import Request

from services.dispatch.app import PAGES
from services.dispatch.pages import offline
from services.dispatch.pages.offline import keepable, person_key
from services.dispatch.pages.show import show
from shared.settings import ServiceSettings
from shared.web import Person, create_web
from shared.web.assets import SHARED
from shared.web.session import IDLE, LIFETIME, Session
from tests.support.dispatch_pages import asked
from tests.support.javascript import run_node
from tests.support.oidc import FakeIssuer
from tests.support.work import town

STATIC = PAGES / "static"
NOW = 1_795_000_000
CREW = Person(sub="crew-water", roles=frozenset({"crew"}), team="works-water")
HEAD = Person(sub="head", roles=frozenset({"crew", "supervisor"}), team="works-water")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    issuer = FakeIssuer()
    settings = ServiceSettings.model_validate(
        {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": issuer.issuer,
         "session_secret": "a-secret-for-tests-that-is-long-enough"}
    )  # fmt: skip
    app = create_web(
        "dispatch", settings, town(), templates=PAGES / "templates", static=STATIC, strings=PAGES / "strings.yaml",
        routers=[offline.router], oidc_client=issuer.client(),
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost") as client:
        yield client


def of_session(who: Person, since: int, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A page that somebody opens in a browser."""
    monkeypatch.setattr("shared.web.session_keeper.time.time", lambda: NOW)
    request = asked()
    request.scope["onestop.session"] = Session(who, since, since)
    return request


def test_a_board_may_be_kept_for_its_person_and_no_longer_than_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    request = of_session(CREW, NOW - 600, monkeypatch)
    page = keepable(request, CREW, show(request, "crew_offline.html"))

    assert page.headers["Crew-Person"] == person_key(request, CREW)
    assert int(page.headers["Crew-Until"]) == NOW - 600 + LIFETIME


def test_whoever_sees_more_than_one_teams_work_keeps_it_as_long_as_a_desk_may_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = of_session(HEAD, NOW, monkeypatch)

    assert int(keepable(request, HEAD, show(request, "crew_offline.html")).headers["Crew-Until"]) == NOW + IDLE


@pytest.mark.parametrize("status", [403, 422])
def test_no_refusal_is_kept_and_nothing_without_a_sign_in(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request = of_session(CREW, NOW, monkeypatch)
    refused = keepable(request, CREW, show(request, "crew_offline.html", status_code=status))
    program = keepable(asked(), CREW, show(asked(), "crew_offline.html"))

    assert "Crew-Person" not in refused.headers
    assert "Crew-Person" not in program.headers


def test_whose_it_is_tells_nobody_who() -> None:
    keys = {person_key(asked(), who) for who in (CREW, HEAD)}

    assert len(keys) == 2
    assert not any("crew" in key or len(key) < 20 for key in keys)


async def test_the_worker_keeps_every_script_that_the_page_cannot_do_without(client: httpx.AsyncClient) -> None:
    worker = (await client.get("/crew/worker.js")).text
    files = json.loads(re.findall(r"const FILES = (.*);", worker)[0])
    kept = {re.sub(r"/~[0-9a-f]+/", "/", file) for file in files}
    needed, waiting = set[str](), ["/static/dispatch/crew.mjs"]
    while waiting:
        address = waiting.pop()
        if address not in needed:
            needed.add(address)
            waiting += _imports(address)

    assert needed <= kept
    assert [file for file in files if (await client.get(file)).status_code != 200] == []


def _imports(address: str) -> list[str]:
    """What a module loads at once; the map comes later, when it is unfolded."""
    owner, name = address.removeprefix("/static/").split("/", 1)
    text = ((SHARED if owner == "shared" else STATIC) / name).read_text("utf-8")
    found = re.findall(r'^import [^;]*?"([^"]+)";', text, re.MULTILINE)
    return [one if one.startswith("/") else f"/static/{owner}/{one.removeprefix('./')}" for one in found]


async def test_the_worker_may_look_after_the_board_and_is_asked_for_anew(client: httpx.AsyncClient) -> None:
    answer = await client.get("/crew/worker.js")

    assert answer.headers["service-worker-allowed"] == "/crew"
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_worker_has_the_queue_in_it_and_is_a_script_that_every_browser_takes(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """With a stray `import` or a name twice in it no browser would take the worker, and no board opened offline."""
    text = (await client.get("/crew/worker.js")).text
    program = tmp_path / "worker.cjs"
    program.write_text(f"self = {{ addEventListener() {{}} }};\n{text}\nconsole.log(typeof QUEUE.sendKept);", "utf-8")

    assert run_node(program).strip() == "function"


async def test_the_page_without_a_network_is_nobodys(client: httpx.AsyncClient) -> None:
    page = (await client.get("/crew/offline", headers={"Accept": "text/html"})).text

    assert "ไม่มีสัญญาณอินเทอร์เน็ต" in page
    assert "works-" not in page


async def test_who_is_asked_only_of_those_who_are_signed_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/crew/who", headers={"Accept": "application/json"})

    assert answer.status_code == 401
