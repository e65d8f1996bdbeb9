"""What happens by the clock: warnings before a decision is late, the letter after it, the end of old drafts, and of
files that a crash left without an application."""

from datetime import datetime, timedelta

from services.permits import letter
from services.permits.domain.application import Application
from services.permits.domain.completeness import remind
from services.permits.domain.decision import letter_failed, letter_made
from services.permits.domain.handing_in import expire, expired
from services.permits.settings import Settings
from services.permits.store import Store
from shared.kernel import Case, Cause, Moment, Step, Transient, now
from shared.kernel.service import Service
from shared.telemetry import get_log
from shared.town import Town

log = get_log(__name__)

SWEEP_SECONDS = 3600
# A case is saved within seconds of its file, or not at all; the day is for clocks and processes that stood still.
FILE_AGE = timedelta(days=1)
PIECES_MOST = 10_000  # of 255 kB each: 2.5 GB of documents an hour are looked at, without reading one


def schedule(service: Service, store: Store, town: Town, settings: Settings) -> None:
    """One timer for warning and letter: a case never waits for both at once. Drafts and files are swept."""

    async def on_due(case_id: str, _moment: Moment, cause: Cause) -> None:
        case = await store.cases.get(case_id)
        if case is None:
            return
        if case.state.letter is None:
            await store.cases.step(case_id, lambda state, why: remind(state, why, town) if state else None, cause)
        else:
            await _write(store, town, settings, case_id, case.state, cause)

    async def forget_drafts() -> None:
        before = now() - timedelta(days=settings.draft_days)
        async for case in store.never_submitted(before):
            if expired(case.state, before):
                await _forget(store, case, before)

    async def forget_files() -> None:
        removed = await store.forget_unused_files(now() - FILE_AGE, PIECES_MOST)
        if removed:
            log.info("files that no application refers to are removed", extra={"files": removed})

    service.on_due(store.cases, on_due)
    service.every(SWEEP_SECONDS, "drafts", forget_drafts)
    service.every(SWEEP_SECONDS, "files", forget_files)


async def _forget(store: Store, case: Case[Application], before: datetime) -> None:
    """First nobody can hand it in any more, then it goes: its applicant may be at it in this very moment."""
    if case.state.state == "draft":
        case = await store.cases.step(
            case.id, lambda state, _: expire(state, before) if state else None, Cause.request()
        )
    if expired(case.state, before) and case.state.state == "withdrawn":
        await store.forget(case)


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
