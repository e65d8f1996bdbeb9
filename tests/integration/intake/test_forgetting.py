"""Who sent a report is forgotten by the clock: on a real database, by whichever replica comes first, and once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.domain import resident
from services.intake.domain.report import Report
from services.intake.domain.submission import Contact
from services.intake.timers import forget_overdue, forget_people
from shared.events.topics import CONTACTS
from shared.kernel import Cause, Step, now
from tests.support.intake import Intake, intake
from tests.support.kernel import eventually
from tests.support.reports import town

DAYS = town().retention.reporter_days
LONG_AGO, LATELY = timedelta(days=DAYS, seconds=1), timedelta(days=DAYS - 1)


@pytest.fixture
async def clock(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """With its timers; what it has to publish stays in the outbox, to be looked at."""
    async with intake(monkeypatch, mongo, roles="api,timers") as running:
        yield running


async def followed(service: Intake) -> dict[str, str]:
    """A report that somebody else follows too."""
    made = await service.report()
    answer = await service.http.post(f"/api/v1/reports/{made['reference']}/follow", json={"email": "f@example.org"})
    return {**made, "party": answer.json()["party"], "theirs": answer.json()["secret"]}


async def withdraw(service: Intake, made: dict[str, str], ago: timedelta) -> datetime:
    """Its reporter took it back so long ago, and it was closed although somebody followed it; when that was."""
    at = now() - ago

    def decide(report: Report, cause: Cause) -> Step[Report]:
        step = resident.withdraw(report.model_copy(update={"followers": 0}), cause.at, None)
        return Step(step.state.model_copy(update={"followers": report.followers}), step.events)

    await service.store.step(made["id"], decide, Cause.request(at=at))
    return at


async def document(service: Intake, made: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] | None = await service.store.reports.collection.find_one({"_id": made["id"]})
    assert found is not None
    return found


async def tombstones(service: Intake, made: dict[str, str]) -> list[str]:
    """The keys that are erased on the topic of contacts."""
    documents = [await document(service, made)]
    documents += [one async for one in service.store.followers.collection.find({"state.report": made["id"]})]
    waiting = [message for one in documents for entry in one["outbox"] for message in entry["messages"]]
    return [key for topic, key, value in waiting if topic == CONTACTS and value is None]


async def until_forgotten(service: Intake, made: dict[str, str]) -> None:
    async def done() -> bool:
        return (await document(service, made))["state"].get("forgotten_at") is not None

    await eventually(done)


async def test_when_the_period_is_over_the_contacts_are_erased_and_the_rest_stays(clock: Intake) -> None:
    made = await followed(clock)
    before = await clock.seen(made)
    await withdraw(clock, made, LONG_AGO)
    await until_forgotten(clock, made)
    assert await tombstones(clock, made) == [f"{made['id']}:reporter", f"{made['id']}:{made['party']}"]
    public, mine = await clock.seen(made), await clock.seen(made, secret=True)
    assert {one["type"] for one in public["timeline"]} == {"received", "withdrawn"}
    assert (public["text"], public["followers"]) == (before["text"], 1)
    assert (mine["text"], mine["location"], mine["address"]) == (before["text"], before["location"], "หน้าตลาด 99/1")
    theirs = {"secret": made["theirs"], "party": made["party"]}
    page = await clock.http.get(f"/track/{made['reference']}", params=theirs, headers={"Accept": "text/html"})
    assert "ลิงก์ส่วนตัวไม่ถูกต้อง" not in page.text
    await asyncio.sleep(1.2)  # another round of the timer
    assert len(await tombstones(clock, made)) == 2


async def test_whoever_comes_first_forgets_and_the_others_change_nothing(service: Intake) -> None:
    made = await followed(service)
    await withdraw(service, made, LONG_AGO)
    await asyncio.gather(*(forget_people(service.desk, made["id"], Cause.request()) for _ in range(5)))
    assert len(await tombstones(service, made)) == 2


async def test_before_that_nothing_is_forgotten(clock: Intake) -> None:
    made = await followed(clock)
    await withdraw(clock, made, LATELY)
    await forget_overdue(clock.desk)
    assert (await document(clock, made))["state"]["forgotten_at"] is None
    assert await tombstones(clock, made) == []


async def test_somebody_looks_for_them_without_being_asked(clock: Intake) -> None:
    leases = clock.store.reports.collection.database["leases"]

    async def taken() -> bool:
        return await leases.find_one({"_id": "sweep:retention"}) is not None

    await eventually(taken)


async def test_what_was_closed_when_the_period_was_longer_is_forgotten_by_todays(service: Intake) -> None:
    made = await followed(service)
    closed = await withdraw(service, made, LATELY)
    earlier = {"$set": {"state.closed_at": closed - timedelta(days=2)}}
    await service.store.reports.collection.update_one({"_id": made["id"]}, earlier)
    await forget_overdue(service.desk)
    assert (await document(service, made))["state"]["forgotten_at"] is not None
    assert len(await tombstones(service, made)) == 2


def test_a_contact_has_nothing_that_the_erasure_leaves() -> None:
    """A new way to reach somebody must go to the private topic with the others, where a tombstone takes it all."""
    assert set(Contact.model_fields) == {"name", "phone", "email", "line_id", "language", "consent"}
