"""Errors: one shape for programs, a page for people, nothing of our insides in either."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.people import AGENCY, ROLES
from shared.web.language import words
from tests.support.oidc import FakeIssuer, sign_in
from tests.support.sample_pages import Client

FACTS = "งานนี้เสร็จแล้ว"
THAI, ENGLISH = {"accept-language": "th"}, {"accept-language": "en-GB,en;q=0.9"}


async def post(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await client.post("/api/v1/things", headers=headers or {}, **body)


async def test_every_wrong_field_is_named_in_plain_words(client: Client) -> None:
    body = {"text": "", "name": 7, "place": {"latitude": 91, "longitude": "x"}, "extra": 1}
    answer = await post(client(), ENGLISH, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"], problem["instance"]) == ("invalid", 422, "/api/v1/things")
    assert problem["type"] == "urn:onestop:problem:invalid"
    assert {error["field"]: error["message"] for error in problem["errors"]} == {
        "text": "It needs at least 1 characters.",
        "name": "It must be text.",
        "place.latitude": "It must be at most 90.0.",
        "place.longitude": "It must be a number.",
        "extra": "There is no such field.",
    }


async def test_who_may_not_is_told_by_the_roles_names(client: Client, issuer: FakeIssuer) -> None:
    browser = client(browser=True)
    await sign_in(browser, issuer, roles=["officer"])
    refused = await browser.get("/crew-only")
    assert refused.status_code == 403
    assert "บทบาทอย่างน้อยหนึ่งอย่าง: ทีมปฏิบัติงาน<" in refused.text
    assert "one of these roles: crew.<" in (await browser.get("/crew-only?lang=en")).text


def test_every_role_has_a_name() -> None:
    assert all(words.has(f"role.{role}") for role in (*ROLES, AGENCY))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("code=too-late", "พ้นเวลาแล้ว"),
        ("code=too-late&lang=en", "It is too late."),
        ("code=taken", FACTS),
        ("code=new", FACTS),
    ],
)
async def test_people_read_a_refusal_in_the_words_of_the_page(client: Client, asked: str, said: str) -> None:
    """But for such that want a name: only who draws that page knows it."""
    refused = await client(browser=True).get(f"/rejected?{asked}")

    assert (refused.status_code, said in refused.text) == (409, True)


async def test_programs_are_told_the_facts(client: Client) -> None:
    refused = await client().get("/api/v1/rejected?code=too-late", headers=ENGLISH)

    assert (refused.json()["code"], refused.json()["detail"]) == ("too-late", FACTS)


@pytest.mark.parametrize(("language", "joined"), [(THAI, "'small' หรือ 'large'"), (ENGLISH, "'small' or 'large'")])
async def test_what_may_stand_in_a_field_is_joined_in_the_readers_language(
    client: Client, language: dict[str, str], joined: str
) -> None:
    problem = (await post(client(), language, json={"text": "x", "size": "huge"})).json()

    assert joined in problem["errors"][0]["message"]


async def test_the_same_in_thai(client: Client) -> None:
    problem = (await post(client(), THAI, json={})).json()
    assert problem["title"] == "ข้อมูลไม่ถูกต้อง"
    assert problem["errors"] == [{"field": "text", "code": "missing", "message": "จำเป็นต้องกรอก"}]


@pytest.mark.parametrize("body", [b"{", b"", b'{"text": "a",}', b"\xff\xfe", b'{"text": NaN'], ids=repr)
async def test_a_body_that_is_no_json_is_a_400_or_422_problem(client: Client, body: Any) -> None:
    answer = await post(client(), {"content-type": "application/json"}, content=body)
    assert answer.status_code == (422 if body == b"" else 400)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", ["[]", "null", "7", '"text"', '{"text": null}', '{"text": ["a"]}', '{"text": {"$ne": 1}}']
)
async def test_the_wrong_kind_of_json_is_a_422_problem(client: Client, body: Any) -> None:
    answer = await post(client(), {"content-type": "application/json"}, content=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("bad", ["\\u0000", "\\u0007", "\\u001b[31m", "\\ud800", "\\u007f", "\\u0085"])
async def test_control_characters_are_refused_by_name(client: Client, bad: str) -> None:
    content = f'{{"text": "a{bad}b"}}'
    answer = await post(client(), {**ENGLISH, "content-type": "application/json"}, content=content)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "text"


async def test_too_long_counts_after_cleaning(client: Client) -> None:
    api = client()
    assert (await post(api, json={"text": "  " + "ก" * 20 + "\n"})).status_code == 201
    assert (await post(api, json={"text": "ก" * 21})).status_code == 422


@pytest.mark.parametrize("path", ["/api/v1/things", "/api/v1/missing"])
async def test_a_body_over_the_limit_is_a_413_problem(client: Client, path: str) -> None:
    answer = await client().post(path, content=b"x" * 70_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "http-413"
    assert "content-security-policy" in answer.headers


async def test_a_body_sent_in_pieces_is_counted_too(client: Client) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 5_000

    answer = await client().post("/api/v1/things", content=pieces(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_a_route_for_files_takes_more(client: Client) -> None:
    assert (await client().put("/api/v1/files", content=b"x" * 1_000_000)).json() == {"bytes": 1_000_000}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/things", 405)]
)
async def test_wrong_addresses_and_methods_are_problems(client: Client, method: str, path: str, status: int) -> None:
    answer = await client().request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert "POST" in answer.headers["allow"]


async def test_the_domains_refusal_keeps_its_code_and_words(client: Client) -> None:
    problem = (await client().get("/api/v1/rejected")).json()
    assert (problem["status"], problem["code"], problem["detail"]) == (409, "already-done", "งานนี้เสร็จแล้ว")


async def test_a_bug_tells_its_trace_and_nothing_else(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = await client().get("/api/v1/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    trace_id = answer.json()["trace_id"]
    assert len(trace_id) == 32
    assert any(getattr(record, "trace_id", "") == trace_id for record in caplog.records)
    assert "content-security-policy" in answer.headers


async def test_a_database_that_is_away_is_no_bug(client: Client) -> None:
    answer = await client().get("/api/v1/database-away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("path", ["/bug", "/api/v1/bug", "/api/v1/database-away"])
async def test_a_failure_is_logged_by_its_route_never_by_a_path_that_may_hold_a_secret(
    client: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    await client().get(path)
    (logged,) = [record for record in caplog.records if record.message in ("request.failed", "request.away")]
    assert (getattr(logged, "route", None), hasattr(logged, "path")) == (path, False)


@pytest.mark.parametrize(
    ("path", "status", "words"), [("/nothing", 404, "ไม่พบหน้าที่ต้องการ"), ("/bug", 500, "เกิดข้อผิดพลาดในระบบ")]
)
async def test_people_get_a_page(client: Client, path: str, status: int, words: str) -> None:
    answer = await client(browser=True).get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert words in answer.text
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_what_people_typed_into_the_address_is_escaped(client: Client) -> None:
    answer = await client(browser=True).get("/<script>alert(1)</script>?lang=en&x=<script>")
    assert "<script>" not in answer.text


@pytest.mark.parametrize("referer", ["http://[", "//[", "", "https://one.localhost//evil.example/x"])
async def test_a_form_sent_while_signed_out_leads_through_the_sign_in_to_the_page_of_its_case(
    client: Client, referer: str
) -> None:
    answer = await client(browser=True).post("/crew-only", headers={"referer": referer})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/auth/login?return_to=%2F"
    answer = await client(browser=True).post("/crew-only/42/complete", headers={"referer": referer})
    assert answer.headers["location"] == "/auth/login?return_to=%2Fcrew-only%2F42"
