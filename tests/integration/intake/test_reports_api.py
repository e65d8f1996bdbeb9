"""Reports over HTTP: the shapes that outside programs are written against."""

import asyncio
import re
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.events.topics import CONTACTS, internal, public
from tests.support.intake import ORIGIN, REPORT, Intake


async def test_a_report_is_taken_in_and_its_events_wait_in_the_same_document(service: Intake) -> None:
    answer = await service.http.post("/api/v1/reports", json=REPORT)
    made = answer.json()
    assert answer.status_code == 201
    assert set(made) == {"id", "reference", "secret", "state", "tracking_url"}
    assert re.fullmatch(r"MH-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", made["reference"])
    assert made["tracking_url"] == f"{ORIGIN}/track/{made['reference']}?secret={made['secret']}"
    submitted = "onestop.report.submitted.v1"
    assert await service.outbox(made["id"]) == [
        (CONTACTS, "onestop.contact.recorded.v1"), (internal("reports"), submitted), (public("reports"), submitted),
    ]  # fmt: skip


async def test_a_repeated_submission_gives_the_same_answer(service: Intake) -> None:
    key = new_id()
    first = await service.http.post("/api/v1/reports", json=REPORT, headers={"Idempotency-Key": key})
    again = await service.http.post("/api/v1/reports", json=REPORT, headers={"Idempotency-Key": key})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(await service.outbox(first.json()["id"])) == 3


async def test_submissions_of_one_key_at_the_same_time_are_one_report(service: Intake) -> None:
    made = await asyncio.gather(*(service.report("the-same-key") for _ in range(8)))
    assert len({one["id"] for one in made}) == 1
    assert await service.store.reports.collection.count_documents({}) == 1
    assert len(await service.outbox(made[0]["id"])) == 3


