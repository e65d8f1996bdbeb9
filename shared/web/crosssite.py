"""Keeps other sites from acting in a visitor's name: their forms and scripts never reach a handler."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.settings import ServiceSettings
from shared.web.errors import answer
from shared.web.headers import origin_of
from shared.web.problem import Problem
from shared.web.session import session_cookie_name

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))


class CrossSiteGuard:
    """Lets POST, PUT, PATCH and DELETE through only from our own pages, or from programs without a session cookie."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self.app = app
        self.origin = origin_of(settings.public_url)
        self.cookie = session_cookie_name(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not self.allowed(Request(scope)):
            await answer(Request(scope), Problem(403, "cross-site"))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def allowed(self, request: Request) -> bool:
        """Browsers say where a request comes from; one that does not, and has no session cookie, is a program's.

        From a page that sends no Referer, as ours to residents, older browsers say `null`: that is not saying either.
        """
        headers: Headers = request.headers
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True  # no browser adds it by itself, and the session cookie is ignored when it is there
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site in ("same-origin", "none"):
            return True
        if origin is not None and origin != "null":
            return origin == self.origin
        return site is None and self.cookie not in request.cookies
