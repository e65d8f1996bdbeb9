"""Who sent a report is forgotten by the clock: on a real database, by whichever replica comes first, and once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.domain import resident
from services.intake.domain.retention import forget
from services.intake.domain.submission import Contact
from shared.events.topics import CONTACTS
from shared.kernel import Cause, Moment, now
from shared.kernel.moments import Kept, as_documents
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
    """Its reporter took it back so long ago, while nobody followed it; when that was."""
    at = now() - ago

    def decide(report: Any, cause: Cause) -> Any:
        step = resident.withdraw(report.model_copy(update={"followers": []}), cause.at, None)
        return type(step)(step.state.model_copy(update={"followers": report.followers}), step.events)

    await service.store.step(made["id"], decide, Cause.request(at=at))
    return at


async def document(service: Intake, made: dict[str, str]) -> dict[str, Any]:
    found = await service.store.cases.collection.find_one({"_id": made["id"]})
    assert found is not None
    return found


async def tombstones(service: Intake, made: dict[str, str]) -> list[str]:
    """The keys that are erased on the topic of contacts."""
    waiting = [message for entry in (await document(service, made))["outbox"] for message in entry["messages"]]
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
    due = await withdraw(service, made, LONG_AGO) + timedelta(days=DAYS)
    assert woken_at(await document(service, made)) == due
    cause = Cause.timer(made["id"], Moment("clock", due))
    await asyncio.gather(
        *(service.store.step(made["id"], lambda one, judged: forget(one, judged.at, DAYS), cause) for _ in range(5))
    )
    found = await document(service, made)
    assert (len(await tombstones(service, made)), woken_at(found)) == (2, None)


async def test_before_that_nothing_is_forgotten(clock: Intake) -> None:
    made = await followed(clock)
    closed = await withdraw(clock, made, LATELY)
    await clock.store.wake_overdue()
    await asyncio.sleep(1.2)
    found = await document(clock, made)
    assert (woken_at(found), found["state"]["forgotten_at"]) == (closed + timedelta(days=DAYS), None)
    assert await tombstones(clock, made) == []


async def test_somebody_looks_for_them_without_being_asked(clock: Intake) -> None:
    leases = clock.store.cases.collection.database["leases"]

    async def taken() -> bool:
        return await leases.find_one({"_id": "sweep:retention"}) is not None

    await eventually(taken)


@pytest.mark.parametrize("waits", [None, timedelta(days=DAYS)], ids=["of an earlier version", "by a longer period"])
async def test_what_was_closed_under_other_rules_is_forgotten_by_todays(clock: Intake, waits: timedelta | None) -> None:
    made = await followed(clock)
    closed = await withdraw(clock, made, LATELY)
    reports = clock.store.cases.collection
    kept = [Kept(Moment("clock", now() + waits))] if waits else []
    change = {"state.closed_at": closed - timedelta(days=2), **as_documents(made["id"], kept)}
    left_out = {} if waits else {"$unset": {"state.forgotten_at": ""}}
    await reports.update_one({"_id": made["id"]}, {"$set": change, **left_out})
    await clock.store.wake_overdue()
    await until_forgotten(clock, made)
    assert len(await tombstones(clock, made)) == 2


async def test_a_moment_that_was_once_too_early_does_not_stand_in_the_way(clock: Intake) -> None:
    made = await followed(clock)
    closed = await withdraw(clock, made, LATELY)
    missed = closed - timedelta(days=2) + timedelta(days=DAYS)
    await clock.store.step(made["id"], lambda _one, _judged: None, Cause.timer(made["id"], Moment("clock", missed)))
    await clock.store.cases.collection.update_one(
        {"_id": made["id"]}, {"$set": {"state.closed_at": closed - timedelta(days=2)}}
    )
    await clock.store.wake_overdue()
    await until_forgotten(clock, made)


def woken_at(found: dict[str, Any]) -> datetime | None:
    """When the timer looks at this report, by what it keeps."""
    return next((one["at"] for one in found["moments"]), None)


def test_a_contact_has_nothing_that_the_erasure_leaves() -> None:
    """A new way to reach somebody must go to the private topic with the others, where a tombstone takes it all."""
    assert set(Contact.model_fields) == {"name", "phone", "email", "line_id", "language", "consent"}