async def test_a_key_used_for_something_else_is_refused(service: Intake) -> None:
    await service.report("one-and-only-key")
    answer = await service.http.post(
        "/api/v1/reports", json={**REPORT, "text": "อีกเรื่อง"}, headers={"Idempotency-Key": "one-and-only-key"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_everybody_sees_no_personal_data_and_the_reporter_sees_all(service: Intake) -> None:
    made = await service.report()
    view, mine = await service.seen(made), await service.seen(made, secret=True)
    assert view["text"] == "ท่อประปาแตกหน้าตลาด โทร •••"
    assert (view["address"], view["answers"]) == (None, None)
    assert (mine["text"], mine["address"]) == (REPORT["text"], "หน้าตลาด 99/1")
    assert "somchai" not in str(mine)
    assert view["timeline"][0]["type"] == "received"
    assert {"at", "type", "level", "text"} <= set(view["timeline"][0])


async def test_a_reference_is_found_as_people_type_it(service: Intake) -> None:
    made = await service.report()
    typed = made["reference"].lower().replace("-", "")
    answer = await service.http.get(f"/api/v1/reports/{typed}")
    assert answer.json()["reference"] == made["reference"]


async def test_a_wrong_reference_is_explained_in_the_reader_s_language(service: Intake) -> None:
    answer = await service.http.get("/api/v1/reports/MH-0000-0001", headers={"Accept-Language": "th"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ไม่พบเรื่อง" in answer.json()["detail"]


BAD: list[tuple[str, bytes, int, str]] = [
    ("malformed", b'{"category":', 400, "malformed-json"),
    ("not-an-object", b"[1]", 422, "invalid"),
    (
        "null-island",
        b'{"category":"water-leak","text":"x","location":{"latitude":0,"longitude":0}}',
        422,
        "null-island",
    ),
    ("nan", b'{"category":"water-leak","text":"x","location":{"latitude":NaN,"longitude":98.9}}', 422, "invalid"),
    (
        "infinity",
        b'{"category":"water-leak","text":"x","location":{"latitude":1e999,"longitude":98.9}}',
        422,
        "invalid",
    ),
    ("category", b'{"category":"nothing","text":"x","location":{"address":"x"}}', 422, "unknown-category"),
    ("control", b'{"category":"water-leak","text":"x\\u0000","location":{"address":"x"}}', 422, "invalid"),
    ("no-place", b'{"category":"water-leak","text":"x"}', 422, "no-place"),
    ("oversize", b'{"category":"water-leak","text":"' + b"x" * 70_000 + b'"}', 413, "http-413"),
    ("not-utf-8", b'{"category":"water-leak","text":"\xff\xfe"}', 400, "http-400"),
]


@pytest.mark.parametrize(("raw", "status", "code"), [one[1:] for one in BAD], ids=[one[0] for one in BAD])
async def test_bad_input_is_a_problem_and_no_report(service: Intake, raw: bytes, status: int, code: str) -> None:
    answer = await service.http.post("/api/v1/reports", content=raw, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await service.store.reports.collection.count_documents({}) == 0


async def test_a_place_outside_the_town_is_accepted_and_flagged(service: Intake) -> None:
    made = await service.report(location={"latitude": 13.7563, "longitude": 100.5018})
    assert (await service.seen(made))["outside_town"]


async def test_a_sensitive_report_cannot_be_found_by_its_exact_place(service: Intake) -> None:
    code = next(code for code, one in service.desk.town.categories.items() if one.sensitive and one.public)
    made = await service.report(category=code)
    view = await service.seen(made)
    assert view["location"] == {"latitude": 18.74, "longitude": 98.96, "coarse": True}
    exact = await service.http.get("/api/v1/reports", params={"bbox": "98.963,18.743,98.964,18.744"})
    rough = await service.http.get("/api/v1/reports", params={"bbox": "98.95,18.73,98.97,18.75"})
    assert (len(exact.json()["items"]), len(rough.json()["items"])) == (0, 1)


async def test_what_is_not_public_is_for_its_reporter_only(service: Intake) -> None:
    code = next(code for code, one in service.desk.town.categories.items() if not one.public)
    made = await service.report(category=code)
    assert (await service.http.get(f"/api/v1/reports/{made['reference']}")).status_code == 404
    assert (await service.seen(made, secret=True))["category"] == code
    assert (await service.http.get("/api/v1/reports")).json()["items"] == []
    assert made["reference"] not in (await service.http.get("/api/v1/open-data/reports.csv")).text
    assert made["reference"] not in (await service.http.get("/feeds/reports.atom")).text


async def test_a_list_pages_through_everything_once(service: Intake) -> None:
    made = {(await service.report())["reference"] for _ in range(5)}
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        body = (await service.http.get("/api/v1/reports", params=query)).json()
        found += [item["reference"] for item in body["items"]]
        if body["next"] is None:
            break
        query["after"] = body["next"]
    assert sorted(found) == sorted(made)


async def test_lists_are_filtered(service: Intake) -> None:
    await service.report()
    lamp = await service.report(category="street-light")
    for query in ({"category": "street-light"}, {"category": ["street-light", "power-cut"], "state": "received"}):
        body = (await service.http.get("/api/v1/reports", params=query)).json()
        assert [item["reference"] for item in body["items"]] == [lamp["reference"]]
    nothing: list[dict[str, str]] = [
        {"open": "true", "state": "closed"}, {"open": "false", "state": "received"},
        {"state": "resolved"}, {"open": "false"}, {"bbox": "0,0,1,1"}, {"updated_since": "2100-01-01T00:00:00Z"},
    ]  # fmt: skip
    for query in nothing:
        assert (await service.http.get("/api/v1/reports", params=query)).json()["items"] == []
    for around, found in (("170,-90,-170,90", 0), ("98,-90,-170,90", 2), ("170,-90,99,90", 2)):
        items = (await service.http.get("/api/v1/reports", params={"bbox": around})).json()["items"]
        assert len(items) == found, "a box whose west lies east of its east reaches over the 180th meridian"
    for wrong in (
        {"bbox": "1,2,3"},
        {"bbox": "0,1,1,0"},
        {"bbox": "170,0,190,1"},
        {"bbox": "nan,0,1,1"},
        {"after": "%%"},
        {"after": "WyJ4IiwieSJd"},
    ):
        assert (await service.http.get("/api/v1/reports", params=wrong)).status_code == 400


async def test_suggestions_name_categories_and_open_reports_nearby(service: Intake) -> None:
    made = await service.report()
    body = (
        await service.http.get("/api/v1/suggest", params={"text": "ท่อแตก น้ำพุ่ง", "lat": "18.7432", "lon": "98.9639"})
    ).json()
    assert body["categories"][0]["code"] == "water-leak"
    assert [one["reference"] for one in body["nearby"]] == [made["reference"]]
    far = {"text": "ท่อแตก", "lat": "18.78", "lon": "98.90"}
    assert (await service.http.get("/api/v1/suggest", params=far)).json()["nearby"] == []
    power = (await service.http.get("/api/v1/suggest", params={"text": "ไฟดับ สายไฟขาด"})).json()
    assert "1129" in " ".join(power["notices"])


async def test_open_data_says_the_same_in_every_format(service: Intake) -> None:
    made = await service.report()
    features = (await service.http.get("/api/v1/open-data/reports.geojson")).json()["features"]
    assert [one["id"] for one in features] == [made["reference"]]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [98.9638, 18.7431]}
    table = (await service.http.get("/api/v1/open-data/reports.csv")).text
    assert table.startswith("\ufeffreference,")
    assert f"{made['reference']},problem,water-leak," in table
    feed = (await service.http.get("/feeds/reports.atom")).text
    assert made["reference"] in feed
    for text in (str(features), table, feed):
        assert "081-234-5678" not in text
        assert "ท่อประปาแตกหน้าตลาด" not in text
