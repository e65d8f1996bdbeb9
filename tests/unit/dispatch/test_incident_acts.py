"""What officers do with incidents, and what becomes of the reports, their work and their promises."""

from datetime import datetime, timedelta

import pytest

from services.dispatch import belonging
from services.dispatch.domain import crew_work, desk_work, referring
from services.dispatch.domain.from_report import correct, drop_duplicate, withdraw
from services.dispatch.domain.incident_work import end_work
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import (
    add_reports,
    announce,
    close_incident,
    confirm_incident,
    deny_incident,
    open_incident,
    remove_report,
)
from services.dispatch.incident_bodies import Add, Announce, Close, Confirm, Deny, Open, Remove
from shared.events.reports import ReportAmended
from shared.kernel import Case, Cause, Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was found."""
    storm = Storm()
    await storm.cut()
    return storm


async def confirmed(storm: Storm, **said: object) -> str:
    incident_id, _ = await storm.only()
    body = Confirm.model_validate(said)
    await confirm_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    return incident_id


async def test_a_confirmed_one_is_known_and_one_order_does_the_work_of_all(storm: Storm) -> None:
    incident_id = await confirmed(storm, note="แจ้งการไฟฟ้าแล้ว")

    assert storm.said(incident_id) == ["opened"]
    assert [storm.said(one) for one in storm.reports] == [["joined"]] * 5
    assert storm.last(storm.reports[3])["note"] == "แจ้งการไฟฟ้าแล้ว"
    lead, *others = [await storm.order(one) for one in storm.reports]
    assert (lead.state, lead.leads, lead.incident) == ("assigned", True, incident_id)
    assert {(one.state, one.incident, one.is_open) for one in others} == {("joined", incident_id, False)}


async def test_a_decision_is_taken_once(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    with pytest.raises(Reject, match="incident-decided"):
        await deny_incident(storm.desk, asked(Deny()), incident_id)
    with pytest.raises(Reject, match="incident-decided"):
        await confirm_incident(storm.desk, asked(Confirm()), incident_id, Confirm())


async def test_later_reports_join_by_themselves_and_hear_how_it_stands(storm: Storm) -> None:
    until = now() + timedelta(hours=3)
    incident_id = await confirmed(storm, expected_until=until)
    later = await storm.report(at=MONDAY + timedelta(hours=1))

    assert storm.said(later) == ["joined"]
    assert storm.last(later)["incident_id"] == incident_id
    assert storm.last(later)["expected_until"].startswith(f"{until:%Y-%m-%dT%H:%M}")
    assert (await storm.order(later)).state == "joined"


async def test_everyone_is_told_once_when_an_agency_is_informed_and_when_it_is_announced(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: referring.refer(town(), order, acting(), agency="pea"))
    await storm.act(lead, lambda order: done(referring.note_told(town(), order, acting(), end="sent")))
    body = Announce(expected_until=now() + timedelta(hours=2), note="หม้อแปลงเสีย")
    await announce(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert storm.said(incident_id) == ["opened", "changed", "changed"]
    assert [storm.said(one) for one in storm.reports] == [["joined", "told", "told"]] * 5
    assert (storm.last(storm.reports[2])["agency"], storm.last(storm.reports[2])["note"]) == ("pea", "หม้อแปลงเสีย")


async def test_what_the_agency_expects_is_told_unless_an_officer_has_said_more(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    lead, until = storm.reports[0], now() + timedelta(hours=5)
    await storm.act(lead, lambda order: referring.refer(town(), order, acting(), agency="pea"))
    await storm.act(lead, lambda order: done(referring.note_told(town(), order, acting(), end="sent")))
    await storm.act(lead, lambda order: Step(answered(order, until)))
    assert (await storm.incidents())[incident_id].expected_until == until
    await storm.act(lead, lambda order: Step(answered(order, until + timedelta(hours=1))))

    assert (await storm.incidents())[incident_id].expected_until == until
    assert storm.said(storm.reports[3]) == ["joined", "told", "told"]


def answered(order: WorkOrder, until: datetime) -> WorkOrder:
    assert order.referral is not None
    word = order.referral.model_copy(update={"status": "answered", "expected_at": until})
    return order.model_copy(update={"referral": word, "line_count": order.line_count + 1})


async def test_the_same_word_again_tells_nobody(storm: Storm) -> None:
    incident_id = await confirmed(storm, note="ทราบแล้ว")
    body = Announce(note="ทราบแล้ว")
    await announce(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert storm.said(storm.reports[1]) == ["joined"]


async def test_who_has_the_work_in_the_town_hall_is_told_to_nobody(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    await storm.act(storm.reports[0], lambda order: desk_work.assign(town(), order, acting(), team="works-water"))

    assert (await storm.incidents())[incident_id].team == "works-water"
    assert storm.said(storm.reports[1]) == ["joined"]


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
        lambda order, c: end_work(town(), order, close.acting(c), "fixed", body.note) if order else None,
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


async def test_a_report_that_does_not_belong_goes_on_by_its_own_promises(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    report = storm.reports[2]
    before = await storm.order(report)
    body = Remove(reference=before.reference, reason="ไฟดับเฉพาะบ้าน")
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    after = await storm.order(report)

    assert (after.state, after.incident, after.due_at) == ("assigned", None, before.due_at)
    assert after.clocks == before.clocks
    assert storm.said(report) == ["joined", "left"]
    assert storm.last(report)["reason"] == "ไฟดับเฉพาะบ้าน"
    with pytest.raises(Reject, match="not-a-member"):
        await remove_report(storm.desk, asked(body), incident_id, body)


async def test_who_is_served_already_when_it_is_confirmed_is_told_nothing_of_it(storm: Storm) -> None:
    served = storm.reports[0]
    await storm.act(served, lambda order: crew_work.acknowledge(town(), order, acting()))
    await storm.act(served, lambda order: crew_work.complete(town(), order, acting(now()), note="ต่อไฟให้แล้ว"))
    incident_id = await confirmed(storm)

    assert storm.said(served) == []
    assert (await storm.incidents())[incident_id].work_order == order_id(storm.reports[1])
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined"]] * 4


async def test_what_was_taken_out_of_a_proposal_is_not_in_it_when_it_is_confirmed(storm: Storm) -> None:
    incident_id, _ = await storm.only()
    report = storm.reports[2]
    body = Remove(reference=(await storm.order(report)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await confirmed(storm)

    assert storm.said(report) == []
    assert (await storm.order(report)).state == "assigned"


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


async def test_one_that_is_withdrawn_is_told_nothing_more_and_its_work_is_off(storm: Storm) -> None:
    await confirmed(storm)
    report = storm.reports[3]
    await storm.act(report, lambda order: done(withdraw(town(), order, None, now())))
    await belonging.be_gone_unfollowed(storm.desk, report, Cause.request())
    await finished(storm)

    assert (await storm.order(report)).state == "cancelled"
    assert storm.said(report) == ["joined"]


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


async def test_one_of_another_category_leaves_and_is_routed_by_it(storm: Storm) -> None:
    await confirmed(storm)
    report = storm.reports[1]
    await amended(storm, report, "street-light")

    order = await storm.order(report)
    assert (order.state, order.team, order.incident) == ("assigned", "works-lights", None)
    assert storm.said(report) == ["joined", "left"]
    assert (await storm.membership(report)).state == "alone"


async def test_the_lead_of_another_category_hands_the_work_on(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    await amended(storm, storm.reports[0], "street-light")

    assert (await storm.incidents())[incident_id].work_order == order_id(storm.reports[1])
    assert not (await storm.order(storm.reports[0])).leads


async def test_reports_are_made_one_by_hand_wherever_they_are() -> None:
    storm = Storm()
    first, second = await storm.report("fallen-tree"), await storm.report("fallen-tree", place=None, answers={})
    references = [(await storm.order(one)).reference for one in (first, second)]
    body = Open(references=references, note="ลมพายุ")
    case = await open_incident(storm.desk, asked(body, key="once"), body)
    again = await open_incident(storm.desk, asked(body, key="once"), body)
    await storm.settle()

    assert again.id == case.id
    assert case.state.by_hand
    assert storm.said(case.id) == ["opened"]
    assert [storm.said(one) for one in (first, second)] == [["joined"], ["joined"]]
    assert (await storm.order(first)).leads
    assert (await storm.order(second)).stands_aside


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


async def test_what_is_of_two_kinds_or_over_or_unknown_is_not_made_one() -> None:
    storm = Storm()
    tree, light = await storm.report("fallen-tree"), await storm.report("street-light")
    mixed = Open(references=[(await storm.order(one)).reference for one in (tree, light)])
    with pytest.raises(Reject, match="incident-mixed"):
        await open_incident(storm.desk, asked(mixed), mixed)
    unknown = Open(references=["MH-0000-0000"])
    with pytest.raises(Reject, match="unknown-reference"):
        await open_incident(storm.desk, asked(unknown), unknown)
    await storm.act(tree, lambda order: desk_work.cancel(town(), order, acting(), outcome="not_ours", reason="ที่เอกชน"))
    over = Open(references=[(await storm.order(tree)).reference])
    with pytest.raises(Reject, match="work-over"):
        await open_incident(storm.desk, asked(over), over)


async def test_a_sensitive_report_is_not_put_into_a_public_incident(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    secret = await storm.report(sensitive=True)
    body = Add(references=[(await storm.order(secret)).reference])
    with pytest.raises(Reject, match="incident-openness"):
        await add_reports(storm.desk, asked(body), incident_id, body)

    assert (await storm.order(secret)).is_open


async def test_an_end_in_the_past_is_not_announced(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    body = Announce(expected_until=now() - timedelta(minutes=1))
    with pytest.raises(Reject, match="expected-time"):
        await announce(storm.desk, asked(body), incident_id, body)


async def test_a_reopened_report_of_an_incident_that_is_over_has_work_of_its_own(storm: Storm) -> None:
    await confirmed(storm)
    await finished(storm)
    report = storm.reports[2]
    await belonging.be_gone(storm.desk, report, Cause.request())
    await storm.settle()

    assert (await storm.membership(report)).state == "left"
    assert storm.said(report) == ["joined", "resolved"]


def done(step: Step[WorkOrder] | None) -> Step[WorkOrder]:
    assert step is not None
    return step


async def finished(storm: Storm) -> None:
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    (incident_id,) = [key for key, one in (await storm.incidents()).items() if one.is_open]
    await close_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()


async def amended(storm: Storm, report: str, category: str) -> None:
    """As `handlers._amend`, without the bus."""
    before = await storm.order(report)
    event = ReportAmended(reference=before.reference, category=category)
    await storm.act(report, lambda order: Step(correct(order, event).with_report(amended=5)))
    await belonging.correct(storm.desk, report, Case(order_id(report), 1, await storm.order(report)), Cause.request())
    await storm.settle()
