"""How an incident ends, and with it the work of all its reports."""

from datetime import timedelta

import pytest

from services.dispatch import belonging
from services.dispatch.domain import crew_work, desk_work
from services.dispatch.domain.from_report import withdraw
from services.dispatch.domain.incident_work import end_work
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_acts import (
    add_reports,
    close_incident,
    confirm_incident,
)
from services.dispatch.incident_bodies import Add, Close, Confirm
from shared.kernel import Cause, Reject, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import confirmed, done, finished
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was found."""
    storm = Storm()
    await storm.cut()
    return storm


async def test_it_ends_with_its_work_and_everyone_is_told_once(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: crew_work.acknowledge(town(), order, acting()))
    await storm.act(lead, lambda order: crew_work.complete(town(), order, acting(now()), note="ไฟมาแล้ว"))

    assert storm.said(incident_id) == ["opened", "closed"]
    assert storm.said(lead) == ["joined"]  # its own work's end says it
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined", "resolved"]] * 4
    assert storm.last(storm.reports[1])["note"] == "ไฟมาแล้ว"
    ended = [await storm.order(one) for one in storm.reports[1:]]
    assert {(one.state, one.outcome, one.closed_at is not None) for one in ended} == {("joined", "fixed", True)}
    assert all(one.clocks.resolve is None or one.clocks.resolve.stopped_at for one in ended)


async def test_an_officer_closes_it_however_far_the_team_is(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    await close_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert (await storm.incidents())[incident_id].state == "resolved"
    assert (await storm.order(storm.reports[0])).state == "completed"
    with pytest.raises(Reject, match="incident-not-open"):
        await close_incident(storm.desk, asked(body), incident_id, body)


async def test_whoever_closes_it_is_on_its_trail_once_also_before_its_work_has_heard_that_it_leads(
    storm: Storm,
) -> None:
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    for _ in range(2):
        closed = await close_incident(storm.desk, asked(body, "key"), incident_id, body)
        await storm.settle()

        assert (closed.state.state, closed.state.outcome, closed.state.done) == ("resolved", "fixed", body.note)
    assert storm.trail(incident_id) == [("confirm", "officer"), ("close", "officer")]


async def test_whoever_closes_it_is_on_its_trail_though_the_work_told_it_first(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    close = asked(body, "key")
    # The process died with the work's end saved; the moment goes on, and the officer asks again.
    await storm.desk.store.orders.step(
        order_id(storm.reports[0]),
        lambda order, c: end_work(town(), order, close.build_acting(c), "fixed", body.note) if order else None,
        close.cause(incident_id),
    )
    await storm.settle()
    assert (await storm.incidents())[incident_id].state == "resolved"
    await close_incident(storm.desk, close, incident_id, body)

    assert storm.trail(incident_id) == [("confirm", "officer"), ("close", "officer")]
    assert storm.said(incident_id) == ["opened", "closed"]


async def test_one_whose_work_ended_before_it_knew_that_it_led_can_be_closed(storm: Storm) -> None:
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    await storm.act(
        storm.reports[0],
        lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="ที่เอกชน"),
    )
    await storm.settle()
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    await close_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert (await storm.incidents())[incident_id].state == "resolved"
    orders = [await storm.order(report) for report in storm.reports]
    assert all(order.closed_at for order in orders)


async def test_nothing_joins_what_is_over(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    await close_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    later = await storm.report(at=MONDAY + timedelta(minutes=30))

    assert (await storm.membership(later)).state == "alone"
    wrong = Add(references=[(await storm.order(later)).reference])
    with pytest.raises(Reject, match="incident-over"):
        await add_reports(storm.desk, asked(wrong), incident_id, wrong)


async def test_one_that_is_withdrawn_is_told_nothing_more_and_its_work_is_off(storm: Storm) -> None:
    await confirmed(storm)
    report = storm.reports[3]
    await storm.act(report, lambda order: done(withdraw(town(), order, None, now())))
    await belonging.be_gone_unfollowed(storm.desk, report, Cause.request())
    await finished(storm)

    assert (await storm.order(report)).state == "cancelled"
    assert storm.said(report) == ["joined"]


async def test_a_reopened_report_of_an_incident_that_is_over_has_work_of_its_own(storm: Storm) -> None:
    await confirmed(storm)
    await finished(storm)
    report = storm.reports[2]
    await belonging.be_gone(storm.desk, report, Cause.request())
    await storm.settle()

    assert (await storm.membership(report)).state == "left"
    assert storm.said(report) == ["joined", "resolved"]
