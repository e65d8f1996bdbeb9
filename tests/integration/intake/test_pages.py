"""The pages as a browser without scripts sees and sends them."""

import io
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.support.intake import Intake
from tests.support.reports import category

HTML = {"Accept": "text/html"}
PAGES = ["/", "/report", "/track", "/map", "/map?show=all&category=water-leak"]


async def sent(
    service: Intake, files: dict[str, tuple[str, bytes, str]] | None = None, **fields: str
) -> httpx.Response:
    return await service.http.post(
        "/report", data=fields, files=files or {"none": ("", b"", "text/plain")}, headers=HTML
    )


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_drawn_in_each_language(service: Intake, path: str, language: str) -> None:
    await service.report()
    answer = await service.http.get(path, params={**dict(httpx.URL(path).params), "lang": language}, headers=HTML)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert " style=" not in answer.text  # the policy allows nothing inline
    assert not re.search(r"<script(?![^>]* src=)", answer.text)


async def test_the_form_works_without_scripts(service: Intake) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (300, 200)).save(photo, "JPEG")
    answer = await sent(service, {"photos": ("a.jpg", photo.getvalue(), "image/jpeg")}, category="road-damage",
                        text="ถนนเป็นหลุม", latitude="18.74", longitude="98.96", email="a@example.org",
                        **{"answer.road-damage.danger": "yes"})  # fmt: skip
    assert answer.status_code == 303
    done = await service.http.get(answer.headers["location"], headers=HTML)
    reference = re.search(r"MH-\w{4}-\w{4}", done.text)
    assert reference
    secret = httpx.URL(answer.headers["location"]).params["secret"]
    mine = await service.seen({"reference": reference.group(), "secret": secret}, secret=True)
    assert (mine["category"], mine["answers"], len(mine["photos"])) == ("road-damage", {"danger": "yes"}, 1)


async def test_a_form_with_a_mistake_keeps_what_was_typed(service: Intake) -> None:
    answer = await sent(service, text="<b>ถนน</b>", latitude="somewhere", longitude="98.9", address="หน้าวัด")
    assert answer.status_code == 422
    assert "&lt;b&gt;ถนน&lt;/b&gt;" in answer.text
    assert 'value="หน้าวัด"' in answer.text
    assert 'href="#category"' in answer.text
    assert 'href="#latitude"' in answer.text


async def test_the_form_sent_twice_is_one_report(service: Intake) -> None:
    fields: dict[str, Any] = {
        "category": "water-leak",
        "text": "ท่อแตก",
        "address": "ซอย 3",
        "key": "the-key-of-this-page",
    }
    first, again = await sent(service, **fields), await sent(service, **fields)
    assert first.headers["location"] == again.headers["location"]
    assert await service.store.reports.collection.count_documents({}) == 1


