"""The job whose button somebody presses stays under the thumb while the board draws it anew in another list, and for a
moment when it is over: the real page and its scripts in a browser, with a town beside them that answers at once and
tells the board by its stream."""

import json
import mimetypes
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from services.dispatch.domain import crew_work
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import Card, make_card
from shared.kernel import Case
from tests.support.browser import AT_ONCE, PHONE
from tests.support.dispatch_pages import crew_page, drawn
from tests.support.source import ROOT
from tests.support.work import MONDAY, SOMCHAI, by, order, town

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLOW = 20_000  # ms
SMALL = PHONE | {"viewport": {"width": 360, "height": 740}}
JOBS = 9  # more than fit on a screen: another list is out of sight
Act = Callable[[WorkOrder], WorkOrder]


def started(stage: Any) -> Act:
    return lambda work: crew_work.start(town(), work, by(SOMCHAI, MONDAY), stage=stage).state


STEPS: tuple[tuple[str, str, Act], ...] = (  # the button, the list where the job stands then, what the town makes of it
    ("รับงาน", "begin", lambda work: crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY)).state),
    ("ออกเดินทาง", "doing", started("on_the_way")),
    ("ถึงจุดแล้ว", "doing", started("on_site")),
)
NOTE = "ท่อเป็นของการประปา"
FINISH = (
    "บันทึกว่าเสร็จแล้ว",
    "finished",
    lambda work: crew_work.complete(town(), work, by(SOMCHAI, MONDAY), outcome="cannot_be_done", note=NOTE).state,
)
LATE = {"code": "came-late", "detail": "ตอนนี้อยู่กับงานถนนและทางเท้า"}


class Town:
    """Takes each step, and tells of it when the stream is asked for again; `refuses`: what it says to each instead."""

    def __init__(self) -> None:
        self.works = [order(text=f"หลุมลึก {number}") for number in range(JOBS)]
        self.steps, self.version = iter((*STEPS, FINISH)), 1
        self.told: list[str] = []
        self.away, self.refuses = False, dict[str, str]()

    def card(self, number: int, version: int = 1) -> Card:
        return make_card(town(), Case(f"W{number}", version, self.works[number]), MONDAY)

    def page(self) -> str:
        cards = [self.card(number) for number in range(JOBS)]
        return drawn(
            "crew.html", cards=cards, place="p", query="", incidents=[], categories=[], **crew_page()
        )  # fmt: skip

    def take(self, number: int) -> None:
        _, place, act = next(self.steps)
        self.works[number] = act(self.works[number])
        self.tell(number, place)

    def tell(self, number: int, place: str) -> None:
        self.version += 1
        template = "_finished_line.html" if place == "finished" else "_card_alone.html"
        html = drawn(template, card=self.card(number, self.version), query="")
        change = {"id": f"W{number}", "version": self.version, "place": place, "counts": "", "html": html}
        self.told.append(f"id: {self.version}\nevent: card\ndata: {json.dumps(change)}\n\n")

    @asynccontextmanager
    async def board(self, chromium: Browser, script: str = "") -> AsyncIterator[tuple[Page, Locator]]:
        """The open page, and the job in the middle of it, unfolded."""
        async with await chromium.new_context(**SMALL) as context:
            page = await context.new_page()
            await page.clock.install()
            await page.add_init_script(script)
            await page.route("**/*", self.answer)
            await page.goto("http://localhost:9/crew")
            card = page.locator("#w-W3")
            await card.locator("details.job > summary").click()
            yield page, card

    async def answer(self, route: Route) -> None:
        path = re.sub(r"^https?://[^/]+|\?.*$|/~[0-9a-f]+", "", route.request.url)
        if path.startswith("/static/"):
            _, _, owner, name = path.split("/", 3)
            file = ROOT / ("shared/web" if owner == "shared" else f"services/{owner}/pages") / "static" / name
            kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(name)[0]
            await (route.fulfill(path=file, content_type=kind) if file.exists() else route.fulfill(status=404))
        elif route.request.method == "POST":
            if not self.refuses:
                self.take(3)
            status, said = (409, self.refuses) if self.refuses else (200, {"version": self.version})
            await route.fulfill(status=status, json=said)
        elif path.startswith("/crew/stream"):
            news, self.told = self.told, []
            await route.fulfill(body="retry: 100\n\n" + "".join(news), content_type="text/event-stream")
        elif path == "/crew/who" and not self.away:
            await route.fulfill(json={"person": "p"})
        elif path == "/crew":
            await route.fulfill(body=self.page(), content_type="text/html; charset=utf-8")
        else:
            await route.fulfill(status=503)


async def top(card: Locator) -> float:
    return float(await card.evaluate("card => card.getBoundingClientRect().top"))


