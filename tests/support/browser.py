"""A real Chromium: a phone or a desk, signed in or not, which writes down whatever a page does wrong."""

import shutil
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from playwright import async_api
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

PATIENCE = 45_000  # ms; a loaded machine is slow
MARKET = {"latitude": 18.7431, "longitude": 98.9638, "accuracy": 12}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "th-TH",
    "timezone_id": "Asia/Bangkok", "geolocation": MARKET, "permissions": ["geolocation"],
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}
# The first draws the same pages with the same engine and has no windows, settings and services around them, which take
# half of the processor time.
BARE, WHOLE = "chromium-headless-shell", ("chromium", "google-chrome")
KNOWS_NO_OTHERS = "MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1"
ARGUMENTS = (
    # Containers rarely allow Chromium's own sandbox; the pages are ours.
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    # No page of ours needs another server; one that asks for it makes an error that is written down. Not by
    # intercepting requests: that switches the cache off.
    f"--host-resolver-rules={KNOWS_NO_OTHERS}",
    # Machines for tests have no graphics card. Maps need WebGL all the same; drawing everything else by an imitation of
    # a card, too, takes more than twice the processor time.
    "--enable-unsafe-swiftshader", "--disable-gpu", "--disable-gpu-rasterization",
)  # fmt: skip


def program(*, whole: bool = False) -> str:
    """The browser of this machine; `whole`: the one with settings that people change."""
    found = next(filter(None, map(shutil.which, WHOLE if whole else (BARE, *WHOLE))), None)
    assert found, "no Chromium: make setup says how to install it"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; each test opens visitors of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@asynccontextmanager
async def chromium_beside(**hosts: int) -> AsyncIterator[async_api.Browser]:
    """A browser for a test with an event loop of its own; each of `hosts` is served at that port of this machine."""
    rules = [*(f"MAP {host} 127.0.0.1:{port}" for host, port in hosts.items()), KNOWS_NO_OTHERS]
    arguments = [*ARGUMENTS, f"--host-resolver-rules={','.join(rules)}"]  # of two alike the last counts
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


class KeptChromium:
    """One browser for the files of tests in a row that look at pages. It has an event loop, and as long as that is
    there nobody else in this process may have one."""

    def __init__(self) -> None:
        self.files: Collection[Path] = ()  # it stays from one of these to the next
        self._open = ExitStack()
        self._browser: Browser | None = None
        self._opened_in: Path | None = None

    def open(self, file: Path) -> Browser:
        """For the tests of that file; the same as before, unless it has died."""
        if self._browser is None or not self._browser.is_connected():
            self.close()
            self._browser, self._opened_in = self._open.enter_context(chromium()), file
        return self._browser

    def make_room(self, file: Path) -> None:
        """A test of that file begins."""
        if file not in self.files and file != self._opened_in:
            self.close()

    def close(self) -> None:
        """May be called whenever nobody is visiting."""
        self._browser = self._opened_in = None
        self._open.close()


# As the switch on a crew's page leaves it: what is pressed goes at once, and no test waits for what it is not about.
AT_ONCE = """if (location.pathname.startsWith("/crew")) {
  try { localStorage.setItem("onestop-crew-at-once", "true"); } catch {}
}"""


# A map takes more of a processor than the rest of its page: for whom it is not about, it stays as far below the screen
# as on a longer page, from where it is not drawn.
NO_MAP_NEAR = """window.IntersectionObserver = class extends IntersectionObserver {
  observe(watched) {
    if (!watched.matches("[data-map-box]")) super.observe(watched);
  }
};"""


class Visitor:
    """One person at one device: a fresh profile with one tab, and the complaints about what it was shown; `thinks`: of
    a crew, whose steps wait a moment before they are sent; `maps`: comes to see them too."""

    def __init__(
        self, browser: Browser, origin: str, *, thinks: bool = False, maps: bool = True, **options: Any
    ) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=origin, **options)
        self.context.set_default_timeout(PATIENCE)
        self.context.set_default_navigation_timeout(PATIENCE)
        if not thinks:
            self.context.add_init_script(AT_ONCE)
        if not maps:
            self.context.add_init_script(NO_MAP_NEAR)
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab, watched as well."""
        page = self.context.new_page()
        # The browser's own window for files stays away: asked for when one is about to open, it sometimes came first.
        page.on("filechooser", lambda _: None)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def sign_in(self, sub: str, path: str) -> Page:
        """Open a page of the staff and go through the identity provider's form as that person."""
        self.page.goto(path)
        self.page.get_by_placeholder("sub", exact=True).fill(sub)
        self.page.get_by_role("button", name="Authorize").click()
        self.page.wait_for_url(lambda url: url.startswith(self.origin))
        return self.page

    def close(self) -> None:
        """Leave."""
        self.context.close()

    def _said(self, message: ConsoleMessage) -> None:
        page = message.page
        if message.type == "error" and page is not None and page.url.startswith(self.origin):
            self.complaints.append(f"{page.url}: {message.text} ({message.location.get('url', '')})")
