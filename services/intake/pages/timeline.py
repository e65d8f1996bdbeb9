"""The timeline as people read it: what was sent to the reporter over and over is one line that counts."""

from collections.abc import Iterable
from typing import Any

Line = dict[str, Any]


def fold(timeline: Iterable[Line]) -> list[Line]:
    """The lines as they were; of messages that went the same way only the latest stays, with how many `times`.

    One that failed stays where it happened: somebody waits for it still.
    """
    latest: dict[str, int] = {}
    lines: list[Line | None] = []
    for entry in timeline:
        times = 1
        if _repeats(entry):
            before = latest.get(entry["text"])
            if before is not None:
                times += (lines[before] or {}).get("times", 1)
                lines[before] = None
            latest[entry["text"]] = len(lines)
        lines.append({**entry, "times": times})
    return [one for one in lines if one]


def _repeats(entry: Line) -> bool:
    return entry["type"] == "told" and entry.get("status") != "failed"
