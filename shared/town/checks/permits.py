"""Permit types: conditions and fees speak of fields that the form has, and some lane takes every application."""

from collections.abc import Iterator
from typing import Any

from shared.town.checks.raw import Finding, entries, find, strings, text
from shared.town.notices import placeholders
from shared.town.permits import REQUEST_WORDS
from shared.town.source import Location

_NUMERIC = ("integer", "decimal")
_PAID_FIRST = {"pay_first": "fees", "lanes.*.pay_first": "fees", "extension_pay_first": "extension_fees"}


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Conditions on unknown fields or choices, lanes that leave an application without one."""
    for location, permit in find(data, "permits.*"):
        fields = {text(field, "code"): field for _, field in find(permit, "fields.*")}
        yield from _conditions(location, permit, fields)
        yield from _questions(location, permit)
        yield from _lanes(location, permit)
        yield from _request_form(location, permit, fields)
        yield from _check_paid_first(location, permit)
        if not _signed(data, str(location[-1])):
            yield location, "no signatory may sign this type"
    yield from _land_use(data)


def _conditions(permit: Location, data: Any, fields: dict[str, Any]) -> Iterator[Finding]:
    for path in ("lanes.*.conditions.*", "documents.*.required_when.*", "fees.*.when.*", "extension_fees.*.when.*"):
        for location, condition in find(data, path):
            yield from _condition((*permit, *location), condition, fields)
            if path != "lanes.*.conditions.*" and text(condition, "check"):
                yield (*permit, *location, "check"), "a check can only stand in a lane"
    for location, per in (*find(data, "fees.*.per"), *find(data, "extension_fees.*.per")):
        if text(fields.get(str(per)), "type") not in _NUMERIC:
            yield (*permit, *location), f"{per!r} is no numeric field of this form"
        elif not _is_bounded(fields[str(per)]):
            yield (*permit, *location), f"{per!r} needs a minimum of at least 0 and a maximum: a fee is counted by it"


def _is_bounded(field: Any) -> bool:
    """Anybody may write anything into a form: less than nothing makes it cheaper, too much can be paid by nobody."""
    try:
        return bool(field["maximum"] >= field["minimum"] >= 0)
    except (KeyError, TypeError):  # what is no number is said elsewhere
        return False


def _check_paid_first(permit: Location, data: Any) -> Iterator[Finding]:
    """What is granted when it is paid needs an invoice, or it would be granted unpaid."""
    for path, fees in _PAID_FIRST.items():
        for location, waits in find(data, path):
            if waits and not (text(data, "fee_due_days") and any(find(data, f"{fees}.*"))):
                said = f"{location[-1]} needs {fees} and fee_due_days: there would be nothing to pay"
                yield (*permit, *location), said


def _questions(permit: Location, data: Any) -> Iterator[Finding]:
    """A question can only wait for one that stands before it: the form is read, and shown, in this order."""
    sections = {str(code) for _, code in find(data, "sections.*.code")}
    before: dict[str, Any] = {}
    for location, field in find(data, "fields.*"):
        for path, condition in find(field, "when.*"):
            yield from _condition((*permit, *location, *path), condition, before, "no field before it is")
            if text(condition, "check"):
                yield (*permit, *location, *path, "check"), "a check can only stand in a lane"
        section = text(field, "section")
        if section not in sections and (section or sections):
            yield (*permit, *location, "section"), f"this form has no section {section!r}"
        before[text(field, "code")] = field


def _condition(
    location: Location, condition: Any, fields: dict[str, Any], none: str = "this form has no field"
) -> Iterator[Finding]:
    name = text(condition, "field")
    if text(condition, "check") == "zone-allows-use" and "use" not in fields:
        yield (*location, "check"), "zone-allows-use needs a field 'use' in this form"
    if not name:
        return
    if name not in fields:
        yield (*location, "field"), f"{none} {name!r}"
        return
    kind = text(fields[name], "type")
    if not condition.get("one_of") and kind not in _NUMERIC:
        yield (*location, "field"), f"{name!r} is of type {kind}, so it cannot be compared as a number"
    choices = {str(code) for _, code in find(fields[name], "choices.*.code")}
    for choice in strings(condition.get("one_of")):
        if kind == "choice" and choice not in choices:
            yield (*location, "one_of"), f"field {name!r} has no choice {choice!r}"


def _request_form(permit: Location, data: Any, fields: dict[str, Any]) -> Iterator[Finding]:
    """The printed request speaks of fields that the form has, and is one of the documents."""
    for path in ("request_form.clauses.*", "request_form.signers.*"):
        for location, clause in find(data, path):
            for name in sorted(placeholders(text(clause, "text")) - REQUEST_WORDS - set(fields)):
                yield (*permit, *location, "text"), f"this form has no field {name!r}"
            for within, condition in find(clause, "when.*"):
                yield from _condition((*permit, *location, *within), condition, fields)
    documents = {str(code) for _, code in find(data, "documents.*.code")}
    for location, document in find(data, "request_form.document"):
        if str(document) not in documents:
            yield (*permit, *location), f"there is no document {str(document)!r}"


def _lanes(permit: Location, data: Any) -> Iterator[Finding]:
    lanes = [lane for _, lane in entries(data.get("lanes") if isinstance(data, dict) else None)]
    open_to_all = [index for index, lane in enumerate(lanes) if isinstance(lane, dict) and not lane.get("conditions")]
    if not open_to_all:
        yield (*permit, "lanes"), "the last lane must have no conditions, else an application may find none"
    elif open_to_all[0] != len(lanes) - 1:
        yield (*permit, "lanes", open_to_all[0] + 1), "lane is never reached: the one before it has no conditions"


def _signed(data: dict[str, Any], code: str) -> bool:
    allowed = [strings(entry.get("permits")) for _, entry in find(data, "signatories.*") if isinstance(entry, dict)]
    return any(not permits or code in permits for permits in allowed)


def _land_use(data: dict[str, Any]) -> Iterator[Finding]:
    uses = {
        str(code)
        for _, field in find(data, "permits.*.fields.*")
        if text(field, "code") == "use"
        for _, code in find(field, "choices.*.code")
    }
    for location, use in find(data, "land_use.*.allows.*"):
        if use not in uses:
            yield location, f"no permit form has a use {use!r}"
    checks = [
        location for location, check in find(data, "permits.*.lanes.*.conditions.*.check") if check == "zone-allows-use"
    ]
    if checks and not data.get("land_use"):
        yield checks[0], "zone-allows-use needs the zones of land-use.geojson"
