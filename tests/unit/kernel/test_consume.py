"""In which order the records of one batch take effect, and what is said of one that waits."""

import asyncio

import pytest

from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import Cause, Transient
from shared.kernel.consume import Inbox
from shared.kernel.fold import current_case_batch
from tests.support.tally import REPORTS, comment

ADDRESSES = "addresses"


async def test_what_others_look_up_takes_effect_before_the_rest_of_its_batch() -> None:
    done: list[str] = []

    async def park(_record: object, reason: str, why: str) -> None:
        raise AssertionError(f"{reason}: {why}")

    async def on_address(_event: Event, _envelope: Envelope, _cause: Cause) -> None:
        await asyncio.sleep(0.01)
        done.append("address")

    async def on_report(_event: Event, _envelope: Envelope, _cause: Cause) -> None:
        done.append("report")

    inbox = Inbox("test", park)
    inbox.handlers = {REPORTS: on_report, ADDRESSES: on_address}
    inbox.compacted.add(ADDRESSES)
    address = comment("where to write to", 1, new_id())
    address.topic = ADDRESSES

    await inbox.take([comment("a report", 1, new_id()), address])

    assert done == ["address", "report"]


async def test_what_others_look_up_is_taken_one_by_one() -> None:
    """An erasure looks for what others have saved because of it, so nothing of it may wait for the end of a batch."""
    alone: list[bool] = []

    async def park(_record: object, reason: str, why: str) -> None:
        raise AssertionError(f"{reason}: {why}")

    async def on_address(_event: Event, _envelope: Envelope, _cause: Cause) -> None:
        alone.append(current_case_batch() is None)

    inbox = Inbox("test", park)
    inbox.handlers = {ADDRESSES: on_address}
    inbox.compacted.add(ADDRESSES)
    case_id = new_id()
    records = [comment("where to write to", number, case_id) for number in (1, 2)]
    for record in records:
        record.topic = ADDRESSES

    await inbox.take(records)

    assert alone == [True, True]


async def test_a_wait_is_logged_with_what_it_waits_for(caplog: pytest.LogCaptureFixture) -> None:
    async def park(_record: object, reason: str, why: str) -> None:
        raise AssertionError(f"{reason}: {why}")

    async def at_once(_seconds: float) -> None:
        return

    async def on_report(_event: Event, _envelope: Envelope, _cause: Cause) -> None:
        if not caplog.records:
            raise Transient("the time-stamp authority does not answer")

    inbox = Inbox("test", park, wait=at_once)
    inbox.handlers = {REPORTS: on_report}

    await inbox.take([comment("a report", 1, new_id())])

    (line,) = [record for record in caplog.records if record.message == "will try again"]
    assert vars(line)["why"] == "Transient: the time-stamp authority does not answer"
