"""Stops other sites from acting in a visitor's name: forms and scripts of another origin never reach a handler."""

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
    """Lets an unsafe method pass only from our own pages, or from a program that carries no browser's authority."""

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
        """A browser says where a request comes from; what says nothing and has no session cookie is not a browser."""
        headers: Headers = request.headers
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True  # no browser adds it by itself, and the cookie is not looked at then
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site in ("same-origin", "none"):
            return True
        if origin is not None:
            return origin == self.origin
        return site is None and self.cookie not in request.cookies
