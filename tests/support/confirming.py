"""The owner of an address says in a running stack that they want to be told, as the first mail asks."""

import re

import httpx

from tests.support.stack import Stack
from tests.support.waiting import until


def confirm_address(stack: Stack, address: str) -> None:
    """Open the newest mail's question and press its button."""
    link = until(lambda: _question(stack, address), f"the mail that asks {address}")
    answer = httpx.post(link, data={"answer": "yes"}, timeout=30)
    assert answer.status_code == 303, answer.text


def _question(stack: Stack, address: str) -> str:
    for mail in reversed(stack.mailbox.to(address)):
        body = mail.get_body(("plain",))
        if body and (found := re.search(r"\S+/inbox/confirm/\S+", body.get_content())):
            return found.group()
    return ""
