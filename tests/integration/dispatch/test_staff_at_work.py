"""Crews and officers over HTTP: who may do what, and what a stale or repeated press answers."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from shared.events.ids import new_id
from tests.support.fieldwork import HTML, Fieldwork
from tests.support.work import fresh, town


def photo() -> dict[str, Any]:
    written = io.BytesIO()
    Image.effect_noise((80, 60), 90).convert("RGB").save(written, "JPEG")
    return {"photo": ("after.jpg", written.getvalue(), "image/jpeg")}


async def test_a_crew_works_it_off_with_a_photo_that_anyone_with_the_path_can_see(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    for action in ("acknowledge", "start", "start"):
        assert (await field.act(work["id"], action)).status_code == 200
    without = await field.act(work["id"], "complete", note="แก้แล้ว")
    path = f"/api/v1/work-orders/{work['id']}/photos"
    sent = await field.http.post(path, files=photo(), headers=field.headers("crew-water"))
    done = await field.act(work["id"], "complete", note="แก้แล้ว", photos=[sent.json()["path"]])

    assert (without.status_code, without.json()["code"]) == (422, "proof-photo")
    assert (done.json()["state"], done.json()["outcome"]) == ("completed", "fixed")
    assert done.json()["acts"] == ["verify", "send_back"]  # the desk's: somebody else looks at it
    seen = await field.http.get(sent.json()["path"])
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert (await field.http.get(f"{path}/{'0' * 40}")).status_code == 404


async def test_a_file_that_is_no_photo_is_refused_in_the_reader_s_words(field: Fieldwork, work: dict[str, Any]) -> None:
    headers = {**field.headers("crew-water"), "Accept-Language": "th"}
    path = f"/api/v1/work-orders/{work['id']}/photos"
    answer = await field.http.post(path, files={"photo": ("a.jpg", b"GIF89a")}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "not-a-photo")
    assert "ไฟล์นี้ไม่ใช่รูป" in answer.json()["detail"]


async def test_a_photo_of_other_work_proves_nothing(field: Fieldwork, work: dict[str, Any]) -> None:
    other = await field.order_of(await field.report(fresh()))
    sent = await field.http.post(
        f"/api/v1/work-orders/{other['id']}/photos", files=photo(), headers=field.headers("crew-water")
    )
    await field.act(work["id"], "start")
    answer = await field.act(work["id"], "complete", photos=[sent.json()["path"]])

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-photo")


async def test_a_stale_press_says_what_happened_and_who_did_it(field: Fieldwork, work: dict[str, Any]) -> None:
    await field.act(work["id"], "acknowledge", "crew-water")
    late = await field.act(work["id"], "acknowledge", "crew-water-2")

    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    assert "acknowledged" in late.json()["detail"]
    assert "บุญมี" in late.json()["detail"]


async def test_the_same_key_gives_the_same_answer_and_refuses_another_body(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    key = new_id()
    first = await field.act(work["id"], "refuse", key=key, reason="ไม่ใช่งานของเรา")
    again = await field.act(work["id"], "refuse", key=key, reason="ไม่ใช่งานของเรา")
    other = await field.act(work["id"], "refuse", key=key, reason="อีกเหตุผลหนึ่ง")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["version"] == first.json()["version"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_of_many_who_press_at_once_one_takes_it(field: Fieldwork, work: dict[str, Any]) -> None:
    answers = await asyncio.gather(*(field.act(work["id"], "acknowledge") for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


async def test_a_crew_sees_and_touches_only_its_own_teams_work(field: Fieldwork, work: dict[str, Any]) -> None:
    seen = await field.get(f"/api/v1/work-orders/{work['id']}", "crew-roads")
    touched = await field.act(work["id"], "acknowledge", "crew-roads")
    listed = await field.get("/api/v1/work-orders", "crew-roads", team="works-water")
    assigned = await field.act(work["id"], "assign", "crew-water", team="works-roads")
    nobody = await field.http.get(f"/api/v1/work-orders/{work['id']}")

    assert [answer.status_code for answer in (seen, touched, listed, assigned, nobody)] == [403, 403, 403, 403, 401]


async def test_what_the_desk_gives_to_another_team_leaves_the_first(field: Fieldwork, work: dict[str, Any]) -> None:
    moved = await field.act(work["id"], "assign", "officer", team="works-roads", reason="งานถนน")
    left = await field.act(work["id"], "acknowledge", "crew-water")

    assert (moved.json()["team"], moved.json()["due_at"]) == ("works-roads", work["due_at"])
    assert (left.status_code, left.json()["code"]) == (403, "other-team")


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("pause", {"reason": "holiday"}, 422),
        ("pause", {"reason": "part", "resume_at": "2026-11-23"}, 422),
        ("refuse", {"reason": ""}, 422),
        ("refuse", {"reason": "ก\u0000ข"}, 422),
        ("refuse", {"reason": "ก" * 4001}, 422),
        ("refer", {"agency": "nasa"}, 422),
        ("acknowledge", {"why": "because"}, 422),
        ("complete", {"outcome": "withdrawn", "note": "ผู้แจ้งถอน"}, 422),
        ("explode", {"reason": "x"}, 404),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(
    field: Fieldwork, work: dict[str, Any], action: str, body: dict[str, Any], status: int
) -> None:
    answer = await field.act(work["id"], action, **body)

    assert answer.status_code == status
    assert (await field.get(f"/api/v1/work-orders/{work['id']}")).json()["version"] == work["version"]


@pytest.mark.parametrize("outcome", ["fixed", "withdrawn"])
async def test_work_is_not_called_off_with_an_outcome_that_nobody_is_told_of(
    field: Fieldwork, work: dict[str, Any], outcome: str
) -> None:
    answer = await field.act(work["id"], "cancel", "officer", outcome=outcome, reason="ปิดงาน")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "outcome")


async def test_lists_page_by_cursor_without_skipping_or_repeating(field: Fieldwork) -> None:
    reports = [await field.report(fresh("welfare")) for _ in range(5)]
    wanted = {(await field.order_of(report))["id"] for report in reports}
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        listed = (await field.get("/api/v1/work-orders", team="welfare", state="assigned", limit=2, **after)).json()
        seen += [item["id"] for item in listed["items"]]
        if listed["next"] is None:
            break
        after = {"after": listed["next"]}

    assert wanted <= set(seen)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen, reverse=True)


async def test_the_dry_run_shows_each_rule_and_why_and_changes_nothing(field: Fieldwork) -> None:
    asked = {"text": "ท่อแตก น้ำพุ่ง", "category": "water-leak", "lat": 18.7425, "lon": 98.9438,
             "at": "2026-11-23T09:30:00+07:00"}  # fmt: skip
    answer = (await field.get("/api/v1/routing/dry-run", "officer", **asked)).json()
    decided = [rule for rule in answer["rules"] if rule["result"] == "decided"]

    assert [rule["rule"] for rule in decided] == [answer["routed"]["rule"]] == ["water-burst"]
    assert {"condition": "words", "found": "ท่อ…แตก", "holds": True}.items() <= decided[0]["checks"][-1].items()
    other = next(rule for rule in answer["rules"] if rule["rule"] == "wire-down-answered")
    assert (other["result"], [check["holds"] for check in other["checks"]]) == ("no_match", [False, False])
    assert answer["facts"]["working_hours"] is True
    assert (await field.get("/api/v1/routing/dry-run", "crew-water", **asked)).status_code == 403


async def test_the_dry_run_reads_answers_as_the_door_does(field: Fieldwork) -> None:
    asked = {"text": "ไฟดับ", "category": "power-cut"}
    answer = await field.get("/api/v1/routing/dry-run", "officer", **asked, **{"answer.danger": "ใช่"})
    assert answer.json()["facts"]["answers"] == {"danger": "yes"}

    wrong = await field.get("/api/v1/routing/dry-run", "officer", **asked, **{"answer.danger": "perhaps"})
    (error,) = wrong.json()["errors"]
    assert (wrong.status_code, error["field"]) == (422, "answer.danger")
    assert "yes" in error["message"]


async def test_the_dashboard_counts_what_is_open(field: Fieldwork, work: dict[str, Any]) -> None:
    figures = (await field.get("/api/v1/dashboard", "officer")).json()
    row = next(row for row in figures["by_team"] if row["group"] == work["team"])

    assert row["open"] >= 1
    assert figures["open"] == sum(row["open"] for row in figures["by_team"])
    assert figures["open"] == sum(row["open"] for row in figures["by_level"])


async def test_a_periods_figures_come_as_json_as_a_table_and_as_pages(field: Fieldwork, work: dict[str, Any]) -> None:
    figures = (await field.get("/api/v1/dashboard", "officer")).json()
    mine = next(row for row in figures["teams"] if row["group"] == work["team"])
    table = await field.get("/api/v1/dashboard/by-team.csv", "officer")
    report = await field.get("/dashboard/report.pdf", "officer", month=work["created_at"][:7])

    assert mine["received"] >= 1
    assert figures["whole"]["received"] == sum(row["received"] for row in figures["teams"])
    assert table.text.startswith("\ufeffteam,name,received,")
    assert table.text.splitlines()[0].endswith(",now_open,now_late,now_unacknowledged")
    assert {row["group"] for row in figures["levels"]} >= {work["level"]}
    assert (await field.get("/api/v1/dashboard/by-level.csv", "officer")).text.startswith("\ufefflevel,name,")
    assert work["team"] in table.text
    assert report.headers["content-type"] == "application/pdf"
    assert report.content.startswith(b"%PDF-1.7")
    assert (await field.get("/promises")).status_code == 200


async def test_a_lead_and_a_director_have_the_figures_of_exactly_their_teams(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    """By the same code as the whole town's, and each leads to the very work that it counts."""
    roads = await field.order_of(await field.report(fresh("road-damage")))
    waste = await field.order_of(await field.report(fresh("waste")))
    lead = (await field.get("/api/v1/dashboard", "lead-water")).json()
    director = (await field.get("/api/v1/dashboard", "director-works")).json()
    everybodys = (await field.get("/api/v1/dashboard", "director-works", team="")).json()
    table = await field.get("/api/v1/dashboard/by-team.csv", "lead-water")
    page, listed = await field.see("/dashboard", "lead-water"), await field.see("/crew/work", "lead-water")

    def teams(figures: dict[str, Any], of: str) -> set[str]:
        assert figures["open"] == sum(row["open"] for row in figures["by_category"])
        return {row["group"] for row in figures[of]}

    division = {one for one in town().teams if one.startswith("works-")}
    for of in ("teams", "by_team"):
        assert teams(lead, of) == {work["team"]}
        assert {work["team"], roads["team"]} <= teams(director, of) <= division
    assert waste["team"] in teams(everybodys, "by_team")
    assert {line.split(",")[0] for line in table.text.splitlines()[1:]} == {work["team"]}
    assert "/crew/work?" in page
    assert "/desk" not in page.partition("<main")[2]
    assert work["id"] in listed
    assert roads["id"] not in listed


