"""The span of an event that is sent: the SDK's own would cost as much as all else that sends it."""

import re
import time
from dataclasses import dataclass, field
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.telemetry import names, spans

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SCOPE: Final = InstrumentationScope("onestop")


@dataclass(slots=True)
class Sending:
    """One event that is being sent. Its span is made once it has ended, and only for those who look on."""

    traceparent: str | None  # its place in its trace, as W3C writes it; None when nothing is traced
    own: SpanContext | None = None
    parent: SpanContext | None = None
    began_ns: int = 0
    attributes: spans.Attributes = field(default_factory=dict)


def begin_sending(
    stored_trace: str | None,
    topic: str,
    *,
    key: str,
    message_id: str,
    event_type: str,
    outbox_wait_ms: float,
    correlation_id: str | None,
    reference: str | None,
) -> Sending:
    """The span of one event from the relay to the broker's acknowledgement, below the trace that it was saved in.

    Many are open at once in one task, so none is the current one: `end_sending` ends it, and its `traceparent` goes
    into the headers.
    """
    parent = _read(stored_trace) if stored_trace else None
    if not isinstance(spans.process.provider, TracerProvider):
        return Sending(stored_trace)
    ids = spans.process.provider.id_generator
    trace_id = parent.trace_id if parent else ids.generate_trace_id()
    span_id, is_sampled = ids.generate_span_id(), _is_sampled(spans.process.provider.sampler, parent, trace_id, topic)
    traceparent = f"00-{trace_id:032x}-{span_id:016x}-{is_sampled:02x}"
    if spans.process.finish is None or not is_sampled:
        return Sending(traceparent)
    attributes = spans.describe_message(names.SEND, topic, key, message_id) | {
        names.EVENT_TYPE: event_type,
        names.OUTBOX_WAIT: round(outbox_wait_ms, 1),
        names.CORRELATION_ID: correlation_id,
        names.REFERENCE: reference,
    }
    own = SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return Sending(traceparent, own, parent, time.time_ns(), attributes)


def end_sending(current: Sending, error: BaseException | None = None) -> None:
    """The broker has it, or this is why not."""
    if current.own is None or spans.process.finish is None or not isinstance(spans.process.provider, TracerProvider):
        return  # nobody will look at it
    attributes = dict(current.attributes) | ({} if error is None else {names.ERROR_TYPE: spans.name_error(error)})
    ended = ReadableSpan(
        f"{names.SEND} {attributes[names.DESTINATION]}",
        current.own,
        current.parent,
        spans.process.provider.resource,
        spans.drop_none(attributes),
        kind=SpanKind.PRODUCER,
        status=Status(StatusCode.UNSET if error is None else StatusCode.ERROR),
        start_time=current.began_ns,
        end_time=time.time_ns(),
        instrumentation_scope=_SCOPE,
    )
    spans.process.finish(ended)


def _read(traceparent: str) -> SpanContext | None:
    """A trace of our own, as `current_traceparent` has written it."""
    if (parts := _TRACEPARENT.fullmatch(traceparent)) is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in parts.groups())
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))


def _is_sampled(sampler: Sampler, parent: SpanContext | None, trace_id: int, topic: str) -> bool:
    context = trace.set_span_in_context(NonRecordingSpan(parent), Context()) if parent else Context()
    decided = sampler.should_sample(context, trace_id, f"{names.SEND} {topic}", SpanKind.PRODUCER).decision
    return decided is Decision.RECORD_AND_SAMPLE
