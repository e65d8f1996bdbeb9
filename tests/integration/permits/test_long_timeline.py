"""An application with a long history costs no more than another, and all of it can still be read."""

from services.permits.domain.application import Entry
from services.permits.store import TIMELINE_KEPT
from tests.integration.permits.test_pages import HTML
from tests.support.permits_running import Permits

LINES = 3 * TIMELINE_KEPT


async def test_the_case_keeps_its_newest_lines_and_the_others_are_read_when_they_are_asked_for(
    service: Permits,
) -> None:
    made = await service.brought_to("submitted")
    officer = service.staff("officer")
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    opened = case.state.timeline[0]
    many = [Entry(at=opened.at, type="notice-sent", level="system", params={"channels": "email"})] * LINES
    timeline = [line.model_dump() for line in (*case.state.timeline, *many)]
    await service.store.applications.collection.update_one({"_id": case.id}, {"$set": {"state.timeline": timeline}})

    accepted = await service.act(made, "accept", officer)

    query = {"secret": made["secret"]}
    whole = await service.http.get(f"/api/v1/applications/{made['reference']}/timeline", params=query)
    shown = await service.http.get(f"/permits/{made['reference']}", params=query, headers=HTML, follow_redirects=True)
    more = await service.http.get(f"/permits/{made['reference']}?timeline=all", headers=HTML)
    kept = accepted.json()
    lines = [line["type"] for line in whole.json()["items"]]
    assert (len(kept["timeline"]), kept["timeline_complete"]) == (TIMELINE_KEPT + 1, False)
    assert len(lines) == len(timeline) + 1
    assert (lines[0], lines[-1]) == ("opened", "accepted")
    assert "แสดงเหตุการณ์ก่อนหน้านี้ทั้งหมด" in shown.text
    assert "แสดงเหตุการณ์ก่อนหน้านี้ทั้งหมด" not in more.text
    assert "เริ่มกรอกคำขอ" in more.text
    assert "เริ่มกรอกคำขอ" not in shown.text
