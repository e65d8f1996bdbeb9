"""What an officer has at the desk: acts on several at once, filters kept under a name, the map, ready-made words."""

import asyncio
import re
from typing import Any

from services.dispatch.domain.work_order import order_id
from services.dispatch.filter_store import FILTERS_MOST
from services.dispatch.pages.bulk import ROWS_MOST
from shared.events.base import Place
from tests.support.fieldwork import HTML, Fieldwork
from tests.support.work import fresh

PUZZLE = "ไม่รู้จะแจ้งใคร"


async def triaged(field: Fieldwork, count: int, **more: Any) -> list[dict[str, Any]]:
    reports = [await field.report(fresh("other", text=PUZZLE, **more)) for _ in range(count)]
    return [await field.order_of(report) for report in reports]


async def bulk(field: Fieldwork, ticked: list[str], who: str = "officer", **form: str) -> tuple[int, str]:
    data: dict[str, Any] = {"order": ticked, **form}
    answer = await field.http.post("/desk/bulk", data=data, headers=field.headers(who) | HTML)
    return answer.status_code, answer.text


def ticks(page: str) -> dict[str, str]:
    """What a tick sends, by the work's id."""
    return dict(re.findall(r'name="order" value="(\w+) ([\w.-]+)"', page))


async def test_each_of_several_is_decided_by_itself_and_told(field: Fieldwork) -> None:
    first, second, third = await triaged(field, 3)
    seen = ticks(await field.see("/desk", "officer"))
    rows = [f"{one['id']} {seen[one['id']]}" for one in (first, second, third)]
    await field.act(second["id"], "assign", "supervisor", team="works-water")  # another officer was quicker
    form = {"act": "assign", "assign.team": "works-roads", "key": "press-of-this-page"}
    status, page = await bulk(field, rows, **form)

    assert status == 200
    assert "บันทึกแล้ว 2 งาน" in page
    assert "ไม่ได้บันทึก 1 งาน" in page
    assert "งานนี้เปลี่ยนไปแล้ว ตอนนี้: รอรับงาน" in page
    teams = [(await field.order_of(one["report_id"]))["team"] for one in (first, second, third)]
    assert teams == ["works-roads", "works-water", "works-roads"]
    status, again = await bulk(field, rows, **form)
    assert (status, "บันทึกแล้ว 2 งาน" in again) == (200, True), "pressed twice, nothing is done twice"
    lines = (await field.order_of(first["report_id"]))["history"]
    assert [line["what"] for line in lines].count("assigned") == 1


async def test_one_priority_for_many_changes_what_each_was_promised(field: Fieldwork) -> None:
    orders = await triaged(field, 2)
    form = {"act": "prioritise", "prioritise.priority": "emergency", "prioritise.reason": "ใกล้โรงเรียน"}
    _, asked = await bulk(field, [one["id"] for one in orders], **form)
    assert "ปรับ 2 งานนี้เป็นงานฉุกเฉินหรือไม่" in asked
    assert [(await field.order_of(one["report_id"]))["priority"] for one in orders] == [
        one["priority"] for one in orders
    ]
    status, _ = await bulk(field, [one["id"] for one in orders], **form, sure="yes")
    after = [await field.order_of(one["report_id"]) for one in orders]

    assert status == 200
    assert [one["priority"] for one in after] == ["emergency"] * 2
    assert all(one["due_at"] < before["due_at"] for one, before in zip(after, orders, strict=True) if one["due_at"])


