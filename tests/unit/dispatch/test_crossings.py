"""What the desk and the residents do at the same time, unknown to each other: one report never has two works open, and
is never out of its incident for good."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.domain import checking, crew_work
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_acts import remove_report
from services.dispatch.incident_bodies import Remove
from shared.events.reports import ReportMerged, ReportReopened, ReportSeparated
from shared.kernel import now
from tests.support.found import VILLAGE, Storm, acting, asked
from tests.support.incidents import confirmed, finished
from tests.support.work import MONDAY, town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was found."""
    storm = Storm()
    await storm.cut()
    return storm


async def about(storm: Storm, report: str) -> dict[str, Any]:
    order = await storm.order(report)
    return {"reference": order.reference, "category": order.category}


async def merged(storm: Storm, report: str, sequence: int = 2) -> None:
    event = ReportMerged(**await about(storm, report), into=storm.reports[3], into_reference="MH-AAAA-BBBB")
    await storm.hear(report, event, sequence)


async def separated(storm: Storm, report: str, sequence: int = 3, times: int = 1) -> None:
    said: dict[str, Any] = {
        **await about(storm, report), "times": times, "from_report": storm.reports[3],
        "from_reference": "MH-AAAA-BBBB", "kind": "problem", "channel": "web", "text": "ไฟดับ", "location": VILLAGE,
    }  # fmt: skip
    await storm.hear(report, ReportSeparated.model_validate(said), sequence)


async def test_a_send_back_that_crosses_the_resident_s_reopening_leaves_one_work_open() -> None:
    storm = Storm()
    report = await storm.report("water-leak")
    await storm.act(report, lambda order: crew_work.acknowledge(town(), order, acting(MONDAY)))
    await storm.act(
        report, lambda order: crew_work.complete(town(), order, acting(MONDAY), note="x", photos=["/p/after"])
    )
    await storm.act(report, lambda order: checking.send_back(town(), order, acting(MONDAY), reason="ยังรั่ว"))
    event = ReportReopened(**await about(storm, report), text="ยังรั่ว", times=1, reason="ยังรั่วอยู่")
    await storm.hear(report, event, 2)
    await storm.hear(report, event, 2)

    before, after = await storm.orders(report)
    assert (before.state, before.outcome, before.report.state) == ("cancelled", "duplicate", "reopened")
    assert [line.what for line in before.history][-2:] == ["report_reopened", "cancelled"]
    assert (after.is_open, after.reopened, after.reopened_because) == (True, 1, "ยังรั่วอยู่")


async def test_a_report_that_was_merged_by_mistake_joins_its_incident_again_with_work_of_its_own(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    report = storm.reports[2]
    await merged(storm, report)
    assert (await storm.membership(report)).state == "left"
    await separated(storm, report)

    assert (await storm.membership(report)).incident == incident_id
    assert storm.said(report) == ["joined", "joined"]
    called_off, own = await storm.orders(report)
    assert (called_off.state, own.state, own.incident) == ("cancelled", "joined", incident_id)
    await finished(storm)
    assert storm.said(report) == ["joined", "joined", "resolved"]


async def test_one_that_led_goes_on_leading_with_the_same_work_and_hears_of_the_incident_again(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    lead = storm.reports[0]
    await merged(storm, lead)
    await separated(storm, lead)
    await separated(storm, lead)

    (order,) = await storm.orders(lead)
    assert (order.is_open, order.leads, order.report.state) == (True, True, "open")
    assert [line.what for line in order.history][-2:] == ["report_merged", "report_separated"]
    assert (await storm.incidents())[incident_id].work_order == order_id(lead)
    assert (await storm.membership(lead)).state == "joined"
    assert storm.said(lead) == ["joined", "joined"]
    await merged(storm, lead, 4)
    await separated(storm, lead, 5, times=2)
    assert len(await storm.orders(lead)) == 1


async def test_what_an_officer_took_out_stays_out_also_when_it_was_merged_and_is_apart_again(storm: Storm) -> None:
    incident_id = await confirmed(storm)
    report = storm.reports[2]
    body = Remove(reference=(await storm.order(report)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    await merged(storm, report)
    await separated(storm, report)

    assert (await storm.membership(report)).state == "left"
    assert [order.is_open for order in await storm.orders(report)] == [False, True]


async def test_one_that_is_apart_again_when_its_incident_is_over_has_work_of_its_own(storm: Storm) -> None:
    await confirmed(storm)
    lead = storm.reports[0]
    await merged(storm, lead)
    await finished(storm)
    await separated(storm, lead)

    ended, own = await storm.orders(lead)
    assert (ended.is_open, own.is_open, own.incident) == (False, True, None)
    assert own.created_at > now() - timedelta(minutes=1)
