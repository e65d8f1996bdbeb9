"""What was due and does not happen: moments that fail, and a letter that cannot be sealed."""

from pathlib import Path
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.kernel import Moment, now
from shared.kernel.moments import Kept, as_documents
from tests.support.alarms import Watch
from tests.support.persistent_clients import PersistentClients
from tests.support.ringing import discard_letters, reports, restarted, routed
from tests.support.seals import key_of
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


async def test_moments_that_fail_until_their_timer_stops(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await routed(people, await reports(people, 1))
    orders = people.mongo["onestop_dispatch"]["work_orders"]
    real = await orders.find_one({})
    assert real is not None
    await restarted(town, "dispatch")  # with nothing that went well to weigh against the failures
    await orders.insert_one(unreadable(real))
    await watch.rings("OnestopMomentsParked", "work_orders", "dispatch")
    await orders.insert_many([unreadable(real) for _ in range(15)])
    await watch.rings("OnestopTimerHalted", "work_orders", "page")
    await watch.rings("OnestopMomentsOverdue", "work_orders")
    await watch.rings("OnestopWorkHindered", "timers")
    await orders.delete_many({"state.clocks": "unreadable"})
    await restarted(town, "dispatch")
    await discard_letters(town, "dispatch")
    rung = ("OnestopMomentsParked", "OnestopTimerHalted", "OnestopMomentsOverdue", "OnestopDeadLetters")
    await watch.falls_silent(*rung)


def unreadable(order: dict[str, Any]) -> dict[str, Any]:
    """A copy that no release can read, with something to do at once."""
    case_id = new_id()
    state = {**order["state"], "clocks": "unreadable"}
    return {**order, "_id": case_id, "state": state, **as_documents(case_id, [Kept(Moment("resolve", now()))])}


async def test_a_letter_that_cannot_be_sealed(
    town: Stack, watch: Watch, people: PersistentClients, tmp_path: Path
) -> None:
    key = tmp_path / "seal.p12"
    town.configure("permits", SEAL_KEY_FILE=str(key))
    await restarted(town, "permits")
    await people.permit(new_id())
    await watch.rings("OnestopMomentsOverdue", "permits", "applications")
    key.write_bytes(key_of())  # and nothing is restarted
    await watch.falls_silent("OnestopMomentsOverdue")
