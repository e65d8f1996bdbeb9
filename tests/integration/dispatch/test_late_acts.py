"""Acts that come later than they happened, over HTTP and the bus."""

from datetime import timedelta
from typing import Any

from shared.events.ids import new_id
from shared.events.work_orders import WorkOrderAcknowledged
from shared.kernel import now
from tests.support.fieldwork import Fieldwork


async def test_what_happened_on_a_phone_out_of_reach_says_when_to_the_crew_and_to_all_who_hear(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    then = now()  # the work is there already: what happened before would be judged as right after
    await field.act(work["id"], "acknowledge", happened_at=then.isoformat())
    (_, event) = (await field.events_of(work["id"], "acknowledged"))[-1]
    found = (await field.get(f"/api/v1/work-orders/{work['id']}")).json()

    assert isinstance(event, WorkOrderAcknowledged)
    assert event.happened_at is not None
    assert abs(event.happened_at - then) < timedelta(milliseconds=2)
    assert found["history"][-1]["happened_at"] == found["acknowledged_at"]


async def test_an_act_that_was_overtaken_is_a_conflict_that_stands_in_the_history(
    field: Fieldwork, work: dict[str, Any]
) -> None:
    then, key = now().isoformat(), new_id()
    await field.act(work["id"], "cancel", "officer", outcome="duplicate", reason="ซ้ำ")
    answers = [
        await field.act(work["id"], "start", key=key, happened_at=then),
        await field.act(work["id"], "start", key=key, happened_at=then),
    ]
    lines = (await field.get(f"/api/v1/work-orders/{work['id']}/history")).json()

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "came-late")] * 2
    assert [line["what"] for line in lines] == ["created", "cancelled", "came_late"]
