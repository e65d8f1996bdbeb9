"""From outbox to topic: a case's events leave in order, and are taken out only after the broker has them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from shared.kernel.clock import now
from shared.kernel.errors import said
from shared.kernel.outages import is_transient
from shared.kernel.outbox import Entry, Message, headers_of
from shared.kernel.store import Store
from shared.telemetry import current_traceparent, get_log, metrics, sending, set_case, trace_context

log = get_log(__name__)

# Topic, key, value, headers; returns once every in-sync replica has the message.
Send = Callable[[str, str, bytes | None, Sequence[tuple[str, bytes]]], Awaitable[None]]

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

    def __init__(self, store: Store[Any], send: Send, *, grace: timedelta = GRACE) -> None:
        self._store = store
        self._send = send
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

        Ends by cancellation or by the first error; called again it goes on where it was.
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
        """Every case at once, each in order; raises the first outage after all that left has been pulled."""
        results = await asyncio.gather(*(self._publish_case(case_id, entries) for case_id, entries in outboxes))
        if published := [(case_id, sent) for case_id, sent, _ in results if sent]:
            await self._store.pull(published)
        for case_id, _, error in results:
            self._note(case_id, error)
        for _, _, error in results:
            if error is not None and is_transient(error):
                raise error

    def _note(self, case_id: str, error: Exception | None) -> None:
        """A case that waiting cannot help is left to the sweep."""
        if error is None:
            self.stuck.pop(case_id, None)
        elif not is_transient(error):
            if case_id not in self.stuck:
                log.error("an event cannot be published", extra={"case_id": case_id}, exc_info=error)
            self.stuck[case_id] = said(error)

    async def _publish_case(self, case_id: str, entries: Sequence[Entry]) -> tuple[str, list[str], Exception | None]:
        """The entries that left, and the error that stopped the next one: what follows a failure stays too."""
        sent: list[str] = []
        for entry in entries:
            try:
                await self._publish_entry(case_id, entry)
            except Exception as error:  # noqa: BLE001 - raised once the others have been pulled
                return case_id, sent, error
            sent.append(entry.id)
        return case_id, sent, None

    async def _publish_entry(self, case_id: str, entry: Entry) -> None:
        headers = dict(entry.headers)
        stored_trace = headers.pop("traceparent", b"").decode() or None
        waited_ms = (now() - entry.at).total_seconds() * 1000
        first = entry.messages[0]  # one span for the event: its public copy is not another step
        with (
            trace_context(stored_trace),
            sending(
                first.topic,
                key=first.key,
                message_id=entry.id,
                event_type=headers["ce_type"].decode(),
                outbox_wait_ms=waited_ms,
            ),
        ):
            set_case(case_id=case_id, correlation_id=entry.correlation_id, reference=entry.reference or None)
            trace = current_traceparent() or stored_trace
            await self._send_all(entry.messages, headers, trace)

    async def _send_all(self, messages: Sequence[Message], headers: Mapping[str, bytes], trace: str | None) -> None:
        """All copies of one event side by side; raises the first error when each has its outcome."""
        outcomes = await asyncio.gather(
            *(self._send(one.topic, one.key, one.value, headers_of(headers, one, trace)) for one in messages),
            return_exceptions=True,
        )
        for message, outcome in zip(messages, outcomes, strict=True):
            if outcome is not None:
                raise outcome
            metrics.published_total.labels(message.topic).inc()
