"""Officers confirm, deny and open incidents, say what is known of them, and put reports in and take them out."""

from datetime import datetime, timedelta

import pytest

from services.dispatch.domain import desk_work, referring
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_acts import (
    add_reports,
    announce,
    confirm_incident,
    deny_incident,
    open_incident,
    remove_report,
)
from services.dispatch.incident_bodies import Add, Announce, Confirm, Deny, Open, Remove
from shared.kernel import Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import amended, confirmed, done
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was found."""
    storm = Storm()
    await storm.cut()
    return storm


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


async def test_what_was_taken_out_of_a_proposal_is_not_in_it_when_it_is_confirmed(storm: Storm) -> None:
    incident_id, _ = await storm.only()
    report = storm.reports[2]
    body = Remove(reference=(await storm.order(report)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await confirmed(storm)

    assert storm.said(report) == []
    assert (await storm.order(report)).state == "assigned"


async def test_one_of_another_category_leaves_and_is_routed_by_it(storm: Storm) -> None:
    await confirmed(storm)
    report = storm.reports[1]
    await amended(storm, report, "street-light")

    order = await storm.order(report)
    assert (order.state, order.team, order.incident) == ("assigned", "works-lights", None)
    assert storm.said(report) == ["joined", "left"]
    assert (await storm.membership(report)).state == "alone"


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
