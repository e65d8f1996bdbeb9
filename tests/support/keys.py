"""Somebody without a pointer at a page: what they want is reached by Tab and done by keys, or not at all."""

from playwright.sync_api import FilePayload, Locator, Page, expect

TABS_MOST = 150  # from anywhere on a page to anything on it
CHOICES_MOST = 40
_HAS_FOCUS = "wanted => wanted === document.activeElement"


class Keys:
    """A page in front of such a person. Nothing here clicks, fills or looks an element up to act on it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: Locator) -> None:
        """On with Tab until it has the focus, and is in sight."""
        for _ in range(TABS_MOST):
            if wanted.evaluate(_HAS_FOCUS):
                expect(wanted).to_be_in_viewport()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached with the Tab key")

    def past_the_header(self) -> None:
        """By the link for whoever has heard the header before."""
        self.page.keyboard.press("Tab")
        expect(self.page.locator(".skip")).to_be_focused()
        self.page.keyboard.press("Enter")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """A link or a button; a box to tick, by Space."""
        self.to(wanted)
        self.page.keyboard.press(key)

    def tick(self, wanted: Locator) -> None:
        """A box, or one of several ways: of those the arrows choose."""
        kind = wanted.get_attribute("type")
        if kind == "radio":
            self._choose_way(wanted)
        else:
            self.press(wanted, "Space")
        expect(wanted).to_be_checked()

    def _choose_way(self, wanted: Locator) -> None:
        """Tab comes to the one that is chosen, or the first; the arrows go on from there."""
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[name='{name}']")
        focused = group.and_(self.page.locator(":focus"))
        for _ in range(TABS_MOST):
            if focused.count():
                break
            self.page.keyboard.press("Tab")
        for _ in range(CHOICES_MOST):
            if wanted.evaluate(_HAS_FOCUS):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")

    def write(self, wanted: Locator, text: str) -> None:
        """In place of what stands there."""
        self.to(wanted)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)
        expect(wanted).to_have_value(text)

    def choose(self, wanted: Locator, value: str) -> None:
        """From a list, downwards."""
        self.to(wanted)
        for _ in range(CHOICES_MOST):
            if wanted.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen with the keys")

    def hand_in(self, wanted: Locator, file: FilePayload) -> None:
        """A file, as the browser's own window gives it, which Space opens."""
        self.to(wanted)
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        opened.value.set_files(file)
