"""Sends what is due: take it in hand, hand it to the provider, note what became of it. Any number of replicas may.

Whoever saves the claim sends. A claim whose sender fell silent is taken for lost after its lease and sent again, with
the same Message-ID. Everything happens within the trace of the event that the message tells of.
"""

import asyncio
import random
from dataclasses import replace
from functools import partial
from typing import Literal

from services.notify.channels.email import Email
from services.notify.domain.delivery import Delivery, Outcome, Patience, begin, settle
from services.notify.domain.recipient import Reach, Recipient, reach
from services.notify.offices import mailbox
from services.notify.store import Store
from shared.events import contact_key, derive_id
from shared.events.notices import NoticeChannel
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.outages import is_transient
from shared.telemetry import SpanKind, get_log, names, span, trace_context
from shared.town import Town

log = get_log(__name__)

CHANNELS: tuple[NoticeChannel, ...] = ("inbox", "email")
SETTLE_PAUSE_SECONDS = 1.0


class Sender:
    """Takes due deliveries to their outcome."""

    def __init__(self, store: Store, town: Town, email: Email, patience: Patience) -> None:
        self._store = store
        self._town = town
        self._email = email
        self._patience = patience

    async def deliver(self, delivery_id: str, _moment: Moment, cause: Cause) -> None:
        """Called when a delivery is due; harmless when it is not, or is in other hands."""
        case = await self._store.deliveries.get(delivery_id)
        if case is None:
            return
        delivery = case.state
        with trace_context(delivery.traceparent):
            person = await self._person(delivery)
            cause = replace(cause, correlation_id=delivery.correlation_id)
            claimed = await self._claim(delivery_id, self._reach(delivery, person), cause)
            if claimed:
                outcome = await self._send(delivery_id, claimed, person)
                await self._settle(delivery_id, claimed, outcome, cause)

    async def _person(self, delivery: Delivery) -> Recipient | None:
        if delivery.party is None:
            return None
        found = await self._store.recipients.get(contact_key(delivery.case_id, delivery.party))
        return found.state if found else None

    def _reach(self, delivery: Delivery, person: Recipient | None) -> Reach | Literal["no-template"]:
        if delivery.template not in self._town.templates:
            return "no-template"
        if delivery.party is not None:
            return reach(person, delivery.channel, announced=delivery.announced)
        return "go" if mailbox(self._town, delivery) else "no-contact"

    async def _claim(
        self, delivery_id: str, way: Reach | Literal["no-template"], cause: Cause
    ) -> Delivery | None:  # fmt: skip
        """The delivery as claimed by us; None when it is skipped, waits, is done or is another's."""
        mine: list[Delivery] = []

        def decide(delivery: Delivery | None, judged: Cause) -> Step[Delivery] | None:
            mine.clear()
            step = begin(delivery, way, judged.at, self._patience) if delivery else None
            if step and step.state.state == "sending":
                mine.append(step.state)
            return step

        case = await self._store.deliveries.step(delivery_id, decide, cause)
        return mine[0] if mine and not case.repeated else None

    async def _send(self, delivery_id: str, delivery: Delivery, person: Recipient | None) -> Outcome:
        about = {names.CASE_ID: delivery.case_id, names.REFERENCE: delivery.reference}
        with span(names.SMTP_SEND, kind=SpanKind.CLIENT, attributes=about) as current:
            outcome = await self._email.send(delivery_id, delivery, person)
            if reason := getattr(outcome, "reason", None):
                current.set_attribute(names.ERROR_TYPE, str(reason))
        return outcome

    async def _settle(self, delivery_id: str, claimed: Delivery, outcome: Outcome, cause: Cause) -> None:
        """Keeps trying until the claim is over: what is not noted would be sent twice."""
        jitter = random.random()  # noqa: S311 - not a secret
        # In its own name: the claim's cause has had its effect.
        settled = replace(cause, id=derive_id(cause.id, "settled"), at=now())
        decide = partial(_settled, claimed.attempts, outcome, self._patience, jitter)
        until = claimed.changed_at + self._patience.lease
        while True:
            try:
                await self._store.deliveries.step(delivery_id, decide, settled)
                return
            except Exception as error:
                if is_transient(error) and now() < until:
                    log.warning("the outcome is not noted yet", extra={"delivery": delivery_id})
                    await asyncio.sleep(SETTLE_PAUSE_SECONDS)
                    continue
                raise


def _settled(
    attempt: int, outcome: Outcome, patience: Patience, jitter: float, delivery: Delivery | None, cause: Cause
) -> Step[Delivery] | None:
    return settle(delivery, attempt, outcome, cause.at, patience, jitter) if delivery else None
