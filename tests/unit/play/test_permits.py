"""Applications: the whole way over the API, and every loss on it named."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from shared.events.ids import new_id
from tests.support.played import ledger, notice, rules, seen
from tools.play.permits import Played, Refused, permit_cases, permit_complete, permit_faults, play_permit

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
FAST, NORMAL = permit_cases()


class Office:
    """Answers as the permits service does, in its own order of states; `refuses` names an act."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.acts: list[str] = []
        self.signed: dict[str, str] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        act = request.url.path.removeprefix("/api/v1/applications").removeprefix("/MH-1").strip("/") or request.method
        self.acts.append(act)
        self.signed[act] = request.headers.get("authorization", "")
        if act == self.refuses:
            return httpx.Response(409, json={"code": "wrong-state", "title": "Not now", "status": 409})
        if act == "POST":
            return httpx.Response(201, json={"id": "01", "reference": "MH-1", "secret": "s", "state": "draft"})
        if act.startswith("documents"):
            assert request.content.startswith(b"%PDF-")
            assert request.headers["x-application-secret"] == "s"
        lane = {"code": "fast", "failed": [], "due_at": "2026-11-23T05:00:00Z"}
        body = {"state": act, "lane": lane, "missing": {"fields": [], "documents": ["plans", "title-deed"]}}
        return httpx.Response(200, content=json.dumps(body))


async def played(office: Office, decide: bool = True) -> Played:
    async with httpx.AsyncClient(transport=httpx.MockTransport(office), base_url="http://town") as http:
        return await play_permit(FAST if decide else NORMAL, http, lambda sub: f"token-of-{sub}", "key", 1)


async def test_a_small_house_goes_from_the_form_to_the_decision() -> None:
    office = Office()
    found = await played(office)
    assert office.acts == [
        "POST", "GET", "documents/plans", "documents/title-deed", "submit", "accept", "examine", "decide",
    ]  # fmt: skip
    assert [office.signed[act] for act in ("submit", "accept", "examine", "decide")] == [
        "", "Bearer token-of-officer", "Bearer token-of-examiner", "Bearer token-of-signatory",
    ]  # fmt: skip
    assert (found.reference, found.lane, found.state) == ("MH-1", "fast", "decide")


async def test_the_larger_one_is_left_with_its_documents_complete() -> None:
    office = Office()
    await played(office, decide=False)
    assert office.acts[-1] == "accept"


async def test_an_act_that_is_refused_is_named() -> None:
    with pytest.raises(Refused, match=r"accept: wrong-state \(Not now\)"):
        await played(Office(refuses="accept"))


def one(lane: str = "fast") -> Played:
    return Played(FAST, new_id(), "MH-1", lane, [], NOW, "decided", {}, NOW)


def test_an_application_whose_events_all_came_is_complete() -> None:
    case = one()
    events = [seen(f"onestop.permit.{verb}.v1", case.id, {}) for verb in case.case.events]
    assert not permit_complete(case, ledger(events[:-1]), rules())
    assert permit_complete(case, ledger(events), rules())
    assert permit_faults(case, ledger(events), rules()) == []


def test_what_is_lost_doubled_or_in_the_wrong_lane_is_named() -> None:
    case = one("normal")
    events = [
        seen(f"onestop.permit.{verb}.v1", case.id, {}) for verb in ("submitted", "accepted", "accepted", "decided")
    ]
    first = notice(case.id, events[0].envelope.type, "applicant")
    again = notice(case.id, events[0].envelope.type, "applicant", outcome="failed", delivery=first.envelope.subject)
    assert [(each.case, each.what) for each in permit_faults(case, ledger([*events, first, again]), rules())] == [
        ("MH-1", "is in the normal lane instead of fast"),
        ("MH-1", "2 × permit.accepted"),
        ("MH-1", "0 × permit.examined"),
        ("MH-1", f"delivery {first.envelope.subject} ended 2 times"),
    ]
