"""The worker of the public pages: the report form opens though the town cannot be reached."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.app import PAGES
from tests.support.javascript import run_node
from tests.support.source import ROOT

RUNNER, WORKER = ROOT / "tests/support/run_worker.mjs", PAGES / "static/worker.js"


@pytest.fixture
def visit(tmp_path: Path) -> Any:
    def visit(*steps: tuple[str, dict[str, Any] | None]) -> list[str]:
        file = tmp_path / "steps.json"
        file.write_text(json.dumps([{"visit": path, "network": network} for path, network in steps]), "utf-8")
        return [one["body"] for one in json.loads(run_node(RUNNER, WORKER, file))["got"]]

    return visit


@pytest.mark.parametrize(
    "away", [None, *({"status": status, "body": "bad gateway"} for status in (502, 503, 504))],
    ids=["no-network", "502", "503", "504"],
)  # fmt: skip
def test_the_report_form_opens_though_the_town_is_away(visit: Any, away: dict[str, Any] | None) -> None:
    english = {"body": "home", "headers": {"Content-Language": "en"}}

    assert visit(("/report", away), ("/report?lang=en", away)) == ["/report?lang=th", "/report?lang=en"]
    assert visit(("/", english), ("/report?at=1", away)) == ["home", "/report?lang=en"], "in the language read last"


def test_every_other_page_says_what_the_town_or_its_proxy_says(visit: Any) -> None:
    answers = [{"status": status, "body": f"{status}"} for status in (200, 404, 500, 503)]

    assert visit(*(("/track", answer) for answer in answers)) == ["200", "404", "500", "503"]
    assert visit(("/track", None)) == ["away"]


def test_the_forms_own_refusals_are_shown(visit: Any) -> None:
    answers = [{"status": status, "body": f"{status}"} for status in (200, 403, 429, 500)]

    assert visit(*(("/report", answer) for answer in answers)) == ["200", "403", "429", "500"]
