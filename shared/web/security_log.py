"""What an investigation asks for: who signed in, who was refused what, and who opened documents and contacts.

Lines of the logger `security`, with ids only. The events are a closed list, so that a town's monitoring can count on
them; `docs/operations/security.md` says what each means and for how long the lines are to be kept.
"""

import logging
from typing import Literal

from fastapi import Request

from shared.people import Person
from shared.telemetry.http import route_of
from shared.web.people import find_known
from shared.web.problem import Problem

log = logging.getLogger("security")

Event = Literal[
    "signed-in",
    "sign-in-refused",  # by the provider, or the account is another town's
    "signed-out",
    "session-ended",  # by the provider: the person signed out there, or the account was closed
    "token-refused",  # a bearer token that is not exactly right
    "refused",  # 401 and 403: `code` says why
    "limited",  # 429
    "case-read",  # by staff: a report that the public does not see, or not in full
    "contact-read",  # by staff: an application with its applicant and how to reach them
    "document-read",  # by staff: a document or a letter of an application, or a photo of a visit
    "file-exported",  # by staff: all of an application
    "signature-kept",  # a scanned signature, by its owner
    "signature-removed",
    "trail-read",  # what the staff did
]
_OF_CODE: dict[str, Event] = {
    "token": "token-refused",
    "login-refused": "sign-in-refused",
    "login-expired": "sign-in-refused",
    "wrong-town": "sign-in-refused",
    "rate-limit": "limited",
}


def note(event: Event, request: Request, who: Person | None = None, /, **about: str | int | None) -> None:
    """One line. `who`: where the request does not say it (somebody who has just signed in); `about`: ids and codes."""
    who = who or find_known(request.scope)
    person = {"sub": who.sub, "roles": sorted(who.roles), "team": who.team} if who else {}
    where = {"method": request.method, "route": route_of(request.scope)}
    log.info(event, extra={**where, **person, **{name: value for name, value in about.items() if value is not None}})


def note_refusal(request: Request, problem: Problem) -> None:
    """A refusal of the person, or of too much; nothing of one that is about what was asked."""
    if problem.status in (401, 403, 429) or problem.code in _OF_CODE:
        note(_OF_CODE.get(problem.code, "refused"), request, code=problem.code, status=problem.status)
