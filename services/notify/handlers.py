"""What notify hears: each event goes into its case's file, and what is owed because of it is opened as deliveries.

The two are separate writes. A crash between them brings the event again: the file knows it, and the same deliveries
are derived once more, with the same ids.
"""

import asyncio
from dataclasses import replace
from functools import partial

from services.notify.domain.delivery import Delivery, hurry, owe
from services.notify.domain.file import FOLLOWER, CaseFile, Heard, absorb, facts, hear, leave, order_of
from services.notify.domain.planning import Plan, plan
from services.notify.domain.recipient import Recipient, Said, erase, outdated, record
from services.notify.sending import CHANNELS, Sender
from services.notify.store import Store
from shared.events import ContactRecorded, Envelope, Event, PermitEvent, ReportMerged, WorkOrderEvent
from shared.events.topics import CONTACTS, internal
from shared.kernel import Cause, Reject, Step, Tombstone
from shared.kernel.service import Service
from shared.telemetry import current_traceparent, trace_context
from shared.town import Town


def subscribe(service: Service, store: Store, town: Town, sender: Sender) -> None:
    """Registers every handler and timer of the service."""
    desk = Desk(store, town)

    @service.on(internal("reports"))
    async def on_report(event: Event, envelope: Envelope, cause: Cause) -> None:
        await desk.hear(envelope.subject, heard(event, envelope, town), event, cause)
        if isinstance(event, ReportMerged):
            await desk.join(envelope, event.into, cause)

    @service.on(internal("work-orders"))
    async def on_work_order(event: Event, envelope: Envelope, cause: Cause) -> None:
        if isinstance(event, WorkOrderEvent):
            await desk.hear_work(event, heard(event, envelope, town), cause)

    @service.on(internal("permits"))
    async def on_permit(event: Event, envelope: Envelope, cause: Cause) -> None:
        await desk.hear(envelope.subject, heard(event, envelope, town), event, cause)

    @service.on(CONTACTS)
    async def on_contact(event: Event, envelope: Envelope, cause: Cause) -> None:
        match event:
            case ContactRecorded():
                await desk.record(event, envelope, _counted_by_writer(envelope, cause))
            case Tombstone():
                await desk.erase(envelope, _counted_by_writer(envelope, cause))

    service.on_due(store.deliveries, sender.deliver)


def heard(event: Event, envelope: Envelope, town: Town) -> Heard:
    """The event as a file keeps it, with the trace that it is being handled in."""
    order = order_of(event, envelope.subject)
    return Heard(
        id=envelope.id, type=envelope.type, at=envelope.time, subject=envelope.subject,
        correlation_id=envelope.correlation_id, traceparent=current_traceparent() or envelope.traceparent,
        data=facts(event), team=_team(event, order, town), order=order, parties=list(getattr(event, "parties", [])),
    )  # fmt: skip


def _team(event: Event, order: str | None, town: Town) -> str | None:
    """Who holds it by what the event and the profile say; None: what the file knows."""
    if isinstance(event, PermitEvent):
        permit = town.permits.get(event.permit_type)
        return permit.team if permit else None
    return (getattr(event, "team", None) or town.triage) if order else None  # work without a team is in triage


class Desk:
    """Keeps the files and opens what is owed."""

    def __init__(self, store: Store, town: Town) -> None:
        self._store = store
        self._town = town

    async def hear(self, case_id: str, one: Heard, event: Event | None, cause: Cause) -> CaseFile:
        """Put it into the file, then open what is owed because of it."""

        def decide(file: CaseFile | None, judged: Cause) -> Step[CaseFile]:
            return Step(hear(file, one, event, late=judged.late))

        case = await self._store.files.step(case_id, decide, cause)
        await self._owe(case_id, case.state, one.id, cause)
        return case.state

    async def hear_work(self, event: WorkOrderEvent, one: Heard, cause: Cause) -> None:
        """The report that the work is about, and those that were merged into it."""
        done: set[str] = set()
        left = [event.report_id]
        while left:
            case_id = left.pop(0)
            file = await self.hear(case_id, one, event, cause)
            done.add(case_id)
            left += [other for other in file.absorbed if other not in done and other not in left]

    async def join(self, envelope: Envelope, into: str, cause: Cause) -> None:
        """The people of a merged report are told how the other one goes on, also what came from there first."""
        merged = envelope.subject
        case = await self._store.files.step(into, lambda file, _: Step(absorb(file, merged)), cause)
        for one in case.state.heard:
            if one.order and one.at >= envelope.time:
                await self.hear(merged, one, None, Cause(one.id, one.correlation_id, cause.at))

    async def record(self, event: ContactRecorded, envelope: Envelope, cause: Cause) -> None:
        """Keep the contact and wake what waited for it."""
        subject, said = envelope.subject, _said(envelope)
        if subject != f"{event.case_id}:{event.party}":
            raise Reject("wrong-subject", "the contact is not the one that its subject names")

        def decide(person: Recipient | None, judged: Cause) -> Step[Recipient] | None:
            return None if judged.late or outdated(person, said) else Step(record(person, event, said))

        await self._store.recipients.step(subject, decide, cause)
        for delivery_id in await self._store.waiting(subject):
            await self._store.deliveries.step(delivery_id, _hurried, cause)

    async def erase(self, envelope: Envelope, cause: Cause) -> None:
        """Forget the contact; a follower follows no more."""
        case_id, _, party = envelope.subject.partition(":")
        said = _said(envelope)
        if not party:
            raise Reject("no-party", "an erasure names the case and the party")

        def decide(person: Recipient | None, judged: Cause) -> Step[Recipient] | None:
            return None if judged.late or outdated(person, said) else Step(erase(person, case_id, party, said))

        await self._store.recipients.step(envelope.subject, decide, cause)
        if party.startswith(FOLLOWER):
            await self._store.files.step(case_id, lambda file, _: Step(leave(file, party, envelope.time)), cause)

    async def _owe(self, case_id: str, file: CaseFile, event_id: str, cause: Cause) -> None:
        owed = plan(case_id, file, event_id, self._town.notices, CHANNELS)
        await asyncio.gather(*(self._open(one, case_id, file, cause) for one in owed))

    async def _open(self, one: Plan, case_id: str, file: CaseFile, cause: Cause) -> None:
        """Caused by the event that it tells of, whichever event showed that it is owed."""
        opened = Cause(one.heard.id, one.heard.correlation_id, cause.at)
        with trace_context(one.heard.traceparent):
            await self._store.deliveries.step(one.id, partial(_owed, one, case_id, file), opened)


def _said(envelope: Envelope) -> Said:
    return Said(envelope.time, envelope.source.rpartition("/")[2])


def _counted_by_writer(envelope: Envelope, cause: Cause) -> Cause:
    """Several services write of one contact, and each counts for itself."""
    return replace(cause, origin=f"{cause.origin}|{_said(envelope).by}")


def _owed(one: Plan, case_id: str, file: CaseFile, delivery: Delivery | None, cause: Cause) -> Step[Delivery] | None:
    return None if delivery else owe(one, case_id, file.reference or "", file.language, cause.at)


def _hurried(delivery: Delivery | None, cause: Cause) -> Step[Delivery] | None:
    return hurry(delivery, cause.at) if delivery else None
