"""Ready-made responses: only placeholders that a case can fill in, and none that nobody is ever offered."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, entries, find
from shared.town.notices import placeholders
from shared.town.responses import RESPONSE_PLACEHOLDERS


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Placeholders that nothing fills, and titles that have some: nobody would see what they mean in a list."""
    for location, words in find(data, "responses.*.text"):
        for language, text in entries(words):
            for name in sorted(placeholders(str(text)) - RESPONSE_PLACEHOLDERS):
                yield (*location, language), f"{{{name}}} is nothing that a case can fill in"
    for location, words in find(data, "responses.*.title"):
        for language, text in entries(words):
            if placeholders(str(text)):
                yield (*location, language), "a title is shown as it is: it takes no placeholder"
