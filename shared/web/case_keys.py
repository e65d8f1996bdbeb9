"""Keeps the secret of a case in a cookie: after the first visit it stands in no address, history, log or Referer.

A secret link is opened once; the page then moves to its clean address, and the browser shows the cookie instead. One
cookie for each case, for all services of the origin: what opened a report opens its inbox too.
"""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import URL
from starlette.responses import RedirectResponse, Response

from shared.web.session import Sessions
from shared.web.web import web_of

KEPT_SECONDS = 30 * 24 * 3600  # a phone may change hands; the link itself goes on working
CASES_MOST = 20  # whose secrets one browser carries with each request; the oldest are dropped
BY_LINK = "by"  # in the clean address, so that a browser which keeps no cookies is told why the page is not its own
_NAME = "case-"


@dataclass(frozen=True)
class CaseKey:
    """What opens a case: the secret, and whose of its parties' it is ("": the reporter's or applicant's)."""

    secret: str
    party: str = ""


def key_of(request: Request, reference: str) -> CaseKey | None:
    """The key that this browser keeps for the case; `reference` in its written form."""
    secret, _, party = request.cookies.get(_cookie(web_of(request).sessions, reference), "").partition(".")
    return CaseKey(secret, party) if secret else None


def keep_key(request: Request, response: Response, reference: str, key: CaseKey) -> None:
    """From now on this browser opens the case without its link."""
    sessions = web_of(request).sessions
    value = f"{key.secret}.{key.party}" if key.party else key.secret
    name, kept = _cookie(sessions, reference), _cookie(sessions, "")
    response.set_cookie(name, value, KEPT_SECONDS, secure=sessions.secure, httponly=True, samesite="lax")
    others = [one for one in request.cookies if one.startswith(kept) and one != name]
    for oldest in others[: max(0, len(others) + 1 - CASES_MOST)]:  # a browser sends the oldest first
        sessions.forget(response, oldest)


def drop_key(request: Request, response: Response, reference: str) -> None:
    """This browser opens the case by its link only."""
    sessions = web_of(request).sessions
    sessions.forget(response, _cookie(sessions, reference))


def move_in(request: Request, address: str, reference: str, key: CaseKey) -> RedirectResponse:
    """To the clean address of what a secret link has opened."""
    response = RedirectResponse(str(URL(address).include_query_params(**{BY_LINK: "link"})), 303)
    keep_key(request, response, reference, key)
    return response


def keeps_no_cookies(request: Request) -> bool:
    """A link was opened here and yet this browser shows no key."""
    return BY_LINK in request.query_params


def _cookie(sessions: Sessions, reference: str) -> str:
    """`__Host-` makes the browser refuse the cookie from any other host, path or plain http."""
    return f"{'__Host-' if sessions.secure else ''}{_NAME}{reference}"
