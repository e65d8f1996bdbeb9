"""What a process tells of each request it answers: one span, one count, one duration and one log line.

All by the route's template, never by the path. Probes are left out of traces and logs: they would drown everything
else.
"""

import time
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import metrics, spans
from shared.telemetry.logs import get_log

PROBES: Final = frozenset({"/healthz", "/readyz", "/workz", "/metrics"})
FAILURES: Final = (500, 503)
_TAKING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ANSWER: Final = 500  # what the server answers when no response was started

log = get_log(__name__)


class HttpTelemetry:
    """ASGI middleware around all others, so that whatever they write belongs to the request's span."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        started = time.perf_counter()
        status = _NO_ANSWER

        async def watch_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with spans.RequestSpan(method, _find_traceparent(scope)) as request:
            try:
                await self._app(scope, receive, watch_send)
            except BaseException as error:
                request.failed = error
                raise
            finally:
                request.route, request.status = route_of(scope), status
                _record(scope, method, request.route, status, time.perf_counter() - started)


def count_from_zero(routes: Iterable[Any]) -> None:
    """So that an alarm on failing requests sees the first one too: of each route that takes something, both ways to
    fail begin at 0. What is only read is asked for often enough to be seen without."""
    for route in routes:
        for method in _TAKING & set(getattr(route, "methods", None) or ()):
            for status in FAILURES:
                metrics.http_requests_total.labels(method, route.path_format, status)


def _record(scope: Scope, method: str, route: str, status: int, seconds: float) -> None:
    count, duration = _figures(method, route, status)
    count.inc()
    duration.observe(seconds)
    fields = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
    log.info("request answered", extra={**fields, **_who(scope)})


@cache  # as many as there are routes and ways to answer
def _figures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    count = metrics.http_requests_total.labels(method, route, status)
    return count, metrics.http_duration_seconds.labels(method, route)


def _who(scope: Scope) -> dict[str, str]:
    """Of a member of staff: which account, and one role. Residents have none."""
    session = scope.get("onestop.session")
    who: Any = scope.get("onestop.bearer") or (session and session.person)
    return {"sub": who.sub, "role": min(who.roles, default="")} if who else {}


def route_of(scope: Scope) -> str:
    """The route's template, never the path, which may hold a secret; paths that match nothing share one name, or anyone
    could fill the metrics' memory."""
    route: Any = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or "unmatched"


def _find_traceparent(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
