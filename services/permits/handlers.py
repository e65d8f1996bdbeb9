"""What permits hears: how telling the applicant went, as a quiet line in the application's timeline."""

from services.permits.domain.application import Application
from services.permits.domain.handing_in import APPLICANT, note_delivery
from services.permits.store import Store
from shared.events import Envelope, Event, NoticeEvent, NoticeFailed, NoticeSent, NoticeSkipped
from shared.events.topics import internal
from shared.kernel import Cause, Service, Step


def subscribe(service: Service, store: Store) -> None:
    """The topics of this service, one handler each."""

    @service.on(internal("notices"))
    async def on_notice(event: Event, _envelope: Envelope, cause: Cause) -> None:
        match event:
            case NoticeSent():
                await _note(store, event, "sent", "", cause)
            case NoticeFailed(reason=reason):
                await _note(store, event, "failed", reason, cause)
            case NoticeSkipped(reason=reason):
                await _note(store, event, "skipped", reason, cause)


async def _note(store: Store, event: NoticeEvent, outcome: str, reason: str, cause: Cause) -> None:
    if event.audience != APPLICANT or await store.cases.get(event.case_id) is None:
        return  # a report's notice, or one to the office
    params = {"channel": event.channel, "about": event.about, **({"reason": reason} if reason else {})}

    def note(state: Application | None, why: Cause) -> Step[Application] | None:
        return note_delivery(state, why, outcome, params) if state else None

    await store.cases.step(event.case_id, note, cause)
