"""What permits hears: how telling the applicant went, as a quiet line in the application's timeline."""

from services.permits.domain.application import Application
from services.permits.domain.handing_in import APPLICANT, note_delivery
from services.permits.store import Store
from shared.events import Envelope, Event, NoticeEvent
from shared.events.topics import internal
from shared.kernel import Cause, Step
from shared.kernel.service import Service


def subscribe(service: Service, store: Store) -> None:
    """The topics of this service, one handler each."""

    @service.on(internal("notices"))
    async def on_notice(event: Event, _envelope: Envelope, cause: Cause) -> None:
        if isinstance(event, NoticeEvent) and event.audience == APPLICANT:
            await _note(store, event, cause)


async def _note(store: Store, event: NoticeEvent, cause: Cause) -> None:
    if await store.cases.get(event.case_id) is None:
        return  # a report's notice

    def note(state: Application | None, why: Cause) -> Step[Application] | None:
        after = state
        for one in event.channels:
            params = {"channel": one.channel, "about": event.about, **({"reason": one.reason} if one.reason else {})}
            after = note_delivery(after, why, one.outcome, params).state if after else None
        return Step(after) if after else None

    await store.cases.step(event.case_id, note, cause)
