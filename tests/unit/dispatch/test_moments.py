"""What dispatch does by the clock, under a profile that has changed since, or about a corrected report: no moment stays
where it was, and none comes twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import cast

import pytest

from services.dispatch import joins, timers
from services.dispatch.commands import Desk
from services.dispatch.domain import clocks, crew_work, desk_work, from_report
from services.dispatch.domain import incident as rules
from services.dispatch.domain.incident import Incident, Membership, Telling
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.events.reports import ReportAmended
from shared.kernel import Cause, Moment, Step, Transient, now
from shared.town import Town
from shared.town.work import Target
from tests.support.moments import Timers, saved
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town

CASE, DAY = new_id(), timedelta(days=1)


class MemoryStore(Store):
    """Its members are found without a database."""

    timers: Timers

    async def find_untold(self, incident_id: str, fact: int, after: str, most: int) -> list[str]:
        found = cast(dict[str, Membership], self.timers.tables["memberships"].states())
        untold = [
            report
            for report, one in sorted(found.items())
            if (one.incident, one.state) == (incident_id, "joined") and one.told < fact and report > after
        ]
        return untold[:most]


@pytest.fixture
def service() -> Timers:
    return Timers()


def restarted(service: Timers, profile: Town) -> Desk:
    """A process with that profile, on what is stored."""
    store = MemoryStore(service.service, profile)
    store.timers = service
    desk = Desk(store, profile)
    timers.schedule(service.service, desk)
    return desk


def with_promises(change: Callable[[int], int]) -> Town:
    """Mae Hia, with every promise changed."""
    levels = {
        code: level.model_copy(
            update={
                "targets": {
                    priority: Target(
                        **{name: minutes and change(minutes) for name, minutes in target.model_dump().items()}
                    )
                    for priority, target in level.targets.items()
                }
            }
        )
        for code, level in town().service_levels.items()
    }
    return town().model_copy(update={"service_levels": levels})


PROFILES = {
    "the same": town(),
    "longer": with_promises(lambda minutes: minutes * 3),
    "shorter": with_promises(lambda minutes: minutes // 2),
    "service levels gone": town().model_copy(update={"service_levels": {}}),
    "ladder gone": town().model_copy(update={"escalation": ()}),
    "categories gone": town().model_copy(update={"categories": {}}),
}


def taken() -> WorkOrder:
    return crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state


ORDERS = {
    "fresh": order(),
    "taken": taken(),
    "paused": crew_work.pause(town(), taken(), by(SOMCHAI, MONDAY), reason="part", note="x").state,
    "referred": desk_work.refer(town(), taken(), by(OFFICER, MONDAY), agency="pwa").state,
    "not reached": desk_work.refer(town(), taken(), by(OFFICER, MONDAY), agency="pwa", status="failed").state,
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("state", ORDERS)
async def test_no_moment_of_work_stays_where_it_was(service: Timers, state: str, profile: str) -> None:
    before = restarted(service, town())
    await saved(before.store.orders, CASE, ORDERS[state])
    tables = dict(service.tables)
    desk = restarted(service, PROFILES[profile])
    service.tables["work_orders"].rows.update(tables["work_orders"].rows)
    service.tables["work_orders"].waits.update(tables["work_orders"].waits)

    for _ in range(20):
        if not service.waits(desk.store.orders, CASE):
            return
        assert await service.play(desk.store.orders, CASE) == []


async def test_a_moment_that_only_a_newer_release_knows_goes(service: Timers) -> None:
    desk = restarted(service, town())
    for cases, state in ((desk.store.orders, order()), (desk.store.incidents, incident())):
        await saved(cases, CASE, state)
        service.tables[cases.name].waits[CASE] = [Moment("of-a-newer-release", MONDAY)]

        assert await service.play(cases, CASE) == []


def incident(**changes: object) -> Incident:
    return Incident(
        work_order=new_id(), report=new_id(), reference="MH-7F3K-9QX2", category="power-cut", opened_at=MONDAY
    ).model_copy(update=changes)


# --- a report whose category is corrected


async def slept(desk: Desk, service: Timers, since: datetime, until: datetime, done: set[Moment]) -> None:
    """Every moment that comes between these times, as the kernel works them: each takes effect once."""
    while due := [one for one in service.waits(desk.store.orders, CASE) if one.at <= until]:
        moment = min(due, key=lambda one: one.at)
        assert moment not in done, f"{moment.name} comes a second time and has no effect"
        done.add(moment)
        cause = Cause(Cause.timer(CASE, moment).id, "", max(since, moment.at))
        await service.handlers["work_orders"](CASE, moment, cause)


async def corrected(desk: Desk, to: str, at: datetime, sequence: int) -> None:
    def decide(work: WorkOrder | None, _: Cause) -> Step[WorkOrder]:
        assert work is not None
        said = ReportAmended(reference=work.reference, category=to, previous_category=work.category)
        facts = facts_of_order(desk.town, from_report.correct(work, said))
        return from_report.amend(desk.town, work, said, facts, sequence, at)

    await desk.store.orders.step(CASE, decide, Cause.request(at=at))


def promises() -> dict[str, str]:
    """One category for each promise to each team."""
    found: dict[object, str] = {}
    for code in town().categories:
        work = order(code)
        found.setdefault((work.team, work.clocks.service_level, work.priority), code)
    return {code: str(key) for key, code in found.items()}


@pytest.mark.parametrize("days", [1, 3, 5, 10, 28])
async def test_a_corrected_category_never_asks_for_a_moment_that_had_its_effect(days: int) -> None:
    for first, second in permutations(promises(), 2):
        service, done = Timers(), set[Moment]()
        desk = restarted(service, town())
        await saved(desk.store.orders, CASE, order(first, text="x"))
        once, again = MONDAY + days * DAY, MONDAY + (days + 1) * DAY
        await slept(desk, service, MONDAY, once, done)
        await corrected(desk, second, once, 5)
        await slept(desk, service, once, again, done)
        await corrected(desk, first, again, 6)
        await slept(desk, service, again, MONDAY + 60 * DAY, done)


def test_what_was_told_of_a_promise_stays_told_when_it_lapses_for_a_while() -> None:
    promised = order().clocks
    level, priority = promised.service_level, promised.priority
    rung, told = clocks.ring(town(), promised, "resolve", MONDAY + 30 * DAY)
    assert told
    seen = MONDAY + DAY
    lapsed = clocks.recompute(town(), rung, clocks.start(town(), "gone", priority, "2", MONDAY))
    again = clocks.recompute(
        town(), clocks.acknowledge(lapsed, seen), clocks.start(town(), level, priority, "3", MONDAY)
    )

    assert clocks.ring(town(), again, "resolve", MONDAY + 30 * DAY)[1] == []
    assert again.acknowledge is not None
    assert (again.acknowledge.stopped_at, again.acknowledge.alarm) == (seen, None)


# --- an incident's walk over its members


async def resolved(service: Timers, members: int) -> tuple[Desk, list[str]]:
    desk = restarted(service, town())
    await saved(desk.store.incidents, CASE, incident(outcome="fixed", fact=1, telling=Telling(at=now())))
    reports = sorted(new_id() for _ in range(members))
    for report in reports:
        one = Membership(incident=CASE, reference="MH-7F3K-9QX2", category="power-cut", joined_at=MONDAY)
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


async def test_a_clock_that_was_set_back_does_not_stop_a_walk(service: Timers, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, reports = await resolved(service, 5)
    monkeypatch.setattr(joins, "PAGE", 2)
    (moment,) = service.waits(desk.store.incidents, CASE)
    monkeypatch.setattr(joins, "now", lambda: moment.at)
    await walked(service, desk)

    assert told(service) == reports


async def test_a_member_who_cannot_be_told_holds_up_nobody_behind(
    service: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, reports = await resolved(service, 7)
    monkeypatch.setattr(joins, "PAGE", 2)
    broken, tell = {reports[1], reports[2]}, rules.tell

    def fails(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
        if report in broken:
            raise ValueError(report)
        return tell(membership, report, incident_id, incident)

    monkeypatch.setattr(rules, "tell", fails)
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
    tell = rules.tell

    def away(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
        if report == reports[0]:
            raise Transient("away")
        return tell(membership, report, incident_id, incident)

    monkeypatch.setattr(rules, "tell", away)
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
