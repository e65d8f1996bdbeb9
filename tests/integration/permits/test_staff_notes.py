"""Notes among the staff, from the desk's page to everything that an applicant can get hold of."""

import io
import zipfile

from shared.kernel.mongo_trail import TrailFilter
from tests.support.permits_running import Permits

NOTE = "เพื่อนบ้านเคยร้องเรียนเรื่องแนวเขต"


async def test_a_note_is_read_by_every_colleague_and_by_nobody_else(service: Permits) -> None:
    made = await service.brought_to("examined")
    desk = f"/permits/desk/{made['reference']}"
    before = len(await service.outbox(made["id"]))
    sent = await service.http.post(f"{desk}/notes", data={"text": NOTE}, headers=service.staff("examiner"))
    assert (sent.status_code, sent.headers["location"]) == (303, f"{desk}#notes")

    page = (await service.http.get(desk, headers=service.staff("officer"))).text
    assert NOTE in page.partition('id="notes"')[2].partition("</ol>")[0]
    assert "name of examiner" in page.partition('id="notes"')[2].partition(NOTE)[0]
    assert NOTE in (await service.http.get("/permits/desk/sign", headers=service.staff("signatory"))).text
    told = await service.http.get(f"/api/v1/applications/{made['reference']}", headers=service.staff("supervisor"))
    assert [(one["name"], one["text"]) for one in told.json()["staff_notes"]] == [("name of examiner", NOTE)]

    assert len(await service.outbox(made["id"])) == before, "no event"
    for text in await all_that_an_applicant_can_read(service, made):
        assert NOTE not in text
        assert "staff_notes" not in text
    assert NOTE in read_whole(await exported(service, made, service.staff("officer")))


async def all_that_an_applicant_can_read(service: Permits, made: dict[str, str]) -> list[str]:
    secret, path = {"secret": made["secret"]}, f"/api/v1/applications/{made['reference']}"
    read = [await service.http.get(one, params=secret, follow_redirects=True)
            for one in (path, f"{path}/timeline", f"/permits/{made['reference']}")]  # fmt: skip
    assert [one.status_code for one in read] == [200] * 3
    archive = await exported(service, made)
    service.http.cookies.clear()  # of the link that was opened
    anybody = await service.http.get(path)
    return [*(one.text for one in read), anybody.text, read_whole(archive)]


async def exported(service: Permits, made: dict[str, str], who: dict[str, str] | None = None) -> bytes:
    query = {} if who else {"secret": made["secret"]}
    path = f"/api/v1/applications/{made['reference']}/file.zip"
    answer = await service.http.get(path, params=query, headers=who or {})
    assert answer.status_code == 200, answer.text
    return answer.content


def read_whole(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        texts = [name for name in file.namelist() if name.endswith((".json", ".html"))]
        assert {"index.html", "application.json"} <= set(texts)
        return "\n".join(file.read(name).decode() for name in texts)


async def test_a_repeated_request_writes_it_once_and_the_trail_says_who_wrote_it(service: Permits) -> None:
    made = await service.brought_to("submitted")
    head = {**service.staff("signatory"), "Idempotency-Key": "note-" + made["id"]}
    path = f"/api/v1/applications/{made['reference']}/notes"
    answers = [await service.http.post(path, json={"text": NOTE}, headers=head) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(answers[1].json()["staff_notes"]) == 1
    lines = await service.store.trail.newest(TrailFilter(made["id"], None, "signatory", None, None), 9, None)
    assert [(one.act, list(one.changes)) for _, one in lines] == [("note", [])], (
        "who and when; the words go with the rest"
    )


async def test_an_empty_note_is_refused_on_the_page(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path = f"/permits/desk/{made['reference']}/notes"
    empty = await service.http.post(path, data={"text": "  "}, headers=service.staff("officer"))

    assert empty.status_code == 422
    assert 'id="notes"' in empty.text
