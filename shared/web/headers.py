"""Security headers on every answer: what the browser may load, frame, cache and pass on."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.settings import ServiceSettings
from shared.town import Town
from shared.web.nav import is_findable

_EVERY_SITE = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}

# For every file that somebody sent: a page in it would have no origin, run nothing, and load nothing. PDF readers of
# browsers show it all the same.
SANDBOXED = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


def origin_of(url: str) -> str:
    """The origin of a URL, `scheme://host[:port]`, without its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def policy(settings: ServiceSettings, town: Town) -> str:
    """The content security policy: our own files only, nothing inline.

    `blob:` serves photos that were not sent yet and MapLibre's worker. The issuer is a form's target only because
    the sign-out form is redirected there, which Chromium counts. Map tiles of another server come from where the
    town's profile says.
    """
    tiles = f" {town.map.tiles_origin}" if town.map and town.map.tiles else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: blob:{tiles}",
        "font-src": "'self'",
        "connect-src": f"'self'{tiles}",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "form-action": f"'self' {origin_of(settings.oidc_issuer)}",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def secure_headers(policy: str, *, https: bool) -> list[tuple[bytes, bytes]]:
    """Set unless the route said otherwise; `no-store` because most pages are somebody's own."""
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Secret links are opened by their addresses, so no request may tell which page it comes from.
        "referrer-policy": "no-referrer",
        "permissions-policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def every_site(request: Request) -> None:
    """Dependency of what is public to its last field: other sites' pages may read it, without anybody's cookies.

    Name it before all others, so that a refusal can be read there too.
    """
    request.scope["onestop.every-site"] = True


class SecurityHeaders:
    """Adds them to whatever the app answers.

    To a member of staff who is signed in with one difference: a page that sends no Referer has old browsers hide the
    origin of its forms, which `CrossSiteGuard` must know of a session, and no secret stands in their pages' addresses.
    """

    def __init__(self, app: ASGIApp, policy: str, https: bool, session_cookie: str) -> None:
        self.app = app
        self.headers = secure_headers(policy, https=https)
        self.for_staff = [
            (name, b"same-origin" if name == b"referrer-policy" else value) for name, value in self.headers
        ]
        self.session = f"{session_cookie}="

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        signed_in = scope["type"] == "http" and self.session in Headers(scope=scope).get("cookie", "")
        headers = self.for_staff if signed_in else self.headers

        async def secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                present = MutableHeaders(scope=message)
                if scope.get("onestop.every-site"):
                    present.update(_EVERY_SITE)
                if not is_findable(scope["path"], scope["query_string"]):
                    present.setdefault("x-robots-tag", "noindex, nofollow")
                said = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in headers if header[0] not in said]
            await send(message)

        await self.app(scope, receive, secure if scope["type"] == "http" else send)
