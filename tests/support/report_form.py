"""The report form as somebody fills it in, in a browser."""

from playwright.sync_api import Page


def choose(page: Page, category: str) -> None:
    """The kind of matter."""
    page.locator("label.choice", has=page.locator(f"input[value='{category}']")).click()


def write(page: Page, text: str, category: str = "road-damage") -> None:
    """The least that a report needs."""
    page.locator("#text").fill(text)
    choose(page, category)
    page.locator("#address").fill("ซอย 3 หมู่ 7")
