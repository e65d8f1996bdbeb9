"""An incident that was closed by mistake goes on: with its work and its reports, and with one word to each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.dispatch.bodies import Body
from services.dispatch.domain import checking, crew_work, desk_work, pausing
from services.dispatch.domain.clocks import Pause
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.incident_reopening import may_go_on
from services.dispatch.domain.incident_work import end_with, stand_aside, stand_aside_again
from services.dispatch.domain.taking_back import reopens_until
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_acts import announce, deny_incident
from services.dispatch.incident_bodies import Announce
from shared.events.outcomes import Outcome
from shared.kernel import Cause, Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import confirmed, done, finished
from tests.support.outages import (
    made_part_of_another,
)
from tests.support.reopened import NOTE, over, said_of_work, taken_back
from tests.support.work import MONDAY, SOMCHAI, begun, by, submitted, town, with_days

NAREE = Actor(sub="officer-2", name="นารี ตรวจงาน")


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was confirmed and is over."""
    return await over()


async def test_its_work_goes_on_and_whoever_was_told_of_its_end_hears_once_that_it_goes_on(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    lead, *others = storm.reports

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, incident.outcome, incident.closed_at, incident.done) == ("open", None, None, None)
    assert storm.said(incident_id) == ["opened", "closed", "reopened"]
    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on"]] * 4
    assert storm.last(others[0])["note"] == NOTE
    assert said_of_work(storm, lead)[-1] == "sent-back"
    assert storm.said(lead) == ["joined"]  # its own work says it
    work = await storm.order(lead)
    assert (work.state, work.leads, work.rework and work.rework.reason) == ("assigned", True, NOTE)


async def test_the_other_work_stands_aside_again_with_the_promises_of_before() -> None:
    storm = Storm()
    await storm.cut()
    await confirmed(storm)
    before = [await storm.order(one) for one in storm.reports[1:]]
    await finished(storm)
    await taken_back(storm)
    after = [await storm.order(one) for one in storm.reports[1:]]

    assert all(one.stands_aside and one.outcome is None for one in after)
    assert [one.clocks for one in after] == [one.clocks for one in before]


async def test_it_ends_again_for_everyone_and_can_be_taken_back_again(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    lead, *others = storm.reports
    await finished(storm)
    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on", "resolved"]] * 4
    assert (await storm.order(others[0])).closed_at is not None

    await taken_back(storm)
    assert storm.said(incident_id) == ["opened", "closed", "reopened", "closed", "reopened"]
    assert (await storm.order(lead)).is_open


async def test_until_when_it_is_expected_to_last_is_said_with_it(storm: Storm) -> None:
    until = now() + timedelta(hours=3)
    incident_id = await taken_back(storm, expected_until=until)

    assert (await storm.incidents())[incident_id].expected_until == until
    assert storm.last(storm.reports[3])["expected_until"].startswith(f"{until:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize("outcome", ["duplicate", "withdrawn"])
async def test_work_that_is_called_off_for_its_own_report_alone_ends_no_incident(outcome: Outcome) -> None:
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm)
    lead, second, *_ = storm.reports
    await storm.act(lead, lambda order: desk_work.cancel(town(), order, acting(now()), outcome=outcome, reason="ซ้ำ"))
    await storm.settle()

    assert (await storm.incidents())[incident_id].is_open
    assert (await storm.order(second)).leads
    assert storm.said(second) == ["joined"]


async def test_one_that_was_called_off_goes_on_too() -> None:
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm)
    await storm.act(
        storm.reports[0],
        lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="ที่เอกชน"),
    )
    assert (await storm.incidents())[incident_id].outcome == "not_ours"
    await taken_back(storm)

    assert (await storm.order(storm.reports[0])).is_open
    assert storm.said(storm.reports[1]) == ["joined", "resolved", "went-on"]


