"""One work order does the work of an incident, and another does it when that one is gone."""

from datetime import timedelta

import pytest

from services.dispatch import belonging, finding, leading
from services.dispatch.domain import crew_work, desk_work, membership
from services.dispatch.domain.from_report import drop_duplicate, withdraw
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_course import note_lead, want_lead
from services.dispatch.domain.membership import member_of
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_acts import announce, confirm_incident, open_incident, remove_report
from services.dispatch.incident_bodies import Announce, Confirm, Open, Remove
from shared.kernel import Case, Cause, Reject, now
from tests.support.dispatch_in_memory import incident
from tests.support.found import Storm, acting, asked
from tests.support.incidents import amended, confirmed, done, finished
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was found."""
    storm = Storm()
    await storm.cut()
    return storm


async def test_when_the_report_whose_order_did_the_work_leaves_another_order_does_it(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    first, second = storm.reports[:2]
    body = Remove(reference=(await storm.order(first)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert (await storm.incidents())[incident_id].work_order == order_id(second)
    assert (await storm.order(second)).leads
    assert (await storm.order(second)).is_open
    assert not (await storm.order(first)).leads
    await storm.act(second, lambda order: crew_work.acknowledge(town(), order, acting()))
    await storm.act(second, lambda order: crew_work.complete(town(), order, acting(now()), note="เรียบร้อย"))
    assert storm.said(storm.reports[4]) == ["joined", "resolved"]
    assert (await storm.order(first)).is_open


async def test_the_last_report_that_leaves_takes_the_incident_with_it(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    for report in storm.reports:
        body = Remove(reference=(await storm.order(report)).reference)
        await remove_report(storm.desk, asked(body), incident_id, body)
        await storm.settle()

    assert (await storm.incidents())[incident_id].state == "resolved"
    assert all([(await storm.order(one)).is_open for one in storm.reports])


async def nobody_left(storm: Storm) -> Case[Incident]:
    """Everybody leaves the incident; as it was before, for whoever had read it then."""
    incident_id = await confirmed(storm)
    before = await storm.desk.store.incidents.get(incident_id)
    assert before is not None
    for report in storm.reports:
        body = Remove(reference=(await storm.order(report)).reference)
        await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    assert (await storm.incidents())[incident_id].is_dissolved
    return before


@pytest.mark.parametrize("cut_off", [False, True], ids=["told at once", "its process ended"])
async def test_who_was_on_the_way_in_while_the_last_one_left_has_its_own_work_again(
    storm: Storm, *, cut_off: bool
) -> None:
    """Its work ended as withdrawn, and nobody ever came."""
    before = await nobody_left(storm)
    late = await storm.come_in(at=MONDAY + timedelta(minutes=9))
    member = member_of(late, await storm.membership(late))
    assert member
    if cut_off:
        await storm.desk.store.memberships.step(
            late, lambda one, c: membership.join(one, member, before.id, before.state, c.at), Cause.request()
        )
    else:
        await finding._take_in(storm.desk, before, member, Cause.request())
    await storm.settle()

    order, placed = await storm.order(late), await storm.membership(late)
    assert storm.said(late) == ["joined", "left"]
    assert (order.is_open, order.outcome, order.incident) == (True, None, None)
    assert (placed.state, placed.incident, placed.due) == ("alone", None, None)


async def test_work_that_stood_aside_when_the_last_one_left_goes_on(storm: Storm) -> None:
    """It had joined after the reports were looked through, and before the incident was dissolved."""
    incident_id = await confirmed(storm)
    late = await storm.report(at=MONDAY + timedelta(minutes=9))
    assert (await storm.order(late)).stands_aside
    await leading._dissolve(storm.desk, incident_id, Cause.request())
    await storm.settle()

    assert storm.said(late) == ["joined", "left"]
    assert [(await storm.order(one)).is_open for one in storm.reports] == [True] * 6


async def test_who_has_not_heard_yet_that_it_is_in_may_do_its_work(storm: Storm) -> None:
    """The incident was dissolved, and they waited for an officer's word for ever."""
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    first, second = storm.reports[:2]
    await storm.desk.store.orders.step(
        order_id(first), lambda order, _: withdraw(town(), order, None, now()) if order else None, Cause.request()
    )
    await storm.desk.store.incidents.step(
        incident_id, lambda one, c: want_lead(one, order_id(first), c.at) if one else None, Cause.request()
    )
    await leading.find_lead(storm.desk, incident_id, Cause.request())
    await storm.settle()

    assert (await storm.incidents())[incident_id].is_open
    assert (await storm.incidents())[incident_id].work_order == order_id(second)
    assert (await storm.order(second)).leads
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined"]] * 4


