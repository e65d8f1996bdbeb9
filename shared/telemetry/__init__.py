"""Traces, metrics and logs, set up once per process; names live in `names`, and personal data in none of them."""

from opentelemetry.trace import SpanKind

from shared.telemetry.http import HttpMetrics, http_telemetry, route_of
from shared.telemetry.logs import get_log
from shared.telemetry.spans import (
    about,
    attached,
    current_traceparent,
    processing,
    sending,
    span,
    stored,
    tracer,
)
from shared.telemetry.start import setup, shutdown

__all__ = [
    "HttpMetrics",
    "SpanKind",
    "about",
    "attached",
    "current_traceparent",
    "get_log",
    "http_telemetry",
    "processing",
    "route_of",
    "sending",
    "setup",
    "shutdown",
    "span",
    "stored",
    "tracer",
]
