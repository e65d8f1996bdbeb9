"""An application outlives the profile it was handed in under: every code of it is gone, and everything still works."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from services.permits import letter
from shared.events.ids import new_id
from shared.events.notices import ChannelOutcome, NoticeEvent, NoticeFailed, NoticeSent, NoticeSkipped
from shared.kernel import now
from tests.contracts.test_stored_permits import with_newer
from tests.integration.permits.test_pages import HTML
from tests.support.lost_profile import lost_profile
from tests.support.permits_running import DOCUMENTS, MAEHIA, PDF, Permits, hear_notice, permits, wake

YEARS = timedelta(days=3 * 365)
TYPE, ZONE = "ก่อสร้างบ้านพักอาศัย", "ban-pa-chi"
STATES = (
    "draft", "withdrawn draft", "submitted", "documents-requested", "accepted", "asked again", "examined", "decided",
    "refused", "withdrawn",
)  # fmt: skip
Made = dict[str, dict[str, str]]  # what its applicant was answered, by the state
OUTCOMES: tuple[type[NoticeEvent], ...] = (NoticeSent, NoticeFailed, NoticeSkipped)


async def bring(service: Permits, state: str) -> dict[str, str]:
    """An application in that state."""
    asked = {"requirements": ["plans"], "note": "ไม่ชัด"}
    officer = service.staff("officer")
    match state:
        case "withdrawn draft" | "withdrawn":
            made = await service.brought_to("draft" if state == "withdrawn draft" else "accepted")
            await service.act(made, "withdraw", body={"reason": "ย้ายบ้าน"})
        case "documents-requested" | "asked again":
            made = await service.brought_to("submitted" if state == "documents-requested" else "examined")
            await service.act(made, "request-documents", officer, asked)
        case "refused":
            made = await service.brought_to("examined")
            await service.act(
                made, "decide", service.staff("signatory"), {"decision": "refuse", "legal_reason": "ม. 21"}
            )
        case _:
            made = await service.brought_to(state)
    return made


def copy(mongo: str, name: str, to: str) -> None:
    """All that a database holds."""
    with MongoClient[dict[str, Any]](mongo) as client:
        for collection in client[name].list_collection_names():
            client[name][collection].aggregate([{"$out": {"db": to, "coll": collection}}])


@pytest.fixture(scope="module")
def kept(mongo: str) -> Iterator[tuple[str, Made]]:
    """The database before the council's decision, with an application in every state: it takes seconds to bring them
    there, so each test takes a copy."""
    name = f"lost_{new_id()}"

    async def fill() -> Made:
        with pytest.MonkeyPatch.context() as patch:
            async with permits(patch, mongo) as before:
                made = {state: await bring(before, state) for state in STATES}
                copy(mongo, before.store.applications.collection.database.name, name)
                return made

    yield name, asyncio.run(fill())
    with MongoClient[dict[str, Any]](mongo) as client:
        client.drop_database(name)


@pytest.fixture
async def lost(
    mongo: str, kept: tuple[str, Made], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[tuple[Permits, Made]]:
    """Permits after the council's decision, with an application from before it in every state."""
    (name, made), own = kept, f"permits_{new_id()}"
    copy(mongo, name, f"{own}_permits")
    folder = lost_profile(MAEHIA, tmp_path)
    async with permits(monkeypatch, mongo, town=folder, database=own) as after:
        yield after, dict(made)


def addresses(made: dict[str, str], code: str) -> list[str]:
    """Every page and every answer about one application."""
    reference = made["reference"]
    api = f"/api/v1/applications/{reference}"
    secret = f"secret={made['secret']}"
    return [
        f"/permits/{reference}", f"/permits/{reference}?timeline=all", f"/permits/{reference}/edit",
        f"/permits/desk/{reference}", f"/permits/desk/{reference}?timeline=all", f"/verify/{code}",
        f"/api/v1/register/{code}", api, f"{api}?{secret}", f"{api}/timeline?{secret}",
        f"{api}/documents/plans?{secret}", f"{api}/letter?{secret}",
    ]  # fmt: skip


