"""The job whose button somebody presses stays under the thumb while the board draws it anew in another list: the real
page and its scripts in a browser, with a town beside them that answers at once and tells the board by its stream."""

import json
import mimetypes
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Route, async_playwright, expect

from services.dispatch.domain import crew_work
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import Card, make_card
from shared.kernel import Case
from tests.support.browser import ARGUMENTS, PHONE
from tests.support.dispatch_pages import crew_page, drawn
from tests.support.source import ROOT
from tests.support.work import MONDAY, SOMCHAI, by, order, town

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


class Town:
    """Takes each step, and tells of it when the stream is asked for again."""

    def __init__(self) -> None:
        self.works = [order(text=f"หลุมลึก {number}") for number in range(JOBS)]
        self.steps, self.version = iter(STEPS), 1
        self.told: list[str] = []

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
        self.version += 1
        html = drawn("_card_alone.html", card=self.card(number, self.version), query="")
        change = {"id": f"W{number}", "version": self.version, "place": place, "counts": "", "html": html}
        self.told.append(f"id: {self.version}\nevent: card\ndata: {json.dumps(change)}\n\n")

    async def answer(self, route: Route) -> None:
        path = re.sub(r"^https?://[^/]+|\?.*$|/~[0-9a-f]+", "", route.request.url)
        if path.startswith("/static/"):
            _, _, owner, name = path.split("/", 3)
            file = ROOT / ("shared/web" if owner == "shared" else f"services/{owner}/pages") / "static" / name
            kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(name)[0]
            await (route.fulfill(path=file, content_type=kind) if file.exists() else route.fulfill(status=404))
        elif route.request.method == "POST":
            self.take(3)
            await route.fulfill(json={"version": self.version})
        elif path.startswith("/crew/stream"):
            news, self.told = self.told, []
            await route.fulfill(body="retry: 100\n\n" + "".join(news), content_type="text/event-stream")
        elif path == "/crew/who":
            await route.fulfill(json={"person": "p"})
        elif path == "/crew":
            await route.fulfill(body=self.page(), content_type="text/html; charset=utf-8")
        else:
            await route.fulfill(status=503)


async def top(card: Locator) -> float:
    return float(await card.evaluate("card => card.getBoundingClientRect().top"))


@pytest.mark.parametrize("focuses", [True, False], ids=["a tap focuses", "a tap focuses nothing"])
async def test_the_pressed_job_stays_where_it_was_at_each_step(focuses: bool) -> None:
    """Each step is held for a while and goes when the next is pressed. Safari gives a tapped button no focus."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = await (await browser.new_context(**SMALL)).new_page()
        await page.route("**/*", Town().answer)
        await page.goto("http://localhost:9/crew")
        card = page.locator("#w-W3")
        await card.locator("details.job > summary").click()
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
        await browser.close()
