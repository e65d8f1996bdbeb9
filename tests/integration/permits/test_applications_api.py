"""The permit API on a real database: the straight way, repetitions, and everything that must be refused."""

import asyncio
from typing import Any

import pytest

from tests.support.permits_running import BODY, FORM, PDF, Permits


async def test_a_small_house_is_decided_on_the_fast_lane(service: Permits) -> None:
    made = await service.brought_to("decided")

    seen = await service.seen(made)

    assert (seen["state"], seen["lane"]["code"], seen["lane"]["failed"]) == ("decided", "fast", [])
    area = next(one for one in seen["lane"]["conditions"] if one["condition"] == "usable-area")
    assert (area["value"], area["limit"], area["passed"]) == ("150.00", "<= 150.0", True)
    assert (seen["decision"]["decision"], seen["decision"]["conditions"]) == ("approved", ["แจ้งก่อนเริ่ม 3 วัน"])
    assert await service.outbox(made["id"]) == [
        "contact.recorded.v1", "permit.submitted.v1", "permit.accepted.v1", "permit.examined.v1", "permit.decided.v1",
        "permit.fees-due.v1",
    ]  # fmt: skip


async def test_a_hundredth_of_a_square_metre_more_takes_twenty_days_and_says_why(service: Permits) -> None:
    made = await service.open(form={"usable_area_m2": 150.01})

    lane = (await service.seen(made))["lane"]

    assert (lane["code"], lane["days"], "usable-area" in lane["failed"]) == ("normal", 20, True)


async def test_what_is_missing_is_listed_and_keeps_it_from_being_handed_in(service: Permits) -> None:
    made = await service.open(form={"height_m": None})
    await service.upload(made, "plans")

    refused = await service.act(made, "submit")

    assert (refused.status_code, refused.json()["code"]) == (422, "incomplete")
    assert (await service.seen(made))["missing"] == {
        "fields": ["height_m"], "documents": ["request-form", "id-card", "house-registration", "title-deed"],
    }  # fmt: skip


async def test_the_same_key_finds_the_same_draft_and_another_body_is_refused(service: Permits) -> None:
    first, second = await asyncio.gather(service.open(key="the-key-1"), service.open(key="the-key-1"))
    other = await service.http.post("/api/v1/applications", json={**BODY, "form": {**FORM, "storeys": 2}},
                                    headers={"Idempotency-Key": "the-key-1"})  # fmt: skip

    assert first == second
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_wrong_fields_are_named_one_by_one(service: Permits) -> None:
    body = {**BODY, "form": {"storeys": "1.5", "usable_area_m2": "150.001", "pool": "yes"}}

    answer = await service.http.post("/api/v1/applications", json=body)

    assert answer.status_code == 422
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("form.storeys", "whole-number"), ("form.usable_area_m2", "decimals"), ("form.pool", "unknown"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "castle"},
        {"location": {"latitude": 91, "longitude": 98}},
        {"location": {}},
        {"applicant": {"name": "  "}},
        {"applicant": {"name": "a\x00b"}},
        {"form": {"storeys": [1]}},
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(service: Permits, changes: dict[str, Any]) -> None:
    answer = await service.http.post("/api/v1/applications", json={**BODY, **changes})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_nobody_sees_a_draft_and_everybody_only_the_state_of_an_application(service: Permits) -> None:
    draft, handed_in = await service.brought_to("draft"), await service.brought_to("submitted")

    hidden = await service.http.get(f"/api/v1/applications/{draft['reference']}")
    seen = await service.seen(handed_in, secret=False)
    wrong = await service.http.get(f"/api/v1/applications/{handed_in['reference']}", params={"secret": "wrong"})

    assert hidden.status_code == 404
    assert seen["state"] == "submitted"
    assert wrong.json() == seen
    assert not {"form", "applicant", "location", "documents", "timeline"} & set(seen)


async def test_without_the_secret_nothing_can_be_changed(service: Permits) -> None:
    made = await service.brought_to("submitted")

    for path in ("submit", "withdraw"):
        answer = await service.http.post(f"/api/v1/applications/{made['reference']}/{path}", json={})
        assert (path, answer.status_code) == (path, 403)
    answer = await service.http.put(f"/api/v1/applications/{made['reference']}/documents/plans", content=PDF)
    assert answer.status_code == 403


