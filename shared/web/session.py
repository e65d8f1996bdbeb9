"""The signed session cookie: one sign-in serves all services of the origin, because they share its secret."""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import ValidationError
from starlette.responses import Response

from shared.people import Person
from shared.settings import ServiceSettings

LIFETIME = 8 * 3600  # s, one working day, whatever happens in it
IDLE = 3600  # s without a request, at a desk
RENEW = 300  # s; the cookie is written again at most this often
LOGIN = 600  # s, to come back from the identity provider


@dataclass(frozen=True)
class Session:
    """Who signed in, when, and when the cookie was last written (Unix seconds).

    `provider`: what the identity provider calls its own session; `proven`: when it last asked the person for a proof,
    and `means`: by what (`auth_time` and `acr` of its token); `demanded`: this sign-in asked for the proof that signing
    needs.
    """

    person: Person
    since: int
    seen: int
    id: str = ""
    provider: str = ""
    proven: int = 0
    means: str = ""
    demanded: bool = False

    @property
    def keys(self) -> list[str]:
        """What this session may be ended by: itself, the provider's session, its person."""
        keys = [session_key(self.id), person_key(self.person.sub)]
        return [*keys, provider_key(self.provider)] if self.provider else keys


def session_key(session_id: str) -> str:
    """The key under which the end of this one session is written down."""
    return f"session:{session_id}"


def provider_key(provider_session: str) -> str:
    """Ends what the provider's session has opened here."""
    return f"provider:{provider_session}"


def person_key(sub: str) -> str:
    """The key under which the end of all sessions of a person is written down."""
    return f"person:{sub}"


def secure_origin(settings: ServiceSettings) -> bool:
    """Whether the town is served over https, so that cookies may be `Secure` and named `__Host-`."""
    return settings.public_url.startswith("https://")


def session_cookie_name(settings: ServiceSettings) -> str:
    """`__Host-` makes the browser refuse the cookie from any other host, path or plain http."""
    return "__Host-onestop" if secure_origin(settings) else "onestop"


def idle_of(person: Person) -> int:
    """Seconds that a sign-in lasts without use. A crew has its phone in the pocket for hours, and sees only the work of
    its own team: signing in again and again would cost more notes and photos than it protects."""
    return LIFETIME if person.roles and person.roles <= {"crew", "lead"} else IDLE


class Sessions:
    """Reads and writes the session cookie and the short-lived cookies of a sign-in under way."""

    def __init__(self, settings: ServiceSettings, clock: Callable[[], float] = time.time) -> None:
        self.secure = secure_origin(settings)
        self.cookie = session_cookie_name(settings)
        self.clock = clock
        self._sessions = _signer(settings.session_secrets, "onestop.session.v2")
        self._logins = _signer(settings.session_secrets, "onestop.login.v2")

    def start(
        self,
        response: Response,
        person: Person,
        *,
        provider: str = "",
        proven: int = 0,
        means: str = "",
        demanded: bool = False,
    ) -> Session:
        """Begin a session in this answer's cookie; `proven`: when the provider checked the person, Unix seconds, and
        by what `means`."""
        now = int(self.clock())
        session = Session(person, now, now, secrets.token_urlsafe(16), provider, proven, means, demanded)
        response.headers.append("set-cookie", self.header(session))
        return session

    def end(self, response: Response) -> None:
        """Take the session's cookie from this browser; what ends it for others too is `Revocations`."""
        self.forget(response, self.cookie)

    def header(self, session: Session) -> str:
        """The `Set-Cookie` value of a session, valid for what is left of its lifetime."""
        data = {
            "p": session.person.model_dump(mode="json"),
            "s": session.since,
            "l": session.seen,
            "i": session.id,
            "o": session.provider,
            "t": session.proven,
            "m": session.means,
            "d": session.demanded,
        }
        left = max(0, session.since + LIFETIME - session.seen)
        return self._cookie(self.cookie, str(self._sessions.dumps(data)), left)

    def read(self, value: str | None) -> Session | None:
        """The session of a cookie; None when it is forged, signed with another secret, idle too long, or expired."""
        data = _read_signed(self._sessions, value)
        if data is None:
            return None
        try:
            person = Person.model_validate(data["p"])
            session = Session(person, data["s"], data["l"], data["i"], data["o"], data["t"], data["m"], data["d"])
        except (KeyError, ValidationError):  # of another release: its person signs in again
            return None
        now = self.clock()
        alive = now < session.since + LIFETIME and now < session.seen + idle_of(session.person)
        return session if alive else None

    def renew(self, session: Session) -> Session | None:
        """The session with a new time of use; None while its cookie is too fresh to be written again."""
        now = int(self.clock())
        return replace(session, seen=now) if now >= session.seen + RENEW else None

    def login_cookie(self, state: str) -> str:
        """One per sign-in under way, so that two tabs do not disturb each other."""
        return f"{self.cookie}-login-{state[:12]}"

    def remember_login(self, response: Response, state: str, login: dict[str, str]) -> None:
        """Keep what a sign-in under way needs until it comes back with `state`, signed, for `LOGIN` seconds."""
        value = str(self._logins.dumps({**login, "state": state, "until": int(self.clock()) + LOGIN}))
        response.headers.append("set-cookie", self._cookie(self.login_cookie(state), value, LOGIN))

    def recall_login(self, value: str | None, state: str) -> dict[str, str] | None:
        """What was remembered when the sign-in with this `state` began, in this very browser."""
        data = _read_signed(self._logins, value)
        return data if data is not None and data["state"] == state and data["until"] > self.clock() else None

    def forget(self, response: Response, cookie: str) -> None:
        """Have the browser delete that cookie of ours."""
        response.delete_cookie(cookie, secure=self.secure, httponly=True, samesite="lax")

    def _cookie(self, name: str, value: str, max_age: int) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def _signer(keys: Sequence[str], salt: str) -> URLSafeSerializer:
    """HMAC with SHA-256 (the library's own choice is SHA-1), by the first key; what any of them has signed is read."""
    return URLSafeSerializer([*reversed(keys)], salt=salt, signer_kwargs={"digest_method": hashlib.sha256})


def _read_signed(serializer: URLSafeSerializer, value: str | None) -> dict[str, Any] | None:
    if not value:
        return None
    try:
        data = serializer.loads(value)
    except BadSignature:
        return None
    return data if isinstance(data, dict) else None
