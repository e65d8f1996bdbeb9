"""The figures of what comes in: how long a report waits for a team, and for how long none has come."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from services.intake import watch
from services.intake.store import Store
from shared.telemetry import metrics
from shared.town import load_town
from tests.support.source import ROOT

TOWN = load_town(ROOT / Path("deploy/municipalities/maehia"))
MONDAY_NOON = datetime.fromisoformat("2026-11-23T12:00:00+07:00")


class Kept:
    """A store with these times."""

    def __init__(self, unrouted: datetime | None, newest: datetime | None) -> None:
        self._unrouted, self._newest = unrouted, newest

    async def find_oldest_unrouted(self) -> datetime | None:
        return self._unrouted

    async def find_newest_submitted(self) -> datetime | None:
        return self._newest


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "now", lambda: MONDAY_NOON)


async def shown(unrouted: datetime | None = None, newest: datetime | None = None) -> tuple[float, float]:
    """Seconds without a team, and of silence."""
    await watch.observe_reports(cast(Store, Kept(unrouted, newest)), TOWN)
    names = ("onestop_reports_unrouted_oldest_age_seconds", "onestop_reports_silence_seconds")
    found = [metrics.registry.get_sample_value(name) or 0.0 for name in names]
    return found[0], found[1]


async def test_a_report_without_a_team_ages_and_the_age_ends_with_it() -> None:
    assert (await shown(unrouted=MONDAY_NOON - timedelta(seconds=90)))[0] == 90
    assert (await shown())[0] == 0


async def test_a_night_and_a_weekend_are_no_silence() -> None:
    """The office opens at half past eight."""
    friday_evening = datetime.fromisoformat("2026-11-20T20:00:00+07:00")

    assert (await shown(newest=friday_evening))[1] == 3.5 * 3600
    assert (await shown(newest=MONDAY_NOON - timedelta(minutes=30)))[1] == 30 * 60


async def test_a_town_that_has_just_begun_is_not_silent() -> None:
    assert (await shown())[1] == 0
