"""A crew's morning without a network: the list opens, every step is kept, and all of it arrives, with its conflict."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from shared.kernel import now
from tests.support import api_calls
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.page_checks import accessibility
from tests.support.stack import Stack
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
KEPT = "เก็บไว้ในเครื่องแล้ว"
NOTE = "เปลี่ยนข้อต่อแล้ว น้ำไหลปกติ"


@pytest.fixture
def jobs(stack: Stack, api: httpx.Client) -> list[tuple[str, str]]:
    """Two new jobs of the water team, each with a photo: reference and id."""
    crew = api_calls.bearer(stack, "crew-water")
    references = [api_calls.report(api, photos=1)["reference"] for _ in range(2)]
    return [(reference, api_calls.work_order(api, crew, reference)) for reference in references]


def test_a_morning_without_a_network_loses_nothing_and_tells_what_was_overtaken(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, jobs: list[tuple[str, str]]
) -> None:
    (reference, mended), (_, moved) = jobs
    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", "/crew")
    wait_until_kept(page, mended)
    crew.context.set_offline(True)
    page.reload()
    began = now()

    card = unfolded(page, mended)
    expect(card.get_by_role("img", name="รูปที่ 1")).not_to_have_js_property("naturalWidth", 0)
    card.get_by_role("link", name="โทรหาผู้แจ้ง").click()
    expect(card.locator(".form-status")).to_contain_text("ต้องมีสัญญาณ")
    for step in ("รับงาน", "ออกเดินทาง", "ถึงจุดแล้ว"):
        card.get_by_role("button", name=step, exact=True).click()
    expect(card.locator(".own-step", has_text=KEPT)).to_have_count(3)  # before that nothing is promised
    page.reload()
    finish(unfolded(page, mended))
    unfolded(page, moved).get_by_role("button", name="รับงาน", exact=True).click()
    expect(page.locator("[data-unsent-steps]")).to_contain_text("มี 5 รายการ")
    page.reload()
    expect(page.locator(f"#w-{mended} .own-step", has_text=KEPT)).to_have_count(4)
    ended = now()

    officer = api_calls.bearer(stack, "officer")
    api.post(f"/api/v1/work-orders/{moved}/assign", json={"team": "works-roads"}, headers=officer).raise_for_status()
    crew.context.set_offline(False)

    expect(page.locator("[data-held]")).to_contain_text("บันทึกไว้ในลำดับเหตุการณ์")
    expect(page.locator("[data-unsent-steps]")).to_be_hidden()
    expect(page.locator(f"[data-place=finished] [data-work='{mended}']")).to_contain_text(reference)
    done = api.get(f"/api/v1/work-orders/{mended}", headers=officer).json()
    assert (done["state"], done["completion"]["note"], len(done["completion"]["photos"])) == ("completed", NOTE, 1)
    lines = {line["what"]: line for line in done["history"]}
    assert all(began <= happened(lines[what]) <= ended for what in ("acknowledged", "started", "completed"))
    late = api.get(f"/api/v1/work-orders/{moved}", headers=officer).json()["history"][-1]
    assert (late["what"], late["facts"]["act"]) == ("came_late", "acknowledge")

    kept = page.locator("[data-held]").get_by_role("link", name="ดูสิ่งที่เก็บไว้")
    expect(kept).to_have_attribute("href", f"/crew/{moved}/overtaken")
    page.locator("[data-held]").get_by_role("button", name="รับทราบ").click()
    expect(page.locator("[data-held]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-live]")).to_be_visible()
    expect(page.locator("[data-held]")).to_be_hidden()


def test_what_was_pressed_on_a_board_that_is_gone_is_sent_by_the_worker_and_by_any_other_page(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, jobs: list[tuple[str, str]]
) -> None:
    """A phone kills what is not in front; nobody may have to open the board again for what was done to count."""
    headers = api_calls.bearer(stack, "crew-water")

    def state(order: str) -> str:
        return str(api.get(f"/api/v1/work-orders/{order}", headers=headers).json()["state"])

    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", "/crew")
    known: list[dict[str, Any]] = []
    devtools = crew.context.new_cdp_session(page)
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    for (_, order), wakes in zip(jobs, (True, False), strict=True):
        page.goto(f"/crew?open={order}#w-{order}")
        wait_until_kept(page, order)
        crew.context.set_offline(True)
        page.locator(f"#w-{order}").get_by_role("button", name="รับงาน", exact=True).click()
        expect(page.locator(f"#w-{order} .own-step", has_text=KEPT)).to_have_count(1)
        crew.context.set_offline(False)
        page.goto("/static/shared/logo")  # no page of ours, which would send it
        assert state(order) == "assigned"
        if wakes:  # as the browser does when there is a network again
            (worker,) = {one["registrationId"] for one in known if one["scopeURL"].endswith("/crew")}
            asked = {"origin": stack.origin, "registrationId": worker, "tag": "crew-steps", "lastChance": False}
            devtools.send("ServiceWorker.dispatchSyncEvent", asked)
        else:
            page.goto("/inbox")
        until(lambda order=order: state(order) == "acknowledged", "the step")  # type: ignore[misc]


def test_finished_work_that_came_too_late_is_seen_by_its_crew_and_taken_in_at_the_desk(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, jobs: list[tuple[str, str]]
) -> None:
    (_, order), then = jobs[0], now().isoformat()
    crew, officer = (api_calls.bearer(stack, who) for who in ("crew-water", "officer"))
    address = f"/api/v1/work-orders/{order}"
    api.post(f"{address}/assign", json={"team": "works-roads"}, headers=officer).raise_for_status()
    files = {"photo": ("done.jpg", photo(), "image/jpeg")}
    path = api.post(f"{address}/photos", files=files, headers=crew).json()["path"]
    said = {"note": NOTE, "photos": [path], "minutes": 45, "happened_at": then}
    assert api.post(f"{address}/complete", json=said, headers=crew).json()["code"] == "came-late"

    own = visitor(**PHONE).sign_in("crew-water", f"/crew/{order}/overtaken")
    expect(own.locator("#content")).to_contain_text(NOTE)
    expect(own.get_by_role("img", name="รูปงานที่เสร็จ 1")).not_to_have_js_property("naturalWidth", 0)
    assert accessibility(own) == []
    desk = visitor(**DESK).sign_in("officer", f"/desk/{order}")
    desk.get_by_role("link", name="ดูสิ่งที่เก็บไว้").click()
    history = desk.locator("#history")
    expect(history.get_by_role("img", name="รูปงานที่เสร็จ 1")).not_to_have_js_property("naturalWidth", 0)
    assert accessibility(desk) == []
    history.get_by_role("button", name="นำมาใช้กับงานนี้").click()
    expect(desk.locator("#history")).to_contain_text("นำมาใช้กับงานนี้แล้ว")
    done = api.get(address, headers=officer).json()
    assert (done["state"], done["completion"]["minutes"], done["completion"]["photos"]) == ("completed", 45, [path])


def test_nothing_of_a_crew_is_left_on_the_phone_after_the_sign_out(
    visitor: Callable[..., Visitor], jobs: list[tuple[str, str]]
) -> None:
    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", "/crew")
    wait_until_kept(page)
    crew.context.set_offline(True)
    unfolded(page, jobs[0][1]).get_by_role("button", name="รับงาน", exact=True).click()
    expect(page.locator("[data-unsent-steps]")).to_be_visible()
    page.route("**/crew/who", lambda route: route.abort())  # a network that is there, and a town that does not answer
    crew.context.set_offline(False)
    leave = page.get_by_role("button", name="ออกจากระบบ")
    leave.click()
    expect(page.locator(".who .form-status")).to_contain_text("ยังมีรายการที่ไม่ได้ส่ง")
    leave.click()
    page.wait_for_url(lambda url: "/crew" not in url)

    crew.context.set_offline(True)
    page.goto("/crew")
    expect(page.get_by_role("heading", name="ไม่มีสัญญาณอินเทอร์เน็ต")).to_be_visible()
    assert page.evaluate("caches.open('crew-own').then((cache) => cache.keys()).then((all) => all.length)") == 0


def test_a_phone_without_room_says_so_keeps_what_it_has_and_sends_it(
    visitor: Callable[..., Visitor], jobs: list[tuple[str, str]]
) -> None:
    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", "/crew")
    wait_until_kept(page)
    crew.context.set_offline(True)
    first, second = (page.locator(f"#w-{order}") for _, order in jobs)
    unfolded(page, jobs[0][1])
    first.get_by_role("button", name="รับงาน", exact=True).click()
    expect(first).to_contain_text(KEPT)
    page.evaluate(FULL)
    unfolded(page, jobs[1][1])
    second.get_by_role("button", name="รับงาน", exact=True).click()
    expect(second).to_contain_text("หน่วยความจำเครื่องเต็ม")
    expect(second.get_by_role("button", name="รับงาน", exact=True)).to_be_visible()

    crew.context.set_offline(False)
    expect(page.locator("[data-unsent-steps]")).to_be_hidden()
    expect(unfolded(page, jobs[0][1]).get_by_role("button", name="ออกเดินทาง", exact=True)).to_be_visible()


def test_another_person_at_the_same_phone_neither_sees_nor_sends_what_waits(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client, jobs: list[tuple[str, str]]
) -> None:
    order = jobs[0][1]
    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", "/crew")
    wait_until_kept(page)
    crew.context.set_offline(True)
    unfolded(page, order).get_by_role("button", name="รับงาน", exact=True).click()
    expect(page.locator("[data-unsent-steps]")).to_be_visible()
    crew.context.clear_cookies()
    crew.context.set_offline(False)
    expect(page.locator("[data-signed-out]")).to_be_visible()
    page = crew.sign_in("crew-water-2", "/crew")
    expect(page.locator("[data-live]")).to_be_visible()
    expect(page.locator("[data-unsent-steps]")).to_be_hidden()
    officer = api_calls.bearer(stack, "officer")
    assert api.get(f"/api/v1/work-orders/{order}", headers=officer).json()["state"] == "assigned"

    crew.context.clear_cookies()
    page = crew.sign_in("crew-water", "/crew")
    expect(unfolded(page, order).get_by_role("button", name="ออกเดินทาง", exact=True)).to_be_visible()
    expect(page.locator("[data-unsent-steps]")).to_be_hidden()


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (thing) {
    if (this.name === "steps" && !thing.happened) throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, thing);
  };
}"""


