"""What happens by the clock: the moments of an application (`domain/moments.py`), what is overdue by the periods of
today, and the sweeps: of files that a crash left without an application, of retired signatures, and of applications
without the keys they are found by. The kernel calls when a moment has come, and counts and delays the tries of what
fails."""

from datetime import timedelta
from functools import partial

from services.permits import watch
from services.permits.commands import Desk
from services.permits.domain import moments
from services.permits.domain.application import Application
from services.permits.domain.forgetting import files_of, forget_applicant, without_note
from services.permits.domain.search_keys import key_again
from services.permits.domain.signed_acts import note_letter_made
from services.permits.issuing import issue
from services.permits.receipt_book import keep_book
from services.permits.seal_watch import SealWatch
from shared.kernel import Case, Cause, Moment, Step, now
from shared.kernel.service import Service
from shared.kernel.sweeps import for_each_case
from shared.telemetry import get_log

log = get_log(__name__)

SWEEP_SECONDS = 3600
BUDGET_SECONDS = 60  # a measurement for the operators, whoever uploads
# A case is saved within seconds of its file, or not at all; the day is a margin for wrong clocks and paused processes.
FILE_AGE = timedelta(days=1)
SIGNATURE_AGE = timedelta(days=1)  # likewise: a decision on which it was placed may be under way
PIECES_MOST = 10_000  # of 255 kB each: 2.5 GB of documents an hour are looked at, without reading one
LETTERS_MOST = 2  # made at once: each takes a processor for a tenth of a second


def schedule(service: Service, desk: Desk) -> None:
    """Moments and sweeps of this service."""

    async def on_application_due(case_id: str, moment: Moment, cause: Cause) -> None:
        await do_what_is_due(desk, case_id, moment.name, cause)

    async def forget_files() -> None:
        removed = await desk.store.files.forget_unused_files(now() - FILE_AGE, PIECES_MOST)
        if removed:
            log.info("files that no application refers to are removed", extra={"files": removed})

    async def forget_signatures() -> None:
        removed = await desk.store.signatures.forget_retired(now() - SIGNATURE_AGE)
        if removed:
            log.info("scanned signatures that count no more are removed", extra={"signatures": removed})

    service.limit_pool(moments.LETTERS, most=LETTERS_MOST)
    service.on_due(desk.store.applications, on_application_due)
    service.gauge(partial(watch.observe_clocks, desk.store))
    service.gauge(SealWatch(desk.settings).observe)
    watch.count_from_zero()
    service.every(SWEEP_SECONDS, "files", forget_files)
    service.every(SWEEP_SECONDS, "signatures", forget_signatures)
    service.every(BUDGET_SECONDS, "budget", desk.budget.observe)
    service.every(SWEEP_SECONDS, "periods", partial(do_what_is_overdue, desk))
    service.every(SWEEP_SECONDS, "search-keys", partial(key_applications, desk))


async def do_what_is_due(desk: Desk, case_id: str, name: str, cause: Cause) -> None:
    """What the moment of that name does, if it has come also by the periods of today. Else the application waits for
    what it waits for today: stored in the name of no moment, for the periods may go back to what they were."""
    case = await desk.store.applications.get(case_id)
    if case is None:
        return
    if not _has_come(desk, case.state, name, cause):
        await desk.store.applications.renew_moments(case_id)
        return
    match name.partition(" ")[0]:
        case moments.LETTER:
            await _make_letter(desk, case, moments.turn_of_moment(name), cause)
        case moments.RECEIPT | moments.LATER_RECEIPT:
            await keep_book(desk, case)
        case moments.REMOVAL:  # nobody can change it any more, so what was read here is what is removed
            await desk.store.forget(case)
        case moments.FORGETTING:
            await _forget_applicant(desk, case, cause)
        case _:
            await _act(desk, case_id, name, cause)


async def do_what_is_overdue(desk: Desk) -> None:
    """What has come by the periods of today, though the moments of the applications say otherwise: they were stored
    when the periods were longer."""

    async def do(case_id: str) -> None:
        for name in (moments.DRAFT_EXPIRY, moments.REMOVAL, moments.FORGETTING):
            cause = Cause.request()
            case = await desk.store.applications.get(case_id)
            if case is not None and _has_come(desk, case.state, name, cause):
                await do_what_is_due(desk, case_id, name, cause)

    await for_each_case(desk.store.list_overdue(desk.periods), do)


async def key_applications(desk: Desk) -> None:
    """What was handed in before there were keys is found by its plot and its people too."""

    def decide(state: Application | None, _: Cause) -> Step[Application] | None:
        return key_again(state) if state else None

    async def do(case_id: str) -> None:
        await desk.store.applications.step(case_id, decide, Cause.request())

    await for_each_case(desk.store.register.list_unkeyed(), do)


async def _act(desk: Desk, case_id: str, name: str, cause: Cause) -> None:
    def decide(state: Application | None, cause: Cause) -> Step[Application] | None:
        return moments.act(name, state, cause, desk.town, desk.periods) if state else None

    await desk.store.applications.step(case_id, decide, cause)


async def _forget_applicant(desk: Desk, case: Case[Application], cause: Cause) -> None:
    """What lies beside the application first: after a crash the same moment meets what is left. The trail says on who
    did what and when, without the values."""
    for file_id in files_of(case.state):
        await desk.store.files.forget_file(file_id)
    # Moves lines out, if there are too many.
    await desk.store.applications.step(case.id, lambda *_: None, Cause.request())
    await desk.store.applications.rewrite_older(case.id, "timeline", without_note)
    await desk.store.trail.rewrite(case.id, lambda _: None)
    permit = (await desk.rules_for(case.state)).permit
    personal = {field.code for field in permit.fields if field.personal}

    def forget(state: Application | None, cause: Cause) -> Step[Application] | None:
        return forget_applicant(state, cause, desk.periods.applicant_days, personal) if state else None

    await desk.store.applications.step(case.id, forget, cause)


def _has_come(desk: Desk, application: Application, name: str, cause: Cause) -> bool:
    return any(one.name == name and one.at <= cause.at for one in moments.moments(application, desk.periods))


async def _make_letter(desk: Desk, case: Case[Application], turn: int, cause: Cause) -> None:
    """Of the decision, or of an act after it: make it once, seal it, keep it, note it. `Transient` while the key, the
    time-stamp authority or the signatory's scanned signature is away: the kernel tries again."""
    stored = await desk.store.letters.get(case.id, turn)
    if stored is None and case.state.decision is not None:
        made = await issue(desk, case.state, turn, cause.at)
        stored = await desk.store.letters.keep(case.id, turn, made.pdf, made.seal)

    def note(state: Application | None, cause: Cause) -> Step[Application] | None:
        if state is None:
            return None
        return note_letter_made(state, cause, turn, stored.sha256, len(stored.pdf), stored.seal) if stored else None

    await desk.store.applications.step(case.id, note, cause)
