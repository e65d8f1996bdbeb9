"""Making spans and carrying traces: what the kernel, the web layer and the services call; nothing here exports.

Before `setup` ran, every function works and records nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry import names

Attributes = Mapping[str, str | int | float | bool | None]
Finish = Callable[[ReadableSpan], None]

_propagator: Final = TraceContextTextMapPropagator()
_FAILED: Final = 500  # and above: of an answer whose fault is ours


@dataclass
class Process:
    """Where this process's spans go; there is one of these per process."""

    provider: TracerProvider
    tracer: Tracer
    finish: Finish | None = None  # takes spans that have ended; None: nobody looks at them


_nowhere: Final = trace.NoOpTracerProvider()
process: Final = Process(_nowhere, _nowhere.get_tracer("onestop"))


def use(provider: TracerProvider, finish: Finish | None = None) -> TracerProvider:
    """Makes `provider` the process's one and returns the one before; called by `setup` and `shutdown` only."""
    before = process.provider
    process.provider, process.tracer, process.finish = provider, provider.get_tracer("onestop"), finish
    return before


def tracer() -> Tracer:
    """The process's tracer, as `setup` made it."""
    return process.tracer


def current_traceparent() -> str | None:
    """The current trace as a W3C `traceparent`, to be stored beside what happens later; None outside of any trace."""
    return traceparent_of(trace.get_current_span())


@contextmanager
def trace_context(traceparent: str | None) -> Iterator[None]:
    """Makes a stored trace the current one; without a valid one, the block starts a new trace."""
    carrier = {} if traceparent is None else {"traceparent": traceparent}
    token = otel_context.attach(_propagator.extract(carrier))  # an empty context when there is no trace
    try:
        yield
    finally:
        otel_context.detach(token)


class RequestSpan:
    """The span of a request, which is the current one within; whoever answers says at the end what became of it.

    A stranger's trace is linked to, and never joined: requests come from anybody.
    """

    def __init__(self, method: str, traceparent: str | None) -> None:
        self.route, self.status = "", 0
        self.failed: BaseException | None = None
        self._method = method
        links = [trace.Link(told)] if traceparent and (told := _read_traceparent(traceparent)).is_valid else None
        self._span = tracer().start_span(method, Context(), SpanKind.SERVER, links=links)
        self._token = otel_context.attach(trace.set_span_in_context(self._span, Context()))

    def __enter__(self) -> "RequestSpan":
        return self

    def __exit__(self, *_: object) -> None:
        said: dict[str, str | int] = {
            names.HTTP_METHOD: self._method,
            names.HTTP_ROUTE: self.route,
            names.HTTP_STATUS: self.status,
        }
        if self.failed is not None or self.status >= _FAILED:
            said[names.ERROR_TYPE] = name_error(self.failed) if self.failed else str(self.status)
            self._span.set_status(StatusCode.ERROR)
        self._span.update_name(f"{self._method} {self.route}")
        self._span.set_attributes(said)
        self._span.end()
        otel_context.detach(self._token)


def _read_traceparent(traceparent: str) -> trace.SpanContext:
    read = _propagator.extract({"traceparent": traceparent}, Context())
    return trace.get_current_span(read).get_span_context()


@contextmanager
def span(name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None) -> Iterator[Span]:
    """A child of the current span; attributes that are None are left out.

    An exception marks the span with its class or its reject code, never with its message (which may quote a citizen),
    and goes on.
    """
    with tracer().start_as_current_span(
        name, kind=kind, attributes=drop_none(attributes or {}), record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            _mark_failed(current, error)
            raise


def set_case(*, case_id: str | None = None, correlation_id: str | None = None, reference: str | None = None) -> None:
    """Says whose case the current span is about; spans and log lines below it inherit that."""
    told = {names.CASE_ID: case_id, names.CORRELATION_ID: correlation_id, names.REFERENCE: reference}
    trace.get_current_span().set_attributes(drop_none(told))


def traceparent_of(current: Span) -> str | None:
    """Its place in its trace, as W3C writes it; None when nothing is traced."""
    told = current.get_span_context()
    return f"00-{told.trace_id:032x}-{told.span_id:016x}-{told.trace_flags:02x}" if told.is_valid else None


def span_of_processing(
    topic: str,
    *,
    key: str,
    message_id: str,
    event_type: str,
    kafka_wait_ms: float,
) -> AbstractContextManager[Span]:
    """The span of one consumed event, from its handler's start to its saved effect."""
    attributes = describe_message(names.PROCESS, topic, key, message_id) | {
        names.EVENT_TYPE: event_type,
        names.KAFKA_WAIT: round(kafka_wait_ms, 1),
    }
    return span(f"{names.PROCESS} {topic}", kind=SpanKind.CONSUMER, attributes=attributes)


@contextmanager
def time_save() -> Iterator[None]:
    """Adds the time of one save to the current span: with group commit, the wait for the shared write too.

    An attribute, not a span: at one or two saves per step, spans of their own cost more than they tell.
    """
    began = time.perf_counter()
    try:
        yield
    finally:
        current = trace.get_current_span()
        before = (current.attributes or {}).get(names.SAVE_WAIT) if isinstance(current, ReadableSpan) else None
        total = (time.perf_counter() - began) * 1000 + (before if isinstance(before, float) else 0.0)
        current.set_attribute(names.SAVE_WAIT, round(total, 1))


def case_of_span() -> dict[str, str]:
    """Whose case the current span is about, by attribute name; empty when nobody said."""
    current = trace.get_current_span()
    known = current.attributes or {} if isinstance(current, ReadableSpan) else {}
    return {name: str(known[name]) for name in names.SERVED if name in known}


def describe_message(
    operation: str, topic: str, key: str, message_id: str
) -> dict[str, str | int | float | bool | None]:
    return {
        names.MESSAGING_SYSTEM: "kafka",
        names.OPERATION_NAME: operation,
        names.DESTINATION: topic,
        names.MESSAGE_ID: message_id,
        names.CASE_ID: key,
    }


def drop_none(attributes: Attributes) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in attributes.items() if value is not None}


def _mark_failed(current: Span, error: BaseException) -> None:
    current.set_attribute(names.ERROR_TYPE, name_error(error))
    current.set_status(StatusCode.ERROR)


def name_error(error: BaseException) -> str:
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__qualname__