def wait_until_kept(page: Page, job: str = "") -> None:
    """The worker holds the board, and the pictures of that job."""
    expect(page.locator("[data-live]")).to_be_visible()
    kept = """async (job) => {
          const cache = await caches.open("crew-own");
          const pictures = [...document.querySelectorAll(`#w-${job} .work-photos img`)];
          const asked = ["/crew?", ...pictures.map(({ src }) => src)];
          return (await Promise.all(asked.map((one) => cache.match(one, { ignoreVary: true })))).every(Boolean);
        }"""
    until(lambda: page.evaluate(kept, job), "the kept board")  # the browser's own waiting takes a promise for an answer


def unfolded(page: Page, order: str) -> Locator:
    """The job's card, open."""
    card = page.locator(f"#w-{order}")
    fold = card.locator("details.job")
    if fold.get_attribute("open") is None:
        fold.locator("> summary").click()
    return card


def finish(card: Locator) -> None:
    """Done, with a photo and a note."""
    card.locator("summary", has_text="เสร็จงาน").click()
    card.locator("input[name=photo]").set_input_files(chosen_file("done.jpg", photo()))
    card.get_by_label("บันทึกการทำงาน").fill(NOTE)
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(card.locator(".own-step").last).to_contain_text(NOTE)


def happened(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["happened_at"])
