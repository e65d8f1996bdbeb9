"""When a consumer stops rather than empty its topic into the dead letters, and when it does not."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import Cause, Reject
from shared.kernel.breaker import Breaker
from shared.kernel.consume import Handler, Inbox
from shared.kernel.errors import Halted
from tests.support.tally import REPORTS, Record, comment

ROUND = 20


def unreadable() -> Record:
    record = comment("x", 1, new_id())
    record.value = b'{"reference": 1}'
    return record


async def on_report(event: Event, envelope: Envelope, cause: Cause) -> None:
    text = getattr(event, "text", "")
    if text == "refuse":
        raise Reject("not-this", "the release beside us says otherwise")
    if text == "bug":
        raise ZeroDivisionError


def inbox(handler: Handler = on_report) -> tuple[Inbox, list[str]]:
    parked: list[str] = []

    async def park(_record: object, reason: str, _why: str) -> None:
        parked.append(reason)

    async def at_once(_seconds: float) -> None:
        return

    made = Inbox("test", park, wait=at_once)
    made.handlers[REPORTS] = handler
    return made, parked


def refused() -> Record:
    return comment("refuse", 1, new_id())


def failing() -> Record:
    return comment("bug", 1, new_id())


@pytest.mark.parametrize(("make", "most"), [(unreadable, 60), (refused, 110), (failing, 20)])
async def test_a_release_that_does_not_fit_halts_the_consumer(make: Callable[[], Record], most: int) -> None:
    consumer, parked = inbox()
    with suppress(Halted):
        for _ in range(50):
            await consumer.take([make() for _ in range(ROUND)])
    assert len(parked) <= most
    with pytest.raises(Halted):
        await consumer.take([comment("good", 1, new_id())])


@pytest.mark.parametrize(("make", "of_ten"), [(unreadable, 1), (refused, 3)])
async def test_some_bad_records_among_many_are_parked_and_halt_nothing(make: Callable[[], Record], of_ten: int) -> None:
    consumer, parked = inbox()
    for _ in range(100):
        good = [comment("good", 1, new_id()) for _ in range(10 - of_ten)]
        await consumer.take([*good, *(make() for _ in range(of_ten))])
    assert len(parked) == 100 * of_ten


@pytest.mark.parametrize(("make", "least"), [(failing, 10), (unreadable, 50), (refused, 100)])
async def test_each_start_parks_fewer_cases_than_stop_it_and_none_is_passed_over(
    make: Callable[[], Record], least: int
) -> None:
    """A breaker begins empty, however often its process is started again."""
    for _ in range(3):
        consumer, parked = inbox()
        for _ in range(least - 1):
            await consumer.take([make()])
        with pytest.raises(Halted):
            await consumer.take([make()])
        assert len(parked) == least - 1
    waiting = [make() for _ in range(500)]
    for _ in range(3):
        consumer, parked = inbox()
        with pytest.raises(Halted):  # no offset is committed: the next start is given the same
            await consumer.take(waiting)
        assert len(parked) < least


@pytest.mark.parametrize("text", ["bug", "refuse"])
async def test_one_case_however_much_of_it_fails_halts_nothing(text: str) -> None:
    """A report whose beginning is parked has all that follows refused: three hundred people who follow it stop no
    other's report."""
    consumer, parked = inbox()
    hot = new_id()
    for number in range(1, 301):
        await consumer.take([comment(text, number, hot)])
    await consumer.take([comment("good", 1, new_id())])
    assert len(parked) == 300


async def test_an_operator_may_have_any_number_parked_that_is_refused_but_no_bugs() -> None:
    consumer, parked = inbox()
    consumer._breaker = Breaker(trips_on={"bug"})  # as `PARK_REFUSED` makes it
    for _ in range(20):
        await consumer.take([refused() for _ in range(ROUND)])
    assert len(parked) == 20 * ROUND
    with pytest.raises(Halted):
        await consumer.take([failing() for _ in range(2 * ROUND)])


async def test_a_handful_of_bad_records_on_a_quiet_topic_halts_nothing() -> None:
    consumer, parked = inbox()
    for _ in range(40):
        await consumer.take([unreadable()])
    assert len(parked) == 40


@pytest.mark.parametrize(
    ("audience", "heard"), [(b"reporter", 1), (b"follower", 1), (b"applicant", 0), (b"\xff", 0), (None, 1)]
)
async def test_a_handler_hears_only_what_is_for_its_audience(audience: bytes | None, heard: int) -> None:
    taken: list[Envelope] = []

    async def note(_event: Event, envelope: Envelope, _cause: Cause) -> None:
        taken.append(envelope)

    consumer, parked = inbox(note)
    consumer.audiences[REPORTS] = frozenset(("reporter", "follower"))
    record = comment("good", 1, new_id())
    others = [(name, value) for name, value in record.headers if name != "ce_audience"]
    record.headers = [*others, *([("ce_audience", audience)] if audience else [])]
    await consumer.take([record])
    assert (len(taken), parked) == (heard, [])
