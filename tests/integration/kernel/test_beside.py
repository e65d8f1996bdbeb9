"""What a case no longer holds itself, in the real database: read in order, rewritten, and moved by two at once."""

import asyncio

from shared.events.ids import new_id
from shared.kernel import Cause
from shared.kernel.beside import Older, build_position
from shared.kernel.mongo import MongoCases
from tests.support.kernel import Pair, Report, commented


async def test_older_items_are_read_in_order_and_an_erasure_reaches_them(pair: Pair) -> None:
    cases, case_id, other = pair.writer.cases("logs", Report, beside={"texts": 5}), new_id(), new_id()
    for number in range(23):
        await _add(cases, case_id, str(number))
    for number in range(12):
        await _add(cases, other, f"other {number}")
    found = await cases.get(case_id)
    assert found is not None
    older = await cases.older(case_id, "texts")
    assert [*older, *found.state.texts] == [str(number) for number in range(23)]
    assert 5 <= len(found.state.texts) <= 10

    await cases.rewrite_older(case_id, "texts", lambda _: "-")
    assert await cases.older(case_id, "texts") == ["-"] * len(older)
    assert (await cases.older(other, "texts"))[0] == "other 0"
    assert await cases.older(new_id(), "texts") == []


async def test_who_moves_them_late_brings_back_nothing_that_was_erased(pair: Pair) -> None:
    cases, case_id = pair.writer.cases("logs", Report, beside={"texts": 5}), new_id()
    for number in range(12):
        await _add(cases, case_id, str(number))
    await cases.rewrite_older(case_id, "texts", lambda _: "-")
    erased = await cases.older(case_id, "texts")
    assert set(erased) == {"-"}

    await cases.store.move(
        [Older((case_id, "texts", build_position(0)), "0", version=10)]
    )  # read off before the erasure
    assert await cases.older(case_id, "texts") == erased


async def test_two_processes_that_move_the_same_items_lose_and_double_none(pair: Pair) -> None:
    second, _ = pair.make_writer()
    case_id = new_id()
    both = [service.cases("logs", Report, beside={"texts": 5}) for service in (pair.writer, second)]
    await asyncio.gather(*(_add(cases, case_id, f"{number}") for number in range(60) for cases in both))
    found = await both[0].get(case_id)
    assert found is not None
    texts = [*await both[1].older(case_id, "texts"), *found.state.texts]
    assert sorted(texts, key=int) == sorted([str(number // 2) for number in range(120)], key=int)


async def _add(cases: MongoCases[Report], case_id: str, text: str) -> None:
    await cases.step(case_id, lambda state, _: commented(state, text), Cause.request())
