"""Codes that name something else must name something that is there, and no code may be given twice."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, entries, find, text

# where a code stands → the section that must have it
REFERENCES = (
    ("categories.*.group", "groups", "group"),
    ("routing.rules.*.when.categories.*", "categories", "category"),
    ("routing.rules.*.when.zones.*", "zones", "zone"),
    ("routing.rules.*.then.team", "teams", "team"),
    ("routing.rules.*.then.agency", "agencies", "agency"),
    ("routing.rules.*.then.service_level", "service_levels", "service level"),
    ("routing.fallback.team", "teams", "team"),
    ("routing.fallback.service_level", "service_levels", "service level"),
    ("permits.*.team", "teams", "team"),
    ("signatories.*.permits.*", "permits", "permit type"),
    ("absences.*.office", "signatories", "office"),
    ("absences.*.team", "teams", "team"),
    ("responses.*.categories.*", "categories", "category"),
    ("responses.*.permits.*", "permits", "permit type"),
    ("notices.*.template", "templates", "template"),
)

# lists whose entries have a code of their own
CODED = (
    "routing.rules", "zones", "land_use", "layers", "signatories", "notices", "responses", "categories.*.questions",
    "categories.*.questions.*.choices", "permits.*.fields", "permits.*.fields.*.choices", "permits.*.documents",
    "permits.*.lanes", "permits.*.lanes.*.conditions", "permits.*.fees",
)  # fmt: skip


def findings(data: dict[str, Any], all_read: bool) -> Iterator[Finding]:
    """Dangling references and duplicate codes. References into a section that could not be read are not checked."""
    for path, section, noun in REFERENCES:
        if section in data or all_read:
            known = codes(data.get(section))
            for location, code in find(data, path):
                if code not in known:
                    yield location, f"there is no {noun} {code!r}"
    for path in CODED:
        for location, listed in find(data, path):
            yield from _twice(location, listed)
    yield from _open311_codes(data)


def codes(section: Any) -> set[str]:
    """A section's codes: a mapping's keys, or the `code` of each entry of a list."""
    return set(section) if isinstance(section, dict) else {text(entry, "code") for _, entry in entries(section)}


def _twice(location: tuple[str | int, ...], listed: Any) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, entry in entries(listed):
        code = text(entry, "code")
        if code and code in seen:
            yield (*location, index, "code"), f"code {code!r} is given twice"
        seen.add(code)


def _open311_codes(data: dict[str, Any]) -> Iterator[Finding]:
    seen: dict[Any, str | int] = {}
    for location, code in find(data, "categories.*.open311_code"):
        if code in seen:
            yield location, f"open311_code {code!r} is that of category {seen[code]!r} already"
        seen.setdefault(code, location[1])
