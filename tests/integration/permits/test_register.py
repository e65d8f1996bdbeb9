"""The register as it is searched: by everybody for a plot, on the map, and by the staff for a person, each use of which
the trail keeps; and no search reads a town's permits one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.permits.codes import Sought
from services.permits.register_store import Registered, of_people
from shared.references import make_reference
from tests.support.permits_running import Permits, sweep_once

HTML = {"Accept": "text/html"}
DECIDED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MANY = 3000
PAGE = 21  # what a page of twenty reads to know whether there is more


async def found(service: Permits, **query: str) -> list[str]:
    answer = await service.http.get("/api/v1/register", params=query)
    assert answer.status_code == 200, answer.text
    return [one["reference"] for one in answer.json()["items"]]


async def sought(service: Permits, person: str, *who: str) -> dict[str, Any]:
    answer = await service.http.post(
        "/api/v1/applications/search", json={"person": person}, headers=service.staff(*(who or ("officer",)))
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def references(body: dict[str, Any]) -> list[str]:
    return [one["reference"] for one in body["items"]]


async def test_a_permit_is_found_by_its_deed_or_house_number_and_shown_without_either(service: Permits) -> None:
    made = await service.brought_to("decided", deed_number="40178")
    await service.brought_to("decided", deed_number="555")

    for typed in ("40178", "๔๐๑๗๘", "โฉนดเลขที่ 40178"):
        assert await found(service, q=typed) == [made["reference"]], typed
    assert len(await found(service, q="บ้านเลขที่ ๙๙/๔")) == 2
    assert await found(service, q="4017") == [], (
        "whole, or every plot of the town could be asked about by its beginning"
    )
    assert await found(service, q="99/5") == []
    shown = await service.http.get("/register", params={"q": "40178"}, headers=HTML)
    assert "99/4" not in shown.text
    assert "สมชาย" not in shown.text


async def test_it_is_narrowed_by_type_and_year_in_either_calendar_and_a_year_that_is_none_is_said(
    service: Permits,
) -> None:
    made = await service.brought_to("decided")
    seen = await service.seen(made)
    year = datetime.fromisoformat(seen["decision"]["at"]).astimezone(service.desk.town.calendar.zone).year

    for typed, expected in ((str(year), 1), (str(year + 543), 1), (str(year - 1), 0), (str(year + 544), 0)):
        assert (typed, len(await found(service, year=typed))) == (typed, expected)
    assert len(await found(service, permit_type="house-new", year=str(year))) == 1
    assert await found(service, permit_type="fence") == []
    wrong = await service.http.get("/api/v1/register", params={"year": "ปีนี้"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "year")
    page = await service.http.get("/register", params={"year": "ปีนี้"}, headers=HTML)
    assert (page.status_code, "กรุณาใส่ปีสี่หลัก" in page.text) == (200, True)


async def test_the_map_shows_what_the_list_does_in_the_middle_of_the_village_and_follows_its_standing(
    service: Permits,
) -> None:
    made = await service.brought_to("decided")
    seen = await service.seen(made)
    features = (await service.http.get("/register/permits.geojson")).json()["features"]
    [feature] = features

    assert feature["properties"]["title"] == seen["decision"]["number"]
    assert feature["properties"]["href"] == f"/verify/{seen['decision']['verify_code']}"
    place = await service.http.get("/api/v1/plan/collections/permits/items")
    middle = place.json()["features"][0]["geometry"]["coordinates"]
    assert feature["geometry"]["coordinates"] == pytest.approx(middle, abs=1e-5)
    assert "สมชาย" not in str(feature)
    page = await service.http.get("/register", headers=HTML)
    assert 'data-source="/register/permits.geojson?"' in page.text
    assert '<circle class="brand"' in page.text, "the same without a script"

    await service.act(made, "revoke", service.staff("signatory"), {"reason": "ผิดแบบ"})
    revoked = (await service.http.get("/register/permits.geojson", params={"standing": "revoked"})).json()["features"]
    assert [one["properties"]["tone"] for one in revoked] == ["bad"]
    assert (await service.http.get("/register/permits.geojson?standing=in-force")).json()["features"] == []


async def test_the_staff_find_an_applicant_and_a_holder_by_name_or_telephone(service: Permits) -> None:
    made = await service.brought_to("decided")
    draft = await service.open()
    answer = await service.act(
        made, "transfer", service.staff("signatory"), {"holder": {"name": "นางสาวสมศรี มีสุข", "phone": "081-234 5678"}}
    )
    assert answer.status_code == 200, answer.text

    for typed in ("สมศรี", "มีสุข สมศ", "น.ส. สมศรี มีสุข", "นางสาวสมศรี", "0812345678", "+66 81 234 5678"):
        assert references(await sought(service, typed)) == [made["reference"]], typed
    before = await sought(service, "สมชาย น้ำใจดี")
    assert references(before) == [made["reference"]], "the one before, and no draft"
    assert draft["reference"] not in str(before)
    assert (before["items"][0]["applicant"], before["items"][0]["past_holders"]) == (
        "นางสาวสมศรี มีสุข", ["นายสมชาย น้ำใจดี"],
    )  # fmt: skip
    assert "0812345678" not in str(before)
    for typed in ("สมหญิง", "0899999999", "สมศรี ใจดี"):
        assert references(await sought(service, typed)) == [], typed


async def test_each_search_for_a_person_is_in_the_trail_with_what_was_found_and_not_for_whom(service: Permits) -> None:
    made = await service.brought_to("submitted")
    await sought(service, "สมชาย")
    page = await service.http.post(
        "/permits/desk/people", data={"person": "ไม่มีใคร"}, headers={**service.staff("examiner"), **HTML}
    )
    assert "ไม่พบคำขอของบุคคลนี้" in page.text

    lines = (await service.http.get("/api/v1/permits/trail", headers=service.staff("head", "supervisor"))).json()
    searches = [one for one in lines["items"] if one["act"] == "find-person"]
    assert [(one["who"]["sub"], one["changes"][1]["new"]) for one in searches] == [
        ("examiner", []), ("officer", [made["reference"]]),
    ]  # fmt: skip
    assert "สมชาย" not in str(searches)
    shown = await service.http.get("/trail/permits", headers=service.staff("head", "supervisor"))
    assert "ค้นหาคำขอด้วยชื่อหรือโทรศัพท์ของบุคคล" in shown.text


async def test_who_has_no_business_with_applications_finds_nobody(service: Permits) -> None:
    await service.brought_to("submitted")
    body = {"person": "สมชาย"}

    assert (await service.http.post("/api/v1/applications/search", json=body)).status_code == 401
    for role in ("crew", "cashier", "dispatcher"):
        answer = await service.http.post("/api/v1/applications/search", json=body, headers=service.staff(role))
        assert (role, answer.status_code) == (role, 403)


@pytest.mark.parametrize("typed", ["สม", "  ", "0812", "", "x" * 101])
async def test_too_little_of_a_person_is_refused_in_words(service: Permits, typed: str) -> None:
    api = await service.http.post(
        "/api/v1/applications/search", json={"person": typed}, headers=service.staff("officer")
    )
    page = await service.http.post(
        "/permits/desk/people", data={"person": typed}, headers={**service.staff("officer"), **HTML}
    )

    assert (api.status_code, page.status_code) == (422, 422)
    lines = await service.http.get("/api/v1/permits/trail", headers=service.staff("head", "supervisor"))
    assert "find-person" not in lines.text


async def test_what_was_handed_in_before_there_were_keys_is_found_after_one_sweep(service: Permits) -> None:
    made = await service.brought_to("decided", deed_number="40178")
    other = await service.brought_to("submitted")
    for case_id, gone in ((made["id"], ("plot_keys", "person_keys", "keyed")), (other["id"], ("person_keys",))):
        fields = {f"state.{name}": "" for name in gone}
        await service.store.applications.collection.update_one({"_id": case_id}, {"$unset": fields})
    assert await found(service, q="40178") == []

    await sweep_once(service, "search-keys")

    assert await found(service, q="40178") == [made["reference"]]
    assert references(await sought(service, "สมชาย")) == [made["reference"]], "the other one was keyed, and is left"
    version = (await service.store.applications.get(made["id"]) or pytest.fail("gone")).version
    await sweep_once(service, "search-keys")
    assert (await service.store.applications.get(made["id"]) or pytest.fail("gone")).version == version


async def test_of_many_of_one_name_twenty_are_shown_and_that_there_are_more(service: Permits) -> None:
    await with_permits(service, 30)

    body = await sought(service, "สมชาย")
    assert (len(body["items"]), body["more"]) == (20, True)


async def test_no_search_of_the_register_reads_the_permits_one_by_one(service: Permits) -> None:
    """What is rare is found by an index of its own, and no more is read than a page shows."""
    await with_permits(service, MANY)
    at, last = DECIDED + timedelta(minutes=MANY // 2), "~"
    year = Registered(since=DECIDED - timedelta(days=400), until=DECIDED - timedelta(days=30))
    searches: dict[str, dict[str, Any]] = {
        "all": Registered().query(),
        "the middle of the list": Registered().query((at, last)),
        "rare type": Registered(permit_type="fence").query(),
        "type": Registered(permit_type="house-new").query(),
        "village": Registered(zone="zone-1").query(),
        "rare type in a village": Registered(zone="zone-1", permit_type="fence").query(),
        "revoked": Registered(standing="revoked").query(),
        "another year": year.query(),
        "deed": Registered(sought=Sought(None, None, None, ("deed-7",))).query(),
        "number": Registered(sought=Sought("77/2569", None, None)).query(),
        "code": Registered(sought=Sought(None, None, "CODE-0007")).query(),
        "nothing": Registered(sought=Sought(None, None, None)).query(),
    }
    for name, query in searches.items():
        read = await documents_read(service, query, [("state.decision.at", -1), ("_id", -1)])
        assert read <= 2 * PAGE, name
    for name, keys in {
        "a name": ["สมชาย"],
        "rare": ["เอก"],
        "telephone": ["tel:0810000007"],
        "nobody": ["zzz"],
    }.items():
        for teams in (None, ("permits",)):
            assert await documents_read(service, of_people(keys, teams)) <= PAGE, name


async def documents_read(
    service: Permits, query: dict[str, Any], order: Sequence[tuple[str, int]] | None = None
) -> int:
    """How many documents the database looks at for one page."""
    cursor = service.store.applications.collection.find(query).limit(PAGE)
    told = await (cursor.sort(list(order)) if order else cursor.hint("people")).explain()
    assert "COLLSCAN" not in str(told["queryPlanner"]["winningPlan"])
    return int(told["executionStats"]["totalDocsExamined"])


async def with_permits(service: Permits, count: int) -> None:
    """So many permits beside each other, as the store keeps them: of every hundred one is a fence, one is revoked."""
    made = await service.brought_to("decided")
    cases = service.store.applications.collection
    document = await cases.find_one({"_id": made["id"]})
    assert document is not None
    await cases.delete_one({"_id": made["id"]})
    document = {name: value for name, value in document.items() if name in ("v", "state")}
    await cases.insert_many([_permit(document, number) for number in range(count)])


def _permit(like: dict[str, Any], number: int) -> dict[str, Any]:
    case_id, rare = f"case-{number:06}", number % 100 == 7
    decision = {
        "at": DECIDED + timedelta(minutes=number), "number": f"{number}/2569", "verify_code": f"CODE-{number:04}",
        "valid_until": None,
    }  # fmt: skip
    state = {
        **like["state"], "id": case_id, "reference": make_reference("MH", case_id), "signed": [],
        "decision": {**like["state"]["decision"], **decision},
        "zone": f"zone-{number % 12}", "type": "fence" if rare else "house-new",
        "standing": "revoked" if number % 100 == 9 else "in-force", "plot_keys": [f"deed-{number}"],
        "person_keys": ["เอก" if rare else "สมชาย", f"tel:081{number:07}"],
    }  # fmt: skip
    state["pin"] = {**state["pin"], "team": "permits"}
    return {"_id": case_id, "v": like["v"], "state": state}


@pytest.mark.parametrize(("language", "said"), [("th", "กรุณา"), ("en", "Please")])
async def test_an_empty_code_is_told_by_name(service: Permits, language: str, said: str) -> None:
    answer = await service.http.get("/verify", params={"code": " ", "lang": language}, headers=HTML)
    assert answer.status_code == 422
    assert 'href="#code"' in answer.text
    assert said in answer.text.partition("data-error-summary")[2][:600]
    assert "data-error-summary" not in (await service.http.get("/verify", headers=HTML)).text