GENERAL = [
    "/permits", "/register", f"/register?permit_type=house-new&zone={ZONE}", "/verify", "/api/v1/register",
    "/api/v1/permit-types", "/api/v1/applications", "/api/v1/applications?state=draft,decided,withdrawn",
    *(f"/permits/desk?view={view}" for view in ("open", "check", "running", "sign", "waiting", "done")),
]  # fmt: skip


async def walk(service: Permits, made: Made) -> list[tuple[str, str, int]]:
    """What failed, of all that anybody can look at."""
    failed = []
    staff = service.staff("all", "officer", "examiner", "signatory", "supervisor")
    everything = {"": GENERAL}
    for state, one in made.items():
        decision = (await service.seen(one))["decision"] or {}
        everything[state] = addresses(one, decision.get("verify_code", "7QHX-29MD-KT4P"))
    for state, paths in everything.items():
        cookie = {"Cookie": f"case-{made[state]['reference']}={made[state]['secret']}"} if state else {}
        for path in paths:
            for headers in ({**HTML, **staff}, {**HTML, **cookie}, {**HTML, **staff, "Accept-Language": "en"}):
                answer = await service.http.get(path, headers=headers)
                bare = "th=&#39;" in answer.text  # a text in both languages that nobody has put into one
                failed += [(state, path, answer.status_code)] if bare or answer.status_code >= 500 else []
    return failed


async def test_nothing_that_can_be_looked_at_fails(lost: tuple[Permits, Made]) -> None:
    service, made = lost

    assert await walk(service, made) == []
    for state, one in made.items():
        shown = await service.seen(one)
        assert shown["type_name"] == ("house-new" if "draft" in state else TYPE), state


async def test_nothing_that_can_be_done_fails_and_it_is_judged_as_on_its_day(
    lost: tuple[Permits, Made],
) -> None:
    service, made = lost
    answers: list[tuple[str, str, httpx.Response]] = []

    async def act(state: str, act: str, role: str = "", body: dict[str, Any] | None = None) -> None:
        who = service.staff(role) if role else None
        answers.append((state, act, await service.act(made[state], act, who, body)))

    for state in made:
        await service.upload(made[state], "plans", PDF + b"2")
        await act(state, "submit")
        await act(state, "accept", "officer")
        await act(state, "examine", "examiner", {"proposal": "approve", "conditions": ["แจ้งก่อนเริ่ม"]})
        await act(state, "decide", "signatory", {"decision": "approve"})
        await act(state, "inspections", "officer", {"at": (now() + timedelta(days=9)).isoformat()})
        await act(state, "withdraw", "officer", {"reason": "x"})

    assert [(state, act) for state, act, answer in answers if answer.status_code >= 500] == []
    seen = {state: await service.seen(one) for state, one in made.items()}
    approved = ("submitted", "documents-requested", "accepted", "asked again", "examined", "decided")
    decided = {state: (one["decision"] or {}).get("decision") for state, one in seen.items()}
    assert {state for state, decision in decided.items() if decision == "approved"} == set(approved)
    for state in approved:
        assert seen[state]["lane"]["code"] == "fast"
        assert seen[state]["lane"]["minutes"] == 120
        assert seen[state]["decision"]["office"] == "นายกเทศมนตรีเมืองแม่เหียะ"
        assert [document["requirement"] for document in seen[state]["documents"]][: len(DOCUMENTS)] != []
        assert {fee["fee"] for fee in seen[state]["fees"]} == {"permit", "plans-low"}
    assert seen["draft"]["state"] == "draft", "nobody of the staff opens a draft"
    (refused,) = [answer for state, act, answer in answers if (state, act) == ("draft", "submit")]
    assert refused.json()["code"] == "type-gone"
    assert await walk(service, made) == []


