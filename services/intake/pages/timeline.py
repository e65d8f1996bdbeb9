"""The timeline as people read it: each step with the notices that told of it, and other notices as lines that count."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.intake.domain.states import LINES_OF_EVENT

Line = dict[str, Any]


def arrange(timeline: Iterable[Line]) -> list[Line]:
    """The steps, each with its `notices`. Of the notices about no step that is here (of merged reports) only the latest
    of a kind stays, with how many `times`.

    One that failed stays where it happened: somebody waits for it still.
    """
    lines = [{**entry, "times": 1, "notices": []} for entry in timeline]
    steps = {(one["type"], one["at"]): one for one in lines if one["type"] != "notice"}
    latest: dict[str, Line] = {}
    arranged: list[Line] = []
    for one in lines:
        if one["type"] == "notice" and (step := _step(one, steps)):
            step["notices"].append(one)
            continue
        if _repeats(one):
            if before := latest.get(one["text"]):
                one["times"] += before["times"]
                arranged = [other for other in arranged if other is not before]
            latest[one["text"]] = one
        arranged.append(one)
    return arranged


def _step(notice: Line, steps: Mapping[tuple[str, Any], Line]) -> Line | None:
    """What the notice told of, if it is a step of this report. Time alone would not do: one step of dispatch may say
    several things at once."""
    places = [(kind, notice.get("about_at")) for kind in LINES_OF_EVENT.get(notice.get("about", ""), ())]
    return next((steps[place] for place in places if place in steps), None)


def _repeats(entry: Line) -> bool:
    return entry["type"] == "notice" and entry.get("status") != "failed"
