"""A town's folder begins as a copy of another's: what it may still say of that one. Only where that lies beside it, as
in `deploy/municipalities`; what is made for one town alone has no neighbour."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.town.checks.raw import Finding, entries, text
from shared.town.source import Location

_LONGEST = 4  # words of a town's name
_DRAWN = ("zones", "land_use")  # the borders of another town lie outside the bounds, which says enough


def advice(data: dict[str, Any], directory: Path) -> Iterator[Finding]:
    """A code that is another folder's name; another town's name in mailboxes, offices and texts."""
    folder, code = directory.resolve(), text(data, "code")
    beside = [one.parent.name for one in folder.parent.glob("*/town.yaml") if one.parent != folder]
    if beside and code != folder.name:
        yield ("code",), f"code {code!r} is not what the folder is called: {folder.name!r}"
    for other in sorted({*beside} - {code}):
        yield from _names(data, other)


def _names(data: dict[str, Any], other: str) -> Iterator[Finding]:
    """Said once for each section: whoever mends one looks at the others."""
    name = other.replace("-", "")  # `maehia` is Mae Hia
    for section in (one for one in data if one not in _DRAWN):
        found = [place for place, said in _texts(data[section], (section,)) if name in _runs(said)]
        if found:
            more = f"; of {section} {len(found)} texts do" if found[1:] else ""
            yield found[0], f"{'.'.join(map(str, found[0]))} names {other}, the town beside this one{more}"


def _runs(said: str) -> set[str]:
    """Every few words that follow one another, as one."""
    words = re.findall(r"[a-z0-9]+", said.lower())
    return {"".join(words[at : at + many]) for at in range(len(words)) for many in range(1, _LONGEST + 1)}


def _texts(data: Any, location: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(data, str):
        yield location, data
    for key, value in entries(data):
        yield from _texts(value, (*location, key))
