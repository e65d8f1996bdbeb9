"""Tells a page which forms of the staff were taken, in a cookie: also the next page, when one was left at once."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "onestop-taken"  # `static/keep.mjs` reads and empties it
SECONDS = 24 * 3600  # as long as the page keeps what was written
MOST = 8  # forms; more than one only where a page is left before its scripts ran
SIGN_IN = "/auth/"


class TakenForms:
    """Adds the address of a form that was answered with the way to go on, `303`, to those the page has not read yet.

    Only for who is signed in, whose forms alone are kept; where that leads to the sign-in nothing was taken.
    """

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.attributes = f"; Path=/; Max-Age={SECONDS}; SameSite=Lax" + ("; Secure" if secure else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope.get("onestop.session") is None:
            await self.app(scope, receive, send)
            return
        before = HTTPConnection(scope).cookies.get(COOKIE, "")

        async def tell_taken(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                headers = MutableHeaders(scope=message)
                if not any(path.startswith(SIGN_IN) for path in (scope["path"], headers.get("location", ""))):
                    headers.append("set-cookie", f"{COOKIE}={_with(before, scope)}{self.attributes}")
            await send(message)

        await self.app(scope, receive, tell_taken)


def _with(before: str, scope: Scope) -> str:
    """Addresses one behind the other, as they were asked for: escaped, so that no separator stands in one."""
    path = scope["raw_path"].split(b"?")[0].decode("ascii", "ignore")
    return "|".join([*before.split("|")[1 - MOST :], path] if before else [path])
