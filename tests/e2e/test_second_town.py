"""A second, quite different town runs from its folder alone: other teams, words and prefix, beside the first one."""

from collections.abc import Callable
from typing import Any

import httpx

from deploy.local.machine import ROOT
from tests.support.stack import Stack
from tests.support.waiting import until

TOWN = ROOT / "deploy/municipalities/nong-bua-noi"
INSIDE = {"latitude": 15.16, "longitude": 103.07}


def test_the_second_town_takes_a_report_and_routes_it_by_its_own_rules(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(TOWN_DIR=str(TOWN), TOPIC_PREFIX="nbn.")
    stack.up("kafka", "mongo", "oidc", "mail", "proxy", "topics", "intake", "dispatch", "notify")
    with httpx.Client(base_url=stack.origin, timeout=30) as api:
        sent = {"category": "danger", "text": "สายไฟขาดพาดถนน", "location": INSIDE}
        made = api.post("/api/v1/reports", json=sent).raise_for_status().json()
        assert made["reference"].startswith("NBN-")

        def routed() -> dict[str, Any] | None:
            seen = api.get(f"/api/v1/reports/{made['reference']}").raise_for_status().json()
            return seen if seen["team"] else None

        seen = until(routed, "the routing")
        assert seen is not None
        assert (seen["team"], seen["outside_town"]) == ("civil-defence", False)
        assert any(entry.get("rule") == "wires" for entry in seen["timeline"])
        page = api.get(f"/track/{made['reference']}")
        assert "Nong Bua Noi" in page.text  # its first language
        assert "Mae Hia" not in page.text
    until(lambda: stack.mailbox.to("rescue@nong-bua-noi.example"), "the mail to its team")
