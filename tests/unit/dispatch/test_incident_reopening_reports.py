"""Whose reports go on with an incident that was taken for over: who comes in, who stays out, and who does its work."""

from datetime import datetime, timedelta

import pytest

from services.dispatch import belonging
from services.dispatch.domain import checking, desk_work, membership
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_course import Lead, resolve
from services.dispatch.domain.incident_reopening import reopen
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_acts import remove_report
from services.dispatch.incident_bodies import Remove
from shared.events.base import Place
from shared.kernel import Cause, Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import done, finished
from tests.support.outages import (
    made_part_of_another_as_soon_as_it_was_taken_back,
    new_work,
    over_before_its_reports_are_there_and_taken_back,
)
from tests.support.reopened import over, said_of_work, taken_back
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was confirmed and is over."""
    return await over()


async def test_new_reports_join_it_again_as_if_it_had_just_begun(storm: Storm) -> None:
    await taken_back(storm)
    later = await storm.report(at=now())

    assert storm.said(later) == ["joined"]


async def test_who_came_alone_while_it_was_taken_for_over_joins_it_and_is_told_once(storm: Storm) -> None:
    """They joined only by an officer's hand: their crews drove to what the incident's crew was at."""
    meanwhile = [await storm.report(at=now()) for _ in range(2)]
    assert [storm.said(one) for one in meanwhile] == [[], []]
    incident_id = await taken_back(storm)

    for report in meanwhile:
        assert storm.said(report) == ["joined"]
        assert (await storm.membership(report)).incident == incident_id
        assert (await storm.order(report)).stands_aside
    await finished(storm)
    assert storm.said(meanwhile[0]) == ["joined", "resolved"]


async def test_whoever_the_limits_of_a_later_report_keep_out_stays_alone(storm: Storm) -> None:
    """Another kind, another place, from before its end, what is done by now, and what an officer took out."""
    far = Place(latitude=18.80, longitude=98.90, accuracy_m=10)
    others = [await storm.report("water-leak", at=now()), await storm.report(at=now(), place=far)]
    before = await storm.report(at=MONDAY - timedelta(days=2))
    over, taken_out = await storm.report(at=now()), await storm.report(at=now())
    await storm.act(over, lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="x"))
    await taken_back(storm)
    (incident_id,) = await storm.incidents()
    body = Remove(reference=(await storm.order(taken_out)).reference, reason="คนละเรื่อง")
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert [storm.said(one) for one in (*others, before, over)] == [[]] * 4
    assert storm.said(taken_out) == ["joined", "left"]
    assert [(await storm.order(one)).is_open for one in (*others, before, taken_out)] == [True] * 4
    await finished(storm)
    await taken_back(storm)
    assert storm.said(taken_out) == ["joined", "left"], "an officer's word stands"


async def test_a_process_that_died_while_it_woke_them_wakes_each_once(
    storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = [await storm.report(at=now()) for _ in range(2)]
    wake = membership.look_again

    def dies(before: Membership | None, at: datetime) -> Step[Membership] | None:
        monkeypatch.setattr(membership, "look_again", wake)
        raise ConnectionError

    monkeypatch.setattr(membership, "look_again", dies)
    with pytest.raises(ConnectionError):
        await taken_back(storm)
    assert (await storm.only())[1].missed_since is not None
    await storm.settle()

    assert [storm.said(one) for one in meanwhile] == [["joined"]] * 2
    assert (await storm.only())[1].missed_since is None


async def test_closed_again_before_they_were_woken_they_stay_alone_until_it_goes_on_again(storm: Storm) -> None:
    incident_id, incident = await storm.only()
    report = await storm.report(at=now())
    assert incident.closed_at is not None
    again = reopen(town(), incident_id, incident, lead_of_one(incident), now()).state
    over = resolve(incident_id, again, "fixed", now())
    assert over is not None
    assert again.missed_since == over.state.missed_since == incident.closed_at

    later = reopen(town(), incident_id, over.state, lead_of_one(incident), now()).state
    assert later.missed_since == incident.closed_at, "since it was over for the first time"
    assert storm.said(report) == []


def lead_of_one(incident: Incident) -> Lead:
    return Lead(incident.work_order, incident.report, incident.reference, incident.team, incident.level, None)


async def test_what_was_opened_again_or_merged_meanwhile_does_not_come_back_in(storm: Storm) -> None:
    await new_work(storm, storm.reports[1])
    await belonging.be_gone(storm.desk, storm.reports[2], Cause.request())  # as `report.merged` does
    await taken_back(storm)

    for report in storm.reports[1:3]:
        assert storm.said(report) == ["joined", "resolved"]
        assert (await storm.order(report)).closed_at is not None
    assert storm.said(storm.reports[3])[-1] == "went-on"


async def test_another_does_its_work_where_the_report_that_did_has_new_work_of_its_own(storm: Storm) -> None:
    lead, second, third, *_ = storm.reports
    await storm.act(lead, lambda order: done(checking.note_reopened(town(), order, now())))
    await new_work(storm, lead)
    incident_id = await taken_back(storm)

    assert not (await storm.order(lead)).is_open
    assert (await storm.order(second)).leads
    assert (await storm.order(second)).is_open
    assert (await storm.order(third)).stands_aside
    assert (await storm.incidents())[incident_id].work_order == order_id(second)
    assert storm.said(second)[-1] == "went-on"
    assert said_of_work(storm, lead)[-1] != "sent-back"


@pytest.mark.parametrize("pressed", [0, 2], ids=["the report that does its work", "one that stands aside"])
async def test_a_resident_who_says_so_in_the_same_moment_ends_it_for_nobody_else(storm: Storm, pressed: int) -> None:
    """The page still says that it is over: until the news is there, and that is the whole of an outage of Kafka."""
    incident_id = await taken_back(storm)
    report = storm.reports[pressed]
    others = [one for one in storm.reports if one != report]
    await storm.act(report, lambda order: done(checking.note_reopened(town(), order, now())))
    await new_work(storm, report)
    await storm.settle()

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, storm.said(incident_id)[:3]) == ("open", ["opened", "closed", "reopened"])
    assert all(storm.said(one)[-1] in ("went-on", "joined") for one in others)
    assert [(await storm.order(one)).leads for one in others] == [True, False, False, False]
    before = await storm.order(report)
    assert (before.is_open, before.leads) == (False, pressed == 0)
    await finished(storm)
    assert [storm.said(one)[-1] for one in others[1:]] == ["resolved"] * 3


async def test_where_nobody_is_left_in_it_there_is_nothing_to_take_back(storm: Storm) -> None:
    for report in storm.reports:
        await storm.act(report, lambda order: done(checking.note_reopened(town(), order, now())))
        await new_work(storm, report)
    with pytest.raises(Reject, match="incident-nobody-left"):
        await taken_back(storm)


async def test_what_had_come_from_another_incident_when_all_was_over_goes_on_with_it() -> None:
    storm = Storm()
    await over_before_its_reports_are_there_and_taken_back(storm)
    moved, there = storm.reports[:5], storm.reports[5]

    assert [storm.said(one) for one in moved] == [["joined", "joined", "resolved", "went-on"]] * 5
    assert all([(await storm.order(one)).stands_aside for one in moved])
    assert (await storm.order(there)).leads
    await finished(storm)
    assert [storm.said(one)[-1] for one in moved] == ["resolved"] * 5


async def test_one_that_was_taken_back_and_made_part_of_another_at_once_was_not_over_for_its_reports() -> None:
    storm = Storm()
    await made_part_of_another_as_soon_as_it_was_taken_back(storm)
    lead, *others = storm.reports[:5]

    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on", "joined"]] * 4
    assert storm.said(lead) == ["joined", "joined"]
    assert all([(await storm.order(one)).stands_aside for one in (lead, *others)])
