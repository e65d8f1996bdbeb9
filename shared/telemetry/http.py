"""Telemetry of HTTP requests: what FastAPI is told, and the middleware that counts, times and logs them.

Probes are left out of traces and logs: they would drown everything else.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import metrics, spans
from shared.telemetry.logs import get_log

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

PROBES: Final = frozenset({"/healthz", "/readyz", "/workz", "/metrics"})
FAILURES: Final = (500, 503)
_TAKING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = get_log(__name__)


def http_telemetry() -> "TelemetryConfig":
    """For `FastAPI(telemetry=…)`, after `setup`: one server span per request, named by its route, and nothing else."""
    return {
        "tracer_provider": spans.provider(),
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": _is_probe,
    }


class HttpMetrics:
    """ASGI middleware: one count, one duration and one log line per request, by route template, never by path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_probe(scope):
            await self._app(scope, receive, send)
            return
        spans.link_to(Headers(scope=scope).get("traceparent"))
        started = time.perf_counter()
        status = 500  # what the server answers when no response was started

        async def watch_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch_send)
        finally:
            _record(scope, status, time.perf_counter() - started)


def count_from_zero(routes: Iterable[Any]) -> None:
    """So that an alarm on failing requests sees the first one too: of each route that takes something, both ways to
    fail begin at 0. What is only read is asked for often enough to be seen without."""
    for route in routes:
        for method in _TAKING & set(getattr(route, "methods", None) or ()):
            for status in FAILURES:
                metrics.http_requests_total.labels(method, route.path_format, status)


def _record(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    route = route_of(scope)
    metrics.http_requests_total.labels(method, route, status).inc()
    metrics.http_duration_seconds.labels(method, route).observe(seconds)
    fields = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
    log.info("request answered", extra={**fields, **_who(scope)})


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


def _is_probe(scope: Any) -> bool:
    return scope.get("path") in PROBES
