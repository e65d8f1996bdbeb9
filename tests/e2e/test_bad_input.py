"""Bad input through the front door: refused in a shape that programs and people can use, or taken and flagged."""

import json
from contextlib import closing
from http.client import HTTPConnection
from secrets import token_hex
from typing import Any

import httpx
import pytest

from tests.support.stack import Stack

REPORT: dict[str, Any] = {
    "category": "water-leak", "text": "น้ำรั่วหน้าบ้าน", "location": {"latitude": 18.7431, "longitude": 98.9638},
}  # fmt: skip
PATH = "/api/v1/reports"
LIMIT = 4000  # characters of a text
LISTS = ("after=%00", "after=eyJ9", "after=W3siJG5lIjoxfV0", "limit=0", "limit=x", "limit=501")


def send(api: httpx.Client, body: Any = None, **headers: str) -> httpx.Response:
    """A report, or whatever `body` is."""
    given = {"Accept-Language": "th", "Content-Type": "application/json", **headers}
    raw = body if isinstance(body, bytes) else json.dumps(REPORT if body is None else body).encode()
    return api.post(PATH, content=raw, headers=given)


def assert_problem(answer: httpx.Response, status: int, code: str, *, field: str | None = None) -> None:
    """A problem document with words of both languages to it, and the field named."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["instance"] == answer.request.url.path
    assert len(problem["trace_id"]) == 32
    assert is_thai(problem["title"])
    assert is_thai(problem["detail"])
    if field:
        named = {error["field"]: error["message"] for error in problem["errors"]}
        assert field in named
        assert is_thai(named[field])


def is_thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"category": "water-leak", ', 400, "malformed-json"),
        (b"", 422, "invalid"),
        (b"\xff\xfe\x00", 400, "http-400"),
        (b"[1, 2]", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"[" * 20_000, 400, "http-400"),
    ],
)
def test_what_is_no_report_at_all_is_refused(api: httpx.Client, body: bytes, status: int, code: str) -> None:
    assert_problem(send(api, body), status, code)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": 5}, "text"),
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "น้ำรั่ว\u0000"}, "text"),
        ({"text": "น้ำรั่ว\u001b[31m"}, "text"),
        ({"text": "ก" * (LIMIT + 1)}, "text"),
        ({"category": None}, "category"),
        ({"location": {"latitude": "18.7", "longitude": 98.9}}, "location.latitude"),
        ({"location": {"latitude": 91, "longitude": 98.9}}, "location.latitude"),
        ({"location": {"latitude": 18.7, "longitude": 181}}, "location.longitude"),
        ({"location": [18.7, 98.9]}, "location"),
        ({"reporter": {"email": "not an address"}}, "reporter.email"),
        ({"reporter": {"phone": "call me"}}, "reporter.phone"),
        ({"photos": ["../../etc/passwd"]}, "photos.0"),
        ({"kind": "wish"}, "kind"),
        ({"answers": {"flow": {"$gt": ""}}}, "answers.flow"),
    ],
)
def test_a_wrong_field_is_named_in_the_readers_language(api: httpx.Client, change: dict[str, Any], field: str) -> None:
    assert_problem(send(api, {**REPORT, **change}), 422, "invalid", field=field)
    english = send(api, {**REPORT, **change}, **{"Accept-Language": "en"}).json()
    assert not is_thai(json.dumps(english, ensure_ascii=False))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-Infinity"])
def test_numbers_that_are_none_are_refused(api: httpx.Client, number: str) -> None:
    raw = json.dumps(REPORT).replace("18.7431", number).encode()
    answer = send(api, raw)
    assert answer.status_code in (400, 422)
    assert_problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"category": "dragons"}, "unknown-category"),
        ({"location": {"latitude": 0, "longitude": 0}}, "null-island"),
        ({"location": {"latitude": 18.7, "address": "หน้าตลาด"}}, "half-a-place"),
        ({"location": None}, "no-place"),
        ({"photos": ["0" * 32]}, "unknown-photo"),
    ],
)
def test_what_the_town_cannot_take_is_refused_with_its_reason(
    api: httpx.Client, change: dict[str, Any], code: str
) -> None:
    assert_problem(send(api, {**REPORT, **change}), 422, code)
    english = send(api, {**REPORT, **change}, **{"Accept-Language": "en"}).json()
    assert not is_thai(english["detail"])
    assert len(english["detail"]) > 20


def test_a_body_beyond_the_limit_is_refused_announced_or_not(api: httpx.Client) -> None:
    large = {**REPORT, "text": "ก" * 100_000}
    assert_problem(send(api, large), 413, "http-413")
    unannounced = api.post(
        PATH, content=iter([json.dumps(large).encode()]),
        headers={"Content-Type": "application/json", "Accept-Language": "th"},
    )  # fmt: skip
    assert_problem(unannounced, 413, "http-413")


def test_sixty_megabytes_stop_at_the_proxy_before_they_are_sent(stack: Stack) -> None:
    with closing(HTTPConnection("127.0.0.1", stack.ports.proxy, timeout=30)) as connection:
        connection.putrequest("POST", "/api/v1/photos")
        connection.putheader("Content-Length", "60000001")
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
        assert json.loads(answer.read())["status"] == 413


def test_a_text_of_exactly_the_limit_is_taken_whole(api: httpx.Client) -> None:
    made = send(api, {**REPORT, "text": "ก" * LIMIT})
    assert made.status_code == 201
    assert len(api.get(f"{PATH}/{made.json()['reference']}").json()["text"]) == LIMIT


def test_a_place_outside_the_town_is_taken_and_flagged(api: httpx.Client) -> None:
    made = send(api, {**REPORT, "location": {"latitude": 18.9, "longitude": 99.0}})
    assert made.status_code == 201
    assert api.get(f"{PATH}/{made.json()['reference']}").json()["outside_town"] is True
    inside = send(api)
    assert api.get(f"{PATH}/{inside.json()['reference']}").json()["outside_town"] is False


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(api: httpx.Client) -> None:
    key = {"Idempotency-Key": token_hex(12)}
    first, again = send(api, **key), send(api, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert_problem(send(api, {**REPORT, "text": "คนละเรื่อง"}, **key), 422, "idempotency-key-reused")
    assert_problem(send(api, **{"Idempotency-Key": "short"}), 400, "idempotency-key")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ\x90\x00" * 100, 415, "not-a-photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not-a-photo"),
        (b"\xff\xd8\xff\xe0 cut off", 422, "broken-photo"),
        (b"", 415, "not-a-photo"),
    ],
)
def test_a_photo_that_is_none_is_refused(api: httpx.Client, content: bytes, status: int, code: str) -> None:
    answer = api.post("/api/v1/photos", files={"photo": ("a.jpg", content)}, headers={"Accept-Language": "th"})
    assert_problem(answer, status, code)


def test_unknown_addresses_answer_programs_and_people_in_their_own_way(api: httpx.Client) -> None:
    for path in ("/nowhere", "/api/v1/nowhere", "/permits/new/castle", "/static/intake/none.mjs", "/inbox/nowhere"):
        assert_problem(api.get(path, headers={"Accept-Language": "th"}), 404, "http-404")
    assert_problem(api.delete(PATH, headers={"Accept-Language": "th"}), 405, "http-405")
    page = api.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "ไม่พบหน้าที่ต้องการ" in page.text
    english = api.get("/nowhere?lang=en", headers={"Accept": "text/html"})
    assert "Page not found" in english.text


def test_operators_paths_stay_inside(api: httpx.Client) -> None:
    for path in ("/metrics", "/readyz", "/workz", "/healthz"):
        assert api.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/register"])
@pytest.mark.parametrize("query", LISTS)
def test_a_list_refuses_a_place_or_length_that_it_did_not_give(api: httpx.Client, path: str, query: str) -> None:
    answer = api.get(f"{path}?{query}", headers={"Accept-Language": "th"})
    assert answer.status_code in (400, 422)
    assert_problem(answer, answer.status_code, answer.json()["code"])


def test_an_application_with_wrong_fields_names_each(api: httpx.Client) -> None:
    body = {"type": "house-new", "form": {"storeys": "one", "usable_area_m2": -5, "colour": "red"},
            "location": {"latitude": 18.7431, "longitude": 98.9638}, "applicant": {"name": "ก"}}  # fmt: skip
    answer = api.post("/api/v1/applications", json=body, headers={"Accept-Language": "th"})
    for field in ("form.storeys", "form.usable_area_m2", "form.colour"):
        assert_problem(answer, 422, "invalid", field=field)
    unknown = api.post("/api/v1/applications", json={**body, "type": "castle"}, headers={"Accept-Language": "th"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-type")
