"""Marks on documents over HTTP: noted by an officer, theirs until more is asked for, drawn, and in the whole file."""

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from PIL import Image, ImageChops

from tests.integration.permits.test_whole_file import archive, told
from tests.support.permits_running import PDF, Permits

FRAME: dict[str, Any] = {"page": 1, "note": "ระยะร่นไม่ถึง 2 เมตร", "x": 0.1, "y": 0.5, "width": 0.5, "height": 0.25}
SHA = hashlib.sha256(PDF).hexdigest()


def document_of(made: dict[str, str], requirement: str = "plans") -> str:
    """The document's address."""
    return f"/api/v1/applications/{made['reference']}/documents/{requirement}"


async def mark(service: Permits, made: dict[str, str], *marks: dict[str, Any], **about: Any) -> httpx.Response:
    """As an officer, on the plans that everybody hands in."""
    body = {"sha256": SHA, "marks": list(marks), **about}
    return await service.http.put(f"{document_of(made)}/marks", json=body, headers=service.staff("officer"))


async def finding(service: Permits, made: dict[str, str], who: str = "") -> Any:
    """What this reader is told about the plans."""
    seen = await service.seen(made)
    if who:
        path = f"/api/v1/applications/{made['reference']}"
        seen = (await service.http.get(path, headers=service.staff(who))).json()
    return next(one["finding"] for one in seen["documents"] if one["requirement"] == "plans")


