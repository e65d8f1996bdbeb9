"""Which language a reader gets; Thai first, the switch is always one tap away."""

from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.town import Town
from shared.words import LANGUAGES, Words

COOKIE = "onestop-lang"
YEAR = 365 * 24 * 3600
# In no language: a cache that was told to tell visitors apart would fetch a megabyte of map again for each new cookie.
SAME_FOR_ALL = ("/static/", "/healthz", "/readyz", "/workz", "/metrics")


_NOTHING_ASKED = QueryParams("")

SHARED_STRINGS = Path(__file__).parent / "strings.yaml"
words = Words(SHARED_STRINGS)


def language_of(request: HTTPConnection) -> str:
    """`th` or `en`: chosen by `?lang=`, else remembered, else for programs by `Accept-Language`, else Thai."""
    chosen = request.scope.get("onestop.language")
    return chosen if isinstance(chosen, str) else choose(request.query_params, request.cookies, request.headers, "th")


def choose(query: QueryParams, cookies: Mapping[str, str], headers: Mapping[str, str], default: str) -> str:
    """What was asked for (`?lang=`, then the cookie), else for pages `default` and for programs their
    `Accept-Language`."""
    for asked in (query.get("lang"), cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    # Pages are Thai first: many residents' phones are set to English and their owners read Thai.
    if "text/html" in headers.get("accept", ""):
        return default
    accepted = headers.get("accept-language")
    return (choose_preferred(accepted) if accepted else None) or default


def choose_preferred(accept: str) -> str | None:
    """The best of our languages in an `Accept-Language` header."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if language in LANGUAGES and quality > 0:
            ranked.append((-quality, position, language))
    return min(ranked)[2] if ranked else None


class Languages:
    """Decides the language once per request and remembers a choice made by `?lang=`."""

    def __init__(self, app: ASGIApp, town: Town, secure: bool) -> None:
        self.app = app
        self.default = next((language for language in town.languages if language in LANGUAGES), LANGUAGES[0])
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(SAME_FOR_ALL):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        query = request.query_params if scope["query_string"] else _NOTHING_ASKED
        language = choose(query, request.cookies, request.headers, self.default)
        scope["onestop.language"] = language
        remember = query.get("lang") == language and request.cookies.get(COOKIE) != language

        async def remember_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("content-language", language)
                headers.add_vary_header("Cookie, Accept-Language")
                if remember:
                    headers.append("set-cookie", self._cookie(language))
            await send(message)

        await self.app(scope, receive, remember_language)

    def _cookie(self, language: str) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{COOKIE}={language}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}"
