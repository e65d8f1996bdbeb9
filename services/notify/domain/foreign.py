"""Words of people outside the town hall, as the town's own messages may carry them: quoted, short, without links.

Whoever reads a message of the town's believes that the town says what is in it. So what a stranger wrote is set apart
on lines of its own, and no address in it can be tapped: mail programs make links of what looks like one by themselves.
"""

import re
from collections.abc import Mapping, Sequence
from string import printable
from typing import Any

BAR = "┃ "  # begins each line that is somebody else's
MOST = 300  # letters of a quotation in a message; all of it is read on the page
NAME_MOST = 60  # letters of a name by which somebody is greeted
_WRITTEN: Mapping[str, tuple[str, ...]] = {  # by event type: the fields that somebody outside the town hall filled in
    "onestop.report.commented.v1": ("text",),
    "onestop.report.withdrawn.v1": ("reason",),
    "onestop.report.reopened.v1": ("reason",),
    "onestop.report.rated.v1": ("comment",),
    "onestop.permit.withdrawn.v1": ("reason",),
    "onestop.permit.message-written.v1": ("text",),
    "onestop.permit.extension-asked.v1": ("reason",),
    "onestop.permit.appealed.v1": ("reason",),
    "onestop.permit.consultation-answered.v1": ("answer",),
    "onestop.permit.neighbour-asked.v1": ("address",),
    "onestop.permit.neighbour-reminded.v1": ("address",),
    "onestop.permit.neighbour-answered.v1": ("answer",),
    "onestop.work-order.agency-answered.v1": ("note", "agency_reference"),
    "onestop.work-order.referred.v1": ("text",),  # what was reported, under what the town says of it
}
# `https://`, `www.`, and of a name as `evil.example/x` or `a@evil.example` two parts, whatever stands before and behind
# them; not `3.5`, `พ.ย.`, `etc.` or `No.7`.
_LINK = re.compile(
    r"://|www\.|(?<![a-z0-9-])[a-z0-9-]+\.(?:[a-z]{2,}|xn--[a-z0-9-]+)(?![a-z0-9-])", re.ASCII | re.IGNORECASE
)


def is_foreign(about: str, name: str, data: Mapping[str, Any]) -> bool:
    """Whether this field of the event holds words of a resident's or an agency's. What staff wrote is the town's."""
    if about == "onestop.work-order.cancelled.v1":  # as the report was taken back
        return name == "reason" and data.get("outcome") == "withdrawn"
    return name in _WRITTEN.get(about, ()) and data.get("by") != "staff"


def quote_text(text: str, *, link_left_out: str, whole: bool = False, cut: bool = True) -> str:
    """The text line by line behind a bar, below what introduces it; `link_left_out` stands where a link stood.

    `whole`: on our own page, which makes no links of it and has room for all. Not `cut`: for who does the work by it.
    """
    plain = text if whole else without_links(text, link_left_out)
    lines = [line.strip() for line in (_shorten(plain) if cut and not whole else plain).splitlines() if line.strip()]
    return "".join(f"\n{BAR}{line}" for line in lines)


def in_a_line(text: str, *, link_left_out: str, whole: bool = False) -> str:
    """A few words of theirs within a line of ours."""
    said = " ".join(text.split())
    return said if whole else _shorten(without_links(said, link_left_out))


def _shorten(text: str) -> str:
    return text if len(text) <= MOST else text[:MOST].rstrip() + "…"


def without_links(text: str, instead: str) -> str:
    """The text with each address of a page or a mailbox replaced."""
    return "\n".join(" ".join(_plain(word, instead) for word in line.split(" ")) for line in text.splitlines())


def plain_name(name: str | None) -> str | None:
    """A name to greet somebody by; None where it is none: a stranger may have written a message there."""
    said = " ".join((name or "").split())
    return said if said and len(said) <= NAME_MOST and without_links(said, "") == said else None


def _plain(word: str, instead: str) -> str:
    """The word up to its address, with all Latin letters and signs before it: Thai is written up to one unspaced."""
    found = _LINK.search(word)
    return word if found is None else word[: found.start()].rstrip(printable) + instead


def blocks(body: str) -> Sequence[tuple[bool, str]]:
    """A message in pieces for drawing: paragraphs of the town's, and quotations (True) without their bars."""
    found: list[tuple[bool, list[str]]] = []
    blank = True
    for line in body.splitlines():
        foreign = line.startswith(BAR)
        if not line.strip():
            blank = True
            continue
        if blank or found[-1][0] != foreign:
            found.append((foreign, []))
        found[-1][1].append(line.removeprefix(BAR) if foreign else line)
        blank = False
    return [(foreign, "\n".join(lines)) for foreign, lines in found]
