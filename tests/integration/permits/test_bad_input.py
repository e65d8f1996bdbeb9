"""What makes no sense is refused with a reason, by API and page, and never a failure of ours."""

from typing import Any

import pytest

from tests.integration.permits.test_pages import HTML, fill_in
from tests.support.permits_running import BODY, PDF, Permits

ELSEWHERE = {"null island": (0, 0), "Bangkok": (13.7563, 100.5018), "the wrong way round": (18.745, -98.955)}


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_a_place_outside_the_town_is_refused(service: Permits, where: str) -> None:
    location = dict(zip(("latitude", "longitude"), ELSEWHERE[where], strict=True))
    made = await service.open()
    body = {**BODY, "location": location}

    opened = await service.http.post("/api/v1/applications", json=body)
    change = {name: body[name] for name in ("form", "location", "applicant")}
    changed = await service.http.put(
        f"/api/v1/applications/{made['reference']}", json=change, params={"secret": made["secret"]}
    )
    page = await fill_in(service, **{name: str(value) for name, value in location.items()})

    for answer in (opened, changed):
        assert (answer.status_code, answer.json()["code"]) == (422, "outside-town")
    assert page.status_code == 422
    assert "หมุดอยู่นอกเขตเทศบาล กรุณาปักหมุดที่ตั้งที่ดินอีกครั้ง" in page.text
    assert (await service.seen(made))["location"]["latitude"] == 18.745


@pytest.mark.parametrize("path", ["/api/v1/register", "/register"])
async def test_what_cannot_be_looked_for_is_refused(service: Permits, path: str) -> None:
    codes = {text[:3]: (await service.http.get(path, params={"q": text})).status_code
             for text in ("\x00", "x" * 101, "x" * 40_000, "(", ".*", " ")}  # fmt: skip

    assert codes == {"\x00": 422, "xxx": 422, "(": 200, ".*": 200, " ": 200}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("%E0%B9%82%E0%B8%89%E0%B8%99%E0%B8%94 1.pdf", "โฉนด 1.pdf"),
        ("a%00b%0D%0A%E2%80%AEfdp.exe", "abfdp.exe"),
        ("%0A", "plans"),
        ("x" * 500, "x" * 200),
    ],
)
async def test_a_file_is_called_by_what_can_be_shown(service: Permits, sent: str, kept: str) -> None:
    made = await service.open()

    answer = await service.http.put(
        f"/api/v1/applications/{made['reference']}/documents/plans", content=PDF, params={"secret": made["secret"]},
        headers={"X-Filename": sent},
    )  # fmt: skip

    versions: list[dict[str, Any]] = [one for document in answer.json()["documents"] for one in document["versions"]]
    assert [one["filename"] for one in versions] == [kept]


async def test_a_reason_that_cannot_be_kept_whole_does_not_withdraw(service: Permits) -> None:
    made = await service.brought_to("submitted")
    path = f"/permits/{made['reference']}/withdraw"

    for reason, said in (("ก" * 4001, "ยาวได้ไม่เกิน 4000 ตัวอักษร"), ("a\x00b", "มีอักขระควบคุมที่ไม่อนุญาต")):
        answer = await service.http.post(path, params={"secret": made["secret"]}, data={"reason": reason}, headers=HTML)
        assert answer.status_code == 422
        assert said in answer.text
    assert (await service.seen(made))["state"] == "submitted"


async def test_a_member_that_a_body_does_not_have_is_refused_by_name(service: Permits) -> None:
    answer = await service.http.post("/api/v1/applications", json={**BODY, "fromm": {}})

    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["fromm"])


async def test_an_act_out_of_turn_says_what_would_be_in_turn(service: Permits) -> None:
    made = await service.brought_to("accepted")
    change = {name: BODY[name] for name in ("form", "location", "applicant")}
    path = f"/api/v1/applications/{made['reference']}"

    answers = [
        await service.act(made, "submit"),
        await service.act(made, "accept", service.staff("officer")),
        await service.act(made, "decide", service.staff("signatory"), {"decision": "approve"}),
        await service.upload(made, "plans", PDF + b"2"),
        await service.http.put(path, json=change, params={"secret": made["secret"]}),
    ]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "wrong-state")}
    assert all("application is accepted" in one.json()["detail"] for one in answers)
    assert all("must be" in one.json()["detail"] for one in answers)
