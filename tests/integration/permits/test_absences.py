"""An absence that is marked at the desk: it counts in every replica at once, and so does its end."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.events.absences import ABSENCE_LIST
from shared.kernel import now
from tests.support.permits_running import Permits, permits

TODAY = now().astimezone(ZoneInfo("Asia/Bangkok")).date()
TITLE = "ปลัดเทศบาล รักษาราชการแทน นายกเทศมนตรีเมืองแม่เหียะ"
ORDER = "คำสั่งที่ 812/2569"
PAGE = "/permits/desk/absences"
API = "/api/v1/permits/absences"
HTML = {"Accept": "text/html"}


def asked(**values: Any) -> dict[str, Any]:
    days = {"first_day": TODAY.isoformat(), "last_day": (TODAY + timedelta(days=2)).isoformat()}
    return {"office": "mayor", "deputy": "clerk", "order": ORDER, **days, **values}


def signatory(service: Permits, office: str, *roles: str) -> dict[str, str]:
    return service.staff(office, "signatory", *roles, signs_for=frozenset({office}))


async def marked(service: Permits, **values: Any) -> str:
    answer = await service.http.post(API, json=asked(**values), headers=service.staff("head", "supervisor"))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_the_deputy_signs_in_every_replica_from_that_moment_and_no_more_when_it_is_ended(
    service: Permits, mongo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await service.brought_to("examined"), await service.brought_to("examined")
    clerk = {**signatory(service, "clerk"), "Idempotency-Key": "signed-once"}
    assert (await service.act(first, "decide", clerk, {"decision": "approve"})).json()["code"] == "no-office"
    name = service.store.applications.collection.database.name.removesuffix("_permits")

    async with permits(monkeypatch, mongo, database=name) as other:
        absence = await marked(other)
        signed = await service.act(first, "decide", clerk, {"decision": "approve"})
        assert (signed.status_code, signed.json()["decision"]["office"]) == (200, TITLE)

        ended = await other.http.post(f"{API}/{absence}/end", headers=signatory(other, "mayor"))
        assert (ended.status_code, ended.json()["items"][0]["over"]) == (200, True)
        refused = await service.act(second, "decide", signatory(service, "clerk"), {"decision": "approve"})
        assert (refused.status_code, refused.json()["code"]) == (403, "no-office")
        again = await service.act(first, "decide", clerk, {"decision": "approve"})
        assert (again.status_code, again.json()["decision"]["office"]) == (200, TITLE), "the same request once more"
        assert (await service.seen(second))["state"] == "examined"


async def test_the_examiners_of_another_team_find_open_and_examine_what_waits(service: Permits) -> None:
    made = await service.brought_to("accepted")
    roads = service.staff("roads", "examiner", team="works-roads")
    assert made["reference"] not in (await service.http.get("/permits/desk", headers=roads)).text

    await marked(service, office=None, team="works-building", deputy="works-roads")

    assert made["reference"] in (await service.http.get("/permits/desk", headers=roads)).text
    found = await service.http.post("/api/v1/applications/search", json={"person": "สมชาย"}, headers=roads)
    assert [one["reference"] for one in found.json()["items"]] == [made["reference"]]
    examined = await service.act(made, "examine", roads, {"proposal": "approve"})
    assert examined.json()["proposal"]["stand_in"].startswith("งานถนนและทางเท้า ปฏิบัติหน้าที่แทน งานควบคุมอาคาร")


async def test_whoever_signs_marks_their_own_absence_on_the_page_and_everybody_reads_it_at_the_desk(
    service: Permits,
) -> None:
    mayor = {**signatory(service, "mayor"), **HTML}
    page = await service.http.get(PAGE, headers=mayor)
    assert 'value="mayor"' in page.text
    assert 'id="mark-team"' not in page.text

    wrong = await service.http.post(PAGE, data=asked(deputy="mayor"), headers=mayor)
    assert (wrong.status_code, "ผู้ทำหน้าที่แทนต้องเป็นผู้อื่น" in wrong.text, ORDER in wrong.text) == (422, True, True)
    nothing = await service.http.post(PAGE, data={**asked(), "order": ""}, headers=mayor)
    assert nothing.status_code == 422
    backwards = asked(last_day=(TODAY - timedelta(days=1)).isoformat())
    assert (await service.http.post(PAGE, data=backwards, headers=mayor)).status_code == 422
    done = await service.http.post(PAGE, data=asked(), headers=mayor)
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}#away")

    for path in ("/permits/desk", "/permits/desk/sign"):
        assert ORDER in (await service.http.get(path, headers=signatory(service, "clerk"))).text, path
    officer = (await service.http.get(PAGE, headers={**service.staff("officer"), **HTML})).text
    assert ORDER in officer
    assert "/end" not in officer
    again = await service.http.post(PAGE, data=asked(), headers=mayor)
    assert (again.status_code, "ไม่อยู่ในบางวันนี้แล้ว" in again.text) == (422, True)


async def test_nobody_marks_or_ends_the_absence_of_another_or_makes_themselves_a_deputy(service: Permits) -> None:
    absence = await marked(service)
    clerk = signatory(service, "clerk")
    other_days = {name: (TODAY + timedelta(days=30)).isoformat() for name in ("first_day", "last_day")}

    answers = [
        await service.http.post(API, json=asked(**other_days), headers=clerk),
        await service.http.post(f"{API}/{absence}/end", headers=clerk),
        await service.http.post(API, json=asked(**other_days), headers=signatory(service, "clerk", "supervisor")),
        await service.http.post(f"{API}/unknown/end", headers=service.staff("head", "supervisor")),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "not-their-absence"), (403, "not-their-absence"), (403, "own-deputy"), (404, "unknown-absence"),
    ]  # fmt: skip


async def test_the_trail_says_who_marked_and_ended_it_and_the_event_tells_the_whole_list(service: Permits) -> None:
    head = service.staff("head", "supervisor")
    body = {"json": asked(), "headers": {**head, "Idempotency-Key": "marked-once"}}
    first, twice = await service.http.post(API, **body), await service.http.post(API, **body)  # type: ignore[arg-type]
    absence = first.json()["items"][0]["id"]
    assert [one["id"] for one in twice.json()["items"]] == [absence], "the same request once more marks nothing"
    assert first.json()["id"] == twice.json()["id"] == absence, "which one of the list it is"
    await service.http.post(f"{API}/{absence}/end", headers=head)

    lines = (await service.http.get("/api/v1/permits/trail", headers=head)).json()["items"]
    acts = [(one["act"], one["who"]["sub"]) for one in lines if one["act"].startswith("absence")]
    assert acts == [("absence-ended", "head"), ("absence-marked", "head")]
    shown = (await service.http.get("/trail/permits", headers={**head, **HTML})).text
    assert "ยุติการไม่อยู่ก่อนกำหนด" in shown
    told = await service.store.absences.cases.collection.find_one({"_id": ABSENCE_LIST})
    assert told is not None
    kinds = [dict(entry["headers"])["ce_type"] for entry in told["outbox"]]
    assert kinds == [b"onestop.absences.changed.v1"] * 2