@pytest.mark.parametrize("gone", ["withdrawn", "merged"])
async def test_the_work_of_all_goes_on_when_its_own_report_is_gone(storm: Storm, gone: str) -> None:
    await confirmed(storm)
    first = storm.reports[0]
    if gone == "withdrawn":
        await storm.act(first, lambda order: done(withdraw(town(), order, None, now())))
    else:
        await storm.act(first, lambda order: done(drop_duplicate(town(), order, "MH-AAAA-BBBB", now())))
    await belonging.be_gone(storm.desk, first, Cause.request())
    assert (await storm.order(first)).is_open
    await finished(storm)

    assert [storm.said(one) for one in storm.reports[1:]] == [["joined", "resolved"]] * 4


async def test_the_lead_of_another_category_hands_the_work_on(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    await amended(storm, storm.reports[0], "street-light")

    assert (await storm.incidents())[incident_id].work_order == order_id(storm.reports[1])
    assert not (await storm.order(storm.reports[0])).leads


@pytest.mark.parametrize("how", ["taken out", "of another category"])
async def test_who_left_a_proposal_does_not_lead_it(storm: Storm, how: str) -> None:
    incident_id, _ = await storm.only()
    first = storm.reports[0]
    if how == "taken out":
        body = Remove(reference=(await storm.order(first)).reference)
        await remove_report(storm.desk, asked(body), incident_id, body)
    else:
        await amended(storm, first, "street-light")
    await storm.settle()
    await confirmed(storm)

    assert not (await storm.order(first)).leads
    assert (await storm.incidents())[incident_id].work_order == order_id(storm.reports[1])
    assert (await storm.order(storm.reports[1])).leads


async def test_what_leads_an_incident_opens_no_second_one(storm: Storm) -> None:
    await confirmed(storm)
    body = Open(references=[(await storm.order(storm.reports[0])).reference])
    with pytest.raises(Reject, match="leads-incident"):
        await open_incident(storm.desk, asked(body), body)

    assert len(await storm.incidents()) == 1


async def test_who_has_the_work_in_the_town_hall_is_told_to_nobody(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    await storm.act(storm.reports[0], lambda order: desk_work.assign(town(), order, acting(), team="works-water"))

    assert (await storm.incidents())[incident_id].team == "works-water"
    assert storm.said(storm.reports[1]) == ["joined"]


async def test_who_is_served_already_when_it_is_confirmed_is_told_nothing_of_it(storm: Storm) -> None:
    served = storm.reports[0]
    await storm.act(served, lambda order: crew_work.acknowledge(town(), order, acting()))
    await storm.act(served, lambda order: crew_work.complete(town(), order, acting(now()), note="ต่อไฟให้แล้ว"))
    incident_id = await confirmed(storm)

    assert storm.said(served) == []
    assert (await storm.incidents())[incident_id].work_order == order_id(storm.reports[1])
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined"]] * 4


async def test_where_the_work_ended_before_it_heard_that_it_leads_another_order_does_it(storm: Storm) -> None:
    incident_id, _ = await storm.only()
    await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())
    first, second = storm.reports[:2]
    await storm.act(
        first, lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="ที่เอกชน")
    )

    assert (await storm.incidents())[incident_id].work_order == order_id(second)
    assert (await storm.order(second)).leads
    await finished(storm)
    assert storm.said(storm.reports[4]) == ["joined", "resolved"]


async def test_nothing_is_asked_of_others_while_its_work_has_just_ended(storm: Storm) -> None:
    """What did the work tells of its end itself, also when a walk ends in between."""
    incident_id = await confirmed(storm)
    lead = storm.reports[0]
    await storm.desk.store.orders.step(
        order_id(lead),
        lambda order, _: (
            desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="x") if order else None
        ),
        Cause.request(),
    )
    body = Announce(note="ทราบแล้ว")
    await announce(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert (await storm.incidents())[incident_id].state == "resolved"
    assert (await storm.incidents())[incident_id].work_order == order_id(lead)


def test_a_lead_that_was_found_and_could_not_take_over_is_passed_over() -> None:
    wanted = incident(lead_due=MONDAY)

    assert note_lead(wanted, wanted.work_order, MONDAY, leads=True).state.lead_due is None
    again = note_lead(wanted, wanted.work_order, MONDAY, leads=False).state.lead_due
    assert again is not None
    assert again > MONDAY
    assert note_lead(wanted.model_copy(update={"state": "resolved"}), "x", MONDAY, leads=False).state.lead_due is None
