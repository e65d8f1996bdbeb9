"""From outbox to topic: a case's events leave in order, and are taken out only after the broker has them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from shared.kernel.clock import now
from shared.kernel.errors import say_error
from shared.kernel.failures import is_transient
from shared.kernel.outbox import Entry, headers_of
from shared.kernel.producer import Outgoing
from shared.kernel.store import Store
from shared.telemetry import Span, begin_sending, end_sending, get_log, metrics, traceparent_of

log = get_log(__name__)

# Returns once every in-sync replica has the messages, or it is known why not: of each, None where it is there.
SendAll = Callable[[Sequence[Outgoing]], Awaitable[Sequence[Exception | None]]]

MOST = 500  # cases in one round
READ_KEPT = 10 * MOST  # events; longer than any save waits to tell of itself
GRACE = timedelta(seconds=1)  # the sweep leaves younger events to the process that saved them


class Relay:
    """Publishes what the cases of one collection have in their outboxes. Who reads it stands in the catalogue of
    events (`Family.readers`); there `Inbox.take` goes on (`consume.py`), with what `bus.py` has polled.

    Woken right after a save it takes what that case tells; each sweep takes what a crash or an outage left. Two relays
    at once publish some events twice, which consumers drop by `seen`. An event that waiting cannot help (larger than
    the broker takes) holds up its own case alone, which is `stuck`: each sweep tries it again.
    """

    def __init__(self, store: Store[Any], send_all: SendAll, *, grace: timedelta = GRACE) -> None:
        self._store = store
        self._send_all = send_all
        self._grace = grace
        self._woken: dict[str, Sequence[Entry] | None] = {}  # first saved, first published; None: to be read
        self._signal = asyncio.Event()
        self._read: dict[str, None] = {}  # events found in outboxes lately: whoever saved them may be about to tell
        self._sweep_at = 0.0  # loop time
        self.stuck: dict[str, str] = {}  # case → why its next event cannot leave

    def wake(self, case_id: str, entries: Sequence[Entry] | None = None) -> None:
        """This case has just been saved.

        `entries`: all that its outbox holds, from whoever saved it; None: it is to be read.
        """
        if entries is not None:
            entries = [entry for entry in entries if entry.id not in self._read]
            if not entries:
                return  # it was saved to wait for something and tells nothing, or what it tells was found before
        waiting = self._woken.get(case_id, ())
        if len(self._woken) >= MOST or waiting is None or entries is None:
            self._woken[case_id] = None  # in an outage many wait, and an event has several kB
        else:
            self._woken[case_id] = (*waiting, *entries)
        self._signal.set()

    @property
    def idle(self) -> bool:
        """True when everything woken so far is published."""
        return not self._signal.is_set()

    async def follow(self, sweep_seconds: float) -> None:
        """Publish what is woken, one round after the other, and sweep in time whatever the load.

        Ends by cancellation or by the first error; `Background.keep` begins it again, and it goes on where it was.
        """
        clock = asyncio.get_running_loop().time
        while True:
            if clock() >= self._sweep_at:
                self._sweep_at = clock() + sweep_seconds  # before it: a sweep that fails must not stand in the way
                await self.sweep()
            elif self._woken:
                await self._publish_woken()
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._sweep_at - clock()):
                        await self._signal.wait()

    async def drain(self) -> None:
        """Publish all that was woken so far; what fails stays woken."""
        while self._woken:
            await self._publish_woken()

    async def _publish_woken(self) -> None:
        woken = dict(islice(self._woken.items(), MOST))
        for case_id in woken:  # before the read: a save during it wakes its case again
            del self._woken[case_id]
        unread = [case_id for case_id, entries in woken.items() if entries is None]
        try:
            read = await self._outboxes(unread) if unread else ()
            await self._publish([*((case_id, entries) for case_id, entries in woken.items() if entries), *read])
        except BaseException:
            self._woken = dict.fromkeys(woken) | self._woken  # what failed is in its outbox still
            raise
        if not self._woken:
            self._signal.clear()

    async def sweep(self) -> int:
        """Publish what has waited longer than the grace; returns how many cases had something."""
        found = 0
        while ids := await self._store.unpublished(now() - self._grace, MOST):
            found += len(ids)
            self._woken |= dict.fromkeys(case_id for case_id in ids if case_id in self._woken)  # this sends them too
            await self._publish(await self._outboxes(ids))
            if all(case_id in self.stuck for case_id in ids):
                break
        if not ids:
            self.stuck.clear()
        return found

    async def _outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        """What is to be published by who looked; a save that is found before it tells of itself is not sent again."""
        found = await self._store.outboxes(ids)
        self._read |= {entry.id: None for _, entries in found for entry in entries}
        for old in list(islice(self._read, max(0, len(self._read) - READ_KEPT))):
            del self._read[old]
        return found

    async def _publish(self, outboxes: Sequence[tuple[str, Sequence[Entry]]]) -> None:
        """Every case at once, each in order; raises the first outage after all that left has been pulled.

        What follows a failure stays too: the next event of a case is sent once the one before has been acknowledged.
        """
        left: dict[str, list[str]] = {}
        failures: dict[str, Exception] = {}
        waiting = [(case_id, iter(entries)) for case_id, entries in outboxes]
        while heads := [(case_id, later, entry) for case_id, later in waiting if (entry := next(later, None))]:
            outcomes = await self._publish_entries([(case_id, entry) for case_id, _, entry in heads])
            for (case_id, _, entry), failed in zip(heads, outcomes, strict=True):
                if failed is None:
                    left.setdefault(case_id, []).append(entry.id)
                else:
                    failures[case_id] = failed
            waiting = [(case_id, later) for case_id, later, _ in heads if case_id not in failures]
        if left:
            await self._store.pull(list(left.items()))
        for case_id, _ in outboxes:
            self._note(case_id, failures.get(case_id))
        for failed in failures.values():
            if is_transient(failed):
                raise failed

    def _note(self, case_id: str, error: Exception | None) -> None:
        """A case that waiting cannot help is left to the sweep."""
        if error is None:
            self.stuck.pop(case_id, None)
        elif not is_transient(error):
            if case_id not in self.stuck:
                log.error("an event cannot be published", extra={"case_id": case_id}, exc_info=error)
            self.stuck[case_id] = say_error(error)

    async def _publish_entries(self, entries: Sequence[tuple[str, Entry]]) -> Sequence[Exception | None]:
        """All of these events side by side, each of another case; what kept each from leaving."""
        # One span for an event: its public copy is not another step.
        spans = [_begin(case_id, entry) for case_id, entry in entries]
        outgoing = [_messages(entry, span) for (_, entry), span in zip(entries, spans, strict=True)]
        try:
            outcomes = iter(await self._send_all([message for messages in outgoing for message in messages]))
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
