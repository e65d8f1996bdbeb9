"""Traces, metrics and logs, set up once per process; names live in `names`, and personal data in none of them."""

from opentelemetry.trace import Span, SpanKind

from shared.telemetry.logs import get_log
from shared.telemetry.sending import Sending, begin_sending, end_sending
from shared.telemetry.spans import (
    current_traceparent,
    set_case,
    span,
    span_of_processing,
    time_save,
    trace_context,
    tracer,
)
from shared.telemetry.start import setup, shutdown

__all__ = [
    "Sending",
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
    "tracer",
]
