"""Whose request it is: reads each request's session, leaves out those that were ended, renews the used ones."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.parts import part_of
from shared.web.session import LIFETIME, Session, Sessions, idle_of, person_key, provider_key, session_key

KNOWN_SECONDS = 5.0  # so long another process may still take a session for good that was ended here
KNOWN_MOST = 5000  # sessions; a town has some hundred
STATIC = "/static/"  # the same for everybody: no session is looked at


class Endings(Protocol):
    """Where ended sessions are written down: the kernel's `EndedSessions`, and in tests a memory."""

    async def end(self, key: str, before: int, lifetime: timedelta) -> None: ...

    async def has_ended(self, keys: Sequence[str], since: int) -> bool: ...


class Revocations:
    """Ends sessions before their time, and knows for some seconds which were found to be good.

    While the database is away nobody can be told from somebody who has signed out: pages of the signed-in answer 503.
    """

    def __init__(self, endings: Endings | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._endings = endings
        self._clock = clock
        self._good: OrderedDict[str, float] = OrderedDict()

    async def is_over(self, session: Session) -> bool:
        """Whether it was ended, as of some seconds ago."""
        if self._endings is None or self._clock() < self._good.get(session.id, float("-inf")) + KNOWN_SECONDS:
            return False
        if await self._endings.has_ended(session.keys, session.since):
            return True
        self._good[session.id] = self._clock()
        self._good.move_to_end(session.id)
        while len(self._good) > KNOWN_MOST:
            self._good.popitem(last=False)
        return False

    async def end_session(self, session: Session) -> None:
        """End this one sign-in at all services; the person's others go on."""
        await self._end(session_key(session.id))

    async def end_provider_session(self, provider_session: str) -> None:
        """What a session at the identity provider has opened here."""
        await self._end(provider_key(provider_session))

    async def end_person(self, sub: str) -> None:
        """All that a person has opened until now."""
        await self._end(person_key(sub))

    async def _end(self, key: str) -> None:
        self._good.clear()
        if self._endings is not None:
            await self._endings.end(key, int(time.time()), timedelta(seconds=LIFETIME))


async def still_signed_in(request: Request) -> bool:
    """Whether a long answer to this request may go on. A bearer token is good until it expires, and has no session."""
    session = request.scope.get("onestop.session")
    return session is None or not await part_of(request, Revocations).is_over(session)


def session_ends(request: Request) -> int | None:
    """When this sign-in will be over without further use (Unix seconds); None where there is none, as for programs."""
    session: Session | None = request.scope.get("onestop.session")
    if session is None:
        return None
    return min(session.since + LIFETIME, int(time.time()) + idle_of(session.person))


class SessionKeeper:
    """Puts the session into the request's scope and writes its cookie again while it is used."""

    def __init__(self, app: ASGIApp, sessions: Sessions, revocations: Revocations) -> None:
        self.app = app
        self.sessions = sessions
        self.revocations = revocations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(STATIC):
            await self.app(scope, receive, send)
            return
        session = self.sessions.read(HTTPConnection(scope).cookies.get(self.sessions.cookie))
        if session and await self.revocations.is_over(session):
            session = None
        scope["onestop.session"] = session
        fresh = self.sessions.renew(session) if session else None

        async def send_renewed(message: Message) -> None:
            if message["type"] == "http.response.start" and fresh is not None:
                headers = MutableHeaders(scope=message)
                already = any(value.startswith(f"{self.sessions.cookie}=") for value in headers.getlist("set-cookie"))
                if not already:
                    headers.append("set-cookie", self.sessions.header(fresh))
            await send(message)

        await self.app(scope, receive, send_renewed)
