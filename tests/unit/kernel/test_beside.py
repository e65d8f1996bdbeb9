"""A case keeps its newest causes, origins and items; what is older moves beside it and is found there."""

from dataclasses import replace
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.kernel import Cause, Reject, Step, StoredModel, Transient
from shared.kernel.beside import REMEMBERED, build_position
from shared.kernel.cases import Cases
from tests.support.memory import MemoryCases


class Line(StoredModel):
    """One item."""

    text: str


class Log(StoredModel):
    """A case that writes everything down."""

    count: int = 0
    late: int = 0
    lines: tuple[Line, ...] = ()


class House:
    """One case that is stepped again and again."""

    def __init__(self) -> None:
        self.store = MemoryCases(None, [])
        self.cases: Cases[Log] = Cases("logs", self.store, source="/town/test", beside={"lines": 10})
        self.case_id = new_id()

    async def add(self, cause: Cause | None = None) -> Any:
        def decide(state: Log | None, cause: Cause) -> Step[Log]:
            log = state or Log()
            lines = (*log.lines, Line(text=str(log.count)))
            return Step(log.model_copy(update={"count": log.count + 1, "lines": lines, "late": log.late + cause.late}))

        return await self.cases.step(self.case_id, decide, cause or Cause.request())

    @property
    def log(self) -> Any:
        return self.store.states()[self.case_id]

    def beside(self, field: str) -> dict[str, Any]:
        return {key: item.value for (_, of, key), item in self.store.beside.items() if of == field}


def heard(origin: str, sequence: int) -> Cause:
    return replace(Cause.request(), origin=origin, sequence=sequence)


async def test_a_case_stays_small_and_a_cause_of_long_ago_is_still_known() -> None:
    house, first = House(), Cause.request()
    await house.add(first)
    for _ in range(4 * REMEMBERED):
        await house.add()
    kept = house.store.rows[house.case_id].case.seen
    assert len(kept) <= 2 * REMEMBERED
    assert first.id not in kept

    assert (await house.add(first)).repeated
    assert house.log.count == 4 * REMEMBERED + 1


@pytest.mark.parametrize("steps", [0, 4 * REMEMBERED])
async def test_a_key_that_asked_for_something_else_is_refused_however_long_ago_that_was(steps: int) -> None:
    house = House()
    first = Cause.request(key="of-one-phone", scope="comment", content="it leaks")
    other = Cause.request(key="of-one-phone", scope="comment", content="it burns")
    assert other.id == first.id
    await house.add(first)
    for _ in range(steps):
        await house.add()

    with pytest.raises(Reject) as refused:
        await house.add(other)
    assert (refused.value.code, refused.value.status) == ("idempotency-key-reused", 422)
    assert (await house.add(first)).repeated
    assert house.log.count == steps + 1


async def test_what_is_new_is_not_looked_up(monkeypatch: Any) -> None:
    house, asked = House(), []
    real = house.cases._recall

    async def counted(key: Any) -> Any:
        asked.append(key)
        return await real(key)

    monkeypatch.setattr(house.cases, "_recall", counted)
    for _ in range(4 * REMEMBERED):
        await house.add()
    assert asked == []
    await house.add(Cause.request(key="sorts-first", scope="test"))
    assert [field for _, field, _ in asked] == ["seen"]


async def test_an_old_event_of_an_origin_of_long_ago_is_still_late() -> None:
    house = House()
    await house.add(heard("report|0000", 5))
    for number in range(1, 3 * REMEMBERED):
        await house.add(heard(f"report|{number:04d}", 1))
    kept = house.store.rows[house.case_id].case.heard
    assert len(kept) <= 2 * REMEMBERED
    assert "report|0000" not in kept

    await house.add(heard("report|0000", 4))
    assert house.log.late == 1
    await house.add(heard("report|0000", 6))
    assert house.log.late == 1


async def test_an_origin_that_goes_on_speaking_stays_in_the_case() -> None:
    house = House()
    for number in range(1, 3 * REMEMBERED):
        await house.add(heard(f"report|{number:04d}", 1))
        await house.add(heard("report|often", number))
    assert house.store.rows[house.case_id].case.heard["report|often"] == 3 * REMEMBERED - 1
    assert "report|often" not in house.beside("heard")


async def test_older_items_move_beside_the_case_in_order_and_none_is_lost() -> None:
    house = House()
    for _ in range(55):
        await house.add()
    kept, moved = [line.text for line in house.log.lines], house.beside("lines")
    assert 10 <= len(kept) <= 20
    assert list(moved) == [build_position(index) for index in range(len(moved))]
    assert [line["text"] for line in moved.values()] + kept == [str(number) for number in range(55)]


async def test_a_move_whose_step_was_lost_is_made_again_and_leaves_nothing_twice() -> None:
    house = House()
    for _ in range(20):
        await house.add()
    house.store.fates[:] = ["ok", "ok", "lost"]  # load, move, and a save that does not arrive
    with pytest.raises(Transient):
        await house.add()
    assert len(house.log.lines) == 20
    await house.add()
    assert [line["text"] for line in house.beside("lines").values()] == [str(number) for number in range(10)]
    assert [line.text for line in house.log.lines] == [str(number) for number in range(10, 21)]
