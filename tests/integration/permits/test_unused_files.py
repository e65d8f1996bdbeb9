"""Files that a crash left without an application go by themselves; what an application refers to, and what may just be
handed in, stays."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorGridFSBucket
from ulid import ULID

from shared.kernel import now
from tests.integration.permits.test_pages import HTML
from tests.support.permits_running import PDF, Permits, sweep_once, wake

LONG_AGO = timedelta(days=2)
SOON = timedelta(minutes=5)  # from then everything that a test has stored is old
MOST = 1000


async def left(service: Permits, at: datetime, case_id: str | None, *, whole: bool = True) -> str:
    """What a crash at that time left: a file whose case was never saved, or half of a file."""
    database: Any = service.store.applications.collection.database
    file_id = str(ULID.from_datetime(at))
    about = {"media_type": "application/pdf", **({"case_id": case_id} if case_id else {})}
    content = PDF + b"x" * 600_000  # three pieces
    await AsyncIOMotorGridFSBucket(database, "documents").upload_from_stream_with_id(
        file_id, file_id, content, metadata=about
    )
    if not whole:
        await database["documents.files"].delete_one({"_id": file_id})
        await database["documents.chunks"].delete_one({"files_id": file_id, "n": 0})
    return file_id


async def stored(service: Permits) -> set[str]:
    """The files of which there is anything, in the list or in pieces."""
    database = service.store.applications.collection.database
    return {
        *await database["documents.files"].distinct("_id"),
        *await database["documents.chunks"].distinct("files_id"),
    }


async def test_what_a_crash_left_goes_and_the_next_upload_stays(service: Permits) -> None:
    made = await service.open()
    await left(service, now() - LONG_AGO, made["id"])
    await left(service, now() - LONG_AGO, made["id"], whole=False)
    await left(service, now() - LONG_AGO, str(ULID()))  # its application is gone
    in_progress = await left(service, now() - timedelta(hours=1), made["id"])
    await service.upload(made, "plans")

    await sweep_once(service, "files")

    kept = await stored(service)
    assert in_progress in kept
    assert len(kept) == 2
    assert (await service.http.get(f"/api/v1/applications/{made['reference']}/documents/plans",
                                   params={"secret": made["secret"]})).content == PDF  # fmt: skip


async def test_every_version_of_every_application_stays(service: Permits) -> None:
    made = await service.brought_to("submitted")
    await service.act(made, "request-documents", service.staff("officer"), {"requirements": ["plans"], "note": "ไม่ชัด"})
    await service.upload(made, "plans", PDF + b"2")
    other = await service.open()
    await service.upload(other, "plans")
    before = await stored(service)

    removed = await service.store.files.forget_unused_files(now() + SOON, MOST)

    assert (removed, len(before), await stored(service)) == (0, 7, before)


async def test_a_file_that_names_no_application_stays(service: Permits) -> None:
    file_id = await left(service, now() - LONG_AGO, None)

    assert await service.store.files.forget_unused_files(now(), MOST) == 0
    assert await stored(service) == {file_id}


async def test_a_sweep_is_bounded_and_the_next_goes_on_where_it_ended(service: Permits) -> None:
    made = await service.open()
    await service.upload(made, "plans", PDF + b"x" * 600_000)  # three pieces, which are looked at first
    for minutes in range(1, 4):
        await left(service, now() + timedelta(minutes=minutes), made["id"])

    removed = [await service.store.files.forget_unused_files(now() + SOON, 3) for _ in range(5)]

    assert removed == [0, 1, 1, 1, 0]
    assert len(await stored(service)) == 1


async def test_two_at_once_and_one_that_was_cut_off_do_no_harm(service: Permits) -> None:
    made = await service.open()
    lost = [await left(service, now() - LONG_AGO, made["id"]) for _ in range(4)]
    await service.upload(made, "plans")
    await service.store.applications.collection.database["documents.files"].delete_one({"_id": lost[0]})  # began to go

    await asyncio.gather(*(service.store.files.forget_unused_files(now() + SOON, MOST) for _ in range(4)))

    assert len(await stored(service)) == 1


async def test_the_sweep_reads_no_document(service: Permits) -> None:
    await service.brought_to("submitted")
    database = service.store.applications.collection.database
    await database.command("profile", 2)

    await service.store.files.forget_unused_files(now() + SOON, MOST)

    asked = {"op": "query", "ns": {"$regex": "chunks$"}}
    (entry,) = await database["system.profile"].find(asked).to_list(None)
    assert (entry["planSummary"], entry["docsExamined"]) == ("IXSCAN { files_id: 1, n: 1 }", 0)


async def test_when_all_is_over_the_documents_go_and_the_permit_stays(service: Permits) -> None:
    made = await service.brought_to("accepted")
    await service.act(made, "withdraw", body={})
    year = timedelta(days=365)

    await wake(service, now() + 9 * year)
    kept = await stored(service)
    await wake(service, now() + 11 * year)

    path = f"/api/v1/applications/{made['reference']}"
    document = await service.http.get(f"{path}/documents/plans", params={"secret": made["secret"]})
    page = await service.http.get(f"/permits/desk/{made['reference']}", headers={**HTML, **service.staff("officer")})
    assert (len(kept), await stored(service), document.status_code) == (5, set(), 404)
    assert page.status_code == 200
    assert "ลบไฟล์แล้วตามระยะเวลาจัดเก็บ" in page.text
    assert (await service.seen(made))["applicant"]["email"] is None
    assert (await service.outbox(made["id"])).count("contact.recorded.v1") == 2  # the second is its tombstone


async def test_a_repetition_leaves_no_second_file(service: Permits) -> None:
    made = await service.open()
    path = f"/api/v1/applications/{made['reference']}/documents/plans"

    async def send(content: bytes) -> tuple[int, str | None]:
        answer = await service.http.put(path, content=content, params={"secret": made["secret"]},
                                        headers={"Idempotency-Key": "one-upload"})  # fmt: skip
        return answer.status_code, answer.json().get("code")

    assert await send(PDF) == (200, None)
    assert await send(PDF) == (200, None)
    assert await send(PDF + b"2") == (422, "idempotency-key-reused")
    assert len(await stored(service)) == 1


async def test_the_same_file_twice_in_one_moment_is_kept_once(service: Permits) -> None:
    made = await service.open()

    answers = await asyncio.gather(*(service.upload(made, "plans") for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(await stored(service)) == 1
