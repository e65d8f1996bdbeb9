"""The photos of finished work in a real browser: chosen, shown, taken away again, by the crew and at the desk."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FileChooser, Locator, expect

from tests.support.browser import AT_ONCE, PHONE
from tests.support.fieldwork import Fieldwork, eventually
from tests.support.uploads import camera_photo, chosen_file, photo

pytestmark = [pytest.mark.usefixtures("nothing_before"), pytest.mark.asyncio(loop_scope="module")]
PLACES = {"crew-water": "/crew", "supervisor": "/desk"}  # who finishes work, and where


@pytest_asyncio.fixture(params=PLACES, loop_scope="module")
async def fold(
    chromium: Browser, field: Fieldwork, work: dict[str, Any], request: pytest.FixtureRequest
) -> AsyncIterator[Locator]:
    """What finishes the work, unfolded on its page; a board has those of other work too."""
    async with await chromium.new_context(**PHONE, extra_http_headers=field.headers(request.param)) as context:
        await context.add_init_script(AT_ONCE)
        page = await context.new_page()
        await page.goto(f"{field.stack.url('dispatch')}{PLACES[request.param]}/{work['id']}")
        fold = page.locator("details", has=page.locator(f"#photo-{work['id']}")).last
        await fold.locator("summary").first.click()
        yield fold


def button(fold: Locator, name: str) -> Locator:
    return fold.get_by_role("button", name=name, exact=True)


def of_the_finished(fold: Locator) -> Locator:
    """The desk's form has a field for the photos of before beside it."""
    return fold.locator(".photo-field").filter(has=fold.page.locator("input[name=photo]"))


def photos(fold: Locator) -> Locator:
    return fold.locator("[data-chosen] img")


async def choose(fold: Locator, *names: str, content: bytes = b"") -> None:
    async with fold.page.expect_file_chooser() as opened:
        await button(of_the_finished(fold), "เลือกรูป").click()
    await (await opened.value).set_files([chosen_file(name, content or photo()) for name in names])


async def test_a_photo_that_was_chosen_can_be_taken_away_again(
    field: Fieldwork, work: dict[str, Any], fold: Locator
) -> None:
    await choose(fold, "a.jpg", "b.jpg")
    await expect(photos(fold)).to_have_count(2)
    await fold.get_by_role("button", name="a.jpg").click()

    await expect(photos(fold)).to_have_count(1)
    await expect(fold.get_by_role("img", name="b.jpg")).to_be_visible()
    left = await fold.locator("input[name=photo]").evaluate("field => [...field.files].map(({name}) => name)")
    assert left == ["b.jpg"]
    await button(fold, "บันทึกว่าเสร็จแล้ว").click()

    async def finished() -> list[str] | None:
        order = (await field.get(f"/api/v1/work-orders/{work['id']}")).json()
        return order["completion"]["photos"] if order["state"] == "completed" else None

    assert len(await eventually(finished)) == 1


_TAKE = """(field, content) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const all = new DataTransfer();
  [...field.files, new File([bytes], "c.jpg", { type: "image/jpeg" })].forEach((file) => all.items.add(file));
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}"""
_SIZES = """async (field) => Promise.all([...field.files].map(async (file) => {
  const picture = await createImageBitmap(file);
  return [Math.max(picture.width, picture.height), file.size];
}))"""


async def test_photos_of_a_camera_are_made_smaller_and_stay_legible_also_those_taken_meanwhile(fold: Locator) -> None:
    field = fold.locator("input[name=photo]")
    await choose(fold, "a.jpg", "b.jpg", content=camera_photo(18.74, 98.96, (3000, 2250)))
    # The next one is taken while the first are at work.
    await field.evaluate(_TAKE, base64.b64encode(camera_photo(18.74, 98.96, (3000, 2250))).decode())

    async def made_smaller() -> list[int] | None:
        sizes = await field.evaluate(_SIZES)
        return [side for side, _ in sizes] if all(side < 3000 for side, _ in sizes) else None

    assert await eventually(made_smaller) == [2000, 2000, 2000]
    await expect(photos(fold)).to_have_count(3)


async def test_more_photos_than_a_form_can_take_are_left_out_and_it_is_said(fold: Locator) -> None:
    said = of_the_finished(fold).get_by_text("แนบได้ครั้งละไม่เกิน 6 รูป")
    await choose(fold, *(f"{number}.jpg" for number in range(7)))

    await expect(said).to_be_visible()
    await expect(photos(fold)).to_have_count(6)
    await fold.get_by_role("button", name="0.jpg").click()
    await expect(said).to_be_hidden()


async def test_a_card_that_a_board_kept_opens_one_file_chooser(fold: Locator, work: dict[str, Any]) -> None:
    opened: list[FileChooser] = []
    page = fold.page
    page.on("filechooser", lambda chooser: opened.extend([chooser]))
    await fold.locator(f"#note-{work['id']}-done").fill("เปลี่ยนข้อต่อแล้ว")
    if "/crew" in page.url:
        async with page.expect_response("**/crew/board*"):
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.wait_for_function("document.getElementById('board').isConnected")
    await choose(fold, "a.jpg")

    await expect(photos(fold)).to_have_count(1)
    assert len(opened) == 1
