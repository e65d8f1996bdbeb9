"""The demo says in one line what became of a case, and ends with a sentence when nothing answers."""

import os

import httpx
import pytest

from deploy.demo.__main__ import holder, main, report_line, wait_for_holder
from tests.support.played import answer
from tools.play.options import settings

REPORT = {"agency_name": None, "team_name": "กองช่าง", "timeline": [{"type": "submitted"}, {"type": "routed"}]}


def test_a_line_says_who_has_the_case() -> None:
    line = report_line(answer(case="01J"), holder(REPORT), "http://traces")

    assert "กองช่าง" in line
    assert "http://traces/zipkin/" in line


def test_an_agency_goes_before_the_team_that_watches_it() -> None:
    assert holder({**REPORT, "agency_name": "การไฟฟ้า"}) == "การไฟฟ้า"
    assert holder({**REPORT, "team_name": None}) == "one-stop service centre"


async def test_a_report_is_looked_at_until_somebody_has_it() -> None:
    pages = iter([{**REPORT, "timeline": []}, REPORT])
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=next(pages)))
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as http:
        assert await wait_for_holder(http, answer(case="01J")) == REPORT


def test_without_a_town_it_says_what_to_do(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:1")

    assert main() == 2
    assert "make up" in capsys.readouterr().out


def test_its_addresses_are_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_AUDIENCE", raising=False)

    assert settings().oidc_audience == "onestop"
    assert "OIDC_AUDIENCE" not in os.environ
