"""What intake does by the clock, under a profile that has changed since: no moment stays where it was."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.intake import timers
from services.intake.commands import Desk
from services.intake.domain import following, merging, resident
from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from services.intake.domain.submission import Contact
from services.intake.joining import finish_merge
from services.intake.settings import Settings
from services.intake.store import Store
from shared.events.work_orders import WorkOrderCancelled, WorkOrderCompleted
from shared.kernel import Reject, now
from shared.kernel.sweeps import Unswept
from shared.town.models import Retention, Town
from tests.support.moments import Timers, saved
from tests.support.reports import CASE, ORDER, after, category, report, town, work

OTHER = "01JD3W9N5B8M2C7KXPZ4R6T1AD"
DAYS = 365
PROFILES: dict[str, tuple[int, Town]] = {
    "the same": (DAYS, town()),
    "kept longer": (2 * DAYS, town()),
    "kept shorter": (30, town()),
    "categories gone": (2 * DAYS, town().model_copy(update={"categories": {}})),
}


class MemoryStore(Store):
    """No follower's contact is asked for, and one report is to be forgotten."""

    def __init__(self, service: Timers, days: int) -> None:
        super().__init__(service.service, cast(Settings, SimpleNamespace(photo_hours=24, photos_megabytes=1)), days)
        self.overdue: list[str] = []

    async def list_not_forgotten(self, _report_id: str, _most: int) -> list[str]:
        return []

    async def list_to_be_forgotten(self) -> Any:
        for case_id in self.overdue:
            yield case_id


@pytest.fixture
def service() -> Timers:
    return Timers()


@pytest.fixture
def desk(service: Timers) -> Desk:
    desk = Desk(MemoryStore(service, DAYS), town(), cast(Settings, None))
    changed(service, desk, DAYS)
    return desk


def changed(service: Timers, desk: Desk, days: int, profile: Town | None = None) -> Desk:
    """The process has started anew, with this profile."""
    new = (profile or town()).model_copy(update={"retention": Retention(reporter_days=days)})
    desk.store._days = days
    timers.schedule(service.service, after_restart := replace(desk, town=new))
    return after_restart


def withdrawn() -> Report:
    return resident.withdraw(report(), after(10), None).state


def resolved() -> Report:
    return record_work(report(), work(WorkOrderCompleted), ORDER, after(1), late=False, reopen_days=14).state


def being_merged(into: str = OTHER) -> Report:
    step = merging.begin_merge(report(), after(1), into, "MH-OTHR-29QX")
    assert step is not None
    return step.state


def merged() -> Report:
    step = merging.close_as_duplicate(being_merged(), after(2), OTHER)
    assert step is not None
    return step.state


REPORTS = {"withdrawn": withdrawn(), "resolved": resolved(), "being merged": being_merged(), "merged": merged()}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("state", REPORTS)
async def test_no_moment_of_a_report_stays_where_it_was(service: Timers, desk: Desk, state: str, profile: str) -> None:
    await saved(desk.store.reports, OTHER, report(reference="MH-OTHR-29QX"))
    await saved(desk.store.reports, CASE, REPORTS[state])
    changed(service, desk, *PROFILES[profile])

    assert service.waits(desk.store.reports, CASE)
    assert await service.play(desk.store.reports, CASE) == []


async def test_no_moment_of_a_follower_stays_where_it_was(service: Timers, desk: Desk) -> None:
    contact = Contact(email="f@example.org")
    follower = following.follow(CASE, "follower-1", after(1), contact).state
    case_id = following.follower_id(CASE, "follower-1")
    await saved(desk.store.reports, CASE, report())
    await saved(desk.store.followers, case_id, follower)

    assert await service.play(desk.store.followers, case_id) == []


async def test_a_profile_that_goes_back_to_what_it_said_has_its_effect(service: Timers, desk: Desk) -> None:
    await saved(desk.store.reports, CASE, withdrawn())
    changed(service, desk, 2 * DAYS)
    await service.play(desk.store.reports, CASE)
    changed(service, desk, DAYS)
    await saved(desk.store.reports, CASE, withdrawn())

    assert await service.play(desk.store.reports, CASE) == []
    assert await forgotten_at(desk, CASE) == after(10) + timedelta(days=DAYS)


