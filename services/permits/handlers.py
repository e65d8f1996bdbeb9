"""What permits hears of notify: how telling the applicant went, as one quiet line in the application's timeline, and
whether those who are asked for their view have the question."""

from services.permits.commands import Desk
from services.permits.domain import reaching
from services.permits.domain.application import Application
from services.permits.domain.chasing import note_told
from services.permits.domain.correspondence import note_notice
from services.permits.domain.neighbours import note_mailed
from services.permits.domain.reaching import Outcome
from shared.events import neighbours
from shared.events.agencies import MessageEnd
from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.neighbours import PermitNeighbourAsked
from shared.events.notices import NoticeEvent, NoticeFailed, NoticeSent, NoticeSkipped
from shared.events.permit_life import PermitConsulted, PermitConsulteeAskedAgain
from shared.events.topics import internal
from shared.kernel import Cause, Step
from shared.kernel.service import Service

APPLICANT = "applicant"
# By what somebody is asked, and who notes what became of the message.
ASKING = {
    PermitConsulted.type: note_told,
    PermitConsulteeAskedAgain.type: note_told,
    PermitNeighbourAsked.type: note_mailed,
}


def subscribe(service: Service, desk: Desk) -> None:
    """Registers what permits hears: each topic's handler, which `Service.on` calls with one event at a time."""

    @service.on(internal("notices"), audience=(APPLICANT, reaching.AUDIENCE, neighbours.NEIGHBOUR))
    async def on_notice(event: Event, _envelope: Envelope, cause: Cause) -> None:
        match event:
            case NoticeEvent(audience=reaching.AUDIENCE | neighbours.NEIGHBOUR):
                await _note_reached(desk, event, cause)
            case NoticeSent():
                await _note(desk, event, "sent", cause)
            case NoticeFailed():
                await _note(desk, event, "failed", cause)
            case NoticeSkipped():
                await _note(desk, event, "skipped", cause)


async def _note(desk: Desk, event: NoticeEvent, outcome: str, cause: Cause) -> None:
    if event.audience != APPLICANT or await desk.store.applications.get(event.case_id) is None:
        return  # a notice to the office, or about a case of another service
    channels = [one for one in event.channels if one.outcome == outcome] or event.channels
    names = " ".join(one.channel for one in channels)
    reason = next((one.reason for one in channels if one.reason), "")

    def note(state: Application | None, cause: Cause) -> Step[Application] | None:
        return note_notice(state, cause, outcome, names, reason, event.about) if state else None

    await desk.store.applications.step(event.case_id, note, cause)


async def _note_reached(desk: Desk, event: NoticeEvent, cause: Cause) -> None:
    """Whether the message that asked somebody reached them; a reminder, and what is told when they are overdue, changes
    nothing of that."""
    note_outcome, at = ASKING.get(event.about), event.happened_at
    if note_outcome is None or at is None or await desk.store.applications.get(event.case_id) is None:
        return
    end: MessageEnd = "sent" if isinstance(event, NoticeSent) else "failed"
    outcome = Outcome(event.asked, at, end, next((one.reason for one in event.channels if one.reason), ""))

    def note(state: Application | None, cause: Cause) -> Step[Application] | None:
        return note_outcome(state, cause, outcome) if state else None

    await desk.store.applications.step(event.case_id, note, cause)
