"""The crew's board in a real browser on a phone: it follows what happens and takes nothing from who is typing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from shared.events.reports import ReportCommented
from tests.support.browser import AT_ONCE, PHONE
from tests.support.fieldwork import Fieldwork, eventually
from tests.support.uploads import chosen_file, photo
from tests.support.work import fresh

pytestmark = [pytest.mark.usefixtures("nothing_before"), pytest.mark.asyncio(loop_scope="module")]
SLOW = 20_000  # ms
THUMB = 44  # px
TYPED = "เปลี่ยนข้อต่อแล้ว รอดูแรงดัน"


@pytest_asyncio.fixture(loop_scope="module")
async def board(chromium: Browser, field: Fieldwork, work: dict[str, Any]) -> AsyncIterator[Page]:
    """The board of the team that has it, open and live."""
    async with await chromium.new_context(**PHONE, extra_http_headers=field.headers("crew-water")) as context:
        await context.add_init_script(AT_ONCE)
        page = await context.new_page()
        await page.goto(f"{field.stack.url('dispatch')}/crew")
        await expect(page.locator("[data-live]")).to_be_visible(timeout=SLOW)
        yield page


def note(board: Page, work: dict[str, Any]) -> Any:
    return board.locator(f"#note-{work['id']}-done")


async def unfold(card: Locator) -> None:
    """The line of the list becomes the job with all that belongs to it."""
    if await card.locator("details.job").get_attribute("open") is None:
        await card.locator("details.job > summary").click()


async def typing(board: Page, work: dict[str, Any]) -> None:
    await unfold(board.locator(f"#w-{work['id']}"))
    await board.locator(f"#w-{work['id']} details.finish > summary").click()
    await note(board, work).fill(TYPED)


async def something_new(field: Fieldwork, board: Page) -> dict[str, Any]:
    other = await field.order_of(await field.report(fresh()))
    await expect(board.locator(f"#w-{other['id']}")).to_be_visible(timeout=SLOW)
    return other


async def test_new_work_does_not_take_the_field_away_from_who_is_typing(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    await typing(board, work)
    top = (await note(board, work).bounding_box() or {})["y"]
    await something_new(field, board)

    await expect(note(board, work)).to_be_focused()
    await expect(note(board, work)).to_have_value(TYPED)
    assert abs((await note(board, work).bounding_box() or {})["y"] - top) < 2


async def test_a_photo_that_is_taken_while_the_card_changes_is_not_lost(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    """A camera is open for seconds: what came meanwhile put another field in the place of the one that it fills."""
    card = board.locator(f"#w-{work['id']}")
    await unfold(card)
    await card.locator("details.finish > summary").click()
    async with board.expect_file_chooser() as opened:
        await card.get_by_role("button", name="เลือกรูป").click()
    await field.act(work["id"], "prioritise", "officer", priority="high")
    await something_new(field, board)
    await (await opened.value).set_files(chosen_file("fixed.jpg", photo()))

    await expect(card.locator("[data-chosen] img")).to_have_count(1)
    await card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()

    async def done() -> bool | None:
        order = (await field.get(f"/api/v1/work-orders/{work['id']}")).json()
        return order["state"] == "completed" or None

    assert await eventually(done)


async def test_work_that_is_taken_away_stays_while_somebody_types_about_it(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    await typing(board, work)
    await field.act(work["id"], "assign", "officer", team="works-roads")
    await something_new(field, board)

    await expect(note(board, work)).to_have_value(TYPED)


async def look_again(board: Page) -> None:
    """As when somebody takes the phone out of the pocket: the whole board is drawn anew."""
    await board.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def test_a_server_that_is_away_for_a_moment_takes_nothing_from_the_page(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    away = True

    async def answer(route: Route) -> None:
        await (route.fulfill(status=503) if away else route.continue_())

    await board.route("**/crew/board*", answer)
    await typing(board, work)
    async with board.expect_response("**/crew/board*"):
        await look_again(board)
    other = await field.order_of(await field.report(fresh()))
    away = False

    await expect(board.locator(f"#w-{other['id']}")).to_be_visible(timeout=SLOW)
    await expect(note(board, work)).to_have_value(TYPED)


async def test_a_card_that_did_not_change_is_drawn_anew_for_its_times(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    times = board.locator(f"#w-{work['id']} time")
    await times.evaluate("time => { time.textContent = 'นานมาแล้ว' }")
    await look_again(board)

    await expect(times).not_to_have_text("นานมาแล้ว")


async def test_what_somebody_unfolded_stays_open_and_what_is_new_stays_marked(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    await unfold(board.locator(f"#w-{work['id']}"))
    more = board.locator(f"#w-{work['id']} details.more")
    await more.locator("> summary").click()
    first = await something_new(field, board)
    await something_new(field, board)

    await expect(board.locator(f"#w-{first['id']}")).to_contain_class("fresh")
    await expect(more).to_have_attribute("open", "")


async def test_whatever_a_crew_taps_is_as_high_as_a_thumb(field: Fieldwork, board: Page, work: dict[str, Any]) -> None:
    said = ReportCommented(reference=work["reference"], category="water-leak", by="public", text="น้ำเข้าบ้าน")
    await field.report(said, work["report_id"], sequence=2)
    card = board.locator(f"#w-{work['id']}")
    await expect(card.locator(".work-comments")).to_be_attached(timeout=SLOW)
    await card.evaluate("card => card.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    tapped = "a, button, summary, select, textarea, input:not([type=hidden], [tabindex='-1'])"
    heights = await card.locator(tapped).evaluate_all(
        """all => all.filter((one) => one.checkVisibility())
            .map((one) => [one.textContent.trim() || one.name, one.getBoundingClientRect().height])"""
    )

    assert heights
    assert [found for found in heights if found[1] < THUMB] == []


async def test_a_second_tap_takes_no_second_step(field: Fieldwork, board: Page) -> None:
    """The next step's button stands where the first was."""
    other = await something_new(field, board)
    card = board.locator(f"#w-{other['id']}")
    await unfold(card)
    await card.get_by_role("button", name="รับงาน", exact=True).dblclick()
    await expect(card.get_by_role("button", name="ออกเดินทาง", exact=True)).to_be_enabled(timeout=SLOW)
    await expect(board.locator("[data-unsent-steps]")).to_be_hidden(timeout=SLOW)  # a step is drawn before it is sent

    async def stands() -> str | None:  # the page has foreseen the step; the service may still be at it
        state = str((await field.order_of(other["report_id"]))["state"])
        return None if state == "assigned" else state

    assert await eventually(stands) == "acknowledged"


