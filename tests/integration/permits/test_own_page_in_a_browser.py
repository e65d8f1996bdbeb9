"""The applicant's open page, which shows by itself what has changed: whoever is in it with the keys stays there."""

import pytest
from playwright.async_api import Route, expect

from tests.support.permits_in_a_browser import at_a_desk
from tests.support.permits_running import PDF, Permits
from tests.support.uploads import chosen_file

SHOWN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"  # as when one comes back to the tab: it looks

A_LOOK_MS = 1_500


async def test_what_changes_at_the_office_does_not_send_the_keys_back_to_the_top(service: Permits) -> None:
    made = await service.brought_to("submitted")
    async with at_a_desk(service) as context:
        page = await context.new_page()
        await page.goto(f"/permits/{made['reference']}?secret={made['secret']}")
        await page.locator("#document-plans .file").focus()
        accepted = await service.act(made, "accept", service.staff("officer"))
        assert accepted.status_code == 200, accepted.text
        await page.evaluate(SHOWN_AGAIN)

        await expect(page.locator("#document-plans .badge")).to_have_text("ตรวจรับแล้ว")
        await expect(page.locator("#document-plans .file")).to_be_focused()


async def test_whoever_chooses_a_file_hands_it_in_whatever_changes_meanwhile(service: Permits) -> None:
    made = await service.open()
    async with at_a_desk(service) as context:
        page = await context.new_page()
        page.on("filechooser", lambda _: None)  # the browser's own window stays away from the beginning
        await page.goto(f"/permits/{made['reference']}?secret={made['secret']}")
        await page.locator("#document-plans input[type=file]").focus()
        async with page.expect_file_chooser() as opened:
            await page.keyboard.press("Space")
        chooser = await opened.value
        await service.upload(made, "id-card")  # by somebody else at home, at another device
        await page.evaluate(SHOWN_AGAIN)
        await page.wait_for_timeout(A_LOOK_MS)  # in which the page would have been drawn anew

        await chooser.set_files(chosen_file("plans.pdf", PDF))

        await expect(page.locator("#document-plans .badge")).to_have_text("ได้รับแล้ว")
        await expect(page.locator("#document-id-card .badge")).to_have_text("ได้รับแล้ว")


async def test_a_file_that_meets_a_busy_town_is_sent_again_by_itself(service: Permits) -> None:
    made, asked = await service.open(), 0

    async def busy_at_first(route: Route) -> None:
        nonlocal asked
        asked += route.request.method == "POST"
        if route.request.method == "POST" and asked == 1:
            await route.fulfill(status=503, headers={"Retry-After": "2"}, body="<h1>busy</h1>")
        else:
            await route.continue_()

    async with at_a_desk(service) as context:
        page = await context.new_page()
        await page.route("**/documents/plans*", busy_at_first)
        await page.goto(f"/permits/{made['reference']}?secret={made['secret']}")
        await page.locator("#document-plans input[type=file]").set_input_files(chosen_file("plans.pdf", PDF))

        await expect(page.locator("#document-plans .form-status")).to_contain_text("ส่งใหม่ให้เองใน 2 วินาที")
        await expect(page.locator("#document-plans .badge")).to_have_text("ได้รับแล้ว")


@pytest.mark.parametrize(("body", "said"), [
    ('<section class="error-page"><p class="lead">ไฟล์ใหญ่เกินไป</p></section>', "ไฟล์ใหญ่เกินไป"),
    ("Bad Gateway", "ลองส่งใหม่อีกครั้ง"),
])  # fmt: skip
async def test_a_refusal_from_before_the_page_is_said_beside_the_file(service: Permits, body: str, said: str) -> None:
    made = await service.open()

    async def refused(route: Route) -> None:
        await (route.fulfill(status=502, body=body) if route.request.method == "POST" else route.continue_())

    async with at_a_desk(service) as context:
        page = await context.new_page()
        await page.route("**/documents/plans*", refused)
        await page.goto(f"/permits/{made['reference']}?secret={made['secret']}")
        await page.locator("#document-plans input[type=file]").set_input_files(chosen_file("plans.pdf", PDF))

        await expect(page.locator("#document-plans .form-status.bad")).to_contain_text(said)
        await expect(page.locator("#document-plans form")).not_to_have_attribute("aria-busy", "true")
