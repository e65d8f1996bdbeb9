"""What happens by the clock: warnings before a decision is late, and the letter after a decision."""

from services.permits import letter
from services.permits.domain.application import Application
from services.permits.domain.completeness import remind
from services.permits.domain.decision import letter_failed, letter_made
from services.permits.settings import Settings
from services.permits.store import Store
from shared.kernel import Cause, Service, Step, Transient
from shared.telemetry import get_log
from shared.town import Town

log = get_log(__name__)


def schedule(service: Service, store: Store, town: Town, settings: Settings) -> None:
    """One timer for both: a case waits for its warning or for its letter, never for both at once."""

    async def on_due(case_id: str, cause: Cause) -> None:
        case = await store.cases.get(case_id)
        if case is None:
            return
        if case.state.letter is None:
            await store.cases.step(case_id, lambda state, why: remind(state, why, town) if state else None, cause)
        else:
            await _write(store, town, settings, case_id, case.state, cause)

    service.on_due(store.cases, on_due)


async def _write(store: Store, town: Town, settings: Settings, case_id: str, case: Application, cause: Cause) -> None:
    try:
        kept = await store.letter(case_id)
        if kept is None:
            made = await letter.make(case, town, chromium=settings.chromium, public_url=settings.public_url)
            kept = await store.keep_letter(case_id, made.pdf, made.sha256)
    except (Transient, OSError) as error:
        log.warning("the letter could not be made; it is tried again", extra={"case_id": case_id, "error": str(error)})
        await store.cases.step(case_id, lambda state, why: letter_failed(state, why) if state else None, cause)
        return
    sha256, size = kept.sha256, len(kept.pdf)

    def made_once(state: Application | None, why: Cause) -> Step[Application] | None:
        return letter_made(state, why, sha256, size) if state else None

    await store.cases.step(case_id, made_once, cause)