async def test_one_becomes_an_emergency_only_after_it_was_said_by_when_it_is_due(field: Fieldwork) -> None:
    """As many do: a wrong press rang a crew at night."""
    (work,) = await triaged(field, 1)
    said = {"priority": "emergency", "reason": "ใกล้โรงเรียน", "key": "one"}

    async def press(**more: str) -> tuple[int, str]:
        where = f"/desk/{work['id']}/prioritise"
        answer = await field.http.post(where, data={**said, **more}, headers=field.headers("officer") | HTML)
        return answer.status_code, answer.text

    status, asked = await press()
    question = asked.partition(f'id="sure-{work["id"]}"')[0].rpartition('class="alert warn"')[2]
    assert status == 200
    assert "ปรับงานนี้เป็นงานฉุกเฉินหรือไม่" in question
    assert re.search(r"ต้องรับงาน|กำหนดเสร็จ|เกินกำหนด|ครบกำหนด", question), "how it would stand"
    assert (await field.order_of(work["report_id"]))["priority"] == work["priority"]

    assert (await press(priority="low", key="two"))[0] == 303, "what calls nobody out is not asked about"
    assert (await press(sure="yes", key="three"))[0] == 303
    after = await field.order_of(work["report_id"])
    assert (after["priority"], after["history"][-1]["text"]) == ("emergency", "ใกล้โรงเรียน")


async def test_an_order_says_how_many_reports_like_it_are_open_nearby(field: Fieldwork) -> None:
    """What is far away, of another kind or over is none of them."""
    here, far = Place(latitude=18.7611, longitude=98.9411), Place(latitude=18.7211, longitude=98.9411)
    kinds = (("noise", here), ("noise", here), ("noise", here), ("noise", far), ("mosquitoes", here))
    made = [await field.report(fresh(kind, location=place)) for kind, place in kinds]
    first, second, over, *_ = [await field.order_of(one) for one in made]
    await field.act(over["id"], "cancel", "officer", outcome="not_ours", reason="x")

    for one in (first, second):
        page = await field.see(f"/desk/{one['id']}", "officer")
        assert 'aria-label="เรื่องที่อาจซ้ำกัน 1 เรื่อง">1<' in page


async def test_what_is_missing_or_too_much_is_said_and_nothing_done(field: Fieldwork) -> None:
    (work,) = await triaged(field, 1)
    nothing = await bulk(field, [], act="assign")
    no_team = await bulk(field, [work["id"]], act="assign")
    no_act = await bulk(field, [work["id"]], act="complete")
    too_many = await bulk(field, [f"{n}" for n in range(ROWS_MOST + 1)], act="assign", **{"assign.team": "works-roads"})
    unknown = await bulk(field, ["no-such-work"], act="assign", **{"assign.team": "works-roads"})
    crew = await bulk(field, [work["id"]], "crew-water", act="assign", **{"assign.team": "works-roads"})

    assert [status for status, _ in (nothing, no_team, no_act, too_many, unknown, crew)] == [
        422,
        422,
        422,
        422,
        200,
        403,
    ]
    assert "ยังไม่ได้เลือกงาน" in nothing[1]
    assert "ไม่พบงานนี้" in unknown[1]
    assert (await field.order_of(work["report_id"]))["team"] == work["team"]


async def test_a_filter_is_kept_under_its_name_by_its_owner_alone(field: Fieldwork) -> None:
    form = {"team": "works-water", "priority": "high", "late": "yes", "state": "open"}
    saved = await field.press("/desk/filters", "officer", name="น้ำที่ด่วน", **form)
    page = await field.see(saved.headers["location"], "officer")

    assert 'href="/desk?team=works-water&amp;priority=high&amp;late=yes#all"' in page
    assert "บันทึกตัวกรองแล้ว" in page
    assert "น้ำที่ด่วน" not in await field.see("/desk", "supervisor")
    await field.press("/desk/filters", "officer", name="น้ำที่ด่วน", team="works-roads")
    assert (await field.see("/desk", "officer")).count("<span>น้ำที่ด่วน</span>") == 1, "the name has another filter now"
    await field.press("/desk/filters/remove", "officer", name="น้ำที่ด่วน")
    assert "น้ำที่ด่วน" not in await field.see("/desk", "officer")