@pytest.mark.parametrize("touched", [True, False])
async def test_a_phone_shakes_for_new_work_once_its_board_has_been_touched(
    field: Fieldwork, board: Page, touched: bool
) -> None:
    """Before that no browser lets it, and each try is an error in its log."""
    said: list[str] = []
    board.on("console", lambda message: said.append(" ".join(filter(None, (message.text, message.location["url"])))))
    # Set here, for whatever Playwright asks of a page counts as a touch.
    await board.add_init_script(f"""
        Object.defineProperty(navigator, "userActivation", {{ value: {{ hasBeenActive: {str(touched).lower()} }} }});
        navigator.vibrate = () => console.log("shaken");
    """)
    await board.reload()
    await expect(board.locator("[data-live]")).to_be_visible(timeout=SLOW)
    await something_new(field, board)
    async with board.expect_console_message(lambda message: message.text == "so far"):
        await board.evaluate("console.log('so far')")

    assert said == [*(["shaken"] if touched else []), "so far"]


async def test_each_change_brings_its_one_card_and_asks_for_no_other(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    card = board.locator(f"#w-{work['id']}")
    other = await something_new(field, board)
    await field.act(work["id"], "pause", reason="part")
    await expect(board.locator(f"[data-place=waiting] #w-{work['id']}")).to_be_visible(timeout=SLOW)
    await field.act(other["id"], "acknowledge")
    await expect(board.locator(f"#w-{other['id']} form[action*=start]")).to_be_attached(timeout=SLOW)
    await field.act(work["id"], "complete", outcome="cannot_be_done", note="x")
    await expect(card).to_have_count(0, timeout=SLOW)

    await expect(board.locator(f"[data-place=finished] [data-work='{work['id']}']")).to_have_count(1)
    assert [url for url in asked if "/static/" not in url] == []  # an icon is asked of the browser's memory


async def test_work_that_goes_to_another_team_leaves_and_the_counts_follow(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    counts = board.locator("[data-counts]")
    before = await counts.inner_text()
    await field.act(work["id"], "assign", "officer", team="works-roads")
    await expect(board.locator(f"#w-{work['id']}")).to_have_count(0, timeout=SLOW)

    assert await counts.inner_text() != before


async def test_what_was_just_saved_goes_on_saying_so_when_the_stream_brings_it(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    card = board.locator(f"#w-{work['id']}")
    await unfold(card)
    await card.locator("details.more > summary").click()
    await card.locator("details.act summary", has_text="พักงาน").click()
    await card.get_by_role("button", name="พักงาน").click()
    await expect(card.locator(".work-saved")).to_be_visible(timeout=SLOW)
    await something_new(field, board)

    await expect(card.locator(".work-saved")).to_be_visible()


async def test_what_changes_while_a_page_is_on_its_way_is_not_missed(
    field: Fieldwork, board: Page, work: dict[str, Any]
) -> None:
    """Between the drawing of the page and the moment at which it listens."""
    held = asyncio.Event()

    async def later(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await board.route("**/crew/stream/**", later)
    await board.reload()
    other = await field.order_of(await field.report(fresh()))
    held.set()

    await expect(board.locator(f"#w-{other['id']}")).to_be_visible(timeout=SLOW)