async def test_each_act_of_the_office_needs_its_role(service: Permits) -> None:
    made = await service.brought_to("submitted")
    acts: dict[str, dict[str, Any] | None] = {
        "accept": None, "request-documents": {"requirements": ["plans"], "note": "x"},
        "examine": {"proposal": "approve"}, "decide": {"decision": "approve"},
        "payments": {"amount": "95.00", "method": "cash"},
        "inspections": {"at": "2030-01-07T09:00:00+07:00"},
    }  # fmt: skip

    for act, body in acts.items():
        answer = await service.http.post(f"/api/v1/applications/{made['reference']}/{act}", json=body)
        assert (act, answer.status_code) == (act, 401)
        assert (await service.act(made, act, service.staff("crew"), body)).status_code == 403
        refused = await service.act(made, act, service.staff("admin"), body)  # an administrator holds no office
        assert (act, refused.status_code) == (act, 403)


async def test_who_examined_cannot_sign(service: Permits) -> None:
    made = await service.brought_to("accepted")
    both = service.staff("pranee", "examiner", "signatory")
    await service.act(made, "examine", both, {"proposal": "approve"})

    refused = await service.act(made, "decide", both, {"decision": "approve"})
    signed = await service.act(made, "decide", service.staff("suda", "signatory"), {"decision": "approve"})

    assert (refused.status_code, refused.json()["code"]) == (403, "same-person")
    assert signed.status_code == 200


async def test_what_changed_since_it_was_read_is_not_signed(service: Permits) -> None:
    made = await service.brought_to("examined")
    read = await service.http.get(f"/api/v1/applications/{made['reference']}", headers=service.staff("signatory"))
    await service.act(made, "examine", service.staff("examiner"), {"proposal": "refuse", "legal_reason": "ม. 21"})

    body = {"decision": "approve", "read_mark": read.json()["read_mark"]}
    refused = await service.act(made, "decide", service.staff("signatory"), body)

    assert (refused.status_code, refused.json()["code"]) == (409, "changed")


async def test_a_refused_signature_takes_no_number_and_permits_are_numbered_without_gaps(service: Permits) -> None:
    first, second = await service.brought_to("examined"), await service.brought_to("examined")
    await service.act(first, "decide", service.staff("signatory"), {"decision": "approve", "office": "clerk"})
    await service.act(first, "decide", service.staff("signatory"), {"decision": "refuse", "legal_reason": "ม. 21"})

    await service.act(second, "decide", service.staff("signatory"), {"decision": "approve"})

    assert (await service.seen(first))["decision"]["number"] is None
    assert (await service.seen(second))["decision"]["number"].startswith("1/25")


async def test_the_register_shows_what_was_approved_without_people_or_places(service: Permits) -> None:
    made = [await service.brought_to("decided") for _ in range(3)]
    await service.brought_to("examined")

    first = (await service.http.get("/api/v1/register", params={"limit": 2})).json()
    rest = (await service.http.get("/api/v1/register", params={"limit": 2, "after": first["next"]})).json()
    text = str([*first["items"], *rest["items"]])

    assert [one["reference"] for one in [*first["items"], *rest["items"]]] == [
        one["reference"] for one in reversed(made)
    ]  # fmt: skip
    assert rest["next"] is None
    assert "สมชาย" not in text
    assert "18.745" not in text
    number = first["items"][0]["number"]
    found = (await service.http.get("/api/v1/register", params={"q": number})).json()["items"]
    assert [one["number"] for one in found] == [number]


async def test_the_desk_lists_by_due_time_page_by_page(service: Permits) -> None:
    normal = await service.open(form={"usable_area_m2": "151"})
    for requirement in ("request-form", "id-card", "house-registration", "title-deed", "plans", "engineer-certificate"):
        await service.upload(normal, requirement)
    await service.act(normal, "submit")
    await service.act(normal, "accept", service.staff("officer"))
    fast, checked = await service.brought_to("accepted"), await service.brought_to("submitted")
    await service.brought_to("decided")

    listed, after = [], None
    while True:
        query = {"limit": 1} | ({"after": after} if after else {})
        answer = await service.http.get("/api/v1/applications", params=query, headers=service.staff("officer"))
        listed += [one["reference"] for one in answer.json()["items"]]
        after = answer.json()["next"]
        if after is None:
            break

    assert listed == [checked["reference"], fast["reference"], normal["reference"]]
