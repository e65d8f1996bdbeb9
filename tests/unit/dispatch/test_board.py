"""The crew's board: how much it says there is, the way to what it does not show, and who is not let in and why."""

import re
from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from services.dispatch.api import routing, teams, work_orders
from services.dispatch.app import PAGES
from services.dispatch.commands import Desk
from services.dispatch.pages import board, desk
from services.dispatch.pages import routing as routing_pages
from services.dispatch.queries import Standing
from services.dispatch.store import Store
from shared.settings import ServiceSettings
from shared.web import create_web
from tests.support.dispatch_pages import BOARD, carded, drawn
from tests.support.oidc import FakeIssuer
from tests.support.work import order, town

PARTS = (board, routing_pages, desk, routing, work_orders, teams)

HTML = {"Accept": "text/html"}


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
async def client(issuer: FakeIssuer) -> AsyncIterator[httpx.AsyncClient]:
    """Dispatch's pages with nothing stored behind them: who may not come in never gets that far."""
    settings = ServiceSettings.model_validate(
        {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": issuer.issuer,
         "session_secret": "a-secret-for-tests-that-is-long-enough"}
    )  # fmt: skip
    app = create_web(
        "dispatch", settings, town(), templates=PAGES / "templates", static=PAGES / "static",
        strings=PAGES / "strings.yaml", routers=[each.router for each in PARTS],
        oidc_client=issuer.client(),
    )  # fmt: skip
    app.state.desk, app.state.stream = Desk(cast(Store, None), town()), None
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as client:
        yield client


def crew(issuer: FakeIssuer, team: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token(sub='c', name='บุญมี', roles=['crew'], team=team, town='maehia')}"}


def test_a_board_that_shows_a_part_says_so_with_true_counts_and_the_way_to_the_rest() -> None:
    standing = Standing(to_do=341, waiting=12, late=77)
    shown = drawn("_board.html", cards=[carded(order())], **{**BOARD, "standing": standing, "next": "CURSOR"})

    assert "341 งานที่ต้องทำ" in shown
    assert "77 งานเกินกำหนด" in shown
    assert "แสดง 1 งานที่ใกล้กำหนดที่สุด จากทั้งหมด 353 งาน" in shown
    assert 'href="/crew?after=CURSOR"' in shown


def test_a_further_part_leads_back_and_a_whole_board_needs_no_words_about_parts() -> None:
    last = drawn("_board.html", cards=[carded(order())], **{**BOARD, "begins": False})
    assert 'href="/crew"' in last
    assert "after=" not in last
    assert "จากทั้งหมด" not in drawn("_board.html", cards=[carded(order())], **BOARD)


def test_the_work_of_a_busy_day_is_counted_whole() -> None:
    work = order().model_copy(update={"state": "completed", "closed_at": order().created_at})
    shown = drawn("_board.html", cards=[], **{**BOARD, "finished": [carded(work)], "finished_count": 204})
    assert "เสร็จวันนี้ 204 งาน" in shown
    assert "และอีก 203 งาน" in shown


@pytest.mark.parametrize("path", ["/crew", "/crew/board"])
async def test_an_account_without_a_team_reads_what_is_wrong_and_whom_to_ask(
    client: httpx.AsyncClient, issuer: FakeIssuer, path: str
) -> None:
    answer = await client.get(path, headers=HTML | crew(issuer, None))

    assert answer.status_code == 403
    assert "บัญชีของท่านยังไม่ได้กำหนดทีม" in answer.text
    assert "บัญชี บุญมี" in answer.text
    assert "กรุณาแจ้งผู้ดูแลบัญชีผู้ใช้" in answer.text
    assert "Your account" not in answer.text


async def test_a_team_that_the_town_does_not_have_is_named(client: httpx.AsyncClient, issuer: FakeIssuer) -> None:
    answer = await client.get("/crew", headers=HTML | crew(issuer, "works-canals"))

    assert answer.status_code == 403
    assert "works-canals แต่หน่วยงานนี้ไม่มีทีมดังกล่าว" in answer.text


async def test_another_teams_board_is_refused_in_the_readers_language(
    client: httpx.AsyncClient, issuer: FakeIssuer
) -> None:
    who = HTML | crew(issuer, "works-water")
    name = town().teams["works-water"].name
    thai, english = [await client.get(f"/crew?team=works-roads&lang={each}", headers=who) for each in ("th", "en")]

    assert thai.status_code == english.status_code == 403
    assert f"บัญชีของท่านอยู่ทีม{name.th}" in thai.text
    assert f"belongs to {name.en}" in english.text


