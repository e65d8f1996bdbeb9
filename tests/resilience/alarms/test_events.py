"""Events that cannot be handled: dead letters, and a consumer that stops rather than make many of them."""

import pytest

from shared.events.ids import new_id
from shared.events.topics import internal
from tests.support.alarms import Watch
from tests.support.reconciliation import produce
from tests.support.ringing import UNREADABLE, discard_letters, restarted
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


async def test_the_first_dead_letter(town: Stack, watch: Watch) -> None:
    assert "OnestopDeadLetters" not in await watch.ringing()
    await produce(town, UNREADABLE)
    await watch.rings("OnestopDeadLetters", "dispatch")
    await watch.rings("OnestopDeadLetters", "notify")
    await discard_letters(town, "dispatch", "notify")
    await watch.falls_silent("OnestopDeadLetters")


async def test_a_consumer_that_stops_before_it_empties_its_topic(town: Stack, watch: Watch) -> None:
    town.configure("dispatch", PARK_REFUSED="false")
    await restarted(town, "dispatch")
    await produce(town, *({**UNREADABLE, "key": new_id().encode()} for _ in range(80)))
    await watch.rings("OnestopConsumerHalted", "dispatch", "page")
    await produce(town, UNREADABLE)
    await watch.rings("OnestopConsumerBehind", "dispatch", internal("reports"))
    await watch.rings("OnestopWorkHindered", "dispatch", "consumer")
    town.configure("dispatch", PARK_REFUSED="true")
    await restarted(town, "dispatch")
    await watch.falls_silent("OnestopConsumerHalted", "OnestopConsumerBehind", "OnestopWorkHindered")
    await discard_letters(town, "dispatch", "notify")
    await watch.falls_silent("OnestopDeadLetters")
