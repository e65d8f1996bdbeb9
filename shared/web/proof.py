"""A signature in law needs more than a session of this morning: the person has proven lately, and strongly enough, who
they are. What counts is the town's setting; the identity provider does the asking.
"""

import time
from typing import Any

from fastapi import Request

from shared.settings import ServiceSettings
from shared.web.parts import part_of
from shared.web.people import person
from shared.web.problem import Problem
from shared.web.session import Session

_CHALLENGE = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}  # RFC 9470
JUST_NOW = 120  # s after a sign-in in which asking again would only bring the same answer


async def proven(request: Request) -> None:
    """Dependency of what is signed: 401 (for a page: to the provider, and back) when the proof is too old or too weak.

    By `auth_time` and `acr` of the token, the session's or the bearer's; one that says neither proves nothing.
    """
    settings = part_of(request, ServiceSettings)
    session: Session | None = request.scope.get("onestop.session")
    await person(request)
    claims: dict[str, Any] | None = request.scope.get("onestop.claims")
    if claims is not None:
        at, means = claims.get("auth_time"), claims.get("acr")
    else:
        at, means = (session.proven, session.means) if session else (0, "")
    if _suffices(settings, at, means, time.time()):
        return
    if session and claims is None and _was_asked_in_vain(settings, session):
        raise Problem(403, "not-proven")
    raise Problem(401, "prove-yourself", headers=_CHALLENGE)


def _was_asked_in_vain(settings: ServiceSettings, session: Session) -> bool:
    """The provider was asked for the proof a moment ago, and its answer was too little even then."""
    just_now = session.demanded and time.time() < session.since + JUST_NOW
    return just_now and not _suffices(settings, session.proven, session.means, session.since)


def _suffices(settings: ServiceSettings, at: object, means: object, now: float) -> bool:
    longest, wanted = settings.signing_max_age_seconds, settings.signing_acr.split()
    recent = not longest or (isinstance(at, int | float) and now <= at + longest)
    return recent and (not wanted or means in wanted)


def demands(settings: ServiceSettings) -> dict[str, str]:
    """What the provider is asked for, so that its answer will suffice (OpenID Connect Core 1.0, section 3.1.2.1)."""
    asked = {"acr_values": settings.signing_acr, "max_age": str(settings.signing_max_age_seconds or "")}
    return {name: value for name, value in asked.items() if value}
