"""An incident's walk over its members: each is told once, and one who cannot be told holds up nobody."""

from collections.abc import Collection
from typing import Any, cast

import pytest

from services.dispatch import joins
from services.dispatch.commands import Desk
from services.dispatch.domain import telling
from services.dispatch.domain.incident import Incident, Telling
from services.dispatch.domain.incident_course import resolve
from services.dispatch.domain.membership import Membership
from shared.events.ids import new_id
from shared.kernel import Cause, Step, Transient, now
from tests.support.dispatch_in_memory import CASE, incident, restarted
from tests.support.moments import Timers, saved
from tests.support.work import MONDAY, town


@pytest.fixture
def service() -> Timers:
    return Timers()


async def resolved(service: Timers, members: int) -> tuple[Desk, list[str]]:
    desk = restarted(service, town())
    await saved(
        desk.store.incidents, CASE, incident(state="resolved", outcome="fixed", fact=1, telling=Telling(at=now()))
    )
    reports = sorted(new_id() for _ in range(members))
    for report in reports:
        one = Membership(
            incident=CASE, state="joined", reference="MH-7F3K-9QX2", category="power-cut", joined_at=MONDAY
        )
        await saved(desk.store.memberships, report, one)
    return desk, reports


async def walked(service: Timers, desk: Desk) -> None:
    for _ in range(20):
        if not service.waits(desk.store.incidents, CASE):
            return
        assert await service.play(desk.store.incidents, CASE) == []


def told(service: Timers) -> list[str]:
    members = cast(dict[str, Membership], service.tables["memberships"].states())
    return sorted(report for report, one in members.items() if one.told)


def cannot_tell(patch: pytest.MonkeyPatch, broken: Collection[str], error: type[Exception]) -> None:
    """To tell these members fails, for as long as they are among them."""
    tell = telling.tell

    def fails(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
        if report in broken:
            raise error(report)
        return tell(membership, report, incident_id, incident)

    patch.setattr(telling, "tell", fails)


async def test_a_clock_that_was_set_back_does_not_stop_a_walk(service: Timers, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, reports = await resolved(service, 5)
    monkeypatch.setattr(joins, "PAGE", 2)
    (moment,) = service.waits(desk.store.incidents, CASE)
    monkeypatch.setattr(joins, "now", lambda: moment.at)
    await walked(service, desk)

    assert told(service) == reports


@pytest.mark.parametrize("page", [2, 200])
async def test_what_is_said_while_a_page_is_told_is_told_to_all_of_them_too(
    service: Timers, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    desk, reports = await resolved(service, 5)
    await saved(desk.store.incidents, CASE, incident(state="open", fact=1, telling=Telling(at=now())))
    monkeypatch.setattr(joins, "PAGE", page)
    tell, said = joins._tell, list[str]()

    def over(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        return resolve(CASE, before, "fixed", cause.at) if before else None

    async def meanwhile(desk: Desk, *about: Any) -> None:
        if not said:
            said.append("over")
            await desk.store.incidents.step(CASE, over, Cause.request())
        await tell(desk, *about)

    monkeypatch.setattr(joins, "_tell", meanwhile)
    await walked(service, desk)

    members = cast(dict[str, Membership], service.tables["memberships"].states())
    assert [members[report].told for report in reports] == [2] * 5


async def test_a_member_who_cannot_be_told_holds_up_nobody_behind(
    service: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, reports = await resolved(service, 7)
    monkeypatch.setattr(joins, "PAGE", 2)
    broken = {reports[1], reports[2]}
    cannot_tell(monkeypatch, broken, ValueError)
    with pytest.raises(ValueError, match=reports[1]):
        await walked(service, desk)
    assert told(service) == [one for one in reports if one not in broken]

    broken.clear()
    await walked(service, desk)
    assert told(service) == reports


async def test_a_database_that_is_away_stops_the_page_and_not_the_member(
    service: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, reports = await resolved(service, 3)
    cannot_tell(monkeypatch, {reports[0]}, Transient)
    with pytest.raises(Transient):
        await walked(service, desk)
    assert service.waits(desk.store.incidents, CASE)
    monkeypatch.undo()
    await walked(service, desk)
    assert told(service) == reports


async def test_an_end_that_only_a_newer_release_knows_is_told(service: Timers) -> None:
    desk, reports = await resolved(service, 3)
    case = await desk.store.incidents.get(CASE)
    assert case is not None
    await saved(desk.store.incidents, CASE, case.state.model_copy(update={"outcome": "of-a-newer-release"}))
    await walked(service, desk)

    assert told(service) == reports
