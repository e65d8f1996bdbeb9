"""The desk of permits on a database of its own, and one application on its way, for the figures of permits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.seal import development_key
from services.permits import commands
from services.permits.bodies import Examination, Signature
from services.permits.commands import Desk
from services.permits.domain import moments
from services.permits.domain.application import Application
from services.permits.domain.moments import Periods
from services.permits.settings import Settings
from services.permits.store import INDEXES, Store
from services.permits.timers import do_what_is_due
from shared.events.ids import new_id
from shared.files.budget import Budget
from shared.files.scanner import Scanner
from shared.kernel import Case, Cause, Step
from shared.kernel.mongo import KERNEL_INDEXES
from shared.kernel.service import Service
from shared.references import make_reference
from tests.bench.subject import Bench
from tests.support.permits import EXAMINER, OFFICER, RULES, SIGNATORY, TOWN, application

PERIODS = Periods(90, 3650, 14)


@asynccontextmanager
async def permit_desk(bench: Bench) -> AsyncIterator[Desk]:
    """Permits' desk on a database of its own, with its indexes and the key of this machine."""
    given = bench.settings("api").model_dump(include={"kafka_bootstrap_servers", "mongodb_uri", "topic_prefix",
                                                      "mongodb_prefix", "roles", "otel_traces_exporter", "log_level",
                                                      "shutdown_seconds"})  # fmt: skip
    settings = Settings.model_validate({**given, "seal_key_file": development_key()})
    service = Service("permits", settings, TOWN.code)
    store = Store(service, PERIODS, settings.signature_secrets)
    await store.applications.collection.create_indexes([*KERNEL_INDEXES, *INDEXES])
    budget = Budget("drafts", 10**12, store.files.count_unsubmitted_bytes)
    async with service.lifespan():
        await store.keep_rules(RULES)
        yield Desk(store, TOWN, settings, PERIODS, Scanner(""), budget)


async def handed_in(desk: Desk) -> str:
    """An application that waits to be accepted; its id."""
    case_id = new_id()
    waiting = application("submitted").model_copy(
        update={"id": case_id, "reference": make_reference(TOWN.reference_prefix, case_id)}
    )
    await desk.store.applications.step(case_id, lambda _, __: Step(waiting), Cause.request(), is_new=True)
    return case_id


async def issued(desk: Desk, case_id: str) -> None:
    """Every step from the acceptance on, as pages and timer take them."""
    await commands.accept_application(desk, await read(desk, case_id), OFFICER, None, Cause.request())
    await commands.propose_decision(desk, case_id, EXAMINER, Examination(proposal="approve"), Cause.request())
    signed, own = Signature(decision="approve"), frozenset({"mayor"})
    await commands.sign_decision(desk, await read(desk, case_id), SIGNATORY, own, signed, Cause.request())
    decided = await read(desk, case_id)
    due = next(one for one in moments.moments(decided.state, PERIODS) if one.kind == moments.LETTER)
    await do_what_is_due(desk, case_id, due.name, Cause.timer(case_id, due))


async def read(desk: Desk, case_id: str) -> Case[Application]:
    """The application as it is now."""
    case = await desk.store.applications.get(case_id)
    if case is None:
        raise LookupError("the application that was just saved is not there")
    return case
