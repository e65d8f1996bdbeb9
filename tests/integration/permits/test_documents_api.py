"""Documents over HTTP: kept as they came, every version, for those who may see them."""

import hashlib
import io

import pikepdf

from tests.support.papers import paper, picture, runs_when_opened
from tests.support.permits_running import BODY, FORM, ORIGIN, PDF, Permits
from tests.support.uploads import photo
from tools.play.paper import pdf

HTML = {"Accept": "text/html", "Accept-Language": "th", "Origin": ORIGIN}


async def test_a_document_comes_back_byte_for_byte_and_a_replaced_one_stays(service: Permits) -> None:
    made = await service.open()
    new = PDF + b"second" * 100_000
    await service.upload(made, "plans")
    answer = await service.upload(made, "plans", new)
    path = f"/api/v1/applications/{made['reference']}/documents/plans"

    versions = next(one for one in answer.json()["documents"] if one["requirement"] == "plans")["versions"]
    newest = await service.http.get(path, params={"secret": made["secret"]})
    first = await service.http.get(path, params={"secret": made["secret"], "version": 1})

    assert [one["sha256"] for one in versions] == [hashlib.sha256(content).hexdigest() for content in (PDF, new)]
    assert (newest.content, first.content) == (new, PDF)
    assert (await service.http.get(path)).status_code == 404  # a draft, without the secret
    assert (await service.http.get(path, headers=service.staff("officer"))).status_code == 404  # nobody's business yet


async def test_a_part_of_a_large_document_is_read_across_its_pieces(service: Permits) -> None:
    made = await service.open()
    large = PDF + bytes(range(256)) * 3000  # three pieces
    await service.upload(made, "plans", large)
    path = f"/api/v1/applications/{made['reference']}/documents/plans"
    headers = {"Range": "bytes=200000-600000", "X-Application-Secret": made["secret"]}
    part = await service.http.get(path, headers=headers)

    assert (part.status_code, part.content) == (206, large[200_000:600_001])
    assert part.headers["content-range"] == f"bytes 200000-600000/{len(large)}"


async def test_the_same_file_again_is_no_new_version(service: Permits) -> None:
    made = await service.open()
    await service.upload(made, "plans")
    answer = await service.upload(made, "plans")

    plans = next(one for one in answer.json()["documents"] if one["requirement"] == "plans")
    assert len(plans["versions"]) == 1


async def test_a_multipart_form_is_taken_too(service: Permits) -> None:
    made = await service.open()

    answer = await service.http.put(
        f"/api/v1/applications/{made['reference']}/documents/title-deed", params={"secret": made["secret"]},
        files={"file": ("โฉนด.pdf", PDF, "image/png")},
    )  # fmt: skip

    version = next(one for one in answer.json()["documents"] if one["versions"])["versions"][0]
    assert (version["filename"], version["media_type"]) == ("โฉนด.pdf", "application/pdf")


async def test_what_is_no_document_is_refused(service: Permits) -> None:
    made = await service.open()

    codes = {
        "empty": (await service.upload(made, "plans", b"")).status_code,
        "program": (await service.upload(made, "plans", b"MZ\x90\x00")).status_code,
        "wrong kind": (await service.upload(made, "plans", b"\x89PNG\r\n\x1a\n")).status_code,
        "too large": (await service.upload(made, "id-card", PDF + b"\x00" * (20 * 1024 * 1024))).status_code,
        "unknown": (await service.upload(made, "passport", PDF)).status_code,
    }

    assert codes == {"empty": 422, "program": 415, "wrong kind": 415, "too large": 413, "unknown": 404}


async def test_a_file_that_cannot_be_opened_or_acts_by_itself_is_refused_in_the_applicant_s_words(
    service: Permits,
) -> None:
    made = await service.open()
    answers = [await service.upload(made, "plans", content) for content in (b"%PDF-", paper(runs_when_opened))]
    page = f"/permits/{made['reference']}/documents/plans"
    form = await service.http.post(
        page, files={"file": ("a.pdf", b"%PDF-")}, params={"secret": made["secret"]}, headers=HTML
    )

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (422, "unreadable-file"),
        (422, "active-file"),
    ]
    assert form.status_code == 422
    assert "เปิดไฟล์นี้ไม่ได้" in form.text


