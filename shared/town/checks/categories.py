"""Categories: one that the public may not see must be marked sensitive too, so that no exact place is published."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, find


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Categories that are hidden from the public although their reports are published with an exact place."""
    for location, category in find(data, "categories.*"):
        if isinstance(category, dict) and category.get("public") is False and category.get("sensitive") is not True:
            yield (*location, "public"), "a category that is not public must also say sensitive: true"
