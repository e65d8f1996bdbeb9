"""A signature in law needs more than a session of this morning: the person has proven lately, and strongly enough, who
they are. What counts is the town's setting; the identity provider does the asking.
"""

import time
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from shared.settings import ServiceSettings
from shared.web.parts import part_of
from shared.web.people import person
from shared.web.problem import Problem
from shared.web.session import Session

_CHALLENGE = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}  # RFC 9470
JUST_NOW = 120  # s after a sign-in in which asking again would only bring the same answer
FRESH = 300  # s that a proof is good for what only its owner may use, in a town that sets no other time


@dataclass(frozen=True)
class _Proof:
    """When the person last proved who they are, and by what; `at` as the token says it."""

    at: object
    means: object

    def suffices(self, settings: ServiceSettings, longest: int, now: float) -> bool:
        wanted = settings.signing_acr.split()
        recent = not longest or (isinstance(self.at, int | float) and now <= self.at + longest)
        return recent and (not wanted or self.means in wanted)


async def need_proof(request: Request) -> None:
    """Dependency of what is signed: 401 (for a page: to the provider, and back) when the proof is too old or too weak.

    By `auth_time` and `acr` of the token, the session's or the bearer's; one that says neither proves nothing.
    """
    await _need(request, part_of(request, ServiceSettings).signing_max_age_seconds)


async def freshly_proven(request: Request) -> None:
    """The same for what only its owner may use, such as a scanned signature: whoever finds the desk unlocked has the
    session of the day too, so the proof is never older than `FRESH`, whatever the town has left unset."""
    await _need(request, _longest(part_of(request, ServiceSettings)))


async def is_freshly_proven(request: Request) -> bool:
    """Whether `freshly_proven` would let this request pass."""
    settings = part_of(request, ServiceSettings)
    return (await _proof_of(request)).suffices(settings, _longest(settings), time.time())


def demands(settings: ServiceSettings) -> dict[str, str]:
    """What the provider is asked for, so that its answer will suffice (OpenID Connect Core 1.0, section 3.1.2.1)."""
    asked = {"acr_values": settings.signing_acr, "max_age": str(_longest(settings))}
    return {name: value for name, value in asked.items() if value}


def _longest(settings: ServiceSettings) -> int:
    return settings.signing_max_age_seconds or FRESH


async def _need(request: Request, longest: int) -> None:
    settings = part_of(request, ServiceSettings)
    if (await _proof_of(request)).suffices(settings, longest, time.time()):
        return
    session = _session_of(request)
    if session and _was_asked_in_vain(settings, longest, session):
        raise Problem(403, "not-proven")
    raise Problem(401, "prove-yourself", headers=_CHALLENGE)


async def _proof_of(request: Request) -> _Proof:
    await person(request)  # reads the token
    claims: dict[str, Any] | None = request.scope.get("onestop.claims")
    if claims is not None:
        return _Proof(claims.get("auth_time"), claims.get("acr"))
    session = _session_of(request)
    return _Proof(session.proven, session.means) if session else _Proof(0, "")


def _session_of(request: Request) -> Session | None:
    """A browser's; None beside a token, which is what counts then."""
    session: Session | None = request.scope.get("onestop.session")
    return None if request.scope.get("onestop.claims") is not None else session


def _was_asked_in_vain(settings: ServiceSettings, longest: int, session: Session) -> bool:
    """The provider was asked for the proof a moment ago, and its answer was too little even then."""
    just_now = session.demanded and time.time() < session.since + JUST_NOW
    return just_now and not _Proof(session.proven, session.means).suffices(settings, longest, session.since)
