"""A service's own desk for a command: the same use cases on the same cases, without serving or hearing anything.

What a command saves is published, and what falls due is done, by the running service.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from services.dispatch.commands import Desk as DispatchDesk
from services.dispatch.settings import Settings as DispatchSettings
from services.dispatch.store import Store as DispatchStore
from services.intake.commands import Desk as IntakeDesk
from services.intake.settings import Settings as IntakeSettings
from services.intake.store import Store as IntakeStore
from services.notify.settings import Settings as NotifySettings
from services.notify.store import Store as NotifyStore
from services.permits.commands import Desk as PermitsDesk
from services.permits.domain.documents import MEGABYTE
from services.permits.domain.moments import Periods
from services.permits.settings import Settings as PermitsSettings
from services.permits.store import Store as PermitsStore
from shared.files.budget import Budget
from shared.files.scanner import Scanner
from shared.kernel.mongo_indexes import prepare_all
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from shared.town import load_town

T = TypeVar("T", bound=ServiceSettings)


@asynccontextmanager
async def dispatch_desk() -> AsyncIterator[DispatchDesk]:
    """Dispatch's."""
    settings = _silent(DispatchSettings())
    town = await asyncio.to_thread(load_town, settings.town_dir)
    async with _service("dispatch", settings, town.code) as service:
        yield DispatchDesk(DispatchStore(service, town), town)


@asynccontextmanager
async def open_forgetting_intake(floor: int | None = None) -> AsyncIterator[IntakeDesk]:
    """Intake's, to which the time for which it keeps the people of a closed report is always over. `floor`: of the
    restoration that goes on, which lets nobody else in."""
    settings = _silent(IntakeSettings())
    town = await asyncio.to_thread(load_town, settings.town_dir)
    at_once = town.model_copy(update={"retention": town.retention.model_copy(update={"reporter_days": 0})})
    async with _service("intake", settings, town.code) as service:
        store = IntakeStore(service, settings, reporter_days=0)
        if floor is not None:
            await prepare_all(service.database, service.wanted_indexes, {})  # queries name indexes, and there are none
            for cases in (store.reports, store.followers):
                cases.begin_above(floor)
        yield IntakeDesk(store, at_once, settings)


@asynccontextmanager
async def notify_store() -> AsyncIterator[NotifyStore]:
    """Of notify its cases alone: what mails is the running service."""
    settings = _silent(NotifySettings())
    town = await asyncio.to_thread(load_town, settings.town_dir)
    async with _service("notify", settings, town.code) as service:
        yield NotifyStore(service)


@asynccontextmanager
async def permits_desk() -> AsyncIterator[PermitsDesk]:
    """Permits'."""
    settings = _silent(PermitsSettings())
    town = await asyncio.to_thread(load_town, settings.town_dir)
    periods = Periods(settings.draft_days, town.retention.applicant_days, settings.empty_draft_days)
    async with _service("permits", settings, town.code) as service:
        store = PermitsStore(service, periods, settings.signature_secrets)
        budget = Budget("drafts", settings.drafts_megabytes * MEGABYTE, store.files.count_unsubmitted_bytes)
        yield PermitsDesk(store, town, settings, periods, Scanner(settings.clamav_address), budget)


@asynccontextmanager
async def services() -> AsyncIterator[Mapping[str, Service]]:
    """All four with their collections declared, for whoever asks what each wants of its database."""
    permits = _silent(PermitsSettings())
    town = await asyncio.to_thread(load_town, permits.town_dir)
    async with (
        _service("intake", _silent(IntakeSettings()), town.code) as intake,
        _service("dispatch", _silent(DispatchSettings()), town.code) as dispatch,
        _service("permits", permits, town.code) as applications,
        _service("notify", _silent(NotifySettings()), town.code) as notify,
    ):
        IntakeStore(intake, IntakeSettings(), town.retention.reporter_days)
        DispatchStore(dispatch, town)
        PermitsStore(
            applications, Periods(permits.draft_days, town.retention.applicant_days), permits.signature_secrets
        )
        NotifyStore(notify)
        yield {one.name: one for one in (intake, dispatch, applications, notify)}


def _silent(settings: T) -> T:
    """A command's output is for whoever typed it: no lines of a log, no traces."""
    return settings.model_copy(update={"log_level": "CRITICAL", "otel_traces_exporter": "none"})


@asynccontextmanager
async def _service(name: str, settings: ServiceSettings, town: str) -> AsyncIterator[Service]:
    service = Service(name, settings, town)
    try:
        yield service
    finally:
        service.database.client.close()
