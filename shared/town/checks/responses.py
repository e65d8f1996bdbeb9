"""Ready-made responses: only placeholders that a case can fill in, and none that nobody is ever offered."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, entries, find
from shared.town.notices import placeholders
from shared.town.responses import OF_PERMITS, OF_WORK, PERMIT_ACTS, RESPONSE_PLACEHOLDERS, WORK_ACTS
from shared.town.source import Location

FINDING_MOST = 500  # characters of what is found about one document, on one line of a form


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Placeholders that nothing fills, titles that have some (nobody would see what they mean in a list), and kinds of
    cases that none of its acts is about."""
    for location, response in find(data, "responses.*"):
        acts = {str(act) for _, act in find(response, "acts.*")}
        yield from _texts(location, response, acts)
        for kinds, about in (("categories", WORK_ACTS), ("permits", PERMIT_ACTS)):
            if acts and not acts & set(about) and list(find(response, f"{kinds}.*")):
                yield (*location, kinds), f"none of its acts is one with {kinds}: {', '.join(about)}"
    for location, words in find(data, "responses.*.title"):
        for language, text in entries(words):
            if placeholders(str(text)):
                yield (*location, language), "a title is shown as it is: it takes no placeholder"


def _texts(response: Location, data: Any, acts: set[str]) -> Iterator[Finding]:
    allowed = [names for act, names in RESPONSE_PLACEHOLDERS.items() if act in acts] or [OF_WORK | OF_PERMITS]
    for location, words in find(data, "text"):
        for language, text in entries(words):
            at = (*response, *location, language)
            for name in sorted(placeholders(str(text)) - frozenset.intersection(*allowed)):
                who = "each of its acts" if name in OF_WORK | OF_PERMITS else "a case"
                yield at, f"{{{name}}} is nothing that {who} can fill in"
            if "finding" in acts and (len(str(text)) > FINDING_MOST or "\n" in str(text).strip()):
                yield at, f"what is found about a document is one line of at most {FINDING_MOST} characters"