def reds(answer: httpx.Response) -> int:
    """How much of a picture is marked."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), answer.text
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    red, green, _ = picture.split()
    marked = ImageChops.multiply(red.point(lambda one: one > 120 and 255), green.point(lambda one: one < 120 and 255))
    return marked.histogram()[255]


async def test_what_is_marked_is_the_officers_until_they_ask_and_then_the_applicants_to_see(service: Permits) -> None:
    made = await service.brought_to("submitted")
    noted = await mark(service, made, FRAME, {"page": 1, "note": "ไม่มีมาตราส่วน"})
    assert noted.status_code == 200, noted.text
    page = f"{document_of(made)}/pages/1"
    applicant: dict[str, str | bool | int] = {"secret": made["secret"]}

    assert await finding(service, made) is None
    assert reds(await service.http.get(page, params={**applicant, "marks": True})) == 0
    assert reds(await service.http.get(page, params={"marks": True}, headers=service.staff("officer"))) > 1000
    assert (await service.act(made, "accept", service.staff("officer"))).json()["code"] == "found-wrong"

    asked = {"requirements": [], "note": ""}
    assert (await service.act(made, "request-documents", service.staff("officer"), asked)).status_code == 200
    seen = await finding(service, made)
    assert [(one["number"], one["note"], one["x"]) for one in seen["marks"]] == [
        (1, FRAME["note"], 0.1), (2, "ไม่มีมาตราส่วน", None)
    ]  # fmt: skip
    assert (seen["marked_pages"], "by" in seen) == ([1], False)
    assert reds(await service.http.get(page, params={**applicant, "marks": True})) > 1000
    assert reds(await service.http.get(page, params=applicant)) == 0
    own = await service.http.get(f"/permits/{made['reference']}", params=applicant, follow_redirects=True)
    about = own.text.partition('id="document-plans"')[2].partition("</li>")[0]
    assert FRAME["note"] in about
    service.http.cookies.clear()  # it has opened the link
    assert (await service.http.get(page)).status_code == 403
    assert (await service.http.get(f"{document_of(made)}/pages/2", params=applicant)).status_code == 404

    replaced = PDF + b"mended"
    await service.upload(made, "plans", replaced)
    assert await finding(service, made) is None
    old = {**applicant, "marks": True, "version": 1}
    assert reds(await service.http.get(page, params=old)) == 0
    await service.act(made, "submit")
    late = await mark(service, made, FRAME)
    assert (late.status_code, late.json()["code"]) == (409, "document-replaced")


async def test_marks_are_in_the_whole_file_in_words_and_as_pictures(service: Permits) -> None:
    made = await service.brought_to("submitted")
    await mark(service, made, FRAME)

    with await archive(service, made, "officer") as file:
        (found,) = told(file, "findings.json")
        assert [one["note"] for one in found["marks"]] == [FRAME["note"]]
        assert file.read("marks/plans-1-page-1.png").startswith(b"\x89PNG")
        readable = file.read("index.html").decode()
        assert FRAME["note"] in readable
        assert 'href="marks/plans-1-page-1.png"' in readable
    with await archive(service, made) as file:
        assert [name for name in file.namelist() if name.startswith("marks/")] == []
        assert FRAME["note"] not in file.read("index.html").decode()

    await service.act(made, "request-documents", service.staff("officer"), {"requirements": [], "note": ""})
    with await archive(service, made) as file:
        assert file.read("marks/plans-1-page-1.png").startswith(b"\x89PNG")


async def test_the_whole_file_is_given_without_a_picture_that_cannot_be_drawn_now(
    service: Permits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = await service.brought_to("submitted")
    await mark(service, made, FRAME)
    monkeypatch.setattr("shared.files.apart._ROOT", tmp_path)  # where there are no readers
    page = await service.http.get(f"{document_of(made)}/pages/1", headers=service.staff("officer"))
    assert page.status_code == 503

    with await archive(service, made, "officer") as file:
        assert [name for name in file.namelist() if name.startswith("marks/")] == []
        assert FRAME["note"] in file.read("index.html").decode()


async def test_the_page_takes_words_and_numbers_without_a_script_and_keeps_what_was_typed(service: Permits) -> None:
    made = await service.brought_to("submitted")
    officer = service.staff("officer")
    at = f"/permits/desk/{made['reference']}/marks/plans"
    shown = (await service.http.get(at, headers=officer)).text
    assert f'value="{SHA}"' in shown
    assert 'name="note-1"' in shown
    assert "หน้า 1 จาก 1 หน้า" in shown

    form = {"sha256": SHA, "read_at": "", "page": "1", "page-1": "1", "note-1": "ไม่มีมาตราส่วน"}
    flat = {**form, "left-1": "95", "top-1": "10", "width-1": "20", "height-1": "5"}
    refused = await service.http.post(at, data=flat, headers=officer)
    assert refused.status_code == 422
    assert "กรอบเกินขอบหน้า" in refused.text
    assert 'value="95"' in refused.text
    beyond = await service.http.post(at, data={**form, "page-1": "7"}, headers=officer)
    assert (beyond.status_code, "เอกสารไม่มีหน้าที่ระบุ" in beyond.text) == (422, True)

    saved = await service.http.post(at, data={**form, "left-1": "12,5", "top-1": "10", "go": "1"}, headers=officer)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{at}?page=1")
    (kept,) = (await finding(service, made, "officer"))["marks"]
    assert (kept["x"], kept["y"], kept["width"]) == (0.125, 0.1, 0)

    unread = await service.http.post(at, data={**form, "note-1": "ของอีกคน"}, headers=officer)
    assert unread.status_code == 409
    assert "ของอีกคน" in unread.text
    again = {**form, "read_at": (await finding(service, made, "officer"))["at"], "remove-1": "yes"}
    gone = await service.http.post(at, data=again, headers=officer)
    assert (gone.status_code, gone.headers["location"]) == (303, f"/permits/desk/{made['reference']}#document-plans")
    assert await finding(service, made, "officer") is None


async def test_once_it_is_decided_nothing_is_marked_any_more(service: Permits) -> None:
    made = await service.brought_to("decided")
    moved = await service.http.get(f"/permits/desk/{made['reference']}/marks/plans", headers=service.staff("officer"))

    assert (moved.status_code, moved.headers["location"]) == (303, f"/permits/desk/{made['reference']}#document-plans")
    nothing = await service.http.get(
        f"/permits/desk/{made['reference']}/marks/consent", headers=service.staff("officer")
    )
    assert nothing.status_code == 404


async def test_the_pages_of_a_pdf_stand_beside_the_form_and_lead_to_each_other(service: Permits) -> None:
    made, content = await service.brought_to("draft"), io.BytesIO()
    with pikepdf.new() as drawing:
        for _ in range(2):
            drawing.add_blank_page()
        drawing.save(content)
    assert (await service.upload(made, "plans", content.getvalue())).status_code == 200
    assert (await service.act(made, "submit")).status_code == 200
    desk = (await service.http.get(f"/permits/desk/{made['reference']}", headers=service.staff("officer"))).text
    row = desk.partition('id="document-plans"')[2].partition("</details>")[0]
    drawn = re.findall(r'src="([^"]+/pages/[^"]+)"', row)
    assert [one.partition("/pages/")[2] for one in drawn] == ["1?version=2", "2?version=2"]
    assert ('href="#sheet-plans-2"' in row, 'href="#sheet-plans-1"' in row) == (True, True)
    picture = await service.http.get(drawn[1].replace("&amp;", "&"), headers=service.staff("officer"))
    assert picture.headers["content-type"].startswith("image/")