async def test_one_person_keeps_so_many_filters(field: Fieldwork) -> None:
    for number in range(FILTERS_MOST):
        await field.press("/desk/filters", "supervisor", name=f"f{number}", team="works-roads")
    full = await field.press("/desk/filters", "supervisor", name="one-more", team="works-roads")
    page = await field.see(full.headers["location"], "supervisor")
    unnamed = await field.press("/desk/filters", "supervisor", name="  ", team="works-roads")
    for number in range(FILTERS_MOST):
        await field.press("/desk/filters/remove", "supervisor", name=f"f{number}")

    assert "ครบจำนวนแล้ว" in page
    assert "one-more" not in page
    assert "filter-unnamed" in unnamed.headers["location"]


async def test_the_filter_takes_what_was_chosen(field: Fieldwork) -> None:
    (work,) = await triaged(field, 1)
    await field.act(work["id"], "prioritise", "officer", priority="low")
    found = await field.see(f"/desk?priority=low&reference={work['reference']}", "officer")
    other = await field.see(f"/desk?priority=emergency&reference={work['reference']}", "officer")
    elsewhere = await field.see(f"/desk?zone=nowhere&reference={work['reference']}", "officer")

    row = f'reference-cell"><a href="/desk/{work["id"]}">'
    assert [row in page for page in (found, other, elsewhere)] == [True, False, False]


async def test_the_map_shows_the_same_work_as_the_list_beside_it(field: Fieldwork) -> None:
    place = Place(latitude=18.7311, longitude=98.9411)
    (here,) = await triaged(field, 1, location=place, photos=1)
    (nowhere,) = await triaged(field, 1, location=None)
    answer = await field.get("/desk/map/points.geojson", "officer", team=here["team"])
    features = {one["properties"]["href"]: one for one in answer.json()["features"]}
    mine = features[f"/desk/{here['id']}"]

    assert mine["geometry"]["coordinates"] == [place.longitude, place.latitude]
    assert mine["properties"]["text"] == PUZZLE
    assert mine["properties"]["picture"].endswith("/photos/1?size=thumbnail")
    assert f"/desk/{nowhere['id']}" not in features
    page = await field.see(f"/desk/map?team={here['team']}", "officer")
    assert f'class="map-line" href="/desk/{here["id"]}"' in page
    assert "งานไม่มีตำแหน่ง" in page
    assert (await field.get("/desk/map/points.geojson", "crew-water")).status_code == 403


async def test_ready_made_words_are_filled_with_what_the_case_says(field: Fieldwork) -> None:
    (work,) = await triaged(field, 1)
    page = await field.see(f"/desk/{work['id']}", "officer")
    assert "จุดที่แจ้งอยู่นอกเขตของ" in page
    assert f"ได้รับเรื่อง {work['reference']}" in page
    form = {"outcome": "not_ours", "response": "not-our-area.en", "reason": ""}
    await field.press(f"/desk/{work['id']}/cancel", "officer", **form)
    ended = await field.order_of(work["report_id"])

    assert ended["state"] == "cancelled"
    assert "lies outside" in ended["history"][-1]["text"]
    (other,) = await triaged(field, 1)
    await field.press(f"/desk/{other['id']}/cancel", "officer", **form | {"reason": "คำของเราเอง"})
    assert (await field.order_of(other["report_id"]))["history"][-1]["text"] == "คำของเราเอง", "what was written stands"


async def test_the_desk_is_told_what_has_changed_and_never_more_than_its_id(field: Fieldwork) -> None:
    heard, work = [], ""
    who = field.headers("officer")
    async with asyncio.timeout(20), field.http.stream("GET", "/desk/stream", headers=who) as answer:
        async for line in answer.aiter_lines():
            heard.append(line)
            if line == "event: hello":
                work = order_id(await field.report(fresh("other", text=PUZZLE)))
            if work and work in line:
                break
    assert '"triage":true' in heard[-1].replace(" ", "")
    assert not any(PUZZLE in line for line in heard)
