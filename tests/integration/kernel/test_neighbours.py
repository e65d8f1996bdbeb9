"""Cases that are saved together fail each for itself: what one of them holds takes no other down."""

import asyncio

import pytest
from pymongo.errors import PyMongoError

from shared.events.ids import new_id
from shared.kernel import Cause, Step
from shared.kernel.errors import Conflict
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.write import Write, plan
from tests.support.kernel import Pair, Report

TOO_LARGE = "ท" * 6_000_000  # three bytes each: more than the driver sends
HALF = "ท" * 3_000_000  # two of them are more than the database keeps
NO_TEXT = "\ud800"  # half of a character, which cannot be written down


@pytest.fixture
async def reports(pair: Pair) -> MongoCases[Report]:
    """Without a process beside, which would take out what waits to be told."""
    await pair.reports.collection.create_indexes(list(KERNEL_INDEXES))
    return pair.reports


@pytest.mark.parametrize("text", [TOO_LARGE, NO_TEXT], ids=["too large", "no text"])
async def test_who_is_saved_beside_a_case_that_cannot_be_is_saved(reports: MongoCases[Report], text: str) -> None:
    await _beside(reports, new_id(), text)


async def test_who_is_saved_beside_a_case_that_has_grown_too_large_is_saved(reports: MongoCases[Report]) -> None:
    full = new_id()
    await reports.step(full, lambda state, _: written(state, HALF), Cause.request())
    await _beside(reports, full, HALF)
    after = await reports.step(full, lambda _, __: None, Cause.request())
    assert after.state.texts == [HALF]


async def test_who_was_sent_before_one_that_cannot_be_hears_that_it_took_effect(reports: MongoCases[Report]) -> None:
    """The driver sends a bulk by kinds: what is new has left when it meets the change that is too large."""
    full, new, old = new_id(), new_id(), new_id()
    for case_id in (full, old):
        await reports.step(case_id, lambda state, _: written(state, "ท่อแตก"), Cause.request())
    cases = [(await reports.open(one)).case for one in (new, full, old)]

    def ask() -> list[Write[Report]]:
        return [
            plan(case, written(case.state, text), Cause.request(), source="/town/test", trace=None)
            for case, text in zip(cases, ("ไฟดับ", TOO_LARGE, "ไฟดับ"), strict=True)
        ]

    first, second = [await reports.store.save(ask()) for _ in range(2)]
    assert isinstance(first[1], PyMongoError)
    assert isinstance(second[1], PyMongoError)
    assert (first[0], first[2]) == (None, None)
    assert [type(second[0]), type(second[2])] == [Conflict, Conflict], "others were first"


def written(state: Report | None, text: str) -> Step[Report]:
    """One text more, whatever it is: no event would say it."""
    return Step(Report(texts=[*(state.texts if state else ()), text]))


async def _beside(reports: MongoCases[Report], bad: str, text: str) -> None:
    """The bad one in the middle of five that are saved by one bulk."""
    good = [new_id() for _ in range(4)]
    texts = dict.fromkeys(good[:2], "ท่อแตก") | {bad: text} | dict.fromkeys(good[2:], "ท่อแตก")
    steps = (
        reports.step(one, lambda state, _, said=said: written(state, said), Cause.request())  # type: ignore[misc]
        for one, said in texts.items()
    )
    ends = dict(zip(texts, await asyncio.gather(*steps, return_exceptions=True), strict=True))
    assert isinstance(ends[bad], Exception)
    for one in good:
        stored = await reports.get(one)
        assert stored is not None
        assert stored.state.texts == ["ท่อแตก"]
        assert not isinstance(ends[one], BaseException)
