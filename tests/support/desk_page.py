"""The desk's page of one piece of work, in a browser."""

from playwright.sync_api import Page


def write_answer(page: Page, text: str) -> None:
    """Into the form that answers a question and closes it; sending it is another matter."""
    page.locator("details.act summary", has_text="ตอบและปิดเรื่อง").click()
    page.get_by_role("textbox", name="คำตอบ").fill(text)
