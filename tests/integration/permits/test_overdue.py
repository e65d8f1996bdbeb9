"""What is past its due time is counted by lane, from an index."""

from datetime import timedelta

from shared.kernel import now
from tests.support.permits_running import Permits


async def test_an_application_is_overdue_from_its_due_time_until_it_is_paused_or_decided(service: Permits) -> None:
    made = await service.brought_to("accepted")
    cases = service.store.applications.collection
    assert await service.store.count_overdue(now()) == {}

    due = {"state.clock.due_at": now() - timedelta(seconds=1)}
    await cases.update_one({"_id": made["id"]}, {"$set": due})
    assert await service.store.count_overdue(now()) == {"fast": 1}

    await cases.update_one({"_id": made["id"]}, {"$set": {"state.clock.paused_at": now()}})
    assert await service.store.count_overdue(now()) == {}

    decided = {"state.clock.paused_at": None, "state.state": "decided"}
    await cases.update_one({"_id": made["id"]}, {"$set": decided})
    assert await service.store.count_overdue(now()) == {}
