"""The signed session cookie: one sign-in serves all services of the origin, because they share its secret."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.people import Person
from shared.settings import ServiceSettings

LIFETIME = 8 * 3600  # s, one working day, whatever happens in it
IDLE = 3600  # s without a request
RENEW = 300  # s; the cookie is written again at most this often
LOGIN = 600  # s, to come back from the identity provider


@dataclass(frozen=True)
class Session:
    """Who signed in, when, and when the cookie was last written (Unix seconds)."""

    person: Person
    since: int
    seen: int


def secure_origin(settings: ServiceSettings) -> bool:
    return settings.public_url.startswith("https://")


def session_cookie_name(settings: ServiceSettings) -> str:
    """`__Host-` makes the browser refuse the cookie from any other host, path or plain http."""
    return "__Host-onestop" if secure_origin(settings) else "onestop"


class Sessions:
    """Reads and writes the session cookie and the short-lived cookies of a sign-in under way."""

    def __init__(self, settings: ServiceSettings, clock: Callable[[], float] = time.time) -> None:
        self.secure = secure_origin(settings)
        self.cookie = session_cookie_name(settings)
        self.clock = clock
        self._sessions = URLSafeSerializer(settings.session_secret, salt="onestop.session.v1")
        self._logins = URLSafeSerializer(settings.session_secret, salt="onestop.login.v1")

    def start(self, response: Response, person: Person) -> None:
        now = int(self.clock())
        response.headers.append("set-cookie", self.header(Session(person, now, now)))

    def end(self, response: Response) -> None:
        response.delete_cookie(self.cookie, secure=self.secure, httponly=True, samesite="lax")

    def header(self, session: Session) -> str:
        """The `Set-Cookie` value of a session, valid for what is left of its lifetime."""
        data = {"p": session.person.model_dump(mode="json"), "s": session.since, "l": session.seen}
        left = max(0, session.since + LIFETIME - session.seen)
        return self._cookie(self.cookie, str(self._sessions.dumps(data)), left)

    def read(self, value: str | None) -> Session | None:
        """The session of a cookie; None when it is forged, signed with another secret, idle too long, or expired."""
        data = _signed(self._sessions, value)
        if data is None:
            return None
        session = Session(Person.model_validate(data["p"]), data["s"], data["l"])
        now = self.clock()
        alive = now < session.since + LIFETIME and now < session.seen + IDLE
        return session if alive else None

    def renewed(self, session: Session) -> Session | None:
        """The session with a new time of use; None while its cookie is too fresh to be written again."""
        now = int(self.clock())
        return Session(session.person, session.since, now) if now >= session.seen + RENEW else None

    def login_cookie(self, state: str) -> str:
        """One per sign-in under way, so that two tabs do not disturb each other."""
        return f"{self.cookie}-login-{state[:12]}"

    def remember_login(self, response: Response, state: str, login: dict[str, str]) -> None:
        value = str(self._logins.dumps({**login, "state": state, "until": int(self.clock()) + LOGIN}))
        response.headers.append("set-cookie", self._cookie(self.login_cookie(state), value, LOGIN))

    def recall_login(self, value: str | None, state: str) -> dict[str, str] | None:
        """What was remembered when the sign-in with this `state` began, in this very browser."""
        data = _signed(self._logins, value)
        return data if data is not None and data["state"] == state and data["until"] > self.clock() else None

    def forget(self, response: Response, cookie: str) -> None:
        response.delete_cookie(cookie, secure=self.secure, httponly=True, samesite="lax")

    def _cookie(self, name: str, value: str, max_age: int) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def _signed(serializer: URLSafeSerializer, value: str | None) -> dict[str, Any] | None:
    if not value:
        return None
    try:
        data = serializer.loads(value)
    except BadSignature:
        return None
    return data if isinstance(data, dict) else None


class SessionKeeper:
    """Puts the session into the request's scope and writes its cookie again while it is used."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        session = self.sessions.read(HTTPConnection(scope).cookies.get(self.sessions.cookie))
        scope["onestop.session"] = session
        fresh = self.sessions.renewed(session) if session else None

        async def renewing(message: Message) -> None:
            if message["type"] == "http.response.start" and fresh is not None:
                headers = MutableHeaders(scope=message)
                already = any(value.startswith(f"{self.sessions.cookie}=") for value in headers.getlist("set-cookie"))
                if not already:
                    headers.append("set-cookie", self.sessions.header(fresh))
            await send(message)

        await self.app(scope, receive, renewing)
