"""What notify hears, one coroutine for each topic."""

from dataclasses import replace
from functools import partial

from services.notify.commands import Desk, erase_heard_contact, note_absences, record_contact, renew_link, take_over
from services.notify.domain.file import APPLICANT, REPORTER
from services.notify.domain.recipient import Said
from services.notify.telling import as_heard, concerns, hear_event, hear_followers, join_reports
from shared.events.absences import AbsencesChanged
from shared.events.base import Event
from shared.events.contacts import ContactRecorded
from shared.events.envelope import Envelope
from shared.events.permit_life import PermitTransferred
from shared.events.permits import PermitLinkRenewed, PermitSubmitted
from shared.events.reports import ReportFollowed, ReportLinkRenewed, ReportMerged
from shared.events.topics import CONTACTS, internal
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Cause, Tombstone
from shared.kernel.fold import leave_batch
from shared.kernel.service import Service


def subscribe(service: Service, desk: Desk) -> None:
    """Registers what notify hears: each topic's handler, which `Service.on` calls with one event at a time."""
    service.on(internal("reports"))(partial(on_report, desk))
    service.on(internal("work-orders"))(partial(on_work_order, desk))
    service.on(internal("permits"))(partial(on_permit, desk))
    service.on(internal("absences"))(partial(on_absence, desk))
    service.on(CONTACTS)(partial(on_contact, desk))


async def on_report(desk: Desk, event: Event, envelope: Envelope, cause: Cause) -> None:
    """What its reporter, its followers and its team are told of."""
    if not concerns(event, desk.profile.rules):
        return
    heard = as_heard(event, envelope, desk.town)
    if isinstance(event, ReportLinkRenewed):  # before anybody is told of it: the mail holds the new link
        await renew_link(desk, envelope.subject, REPORTER, event.number, cause)
    if isinstance(event, ReportFollowed):
        await hear_followers(desk, event, envelope, heard, cause)
        return
    into = event.into if isinstance(event, ReportMerged) and event.into != envelope.subject else None
    if into:
        leave_batch()  # that it is merged must be there for others before the other report's file is read
    file = await hear_event(desk, envelope.subject, heard, event, cause)
    if into and file.into == into:  # else it is known that it was none
        await join_reports(desk, envelope.subject, heard, into, cause)


async def on_work_order(desk: Desk, event: Event, envelope: Envelope, cause: Cause) -> None:
    """Word of the work goes into the file of its report."""
    if isinstance(event, WorkOrderEvent):
        await hear_event(desk, event.report_id, as_heard(event, envelope, desk.town), event, cause)


async def on_permit(desk: Desk, event: Event, envelope: Envelope, cause: Cause) -> None:
    """What its applicant and the offices are told of."""
    number = _link_number(event)
    if isinstance(event, PermitTransferred):  # before anybody is told of it: the mail is the new holder's alone
        await take_over(desk, envelope.subject, event, cause)
    elif number:
        await renew_link(desk, envelope.subject, APPLICANT, number, cause)
    if concerns(event, desk.profile.rules):
        await hear_event(desk, envelope.subject, as_heard(event, envelope, desk.town), event, cause)


async def on_absence(desk: Desk, event: Event, envelope: Envelope, cause: Cause) -> None:
    """Who is away: from now on whoever takes their place is told too."""
    if isinstance(event, AbsencesChanged):
        await note_absences(desk, envelope.subject, event, cause)


def _link_number(event: Event) -> int:
    """How often the applicant's link was replaced, if the event says it."""
    match event:
        case PermitSubmitted():
            return event.link_number
        case PermitLinkRenewed():
            return event.number
        case _:
            return 0


async def on_contact(desk: Desk, event: Event, envelope: Envelope, cause: Cause) -> None:
    """How to reach a recipient, or that it is to be forgotten."""
    said = Said(envelope.time, envelope.source.rpartition("/")[2])
    # Several services write of one contact, and each counts for itself.
    cause = replace(cause, origin=f"{cause.origin}|{said.by}")
    match event:
        case ContactRecorded():
            await record_contact(desk, event, envelope.subject, said, cause)
        case Tombstone():
            await erase_heard_contact(desk, envelope.subject, said, cause)
