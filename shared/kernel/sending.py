"""From an outbox's entries to messages: each event with its copies, as one span, within the trace that saved it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.kernel.clock import now
from shared.kernel.outbox import Entry, headers_of
from shared.kernel.producer import Outgoing
from shared.telemetry import Span, begin_sending, end_sending, metrics, traceparent_of

# Returns once every in-sync replica has the messages, or it is known why not: of each, None where it is there.
SendAll = Callable[[Sequence[Outgoing]], Awaitable[Sequence[Exception | None]]]


async def send_entries(send_all: SendAll, entries: Sequence[tuple[str, Entry]]) -> Sequence[Exception | None]:
    """All of these events side by side, each of another case; what kept each from leaving."""
    # One span for an event: its public copy is not another step.
    spans = [_begin(case_id, entry) for case_id, entry in entries]
    outgoing = [_messages(entry, span) for (_, entry), span in zip(entries, spans, strict=True)]
    try:
        outcomes = iter(await send_all([message for messages in outgoing for message in messages]))
    except BaseException as error:
        for span in spans:
            end_sending(span, error)
        raise
    failures: list[Exception | None] = []
    for messages, span in zip(outgoing, spans, strict=True):
        ended = [(message, next(outcomes)) for message in messages]
        failures.append(next((failed for _, failed in ended if failed is not None), None))
        for (topic, *_), failed in ended:
            if failed is None:
                metrics.published_total.labels(topic).inc()
        end_sending(span, failures[-1])
    return failures


def _begin(case_id: str, entry: Entry) -> Span:
    headers = dict(entry.headers)
    return begin_sending(
        _read_trace(headers),
        entry.messages[0].topic,
        key=case_id,
        message_id=entry.id,
        event_type=headers["ce_type"].decode(),
        outbox_wait_ms=(now() - entry.at).total_seconds() * 1000,
        correlation_id=entry.correlation_id,
        reference=entry.reference or None,
    )


def _messages(entry: Entry, span: Span) -> Sequence[Outgoing]:
    """All copies of one event, within the trace of its span."""
    headers = dict(entry.headers)
    trace = traceparent_of(span) or _read_trace(headers)
    headers.pop("traceparent", None)
    return [(one.topic, one.key, one.value, headers_of(headers, one, trace)) for one in entry.messages]


def _read_trace(headers: Mapping[str, bytes]) -> str | None:
    return headers.get("traceparent", b"").decode() or None
