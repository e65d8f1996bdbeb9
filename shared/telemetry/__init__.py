"""Traces, metrics and logs, set up once per process; names live in `names`, and personal data in none of them."""

from opentelemetry.trace import Span, SpanKind

from shared.telemetry.logs import get_log
from shared.telemetry.spans import (
    begin_sending,
    current_traceparent,
    end_sending,
    set_case,
    span,
    span_of_processing,
    time_save,
    trace_context,
    traceparent_of,
    tracer,
)
from shared.telemetry.start import setup, shutdown

__all__ = [
    "Span",
    "SpanKind",
    "begin_sending",
    "current_traceparent",
    "end_sending",
    "get_log",
    "set_case",
    "setup",
    "shutdown",
    "span",
    "span_of_processing",
    "time_save",
    "trace_context",
    "traceparent_of",
    "tracer",
]