async def test_a_draft_of_a_type_that_is_gone_says_so_and_keeps_what_was_written(
    lost: tuple[Permits, Made],
) -> None:
    service, made = lost
    draft = made["draft"]
    before = (await service.seen(draft))["form"]
    path, query = f"/permits/{draft['reference']}", {"secret": draft["secret"]}

    page = await service.http.get(path, params=query, headers=HTML, follow_redirects=True)
    saved = await service.http.post(
        f"{path}/edit", data={"name": "นายสมชาย", "latitude": "18.745", "longitude": "98.955"}, headers=HTML
    )

    assert "เทศบาลไม่รับคำขอประเภทนี้แล้ว" in page.text
    assert f"{path}/submit" not in page.text
    assert (saved.status_code, (await service.seen(draft))["form"]) == (409, before)


async def test_no_moment_and_no_letter_is_stuck_and_every_application_comes_to_its_end(
    lost: tuple[Permits, Made],
) -> None:
    service, made = lost

    for days in (1, 60, 200, 3 * 365):
        await wake(service, now() + timedelta(days=days))

    for state in ("draft", "withdrawn draft"):
        assert await service.store.find_by_reference(made[state]["reference"]) is None
    seen = {state: await service.seen(made[state]) for state in ("decided", "refused")}
    assert {state: one["standing"] for state, one in seen.items()} == {"decided": "expired", "refused": "final"}
    for state in ("decided", "refused"):
        assert await service.store.letters.get(made[state]["id"]) is not None
    del made["draft"], made["withdrawn draft"]
    assert await walk(service, made) == []


async def test_what_notify_says_finds_its_application(lost: tuple[Permits, Made]) -> None:
    service, made = lost

    for one in made.values():
        for outcome, event in zip(("sent", "failed", "skipped"), OUTCOMES, strict=True):
            channels = [ChannelOutcome.model_validate({"channel": "email", "outcome": outcome, "reason": None})]
            await hear_notice(
                service,
                event(case_id=one["id"], reference=one["reference"], about="onestop.permit.submitted.v1",
                      audience="applicant", channels=channels),
            )  # fmt: skip

    for one in made.values():
        lines = [entry["type"] for entry in (await service.seen(one))["timeline"]]
        assert lines[-3:] == ["notice-sent", "notice-failed", "notice-skipped"]


async def test_what_a_newer_release_has_stored_is_shown_by_its_code_and_no_act_fails(
    lost: tuple[Permits, Made],
) -> None:
    service, made = lost
    cases = service.store.applications.collection
    async for document in cases.find():
        newer = {f"state.{field}": value for field, value in with_newer(document["state"]).items()}
        await cases.update_one({"_id": document["_id"]}, {"$set": newer})

    assert await walk(service, made) == []
    shown = await service.seen(made["decided"])
    assert (shown["state_text"], shown["standing_text"]) == ("sealed", "suspended")
    for one in made.values():
        for act, role, body in (
            ("submit", "", None), ("accept", "officer", None), ("examine", "examiner", {"proposal": "approve"}),
            ("decide", "signatory", {"decision": "approve"}), ("withdraw", "officer", {"reason": "x"}),
        ):  # fmt: skip
            answer = await service.act(one, act, service.staff(role) if role else None, body)
            assert answer.status_code < 500, (act, answer.text)
    await wake(service, now() + timedelta(days=3 * 365))


async def test_the_letter_is_about_what_was_applied_for(lost: tuple[Permits, Made]) -> None:
    service, made = lost
    case = await service.store.find_by_reference(made["decided"]["reference"])
    assert case is not None

    told = letter.compose(case.state, await service.desk.rules_for(case.state), service.desk.town, "https://town")
    text = json.dumps(told, ensure_ascii=False)

    for words in (TYPE, "นายกเทศมนตรีเมืองแม่เหียะ", "พื้นที่ใช้สอยรวมทุกชั้น", "150.00 ตารางเมตร", "ค่าใบอนุญาตก่อสร้าง"):
        assert words in text