async def test_a_picture_is_kept_without_what_the_phone_noted_and_once(service: Permits) -> None:
    made, sent = await service.open(), picture("JPEG")
    _, again = [await service.upload(made, "id-card", sent) for _ in range(2)]
    (version,) = next(one for one in again.json()["documents"] if one["requirement"] == "id-card")["versions"]
    path = f"/api/v1/applications/{made['reference']}/documents/id-card"
    seen = await service.http.get(path, params={"secret": made["secret"]})

    assert (version["media_type"], version["size"]) == ("image/jpeg", len(seen.content))
    assert b"SecretPhone" not in seen.content
    assert seen.headers["content-security-policy"].startswith("sandbox")


async def test_after_handing_in_documents_wait_until_they_are_asked_for(service: Permits) -> None:
    made = await service.brought_to("submitted")
    early = await service.upload(made, "plans", PDF + b"2")
    asked = {"requirements": ["plans"], "note": "แบบไม่ครบ"}
    await service.act(made, "request-documents", service.staff("officer"), asked)

    late = await service.upload(made, "plans", PDF + b"2")
    answered = await service.act(made, "submit")

    assert (early.status_code, late.status_code, answered.json()["state"]) == (409, 200, "submitted")
    assert await service.store.applications.collection.database["documents.files"].count_documents({}) == 6


async def test_photos_of_one_document_are_kept_as_one_pdf(service: Permits) -> None:
    made = await service.open()
    path = f"/api/v1/applications/{made['reference']}/documents/title-deed"
    photos = [("file", (f"page-{number}.jpg", photo(), "image/jpeg")) for number in (1, 2)]

    taken = await service.http.put(path, files=photos, params={"secret": made["secret"]})
    mixed = await service.http.put(path, files=[*photos, ("file", ("a.pdf", PDF))], params={"secret": made["secret"]})
    kept = await service.http.get(path, params={"secret": made["secret"]})

    assert taken.status_code == 200, taken.text
    assert (mixed.status_code, mixed.json()["code"]) == (415, "several-files")
    assert kept.headers["content-type"] == "application/pdf"
    assert len(pikepdf.open(io.BytesIO(kept.content)).pages) == 2


async def test_the_request_form_comes_filled_in_with_the_mark_that_the_application_shows(service: Permits) -> None:
    made = await service.open()
    path = f"/api/v1/applications/{made['reference']}/request-form"

    printed = await service.http.get(path, params={"secret": made["secret"]})
    refused = await service.http.get(path)

    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    assert len((await service.seen(made))["request_mark"]) == 9
    assert refused.status_code == 404  # a draft is nobody else's
    unsigned = await service.upload(made, "request-form", printed.content)
    assert (unsigned.status_code, unsigned.json()["code"]) == (422, "unsigned-form")
    assert (await service.upload(made, "request-form", printed.content + b"% signed\n")).json()[
        "code"
    ] == "unsigned-form"
    assert (await service.upload(made, "request-form", pdf("signed"))).status_code == 200


async def test_a_form_that_was_signed_before_the_answers_changed_is_asked_for_anew(service: Permits) -> None:
    made = await service.brought_to("draft")
    path, secret = f"/api/v1/applications/{made['reference']}", {"secret": made["secret"]}
    body = {**{name: BODY[name] for name in ("location", "applicant")}, "form": {**FORM, "height_m": "5"}}
    assert (await service.http.put(path, json=body, params=secret)).status_code == 200
    assert (await service.act(made, "submit")).json()["code"] == "incomplete"
    seen = await service.seen(made)
    assert seen["missing"]["documents"] == ["request-form"]
    page = (await service.http.get(f"/permits/{made['reference']}", params=secret, follow_redirects=True)).text
    assert ("ต้องพิมพ์และลงนามใหม่" in page, seen["request_mark"] in page) == (True, True)
    assert (await service.upload(made, "request-form")).json()["code"] == "outdated-form"
    assert (await service.upload(made, "request-form", pdf("signed anew"))).status_code == 200
    assert (await service.act(made, "submit")).status_code == 200
