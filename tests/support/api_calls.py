"""Cases brought to a state through the public API, as programs would; nothing is written past the services."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.stack import Stack
from tests.support.uploads import photo
from tests.support.waiting import until
from tools.play.paper import pdf

MARKET = {"latitude": 18.7431, "longitude": 98.9638}
WATER: dict[str, Any] = {"category": "water-leak", "text": "น้ำซึมจากท่อริมถนน", "location": MARKET}  # always works-water
HOUSE: dict[str, Any] = {
    "type": "house-new", "location": {**MARKET, "address": "88/12 หมู่ 1"},
    "applicant": {"name": "อำไพ ใจเย็น", "address": "88/12 หมู่ 1 ตำบลแม่เหียะ"},
    "form": {"storeys": 1, "usable_area_m2": 120, "covered_area_m2": 132.5, "height_m": 4.8, "use": "house",
             "plot_area_m2": 640, "setback_m": 3, "deed_number": "48213", "owns_land": "yes",
             "applicant_kind": "person"},
}  # fmt: skip


def bearer(stack: Stack, sub: str) -> dict[str, str]:
    """Headers of somebody in the town's service."""
    return {"Authorization": f"Bearer {stack.token(sub)}"}


def report(api: httpx.Client, photos: int = 0, **changes: Any) -> dict[str, str]:
    """The answer to a new report."""
    files = [{"photo": ("a.jpg", photo(), "image/jpeg")} for _ in range(photos)]
    ids = [api.post("/api/v1/photos", files=file).raise_for_status().json()["id"] for file in files]
    made: dict[str, str] = (
        api.post("/api/v1/reports", json={**WATER, "photos": ids, **changes}).raise_for_status().json()
    )
    return made


def work_order(api: httpx.Client, headers: Mapping[str, str], reference: str) -> str:
    """The id of the report's work order, once it is there, for who sees it."""

    def found() -> list[str]:
        query = {"reference": reference}
        items = api.get("/api/v1/work-orders", params=query, headers=headers).raise_for_status().json()["items"]
        return [one["id"] for one in items]

    return until(found, f"the work order of {reference}")[0]


def question(stack: Stack, api: httpx.Client, text: str) -> tuple[str, str]:
    """A question that the one-stop centre has to answer: its reference, and the id of the work."""
    reference = report(api, kind="question", category="other", text=text)["reference"]
    return reference, work_order(api, bearer(stack, "officer"), reference)


def draft(api: httpx.Client, **changes: Any) -> dict[str, str]:
    """An application with its form and no documents."""
    opened: dict[str, str] = api.post("/api/v1/applications", json={**HOUSE, **changes}).raise_for_status().json()
    return opened


def add_documents(api: httpx.Client, opened: Mapping[str, str]) -> None:
    """Every document that is asked for."""
    path, mine = f"/api/v1/applications/{opened['reference']}", {"X-Application-Secret": opened["secret"]}
    for code in api.get(path, headers=mine).raise_for_status().json()["missing"]["documents"]:
        told = {**mine, "Content-Type": "application/pdf", "X-Filename": f"{code}.pdf"}
        api.put(f"{path}/documents/{code}", content=pdf(code), headers=told).raise_for_status()


def hand_in(api: httpx.Client, opened: Mapping[str, str]) -> None:
    """Every document that is asked for, then the application."""
    add_documents(api, opened)
    path, mine = f"/api/v1/applications/{opened['reference']}", {"X-Application-Secret": opened["secret"]}
    api.post(f"{path}/submit", json={"declared": True}, headers=mine).raise_for_status()


def decide(stack: Stack, api: httpx.Client, reference: str) -> str:
    """Accepted, examined and approved by three people; the verify code, once the letter is there."""
    path = f"/api/v1/applications/{reference}"
    conditions = ["ก่อสร้างในเวลา 08.00 ถึง 17.00 น."]
    acts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("accept", "officer", {}),
        ("examine", "examiner", {"proposal": "approve", "conditions": conditions}),
        ("decide", "signatory", {"decision": "approve"}),
    )
    for act, sub, body in acts:
        api.post(f"{path}/{act}", json=body, headers=bearer(stack, sub)).raise_for_status()
    officer = bearer(stack, "officer")
    decided = until(lambda: _lettered(api.get(path, headers=officer).json()["decision"]), "the letter")
    return str(decided["verify_code"])


def _lettered(decision: dict[str, Any]) -> dict[str, Any]:
    return decision if decision.get("letter") else {}
