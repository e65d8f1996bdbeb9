"""The plot in the form: found by its deed, measured, offered, and said where what is declared is something else."""

import re

from playwright.async_api import expect

from tests.support.permits_in_a_browser import at_a_desk
from tests.support.permits_running import Permits

DEED = "40178"
HOUSE = "18.74522, 98.95711\n18.74522, 98.95718\n18.74532, 98.95718\n18.74532, 98.95711"
TRIED = f"/plan?deed={DEED}&use=house&storeys=2&height=6&footprint={HOUSE}"


async def test_what_was_tried_on_the_plan_is_applied_for_and_its_measures_are_taken(service: Permits) -> None:
    async with at_a_desk(service) as context:
        page = await context.new_page()
        await page.goto(TRIED.replace("\n", "%0A"))
        await page.get_by_role("link", name="นำไปยื่นคำขอก่อสร้างบ้านพักอาศัย").click()

        await expect(page.get_by_text(f"พบแปลง {DEED} บนผัง เนื้อที่ 335.94 ตารางเมตร")).to_be_visible()
        await expect(page.locator("#f_storeys")).to_have_value("2")
        await expect(page.locator("#f_use")).to_have_value("house")
        plot = page.locator(".question:has(#f_plot_area_m2)")
        await expect(plot).to_contain_text("บนผังวัดได้ 335.94 ตารางเมตร")
        await plot.get_by_role("button", name="ใช้ค่านี้").click()
        await expect(page.locator("#f_plot_area_m2")).to_have_value("335.94")
        await expect(plot).to_contain_text("ตรงกับผัง")
        await expect(plot.get_by_role("button")).to_have_count(0)

        setback = page.locator(".question:has(#f_setback_m)")
        await page.locator("#f_setback_m").fill("๙")
        await expect(setback.locator(".differs")).to_contain_text("ไม่ตรงกับที่ระบุ")
        await setback.get_by_role("button", name="ใช้ค่านี้").click()
        await expect(setback.locator(".measured")).to_have_text(re.compile("^ตรงกับผัง"))

        await page.locator("#f_deed_number").fill("0")
        await page.locator("#f_deed_number").press("Tab")
        await expect(page.get_by_text("ไม่พบเลขที่โฉนดนี้บนผัง")).to_be_visible()


async def test_a_rule_that_is_not_met_leads_to_the_field_that_mends_it(service: Permits) -> None:
    corners = [[float(x), float(y)] for y, x in (line.split(", ") for line in HOUSE.splitlines())]
    where = {"latitude": corners[0][1], "longitude": corners[0][0], "footprint": corners}
    made = await service.open(form={"deed_number": DEED, "plot_area_m2": "640"}, location=where)
    async with at_a_desk(service) as context:
        page = await context.new_page()
        await page.goto(f"/permits/{made['reference']}?secret={made['secret']}")
        await page.locator("#lane a[href$='#f_plot_area_m2']").click()

        await expect(page).to_have_url(re.compile("/edit#f_plot_area_m2$"))
        await expect(page.locator("#f_plot_area_m2")).to_be_in_viewport()
        await expect(page.locator(".question:has(#f_plot_area_m2) .differs")).to_contain_text("335.94")