async def test_whoever_checks_its_work_and_sends_it_back_says_that_it_is_not_over() -> None:
    """An urgent incident's completed work had one possible answer: verified."""
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm, note="รอการไฟฟ้า")
    await finished(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: checking.send_back(town(), order, Acting(NAREE, now()), reason="หม้อแปลงยังเสีย"))

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, incident.note) == ("open", None)
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined", "resolved", "went-on"]] * 4
    assert "note" not in storm.last(storm.reports[1]) or storm.last(storm.reports[1])["note"] is None  # staff's words


async def test_what_is_said_of_it_later_reaches_the_report_whose_work_it_is_too(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    body = Announce(note="คืนนี้เสร็จ")
    await announce(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert storm.said(storm.reports[0]) == ["joined", "told"]


async def test_after_the_time_in_which_its_reports_can_be_opened_again_it_is_closed_for_good(storm: Storm) -> None:
    incident_id, incident = await storm.only()
    until = reopens_until(town(), incident)
    assert until is not None
    assert may_go_on(town(), incident, until)
    assert not may_go_on(town(), incident, until + timedelta(seconds=1))
    later = with_days(town(), incident.category, 60)  # what its residents were promised stays
    assert reopens_until(later, incident) == until
    assert incident.closed_at is not None
    unknown = incident.model_copy(update={"reopen_until": None})  # a release before has not kept it
    assert reopens_until(later, unknown) == incident.closed_at + timedelta(days=60)

    long_ago = {"closed_at": now() - timedelta(days=400), "reopen_until": now() - timedelta(days=397)}
    await storm.desk.store.incidents.step(
        incident_id,
        lambda before, _: Step(before.model_copy(update=long_ago)) if before else None,
        Cause.request(),
    )
    with pytest.raises(Reject, match="incident-over-for-good"):
        await taken_back(storm)
    assert not (await storm.order(storm.reports[0])).is_open


async def test_one_that_goes_on_was_denied_or_is_part_of_another_is_not_taken_back() -> None:
    storm = Storm()
    await made_part_of_another(storm)
    denied = Storm()
    await denied.cut()
    await deny_incident(denied.desk, asked(Body()), (await denied.only())[0])
    before = [await storm.incidents(), await denied.incidents()]
    for each, incidents in zip((storm, denied), before, strict=True):
        for incident_id in incidents:
            with pytest.raises(Reject, match="incident-not-over"):
                await taken_back(each, incident_id)
    assert [len(incidents) for incidents in before] == [2, 1]  # one is part of the other, which goes on
    assert [await storm.incidents(), await denied.incidents()] == before


@pytest.mark.parametrize(
    "standing",
    [
        lambda order: order,
        lambda order: crew_work.acknowledge(town(), order, by(SOMCHAI, MONDAY + timedelta(minutes=5))).state,
        lambda order: waiting(order, MONDAY + timedelta(minutes=5)),
    ],
    ids=["not taken", "taken", "paused"],
)
def test_clocks_run_on_as_if_they_had_never_stopped(standing: Callable[[WorkOrder], WorkOrder]) -> None:
    work = standing(begun(submitted("power-cut", submitted_at=MONDAY)).state)
    aside = done(stand_aside(work, "01KB58QMC0T5Z9E3PD7AWF1JYS", MONDAY + timedelta(minutes=10))).state
    over = done(end_with(aside, "01KB58QMC0T5Z9E3PD7AWF1JYS", "fixed", MONDAY + timedelta(minutes=20))).state
    back = done(stand_aside_again(town(), over, "01KB58QMC0T5Z9E3PD7AWF1JYS", MONDAY + timedelta(minutes=30))).state

    assert over.clocks.resolve is None or over.clocks.resolve.stopped_at
    assert back.clocks == work.clocks
    assert (back.outcome, back.closed_at, back.goes_on) == (None, None, work.state)


def waiting(order: WorkOrder, at: datetime) -> WorkOrder:
    taken = crew_work.acknowledge(town(), order, by(SOMCHAI, at)).state
    paused = pausing.pause(town(), taken, by(SOMCHAI, at), reason="part").state
    assert paused.pauses == [Pause(since=at)]
    return paused
