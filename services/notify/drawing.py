"""Draws a message as HTML: pages of our own can be tapped, and nothing that a stranger wrote."""

import re
from collections.abc import Sequence
from functools import cache

from markupsafe import Markup, escape

from services.notify.domain.foreign import blocks


def draw(letter: str, origin: str) -> Sequence[tuple[bool, Markup]]:
    """Its paragraphs, and its quotations (True), in their order; `origin` is the town's own."""
    return [(foreign, _lines(text) if foreign else _tappable(text, origin)) for foreign, text in blocks(letter)]


@cache
def _own_pages(origin: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(origin)}/[^\s<>\"]*")


def _tappable(text: str, origin: str) -> Markup:
    pieces: list[Markup] = []
    end = 0
    for found in _own_pages(origin).finditer(text):
        link = Markup('<a href="{url}">{url}</a>').format(url=found.group())
        pieces += [_lines(text[end : found.start()]), link]
        end = found.end()
    return Markup().join([*pieces, _lines(text[end:])])


def _lines(text: str) -> Markup:
    return escape(text).replace("\n", Markup("<br>\n"))