async def test_open_and_late_work_comes_as_a_file_of_the_same_rows_as_the_list(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    """A lead's holds their own team's alone; what is asked for beside it narrows it as it does the list."""
    roads = await field.order_of(await field.report(fresh("road-damage")))
    everybodys = await field.get("/desk/work.csv", "officer")
    own = await field.get("/crew/work.csv", "lead-water", state="open")
    none = await field.get("/desk/work.csv", "officer", reference="MH-2222-2222")
    page = await field.see("/dashboard", "lead-water")

    assert everybodys.headers["content-type"] == "text/csv; charset=utf-8"
    assert everybodys.text.startswith("\ufeffreference,state,late,")
    assert {work["id"], roads["id"]} <= {line.rpartition(",")[2] for line in everybodys.text.splitlines()}
    assert work["id"] in own.text
    assert roads["id"] not in own.text
    assert len(none.text.splitlines()) == 1
    assert 'href="/crew/work.csv?team=works-water"' in page
    assert (await field.get("/crew/work.csv", "lead-water", team="works-roads")).status_code == 403


@pytest.mark.parametrize("team", ["works-roads", "director:works-roads", "director:works-water"])
async def test_a_lead_reads_no_other_teams_figures(field: Fieldwork, team: str) -> None:
    for path in ("/api/v1/dashboard", "/api/v1/dashboard/by-team.csv", "/dashboard", "/dashboard/report.pdf"):
        answer = await field.get(path, "lead-water", team=team)
        assert (answer.status_code, answer.json()["code"]) == (403, "other-team"), path


async def test_the_lists_of_a_team_lead_to_what_was_done_and_to_nobody_elses(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    await field.act(work["id"], "start", stage="on_site")
    await field.act(work["id"], "complete", outcome="cannot_be_done", note="เปลี่ยนข้อต่อแล้ว")
    over = await field.see(f"/crew/work?state=completed&reference={work['reference']}", "crew-water")
    roads = await field.order_of(await field.report(fresh("road-damage")))
    refused = await field.get(f"/crew/{roads['id']}/history", "crew-water")

    assert f'href="/crew/{work["id"]}/history"' in over
    assert "เปลี่ยนข้อต่อแล้ว" in await field.see(f"/crew/{work['id']}/history", "crew-water")
    assert (refused.status_code, refused.json()["code"]) == (403, "other-team")
    assert (await field.get("/crew/work", "crew-water", team="works-roads")).status_code == 403


async def test_a_month_without_a_report_leads_to_those_that_there_are(field: Fieldwork, work: dict[str, Any]) -> None:
    """Typed by hand, or into a bare field; in the era that everybody here counts by."""
    year, month = work["created_at"][:4], work["created_at"][5:7]
    thai = await field.get("/dashboard/report.pdf", "officer", month=f"{int(year) + 543}-{month}")
    page = await field.http.get("/dashboard/report.pdf?month=ธันวาคม 2599", headers=field.headers("officer") | HTML)
    program = await field.get("/dashboard/report.pdf", "officer", month="soon")

    assert thai.content.startswith(b"%PDF-1.7")
    assert (page.status_code, program.status_code, program.json()["code"]) == (422, 422, "unknown-month")
    assert "“ธันวาคม 2599”" in page.text
    assert f'<option value="{year}-{month}"' in page.text


@pytest.mark.parametrize(
    ("since", "until"), [("2026-02-01", "2026-01-01"), ("2020-01-01", "2026-01-01"), ("0001-01-01", ""), ("", "x")]
)
async def test_a_period_that_cannot_be_is_refused_with_its_reason(field: Fieldwork, since: str, until: str) -> None:
    answer = await field.get("/api/v1/dashboard", "officer", since=since, until=until)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"]
