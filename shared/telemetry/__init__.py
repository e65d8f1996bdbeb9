"""Traces, metrics and logs, set up once per process; names live in `names`, and personal data in none of them."""

from opentelemetry.trace import SpanKind

from shared.telemetry.logs import get_log
from shared.telemetry.spans import (
    current_traceparent,
    processing,
    sending,
    set_case,
    span,
    timed_save,
    trace_context,
    tracer,
)
from shared.telemetry.start import setup, shutdown

__all__ = [
    "SpanKind",
    "current_traceparent",
    "get_log",
    "processing",
    "sending",
    "set_case",
    "setup",
    "shutdown",
    "span",
    "timed_save",
    "trace_context",
    "tracer",
]
