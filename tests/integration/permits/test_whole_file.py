"""The whole file as a ZIP: visits with their photos, findings, what others think; each has what is theirs."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from tests.integration.permits.test_inspection_photos import add, photos_of, report, visited
from tests.integration.permits.test_permit_life import did
from tests.support.permits_running import Permits
from tests.support.uploads import photo

QUESTION, OPINION, FOUND = "สายไฟแรงสูงผ่านแปลงนี้หรือไม่", "ต้องห่างสายไฟ 3 เมตร", "เสารั้วล้ำแนวเขต"


async def archive(service: Permits, made: dict[str, str], who: str = "") -> ZipFile:
    """The applicant's, or that officer's."""
    asked = {"headers": service.staff(who)} if who else {"params": {"secret": made["secret"]}}
    answer = await service.http.get(f"/api/v1/applications/{made['reference']}/file.zip", **asked)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return ZipFile(BytesIO(answer.content))


def told(file: ZipFile, name: str) -> Any:
    return json.loads(file.read(name))


async def looked_at(service: Permits) -> tuple[dict[str, str], str]:
    """An application with a document found wrong, one agency that answered and one that did not, and a visit that is
    photographed and not reported yet."""
    made, visit = await visited(service, "accepted")
    await add(service, made, visit, photo())
    wrong = {"requirement": "plans", "verdict": "replace", "reason": "ไม่ชัด", "page": 2}
    seen = await did(service, made, "findings", "officer", findings=[wrong])
    for consultee, question in (("pea", QUESTION), ("pwa", "มีท่อประปาหรือไม่")):
        asked = {"consultee": consultee, "question": question, "documents": ["plans"], "days": 5, "beyond_due": True}
        seen = await did(service, made, "consultations", "officer", **asked)
    first = seen["consultations"][0]["id"]
    view = {"view": "conditions", "text": OPINION, "by": "กมล"}
    await did(service, made, f"consultations/{first}", "officer", **view)
    return made, visit


async def test_the_officers_file_has_all_that_they_see_and_no_link_to_answer_by(service: Permits) -> None:
    made, _ = await looked_at(service)
    link = (
        await service.http.get(f"/api/v1/applications/{made['reference']}", headers=service.staff("officer"))
    ).json()
    token = next(one["link"] for one in link["consultations"] if one["link"]).rpartition("/")[2]

    with await archive(service, made, "officer") as file:
        assert file.testzip() is None
        assert file.read("inspections/1-1.jpg").startswith(b"\xff\xd8")
        assert file.getinfo("inspections/1-1.jpg").compress_type == ZIP_STORED
        (visit,) = told(file, "inspections.json")
        assert (visit["result"], [one["file"] for one in visit["photos"]]) == (None, ["inspections/1-1.jpg"])
        answers = [(one["consultee"], one["view"], one["answer"]) for one in told(file, "consultations.json")]
        assert answers == [("pea", "conditions", OPINION), ("pwa", None, "")]
        (finding,) = told(file, "findings.json")
        assert (finding["requirement"], finding["reason"], finding["page"]) == ("plans", "ไม่ชัด", 2)
        assert finding["by"] == "name of officer"
        everything = b"".join(file.read(name) for name in file.namelist() if name.endswith((".json", ".html"))).decode()
        assert token not in everything
        assert "/permits/consult/" not in everything


async def test_neighbours_are_named_in_a_part_of_their_own_and_where_an_officer_reads_them(service: Permits) -> None:
    made = await service.brought_to("accepted")
    seen = await did(service, made, "neighbours", "officer", place="99/5 หมู่ 3", name="นายข้าง บ้าน", beyond_due=True)
    (asked,) = seen["neighbours"]
    given = {"view": "objects", "text": "บังแดด", "by": "ข้าง บ้าน"}
    await did(service, made, f"neighbours/{asked['id']}", "officer", **given)

    with await archive(service, made, "officer") as file:
        (one,) = told(file, "neighbours.json")
        assert (one["place"], one["name"], one["answer"]) == ("99/5 หมู่ 3", "นายข้าง บ้าน", "บังแดด")
        readable = file.read("index.html").decode()
        assert all(word in readable for word in ("99/5 หมู่ 3", "นายข้าง บ้าน", "บังแดด", 'href="neighbours.json"'))
        names = [name for name in file.namelist() if name.endswith(".json") and name != "neighbours.json"]
        others = "".join(file.read(name).decode() for name in names)
        assert not [word for word in ("99/5", "ข้าง บ้าน", "บังแดด") if word in others]
    with await archive(service, made) as file:
        assert "neighbours.json" not in file.namelist()
        assert "99/5" not in file.read("index.html").decode()


async def test_the_applicants_file_has_nothing_that_is_the_offices(service: Permits) -> None:
    made, visit = await looked_at(service)

    with await archive(service, made) as file:
        assert "consultations.json" not in file.namelist()
        assert [name for name in file.namelist() if name.startswith("inspections/")] == []
        assert told(file, "findings.json") == []
        everything = b"".join(file.read(name) for name in file.namelist() if name.endswith((".json", ".html"))).decode()
        for secret in (QUESTION, OPINION, "กมล", "name of officer", "1-1.jpg"):
            assert secret not in everything

    await report(service, made, visit, result="defects", note=FOUND)
    await service.act(made, "request-documents", service.staff("officer"), {"requirements": [], "note": ""})
    with await archive(service, made) as file:
        assert file.read("inspections/1-1.jpg").startswith(b"\xff\xd8")
        assert told(file, "inspections.json")[0]["note"] == FOUND
        assert [(one["requirement"], "by" in one) for one in told(file, "findings.json")] == [("plans", False)]
        readable = file.read("index.html").decode()
        assert FOUND in readable
        assert OPINION not in readable


async def test_the_page_to_read_leads_to_every_other_part(service: Permits) -> None:
    made, visit = await visited(service)
    await add(service, made, visit, photo())
    await report(service, made, visit)

    for who in ("", "officer"):
        with await archive(service, made, who) as file:
            readable = file.read("index.html").decode()
            unnamed = [name for name in file.namelist() if f'href="{name}"' not in readable]
            assert unnamed == ["index.html"]


async def test_what_was_deleted_at_its_end_is_listed_as_gone(service: Permits) -> None:
    made, visit = await visited(service, "accepted")
    await add(service, made, visit, photo())
    await report(service, made, visit)
    case = await service.store.applications.get(made["id"])
    assert case is not None
    gone = case.state.inspections[0].photos[0]
    await service.store.applications.collection.update_one(
        {"_id": made["id"]}, {"$set": {"state.inspections.0.photos.0.removed": True}}
    )
    await service.store.files.forget_file(gone.id)

    with await archive(service, made) as file:
        assert told(file, "inspections.json")[0]["photos"][0]["file"] is None
        assert "inspections/1-1.jpg" not in file.namelist()
    assert (await service.http.get(f"{photos_of(made, visit)}/1", params={"secret": made["secret"]})).status_code == 404