async def forgotten_at(desk: Desk, case_id: str) -> datetime | None:
    return (await desk.store.get_report(case_id)).state.forgotten_at


async def forget_when_due(service: Timers, desk: Desk) -> datetime:
    """Its moment comes; when it comes again."""
    assert await service.play(desk.store.reports, CASE) == []
    ((moment),) = [one for one in service.waits(desk.store.reports, CASE) if one.name == "forget"]
    return moment.at


def arrived() -> Report:
    step = merging.note_arrival(merged(), 0)
    assert step is not None
    return step.state


async def test_people_of_a_merged_report_are_forgotten_with_those_of_the_one_that_stayed(
    service: Timers, desk: Desk
) -> None:
    period = timedelta(days=DAYS)
    first_due = after(2) + period
    await saved(desk.store.reports, OTHER, report())
    await saved(desk.store.reports, CASE, arrived())

    assert await forget_when_due(service, desk) == first_due + period, "it is open: they are told of it"
    ended = first_due + timedelta(days=40)
    await saved(desk.store.reports, OTHER, report(state="closed", closed_at=ended))
    assert await forget_when_due(service, desk) == ended + period
    assert await forgotten_at(desk, CASE) is None
    await service.play(desk.store.reports, CASE)
    assert await forgotten_at(desk, CASE) == ended + period


async def test_a_report_that_cannot_be_forgotten_keeps_no_other_from_its_turn(service: Timers, desk: Desk) -> None:
    long_ago = now() - timedelta(days=DAYS + 1)
    await saved(desk.store.reports, CASE, withdrawn().model_copy(update={"closed_at": long_ago}))
    cast(MemoryStore, desk.store).overdue = ["unknown", CASE]
    with pytest.raises(Unswept):
        await timers.forget_overdue(desk)

    assert await forgotten_at(desk, CASE) is not None


@pytest.mark.parametrize(
    ("news", "outcome"),
    [(work(WorkOrderCompleted), "fixed"), (work(WorkOrderCancelled, outcome="not_ours"), "cannot_be_done")],
)
async def test_an_outcome_that_only_a_newer_release_knows_does_not_keep_a_report_open(
    service: Timers, desk: Desk, news: Any, outcome: str
) -> None:
    answered = record_work(report(), news, ORDER, after(1), late=False, reopen_days=14).state
    await saved(desk.store.reports, CASE, answered.model_copy(update={"outcome": "of-a-newer-release"}))

    assert await service.play(desk.store.reports, CASE) == []
    assert str((await desk.store.get_report(CASE)).state.outcome) == "of-a-newer-release"
    closed = told(service)
    assert f'"outcome":"{outcome}"' in closed


def told(service: Timers) -> str:
    """All that was said, as it stands in the outbox."""
    outbox = service.tables["reports"].outbox
    return " ".join(message.value.decode() for entry in outbox for message in entry.messages if message.value)


async def test_a_duplicate_that_becomes_public_while_it_is_merged_names_no_hidden_report(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden, open_to_all = category(public=False), category()
    await saved(desk.store.reports, OTHER, report(category=hidden, listed=False))
    await saved(desk.store.reports, CASE, being_merged().model_copy(update={"category": hidden, "listed": False}))
    agree = merging.agree

    def agree_and_change(one: Report, *, listed: bool) -> None:
        agree(one, listed=listed)
        row = service_rows(desk)[CASE]
        state = row.state.model_copy(update={"category": open_to_all, "listed": True})
        service_rows(desk)[CASE] = replace(row, state=state, case=replace(row.case, state=state))

    monkeypatch.setattr(merging, "agree", agree_and_change)
    with pytest.raises(Reject, match="not-shown"):
        await finish_merge(desk.store, CASE)
    after_all = (await desk.store.get_report(CASE)).state
    assert (after_all.is_open, after_all.merging, after_all.merged_reference) == (True, None, None)


def service_rows(desk: Desk) -> dict[str, Any]:
    rows: dict[str, Any] = cast(Any, desk.store.reports.store).rows
    return rows
