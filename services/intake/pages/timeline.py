"""The timeline as people read it: each step with the mails that told of it, and the other mails as lines that count."""

from collections.abc import Iterable, Mapping
from typing import Any

Line = dict[str, Any]

# Which lines an event makes. Time alone would not do: one step of dispatch may say several things at once.
STEPS: Mapping[str, tuple[str, ...]] = {
    "onestop.report.submitted.v1": ("received",),
    "onestop.report.amended.v1": ("amended",),
    "onestop.report.commented.v1": ("commented",),
    "onestop.report.followed.v1": ("absorbed",),
    "onestop.report.merged.v1": ("merged",),
    "onestop.report.withdrawn.v1": ("withdrawn",),
    "onestop.report.rated.v1": ("rated",),
    "onestop.report.reopened.v1": ("reopened",),
    "onestop.report.closed.v1": ("closed",),
    "onestop.work-order.created.v1": ("routed", "triaged"),
    "onestop.work-order.assigned.v1": ("assigned", "triaged"),
    "onestop.work-order.acknowledged.v1": ("acknowledged",),
    "onestop.work-order.started.v1": ("on_the_way", "on_site"),
    "onestop.work-order.paused.v1": ("paused",),
    "onestop.work-order.resumed.v1": ("resumed",),
    "onestop.work-order.completed.v1": ("completed",),
    "onestop.work-order.refused.v1": ("refused",),
    "onestop.work-order.referred.v1": ("referred",),
    "onestop.work-order.cancelled.v1": ("cancelled",),
    "onestop.work-order.escalated.v1": ("escalated",),
    "onestop.incident.opened.v1": ("incident_opened",),
    "onestop.incident.joined.v1": ("incident_joined",),
    "onestop.incident.left.v1": ("incident_left",),
    "onestop.incident.resolved.v1": ("incident_resolved",),
}


def fold(timeline: Iterable[Line]) -> list[Line]:
    """The steps, each with what was `told` of it. Of the messages about no step that is here (merged reports, and
    what notify said before it named the step) only the latest of a kind stays, with how many `times`.

    One that failed stays where it happened: somebody waits for it still.
    """
    lines = [{**entry, "times": 1, "told": []} for entry in timeline]
    steps = {(one["type"], one["at"]): one for one in lines if one["type"] != "told"}
    latest: dict[str, Line] = {}
    shown: list[Line] = []
    for one in lines:
        if one["type"] == "told" and (step := _step(one, steps)):
            step["told"].append(one)
            continue
        if _repeats(one):
            if before := latest.get(one["text"]):
                one["times"] += before["times"]
                shown = [other for other in shown if other is not before]
            latest[one["text"]] = one
        shown.append(one)
    return shown


def _step(message: Line, steps: Mapping[tuple[str, Any], Line]) -> Line | None:
    """What the message told of, if it is a step of this report."""
    places = [(kind, message.get("about_at")) for kind in STEPS.get(message.get("about", ""), ())]
    return next((steps[place] for place in places if place in steps), None)


def _repeats(entry: Line) -> bool:
    return entry["type"] == "told" and entry.get("status") != "failed"
