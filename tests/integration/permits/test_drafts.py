"""A draft is anybody's to open: what it can hold is bounded, and one that is never handed in goes with its files."""

from datetime import timedelta
from typing import Any

import pytest

from services.permits.domain.documents import VERSIONS_MOST
from shared.kernel import now
from shared.web.limits import Limits
from tests.support.permits_running import PDF, Permits, wake

HTML = {"Accept": "text/html", "Accept-Language": "th"}


async def aged(service: Permits, made: dict[str, str], days: int, *, but_last: bool = False) -> None:
    """As if it had been begun, and all on it done, so long ago; `but_last`: all but the last."""
    at = now() - timedelta(days=days)
    document = await service.store.applications.collection.find_one({"_id": made["id"]})
    assert document is not None
    lines = document["state"]["timeline"]
    changes = {f"state.timeline.{place}.at": at for place in range(len(lines) - but_last)}
    await service.store.applications.collection.update_one(
        {"_id": made["id"]}, {"$set": {"state.created_at": at, **changes}}
    )


async def files(service: Permits) -> int:
    """How many files there are; none has left a piece of its bytes behind."""
    database = service.store.applications.collection.database
    kept = {one["_id"] async for one in database["documents.files"].find({}, {"_id": 1})}
    assert set(await database["documents.chunks"].distinct("files_id")) == kept
    return len(kept)


async def test_a_draft_that_nobody_touches_goes_with_its_files(service: Permits) -> None:
    made = await service.open()
    for content in (PDF, PDF + b"2"):
        await service.upload(made, "plans", content)
    await aged(service, made, 91)

    await wake(service)

    assert (await service.http.get(f"/api/v1/applications/{made['reference']}")).status_code == 404
    assert await service.store.applications.collection.count_documents({}) == 0
    assert await files(service) == 0


async def test_a_draft_that_was_taken_back_goes_too(service: Permits) -> None:
    made = await service.open()
    await service.upload(made, "plans")
    await service.act(made, "withdraw", body={})
    await aged(service, made, 91)

    await wake(service)

    assert (await service.store.applications.collection.count_documents({}), await files(service)) == (0, 0)


async def test_a_draft_that_never_had_a_document_goes_sooner(service: Permits) -> None:
    empty, begun = await service.open(), await service.open()
    await service.upload(begun, "plans")
    for made in (empty, begun):
        await aged(service, made, 15)

    await wake(service)

    left = [case["state"]["reference"] async for case in service.store.applications.collection.find()]
    assert left == [begun["reference"]]


async def test_drafts_share_a_budget_and_what_is_handed_in_takes_none_of_it(service: Permits) -> None:
    handed_in, made = await service.brought_to("submitted"), await service.open()
    await service.upload(made, "plans")
    assert await service.store.files.count_unsubmitted_bytes() == len(PDF)

    service.desk.budget._most = len(PDF)
    full = await service.upload(made, "id-card")
    assert (full.status_code, full.json()["code"]) == (503, "no-room")
    asked = {"requirements": ["plans"], "note": "แบบไม่ครบ"}
    await service.act(handed_in, "request-documents", service.staff("officer"), asked)
    assert (await service.upload(handed_in, "plans", PDF + b"2")).status_code == 200


async def test_what_is_young_or_touched_or_handed_in_stays(service: Permits) -> None:
    young, touched, handed_in = await service.open(), await service.open(), await service.brought_to("submitted")
    await service.upload(touched, "plans")
    await aged(service, young, 13)
    await aged(service, touched, 300, but_last=True)
    await aged(service, handed_in, 300)

    await wake(service)

    assert await service.store.applications.collection.count_documents({}) == 3
    assert await files(service) == 6


async def test_a_removal_that_was_cut_off_is_finished_by_the_next(service: Permits) -> None:
    made = await service.open()
    for requirement in ("plans", "title-deed"):
        await service.upload(made, requirement)
    await aged(service, made, 91)
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    await service.store.files.forget_file(case.state.documents["plans"][0].id)
    await service.store.applications.collection.update_one({"_id": made["id"]}, {"$set": {"state.state": "withdrawn"}})

    await wake(service)

    assert (await service.store.applications.collection.count_documents({}), await files(service)) == (0, 0)


async def test_what_changed_since_it_was_read_is_not_removed(service: Permits) -> None:
    made = await service.open()
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    await service.upload(made, "plans")

    await service.store.forget(case)

    assert (await service.seen(made))["state"] == "draft"


async def test_a_document_is_replaced_so_often_and_then_the_page_says_so(service: Permits) -> None:
    made = await service.open()
    for version in range(VERSIONS_MOST):
        assert (await service.upload(made, "plans", PDF + b"%d" % version)).status_code == 200
    path = f"/permits/{made['reference']}/documents/plans"

    by_api = await service.upload(made, "plans", PDF + b"more")
    by_page = await service.http.post(path, files={"file": ("a.pdf", PDF + b"more")}, params={"secret": made["secret"]},
                                      headers=HTML)  # fmt: skip

    assert (by_api.status_code, by_api.json()["code"]) == (422, "too-many-versions")
    assert by_page.status_code == 422
    assert "ส่งเอกสารนี้ครบจำนวนครั้งที่รับได้แล้ว" in by_page.text
    assert await files(service) == VERSIONS_MOST


async def test_a_draft_says_how_long_it_is_kept(service: Permits) -> None:
    made = await service.open()
    await aged(service, made, 10)
    await service.http.get(f"/permits/{made['reference']}", params={"secret": made["secret"]}, headers=HTML)

    shown = await service.http.get(f"/permits/{made['reference']}", headers=HTML)

    assert "ระบบจะลบฉบับร่างและไฟล์หลังวันที่" in shown.text


@pytest.mark.parametrize("way", ["page", "api"])
async def test_documents_are_limited_per_client_on_the_page_as_in_the_api(service: Permits, way: str) -> None:
    made = await service.open()
    limits: Any = service.app.state.parts[Limits]
    limits.off, limits.overrides = False, {"documents": 1.0}
    api = f"/api/v1/applications/{made['reference']}/documents/plans"
    path = api if way == "api" else f"/permits/{made['reference']}/documents/plans"
    codes = set()
    for _ in range(70):
        answer = await service.http.request("PUT" if way == "api" else "POST", path, content=b"")
        codes.add(answer.status_code)

    assert 429 in codes
