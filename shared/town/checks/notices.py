"""Notices: events that exist, templates in every language of the town, and only placeholders that can be filled."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from shared.events.agencies import AGENCY_EVENTS, WorkOrderReferred
from shared.events.base import Event
from shared.events.incidents import INCIDENT_EVENTS, OF_INCIDENTS, OF_MEMBERS
from shared.events.permits import PERMIT_EVENTS
from shared.events.reports import REPORT_EVENTS, ReportFollowed, ReportSubmitted
from shared.events.work_orders import WORK_ORDER_EVENTS
from shared.town.checks.raw import Finding, entries, find, strings, text
from shared.town.notices import PLACEHOLDERS, placeholders

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (*REPORT_EVENTS, *WORK_ORDER_EVENTS, *AGENCY_EVENTS, *INCIDENT_EVENTS, *PERMIT_EVENTS)
    if not event.always_public  # nobody is notified that a case was hidden
}
_MEMBERS = ", ".join(event.type for event in OF_MEMBERS)
# Mail goes to a stranger's address only once its owner has confirmed it; the mail of this event asks.
_ASKING = {"reporter": ReportSubmitted.type, "follower": ReportFollowed.type}
_NAMES = {"th": "Thai", "en": "English"}
_OF_REPORTS = ("reporter", "follower", "team", "officer", "agency")
_OF_PERMITS = ("applicant", "examiner", "signatory", "consultee", "neighbour")


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Unknown events and fields, templates missing, unused or asking for what the event does not have."""
    used = {text(rule, "template") for _, rule in find(data, "notices.*")}
    for location, rule in find(data, "notices.*"):
        yield from _rule(location, rule, data)
    yield from _needless(data)
    yield from _never_asked(data)
    yield from _never_told(data)
    for code, template in entries(data.get("templates")):
        location = ("templates", code)
        for language in strings(data.get("languages")):
            if language in ("th", "en") and not (isinstance(template, dict) and template.get(language)):
                yield location, f"template {code!r} has no text in {_NAMES[language]}"
        if "notices" in data and code not in used:
            yield location, f"no notice uses template {code!r}"


def _needless(data: dict[str, Any]) -> Iterator[Finding]:
    """A rule that says what an earlier one says already, to the same audience, whenever it applies."""
    before: list[dict[str, Any]] = []
    for location, rule in find(data, "notices.*"):
        if not isinstance(rule, dict):
            continue
        other = next((one for one in before if _covers(one, rule)), None)
        if other:
            yield (
                location,
                f"never adds anything: notice {text(other, 'code')!r} says the same whenever this one applies",
            )
        before.append(rule)


def _never_asked(data: dict[str, Any]) -> Iterator[Finding]:
    """Mail to people who can never confirm their address, because nothing asks them to."""
    rules = [(location, rule) for location, rule in find(data, "notices.*") if isinstance(rule, dict)]
    mails = [(location, rule) for location, rule in rules if "email" in strings(rule.get("channels"))]
    for audience, asking in _ASKING.items():
        mailed = [(location, text(rule, "event")) for location, rule in mails if text(rule, "audience") == audience]
        if mailed and asking not in {event for _, event in mailed}:
            yield mailed[0][0], f"no mail asks a {audience} to confirm the address: add a notice of {asking} by email"


def _never_told(data: dict[str, Any]) -> Iterator[Finding]:
    """An agency with an address, to which no notice says what was referred to it."""
    if "notices" not in data:
        return
    told = {
        channel
        for _, rule in find(data, "notices.*")
        if isinstance(rule, dict)
        and (text(rule, "event"), text(rule, "audience")) == (WorkOrderReferred.type, "agency")
        for channel in strings(rule.get("channels"))
    }
    for code, agency in entries(data.get("agencies")):
        for way in ("email", "webhook"):
            if isinstance(agency, dict) and agency.get(way) and way not in told:
                said = f"nothing is sent there: no notice of {WorkOrderReferred.type} tells an agency by {way}"
                yield ("agencies", code, way), said


def _covers(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether `one` applies whenever `other` does, and then does all that it would."""
    same = all(text(one, part) == text(other, part) for part in ("event", "audience", "template"))
    channels = set(strings(other.get("channels"))) <= set(strings(one.get("channels")))
    urgent = bool(one.get("urgent")) or not other.get("urgent")
    wanted = dict(entries(other.get("when")))
    narrower = all(
        set(strings(wanted.get(field))) <= set(strings(values)) and wanted.get(field)
        for field, values in entries(one.get("when"))
    )
    return same and channels and urgent and narrower


def _rule(location: tuple[str | int, ...], rule: Any, data: dict[str, Any]) -> Iterator[Finding]:
    event = text(rule, "event")
    if not event:
        return
    if event not in EVENTS:
        yield (*location, "event"), f"there is no event {event!r}"
        return
    for key, values in entries(rule.get("when")):
        if key not in EVENTS[event].model_fields:
            yield (*location, "when", key), f"{event} has no field {key!r}"
        elif impossible := sorted(set(strings(values)) - _possible(EVENTS[event], str(key), strings(values))):
            yield (*location, "when", key), f"{key} of {event} is never {', '.join(impossible)}"
    yield from _audience(location, text(rule, "audience"), event)
    if EVENTS[event] in OF_INCIDENTS and text(rule, "audience") in ("reporter", "follower"):
        yield (*location, "audience"), f"{event} is about an incident: its reports hear of it by {_MEMBERS}"
    yield from _template(rule, event, data)


# Who is told only by an event that names them, by the field that does.
_NAMED_BY = {
    "agency": ("agency", "names no agency to tell"),
    "consultee": ("consultee", "asks nobody for their view"),
    "neighbour": ("party", "is written to no neighbour"),
}


def _audience(location: tuple[str | int, ...], audience: str, event: str) -> Iterator[Finding]:
    if audience in (_OF_REPORTS if event.startswith("onestop.permit.") else _OF_PERMITS):
        yield (*location, "audience"), f"{event} has no {audience} to tell"
        return
    field, lacks = _NAMED_BY.get(audience, ("", ""))
    if field and field not in EVENTS[event].model_fields:
        yield (*location, "audience"), f"{event} {lacks}"


def _possible(event: type[Event], field: str, asked: list[str]) -> set[str]:
    """The values that a field of codes can have; for any other whatever is asked for."""
    annotation: Any = event.model_fields[field].annotation
    if annotation is bool:
        return {"true", "false"}
    return set(get_args(annotation)) if get_origin(annotation) is Literal else set(asked)


def _template(rule: dict[str, Any], event: str, data: dict[str, Any]) -> Iterator[Finding]:
    code = text(rule, "template")
    for location, message in find(data, f"templates.{code}.*"):
        for part, words in entries(message):
            for name in sorted(placeholders(str(words)) - PLACEHOLDERS[event]):
                yield ("templates", *location[1:], part), f"{{{name}}} is nothing that {event} can fill in"
        if "sms" in strings(rule.get("channels")) and not text(message, "short"):
            yield ("templates", *location[1:]), f"is sent by SMS (notice {text(rule, 'code')!r}) but has no short text"