async def test_the_tracking_page_shows_forms_only_to_who_may_use_them(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    public = (await service.http.get(url, headers=HTML)).text
    opened = await service.http.get(url, params={"secret": made["secret"]}, headers=HTML, follow_redirects=True)
    mine = opened.text
    assert "/withdraw" in mine
    assert "/withdraw" not in public
    assert "/follow" in public
    assert "081-234-5678" not in public
    assert "081-234-5678" in mine


async def test_who_leaves_a_contact_is_told_for_how_long_it_is_kept(service: Intake) -> None:
    made = await service.report()
    for path in ("/report", f"/track/{made['reference']}"):
        assert "เมื่อครบ 1 ปีหลังปิดเรื่อง" in (await service.http.get(path, headers=HTML)).text


async def test_a_mistyped_reference_is_asked_for_again(service: Intake) -> None:
    made = await service.report()
    found = await service.http.get("/track", params={"reference": made["reference"].lower()}, headers=HTML)
    assert (found.status_code, found.headers["location"]) == (303, f"/track/{made['reference']}")
    missed = await service.http.get("/track", params={"reference": "MH-1"}, headers=HTML)
    assert missed.status_code == 404
    assert 'value="MH-1"' in missed.text


async def test_who_pastes_their_whole_link_into_the_search_gets_where_it_leads(service: Intake) -> None:
    made = await service.report(category=category(public=False), answers={})
    own = await service.http.get("/track", params={"reference": f" {made['tracking_url']} "}, headers=HTML)
    assert own.headers["location"] == f"/track/{made['reference']}?secret={made['secret']}"
    foreign = f"https://evil.example/track/{made['reference']}?secret=x&party=y&next=//evil.example"
    there = await service.http.get("/track", params={"reference": foreign}, headers=HTML)
    assert there.headers["location"] == f"/track/{made['reference']}?party=y&secret=x"
    told = await service.report()
    line = await service.http.get("/track", params={"reference": f"เลขที่เรื่องคือ {told['reference']}"}, headers=HTML)
    assert line.headers["location"] == f"/track/{told['reference']}"


async def test_the_search_does_not_tell_that_a_hidden_report_is_there(service: Intake) -> None:
    made = await service.report(category=category(public=False), answers={})
    hidden = await service.http.get("/track", params={"reference": made["reference"]}, headers=HTML)
    unknown = await service.http.get("/track", params={"reference": "MH-0000-0000"}, headers=HTML)
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.text.replace(made["reference"], "MH-0000-0000") == unknown.text
    service.as_staff("officer")
    found = await service.http.get("/track", params={"reference": made["reference"]}, headers=HTML)
    assert found.headers["location"] == f"/track/{made['reference']}"


async def test_leaving_twice_is_the_same_as_once(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    theirs = (
        await service.http.post(f"/api/v1/reports/{made['reference']}/follow", json={"email": "f@example.org"})
    ).json()
    link = {"party": theirs["party"], "secret": theirs["secret"]}
    for _ in range(2):
        answer = await service.http.post(f"{url}/unfollow", params=link, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?done=unfollowed")
    assert (await service.seen(made))["followers"] == 0
    for query in (
        {},
        {"party": link["party"]},
        {"secret": made["secret"]},
        {"secret": made["secret"], "party": "x"},
    ):
        assert (await service.http.post(f"{url}/unfollow", params=query, headers=HTML)).status_code == 403


async def test_what_a_resident_sends_from_the_tracking_page_takes_effect(service: Intake) -> None:
    made = await service.report()
    url, query = f"/track/{made['reference']}", {"secret": made["secret"]}
    answer = await service.http.post(f"{url}/comment", params=query, data={"text": "น้ำเข้าบ้าน", "key": "k" * 12})
    assert answer.status_code == 303
    assert (await service.seen(made))["timeline"][-1]["note"] == "น้ำเข้าบ้าน"
    followed = await service.http.post(f"{url}/follow", data={"email": "f@example.org"})
    assert followed.headers["location"] == f"{url}?done=following&by=link"
    assert ".follower-" in followed.headers["set-cookie"]
    wrong = await service.http.post(f"{url}/follow", data={"email": "nowhere"}, headers=HTML)
    assert wrong.status_code == 422
    assert (await service.seen(made))["followers"] == 1


async def test_the_phone_can_keep_the_app(service: Intake) -> None:
    manifest = (await service.http.get("/manifest.webmanifest")).json()
    assert manifest["start_url"] == "/"
    worker = await service.http.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    files = re.findall(r'"(/[^"]+)"', worker.text.splitlines()[1])
    assert files
    for file in files:
        assert (await service.http.get(file)).status_code == 200, file


@pytest.mark.parametrize("path", ["/track/MH-0000-0000", "/no-such-page"])
async def test_whoever_mistyped_an_address_can_type_the_number(service: Intake, path: str) -> None:
    answer = await service.http.get(path, headers=HTML)
    assert answer.status_code == 404
    assert 'action="/track"' in answer.text
    assert 'name="reference"' in answer.text


async def test_what_was_taken_back_is_in_no_list(service: Intake) -> None:
    made = await service.report(text="ถอนเรื่องนี้แล้วนะ")
    own = {"X-Report-Secret": made["secret"]}
    (await service.http.post(f"/api/v1/reports/{made['reference']}/withdraw", json={}, headers=own)).raise_for_status()
    for path in ("/", "/map?show=all"):
        assert "ถอนเรื่องนี้แล้วนะ" not in (await service.http.get(path, headers=HTML)).text


async def test_an_address_without_a_pin_is_a_place(service: Intake) -> None:
    made = await service.report(location={"address": "หน้าวัด ซอย 9"})
    page = f"/track/{made['reference']}"
    assert "ไม่ได้ปักหมุด" in (await service.http.get(page, headers=HTML)).text
    own = await service.http.get(f"{page}?secret={made['secret']}", headers=HTML, follow_redirects=True)
    assert "ไม่ได้ปักหมุด · หน้าวัด ซอย 9" in own.text


async def test_taking_a_report_back_is_said_to_be_final_and_another_is_offered(service: Intake) -> None:
    made = await service.report()
    page = f"/track/{made['reference']}?secret={made['secret']}"
    own = (await service.http.get(page, headers=HTML, follow_redirects=True)).text
    assert "ถอนแล้วนำกลับมาไม่ได้" in own
    sent = await service.http.post(page.replace("?", "/withdraw?"), data={"key": "k" * 20}, headers=HTML)
    after = (await service.http.get(sent.headers["location"], headers=HTML, follow_redirects=True)).text
    assert '<a href="/report">แจ้งอีกเรื่อง</a>' in after
