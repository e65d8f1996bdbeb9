"""From an outbox's entries to messages: each event with its copies, as one span, within the trace that saved it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice

from shared.kernel.clock import now
from shared.kernel.outbox import Entry, headers_of
from shared.kernel.producer import Outgoing
from shared.telemetry import Sending, begin_sending, end_sending, metrics

# Returns once every in-sync replica has the messages, or it is known why not: of each, None where it is there.
SendAll = Callable[[Sequence[Outgoing]], Awaitable[Sequence[Exception | None]]]


async def send_entries(send_all: SendAll, entries: Sequence[tuple[str, Entry]]) -> Sequence[Exception | None]:
    """All of these events side by side, each of another case; what kept each from leaving."""
    # One span for an event: its public copy is not another step.
    spans: list[Sending] = []
    outgoing: list[Outgoing] = []
    for case_id, entry in entries:
        headers = dict(entry.headers)
        spans.append(_begin(case_id, entry, headers))
        outgoing += _messages(entry, headers, spans[-1].traceparent)
    try:
        outcomes = await send_all(outgoing)
    except BaseException as error:
        for span in spans:
            end_sending(span, error)
        raise
    for topic, count in Counter(one[0] for one, failed in zip(outgoing, outcomes, strict=True) if not failed).items():
        metrics.published_total.labels(topic).inc(count)
    failures, of_each = [], iter(outcomes)
    for (_, entry), span in zip(entries, spans, strict=True):
        failures.append(next(filter(None, list(islice(of_each, len(entry.messages)))), None))
        end_sending(span, failures[-1])
    return failures


def _begin(case_id: str, entry: Entry, headers: Mapping[str, bytes]) -> Sending:
    return begin_sending(
        headers.get("traceparent", b"").decode() or None,
        entry.messages[0].topic,
        key=case_id,
        message_id=entry.id,
        event_type=headers["ce_type"].decode(),
        outbox_wait_ms=(now() - entry.at).total_seconds() * 1000,
        correlation_id=headers.get("ce_correlationid", b"").decode() or None,
        reference=entry.reference or None,
    )


def _messages(entry: Entry, headers: dict[str, bytes], traceparent: str | None) -> Sequence[Outgoing]:
    """All copies of one event, within the trace of its span."""
    event_type = headers["ce_type"].decode()
    if traceparent:
        headers["traceparent"] = traceparent.encode()
    shared = [*headers.items()]
    return [(one.topic, one.key, one.value, headers_of(shared, one, event_type)) for one in entry.messages]
