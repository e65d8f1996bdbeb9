"""The forms of the desk's incidents: what each act asks for, how it is read and done, and before which it is asked how
many people will be told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request

from services.dispatch import incident_acts as acts
from services.dispatch import incident_bodies as bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import Desk
from services.dispatch.incident_acts import Asked
from services.dispatch.incident_merging import merge_incident
from services.dispatch.incident_reopening import reopen_incident
from shared.kernel import Reject
from shared.times import read_local_time
from shared.town import Town
from shared.web import Problem, language_of, web_of
from shared.web.security_log import note_refusal

FIELD_MOST = 20_000


@dataclass(frozen=True)
class Said:
    """What was typed, and why nothing came of it."""

    values: Mapping[str, str]
    act: str = ""
    words: str = ""
    status: int = 200


NOTHING = Said({})


@dataclass(frozen=True)
class Asking:
    """An act of the page: its form's fields, and what is done with them. `told`: everybody in the incident hears of it
    at once, and what was sent cannot be unsent: the page says first how many they are, and asks."""

    body: type[Body]
    fields: tuple[str, ...]
    do: Callable[[Desk, Asked, str, Any], Awaitable[object]]
    done: str
    told: bool = False


async def _deny(desk: Desk, asked: Asked, incident_id: str, _: Body) -> object:
    return await acts.deny_incident(desk, asked, incident_id)


ACTS: Mapping[str, Asking] = {
    "confirm": Asking(bodies.Confirm, ("expected_until", "note"), acts.confirm_incident, "confirmed"),
    "deny": Asking(bodies.Deny, (), _deny, "denied"),
    "announce": Asking(bodies.Announce, ("expected_until", "note"), acts.announce, "announced", told=True),
    "add": Asking(bodies.Add, ("references",), acts.add_reports, "added"),
    "remove": Asking(bodies.Remove, ("reference", "reason"), acts.remove_report, "removed"),
    "merge": Asking(bodies.Merge, ("into",), merge_incident, "merged", told=True),
    "close": Asking(bodies.Close, ("outcome", "note"), acts.close_incident, "closed", told=True),
    "reopen": Asking(bodies.Reopen, ("expected_until", "note"), reopen_incident, "reopened", told=True),
}
DONE = (*(one.done for one in ACTS.values()), "opened")


async def read_form(request: Request) -> dict[str, str]:
    """What was typed, by the names of the fields."""
    async with request.form(max_files=0, max_fields=20, max_part_size=FIELD_MOST) as form:
        return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


def body_of(said: Mapping[str, str], town: Town, *fields: str) -> dict[str, Any]:
    """The form's words as the API would have them: references one a line or parted by commas, times of the town."""
    body: dict[str, Any] = {name: said[name] for name in fields if said.get(name)}
    if "references" in body:
        body["references"] = [one for one in body["references"].replace(",", " ").split() if one]
    if "expected_until" in body:
        body["expected_until"] = _moment(body["expected_until"], ZoneInfo(town.timezone))
    return body


def say_refused(request: Request, said: Mapping[str, str], act: str, error: Reject) -> Said:
    """Why nothing came of it, in words."""
    note_refusal(request, Problem(error.status, error.code))  # the page says it, so nobody else writes it down
    words, language = web_of(request).pages.words, language_of(request)
    key = f"refused.{error.code}"
    return Said(said, act, words(language, key) if words.has(key) else error.detail, error.status)


def _moment(typed: str, zone: ZoneInfo) -> str:
    """With the town's zone; what is no time stays as it is, so that the model says so."""
    try:
        return read_local_time(typed, zone).isoformat()
    except ValueError:
        return typed