@pytest.mark.parametrize("focuses", [True, False], ids=["a tap focuses", "a tap focuses nothing"])
async def test_the_pressed_job_stays_where_it_was_at_each_step(chromium: Browser, focuses: bool) -> None:
    """Each step is held for a while and goes when the next is pressed. Safari gives a tapped button no focus."""
    async with Town().board(chromium) as (page, card):
        button = card.locator("[data-step]").locator("button, summary").first
        for number, (name, _, _) in enumerate(STEPS):
            await expect(button).to_have_text(name, timeout=SLOW)
            await expect(button).not_to_have_attribute("aria-disabled", "true", timeout=SLOW)
            await button.scroll_into_view_if_needed()
            before = await top(card)
            await button.click()
            if not focuses:
                await page.evaluate("document.activeElement.blur()")
            await expect(button).not_to_have_text(name, timeout=SLOW)
            await expect(card).to_have_attribute("data-version", str(number + 1), timeout=SLOW)

            bar = card.locator("[data-undo]")
            await expect(bar).to_be_in_viewport()
            await expect(button).to_be_in_viewport()
            room = await bar.bounding_box()
            assert room is not None
            assert abs(await top(card) - before) <= room["height"], "room for its undo, no more"


async def test_the_finished_job_says_for_a_moment_what_became_of_it_before_it_goes(chromium: Browser) -> None:
    place = Town()
    async with place.board(chromium, AT_ONCE) as (page, card):
        await expect(card.locator(".before")).to_be_hidden()
        await press_to_the_place(card)
        await expect(card.locator(".before")).to_be_visible()  # who has arrived stands before it as it was
        await finish(card)
        await expect(page.locator("[data-place=finished] [data-work=W3]")).to_have_count(1, timeout=SLOW)

        await expect(card.locator(".work-saved")).to_be_in_viewport()
        await expect(page.locator("[data-group=doing]")).to_be_visible()
        await expect(page.locator("[data-group=doing] [data-count]")).to_have_text("0")
        await page.clock.fast_forward(10_000)
        await expect(card).to_have_count(0)
        await expect(page.locator("[data-group=doing]")).to_be_hidden()


async def test_what_was_chosen_stays_when_the_job_is_drawn_anew_before_anything_is_written(chromium: Browser) -> None:
    place = Town()
    async with place.board(chromium, AT_ONCE) as (page, card):
        await press_to_the_place(card)
        await expect(card).to_have_attribute("data-version", str(len(STEPS) + 1), timeout=SLOW)
        await card.locator("details.finish > summary").click()
        outcome = card.locator("form[data-act=complete] [name=outcome]")
        await outcome.select_option("cannot_be_done")
        await page.evaluate("document.activeElement.blur()")
        place.tell(3, "doing")
        place.tell(4, "begin")  # after it

        await expect(page.locator("#w-W4")).to_have_attribute("data-version", str(place.version), timeout=SLOW)
        await expect(outcome).to_have_value("cannot_be_done")


async def test_what_came_too_late_is_one_box_that_says_who_has_the_job_now_and_all_that_was_done(
    chromium: Browser,
) -> None:
    place = Town()
    place.away, place.refuses = True, LATE
    async with place.board(chromium, AT_ONCE) as (page, card):
        await press_to_the_place(card)
        await finish(card)
        await expect(card.locator(".own-step")).to_have_count(4, timeout=SLOW)
        place.away = False
        await page.evaluate("dispatchEvent(new Event('online'))")

        box = card.locator(".own-step")
        await expect(box).to_have_count(1, timeout=SLOW)
        await expect(box).to_contain_text("รับงาน → ออกเดินทาง → ถึงจุดแล้ว → เสร็จงาน")
        await expect(box).to_contain_text(LATE["detail"])
        await expect(box).to_contain_text(NOTE)
        await box.get_by_role("button", name="รับทราบ").click()
        await expect(box).to_have_count(0)
        assert (
            await page.evaluate("import('/static/shared/device.mjs').then(({ Shelf }) => new Shelf('steps').all())")
            == []
        )


async def press_to_the_place(card: Locator) -> None:
    button = card.locator("[data-step]").locator("button, summary").first
    for name, _, _ in STEPS:
        await expect(button).to_have_text(name, timeout=SLOW)
        await expect(button).not_to_have_attribute("aria-disabled", "true", timeout=SLOW)
        await button.click()


async def finish(card: Locator) -> None:
    """As work that cannot be done, which needs no photo."""
    await card.locator("details.finish > summary").click(timeout=SLOW)
    form = card.locator("form[data-act=complete]")
    await form.locator("[name=outcome]").select_option("cannot_be_done")
    await form.locator("[name=note]").fill(NOTE)
    button = form.get_by_role("button", name=FINISH[0])
    await expect(button).not_to_have_attribute("aria-disabled", "true", timeout=SLOW)
    await button.click()
