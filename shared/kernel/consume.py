"""From a batch of records to their effects: each case in order, cases side by side, each effect once.

Knows no broker: it takes records and says from which offsets on nothing is done yet.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from shared.events.base import Event
from shared.events.envelope import Envelope, decode, read_envelope
from shared.events.undecodable import Undecodable
from shared.kernel.batches import Partition, Record, by_case, case_of, next_offsets
from shared.kernel.breaker import Breaker
from shared.kernel.case import Cause, Tombstone
from shared.kernel.clock import now
from shared.kernel.errors import WHY_MOST, Halted, Reject, Stopping, say_error
from shared.kernel.failures import is_transient
from shared.kernel.fold import FOLD_MOST, case_batch, current_case_batch
from shared.telemetry import get_log, metrics, set_case, span_of_processing, trace_context

log = get_log(__name__)

AUDIENCE = "ce_audience"  # header naming the audience; set only on events for one
Handler = Callable[[Event, Envelope, Cause], Awaitable[None]]
Effect = Callable[[Record, Event, Envelope], Awaitable[str]]  # returns the outcome
CONCURRENT = 256  # cases under way at once: what group commit needs to fill its batches
TRIES = 3  # of a handler that fails as a bug: enough for a race, too few to hold up the rest
BACKOFF_SECONDS = (0.05, 30.0)  # first and longest wait


Park = Callable[[Record, str, str], Awaitable[None]]  # record, reason, explanation: keeps the original bytes


class Inbox:
    """The handlers of one consumer group, and what becomes of each record."""

    def __init__(
        self,
        group: str,
        park: Park,
        *,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        breaker: Breaker | None = None,
    ) -> None:
        self.group = group
        self.handlers: dict[str, Handler] = {}
        self.audiences: dict[str, frozenset[str]] = {}  # topic → the only `ce_audience`s that its handler wants
        self.compacted: set[str] = set()  # topics whose null values are erasures
        self.busy_since: float | None = None  # loop time at which the batch under way began
        self.halted = False
        self.stopping = False
        self._park = park
        self._wait = wait
        self._breaker = breaker or Breaker()

    async def take(self, records: Sequence[Record]) -> Mapping[Partition, int]:
        """Take a batch to its effect; returns the offsets to commit, the first not taken of each partition.

        Raises `Halted` or `Stopping` with nothing to commit: all of it comes again, and what took effect is dropped.
        """
        if self.halted:
            raise Halted(f"{self.group} has stopped consuming")
        if self.stopping:  # committing ours would skip a batch that was abandoned
            raise Stopping
        self.busy_since = asyncio.get_running_loop().time()
        try:
            # What others look up goes first: a message whose contact came in the same batch finds it and need not wait.
            for looked_up in (True, False):
                await self._take_cases([one for one in records if (one.topic in self.compacted) is looked_up])
        except ExceptionGroup as failures:  # not `except*`, which Python 3.11.2 wraps in a group of its own
            halts = failures.subgroup(Halted)
            if halts is None:
                raise
            self.halted = True
            raise Halted(str(halts.exceptions[0])) from failures
        finally:
            self.busy_since = None
        return next_offsets(records)

    async def _take_cases(self, records: Sequence[Record]) -> None:
        limit = asyncio.Semaphore(CONCURRENT)
        async with asyncio.TaskGroup() as group:
            cases = [group.create_task(self._take_case(case, limit)) for case in by_case(records)]
        if any(case.cancelled() or not case.result() for case in cases):  # a cancelled child is no error to TaskGroup
            raise Stopping

    async def _take_case(self, records: Sequence[Record], limit: asyncio.Semaphore) -> bool:
        """False: it is left to the next start, and cuts no other case off between a save and what is to follow it."""
        async with limit:
            with suppress(Stopping):
                for start in range(0, len(records), FOLD_MOST):  # each is one write of each case that it steps
                    batch = records[start : start + FOLD_MOST]
                    if not await self._take_case_batch(batch):
                        for record in batch:
                            outcome = await self._take_one(record, self._handle_with_retries)
                            metrics.consumed_total.labels(record.topic, outcome).inc()
                return True
        return False

    async def _take_case_batch(self, records: Sequence[Record]) -> bool:
        """All records of a case as one: their effects are saved together. False: nothing is promised, take each alone.

        Erasures are always taken alone: their handler looks for what others have saved because of them.
        """
        if len(records) == 1 or records[0].topic in self.compacted:
            return False
        try:
            async with case_batch():
                outcomes = [await self._take_one(record, self._handle_in_batch) for record in records]
        except Exception as error:  # noqa: BLE001 - taken alone, each record meets its own failure again
            log.info("a case's records are taken one by one", extra={"why": say_error(error)})
            return False
        for record, outcome in zip(records, outcomes, strict=True):
            metrics.consumed_total.labels(record.topic, outcome).inc()
            if outcome == "handled":
                self._breaker.note("handled")
        return True

    async def _take_one(self, record: Record, effect: Effect) -> str:
        if self._is_for_others(record):
            return "skipped"
        try:
            envelope, event = self._read(record)
        except Undecodable as error:
            if error.reason == "unknown-type":  # a type for newer readers, published alongside those we know
                return "skipped"
            if current_case_batch():
                raise
            return await self._dead_letter(record, "undecodable", str(error))
        waited_ms = max(0.0, now().timestamp() * 1000 - record.timestamp)
        metrics.consume_wait_seconds.labels(record.topic).observe(waited_ms / 1000)
        with (
            trace_context(envelope.traceparent),
            span_of_processing(
                record.topic,
                key=envelope.subject,
                message_id=envelope.id,
                event_type=envelope.type,
                kafka_wait_ms=waited_ms,
            ),
        ):
            reference = getattr(event, "reference", None)
            set_case(case_id=envelope.subject, correlation_id=envelope.correlation_id, reference=reference)
            with metrics.consume_handle_seconds.labels(record.topic).time():
                return await effect(record, event, envelope)

    def _is_for_others(self, record: Record) -> bool:
        """Told by a header, so that what nobody here wants is not decoded."""
        wanted = self.audiences.get(record.topic)
        if wanted is None:
            return False
        named = next((value for name, value in record.headers if name == AUDIENCE), None)
        return named is not None and named.decode("utf-8", "replace") not in wanted

    def _read(self, record: Record) -> tuple[Envelope, Event]:
        if record.value is None and record.topic in self.compacted:
            return read_envelope(record.headers), Tombstone()
        return decode(record.headers, record.value)

    async def _handle_in_batch(self, record: Record, event: Event, envelope: Envelope) -> str:
        """The handler within a batch of its case, which ends with the first failure."""
        await self.handlers[record.topic](event, envelope, Cause.of(envelope))
        return "handled"

    async def _handle_with_retries(self, record: Record, event: Event, envelope: Envelope) -> str:
        """The handler, retried according to how it failed."""
        bugs = waits = 0
        while True:
            try:  # what the service's `handlers.subscribe` has registered for the topic
                await self.handlers[record.topic](event, envelope, Cause.of(envelope))
            except Reject as error:
                return await self._dead_letter(record, "reject", str(error))
            except Exception as error:
                if is_transient(error):
                    waits += 1
                    await self._pause(waits, error, envelope.id)
                    continue
                bugs += 1
                if bugs < TRIES:
                    await self._pause(bugs, error, envelope.id)
                    continue
                log.exception("a handler failed", extra={"event_id": envelope.id, "event_type": envelope.type})
                return await self._dead_letter(record, "bug", say_error(error, WHY_MOST))
            self._breaker.note("handled")
            return "handled"

    async def _pause(self, times: int, error: Exception, what: str) -> None:
        """Exponential backoff with full jitter; the stop of the process ends it."""
        first, longest = BACKOFF_SECONDS
        seconds = random.uniform(first, min(longest, first * 2.0 ** min(times, 20)))  # noqa: S311 - not a secret
        log.warning(
            "will try again",
            extra={"what": what, "seconds": round(seconds, 2), "why": say_error(error)},
        )
        if self.stopping:
            raise Stopping
        await self._wait(seconds)
        if self.stopping:
            raise Stopping

    async def _dead_letter(self, record: Record, reason: str, why: str) -> str:
        """Park it, unless so many end like this that the whole topic would end up in the dead letters."""
        if self._breaker.note(reason, case_of(record)):
            raise Halted(f"too many events end as {reason}, the last because of {why}")
        tries = 0
        while True:
            try:
                await self._park(record, reason, why)
                break
            except Exception as error:
                if not is_transient(error):
                    raise
                tries += 1
                await self._pause(tries, error, f"{record.topic}/{record.partition}/{record.offset}")
        metrics.dlq_total.labels(self.group, reason).inc()
        return "parked"