@pytest.mark.parametrize("path", ["/api/v1/work-orders", "/api/v1/teams/works-water/stream"])
async def test_a_program_without_a_team_gets_a_problem_with_a_code(
    client: httpx.AsyncClient, issuer: FakeIssuer, path: str
) -> None:
    answer = await client.get(path, headers=crew(issuer, None))

    assert (answer.status_code, answer.json()["code"]) == (403, "no-team")


@pytest.mark.parametrize("after", ["x", "WzFd", "WyJzb29uIiwiVyJd", "W251bGwsMV0"])  # …, [1], ["soon","W"], [null,1]
async def test_a_place_on_the_board_that_is_none_is_refused(
    client: httpx.AsyncClient, issuer: FakeIssuer, after: str
) -> None:
    answer = await client.get(f"/crew?after={after}", headers=crew(issuer, "works-water"))

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("latitude=999&longitude=98", "latitude"),
        ("latitude=18&longitude=-181", "longitude"),
        ("latitude=nan&longitude=1", "latitude"),
    ],
)
async def test_a_place_that_is_none_is_the_readers_mistake_and_not_ours(
    client: httpx.AsyncClient, issuer: FakeIssuer, place: str, wrong: str
) -> None:
    who = {"Authorization": f"Bearer {issuer.token(sub='o', roles=['officer'], town='maehia')}"}
    answer = await client.get(f"/desk/routing?category=water-leak&text=x&{place}", headers=who)

    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#(.+?)">', answer.text) == [wrong]


@pytest.mark.parametrize(
    ("query", "field", "known"),
    [
        ("category=water", "category", "water-leak"),
        ("category=water-leak&answer.speed=burst", "answer.speed", "flow"),
        ("category=water-leak&latitude=18.7&lon=98.9", "latitude", "lat, lon"),
        ("category=water-leak&lat=18.7", "lon", ""),
        ("category=water-leak&lat=18.7&lon=999", "lon", ""),
    ],
)
async def test_a_dry_run_of_what_the_town_does_not_have_says_what_it_has(
    client: httpx.AsyncClient, issuer: FakeIssuer, query: str, field: str, known: str
) -> None:
    who = {"Authorization": f"Bearer {issuer.token(sub='o', roles=['officer'], town='maehia')}"}
    answer = await client.get(f"/api/v1/routing/dry-run?text=x&{query}", headers=who)
    wrong = {error["field"]: error["message"] for error in answer.json()["errors"]}

    assert answer.status_code == 422
    assert known in wrong[field]


async def test_several_cases_are_tried_at_once_and_what_is_wrong_with_one_stands_in_its_place(
    client: httpx.AsyncClient, issuer: FakeIssuer
) -> None:
    who = {"Authorization": f"Bearer {issuer.token(sub='o', roles=['officer'], town='maehia')}"}
    cases = [
        {"category": "power-cut", "text": "ไฟดับ", "answers": {"danger": "yes"}},
        {"category": "water"},
        {"category": "power-cut", "lat": 18.7, "answers": {"speed": "x"}},
        {"text": "ไม่รู้ประเภท"},
    ]
    answer = await client.post("/api/v1/routing/dry-run", json={"cases": cases}, headers=who)
    first, unknown, half, other = answer.json()["items"]

    assert answer.status_code == 200
    assert (first["routed"]["priority"], first["routed"]["agency"], first["errors"]) == ("emergency", "pea", [])
    assert first["facts"]["answers"] == {"danger": "yes"}
    assert (unknown["routed"], [error["field"] for error in unknown["errors"]]) == (None, ["category"])
    assert "water-leak" in unknown["errors"][0]["message"]
    assert sorted(error["field"] for error in half["errors"]) == ["answer.speed", "lon"]
    assert other["routed"]["team"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"cases": []}, "cases"), ({"cases": [{"text": "x"}] * 201}, "cases"),
     ({"cases": [{"txet": "x"}]}, "cases.0.txet"), ({"cases": [{"text": "x" * 4001}]}, "cases.0.text")],
    ids=["none", "too many", "misspelt", "too long"],
)  # fmt: skip
async def test_what_cannot_be_a_list_of_cases_is_refused_and_the_case_is_named(
    client: httpx.AsyncClient, issuer: FakeIssuer, asked: dict[str, object], field: str
) -> None:
    who = {"Authorization": f"Bearer {issuer.token(sub='o', roles=['officer'], town='maehia')}"}
    answer = await client.post("/api/v1/routing/dry-run", json=asked, headers=who)

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert (await client.post("/api/v1/routing/dry-run", json=asked, headers=crew(issuer, "x"))).status_code == 403
