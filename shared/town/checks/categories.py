"""Categories: one that the public may not see must be marked sensitive too, so that no exact place is published; a rule
of incidents must be able to find one."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, find, strings


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Categories that are hidden from the public although their reports are published with an exact place."""
    for location, category in find(data, "categories.*"):
        if isinstance(category, dict) and category.get("public") is False and category.get("sensitive") is not True:
            yield (*location, "public"), "a category that is not public must also say sensitive: true"
    yield from _incidents(data)


def _incidents(data: dict[str, Any]) -> Iterator[Finding]:
    """Rules of incidents that could never find one, or by which nothing could join."""
    for location, rule in find(data, "categories.*.incident"):
        category = data["categories"][location[1]]
        if "problem" not in (strings(category.get("kinds")) or ["problem"]):
            yield location, "only problems become incidents, and this category takes none"
        if not isinstance(rule, dict):
            continue
        minutes, hours = rule.get("minutes"), rule.get("join_hours", 24)
        if isinstance(minutes, int) and isinstance(hours, int) and hours * 60 < minutes:
            yield (*location, "join_hours"), f"ends before the {minutes} minutes in which reports are counted"


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Incidents by zone where no address could name one."""
    named = any(True for _ in find(data, "zones.*.words.*"))
    for location, rule in find(data, "categories.*.incident"):
        if isinstance(rule, dict) and rule.get("by_zone") is True and not named:
            yield (*location, "by_zone"), "no zone has `words`: an address without degrees is never near"
