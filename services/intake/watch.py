"""What operators see of what comes in: whether a report waits that no team has, and for how long none has come."""

from services.intake.store import Store
from shared.kernel import now
from shared.telemetry import metrics
from shared.town import Town


async def observe_reports(store: Store, town: Town) -> None:
    """Both as ages: a count of reports that are a second old would say nothing."""
    at = now()
    waiting = await store.find_oldest_unrouted()
    metrics.reports_unrouted_oldest_age_seconds.set(max(0.0, (at - waiting).total_seconds()) if waiting else 0.0)
    newest = await store.find_newest_submitted()
    silent = town.calendar.between(newest, at).total_seconds() if newest and newest < at else 0.0
    metrics.reports_silence_seconds.set(silent)
