"""The crew's work on paper, as a browser prints it."""

import mimetypes
import re
import shutil
import subprocess
from pathlib import Path

from playwright.async_api import Route, async_playwright

from services.dispatch.pages.cards import make_card
from shared.kernel import Case
from tests.support.browser import ARGUMENTS, DESK
from tests.support.dispatch_pages import drawn
from tests.support.source import ROOT
from tests.support.work import MONDAY, order, town

JOBS = 20  # more than a page of paper: what a browser does not part began on the second


async def answer(route: Route) -> None:
    path = re.sub(r"^https?://[^/]+|\?.*$|/~[0-9a-f]+", "", route.request.url)
    if path == "/crew/sheet":
        cards = [make_card(town(), Case(f"W{at}", 1, order(text=f"pothole-{at}-")), MONDAY) for at in range(JOBS)]
        page = drawn("sheet.html", path=path, cards=cards, form="list", team="works-water", at=MONDAY)
        return await route.fulfill(body=page, content_type="text/html; charset=utf-8")
    _, _, owner, name = path.split("/", 3) if path.startswith("/static/") else ("", "", "", "none")
    file = ROOT / ("shared/web" if owner == "shared" else f"services/{owner}/pages") / "static" / name
    kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(name)[0]
    return await (route.fulfill(path=file, content_type=kind) if file.is_file() else route.fulfill(status=404))


async def test_the_list_begins_under_its_heading_and_stands_in_the_order_of_the_way(tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = await (await browser.new_context(**DESK)).new_page()
        await page.route("**/*", answer)
        await page.goto("http://localhost:9/crew/sheet#W5,W2")
        await page.pdf(path=tmp_path / "sheet.pdf", format="A4")
        await browser.close()
    command = ("pdftotext", "-layout", "-f", "1", "-l", "1", str(tmp_path / "sheet.pdf"), "-")
    first = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: ASYNC221

    assert re.findall(r"(\d+) +pothole-(\d+)-", first)[:4] == [("1", "5"), ("2", "2"), ("3", "0"), ("4", "1")]
