"""The live stream: nothing is missed between looking back and listening, and nobody who is slow holds up the rest."""

import asyncio
from collections.abc import Callable
from typing import Any, Self, cast

import pytest
from fastapi import Request

from services.dispatch.api.teams import follow_team
from services.dispatch.domain import desk_work
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.store import Change, Store
from services.dispatch.stream import KEPT, QUEUE, SCREENS_MOST, Listener, Reset, Stream
from shared.kernel import Case
from shared.web import Person
from tests.support.work import MONDAY, OFFICER, by, order, town

WORK = order()
SECONDS = 5.0


async def always() -> bool:
    return True


SOMEBODY = Listener("u-1", always)


def change(number: int, work: WorkOrder = WORK) -> Change:
    return Change(f"82{number:030X}", Case("w", number, work))


class Log:
    """Stands in for the store and its follower: what is added is handed over."""

    def follow(self, take: Callable[[Change], None], lost: Callable[[], None]) -> Self:
        self._take, self.lose = take, lost
        return self

    def add(self, *numbers: int, work: WorkOrder = WORK) -> None:
        for number in numbers:
            self._take(change(number, work))


class Followed(Log):
    """A follower that runs until it is ended."""

    def follow(self, *hooks: Any) -> Any:
        if hooks:
            return super().follow(*hooks)
        return asyncio.Event().wait()


def stream_of(log: Log) -> Stream:
    return Stream(cast(Store, log))


async def hear(stream: Stream, after: str | None, count: int, who: Listener = SOMEBODY) -> list[int | str]:
    heard: list[int | str] = []
    async for item in stream.listen(who, after, SECONDS):
        heard.append("reset" if isinstance(item, Reset) else item.order.version)
        if len(heard) == count:
            break
    return heard


async def test_a_listener_goes_on_after_the_place_it_names() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        log.add(1, 2, 3)
        listening = asyncio.create_task(hear(stream, change(1).token, 3))
        await asyncio.sleep(0)
        log.add(4)

        assert await listening == [2, 3, 4]


async def test_a_process_that_is_still_reading_what_was_before_repeats_nothing_to_who_goes_on_there() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        log.add(1, 2)
        listening = asyncio.create_task(hear(stream, change(4).token, 2))
        await asyncio.sleep(0)
        log.add(3, 4, 5, 6)

        assert await listening == [5, 6]


async def test_a_listener_without_a_place_hears_only_what_is_new() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        log.add(1)
        listening = asyncio.create_task(hear(stream, None, 1))
        await asyncio.sleep(0)
        log.add(2)

        assert await listening == [2]


async def test_a_place_that_is_forgotten_or_never_was_must_load_anew() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        log.add(*range(1, KEPT + 10))

        assert await hear(stream, change(1).token, 1) == ["reset"]
        assert await hear(stream, "no place at all", 1) == ["reset"]


async def test_who_is_too_slow_loads_anew_and_the_others_miss_nothing() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        slow = stream.listen(SOMEBODY, None, SECONDS)
        waiting = asyncio.ensure_future(anext(slow))
        await asyncio.sleep(0)
        log.add(0)
        await waiting
        fast = asyncio.create_task(hear(stream, None, QUEUE + 1))
        await asyncio.sleep(0)
        for number in range(1, QUEUE + 2):
            log.add(number)
            await asyncio.sleep(0)

        assert await fast == [*range(1, QUEUE + 2)]
        assert isinstance(await anext(slow), Reset)


async def test_when_changes_were_missed_everybody_loads_anew() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        log.add(1)
        listening = asyncio.create_task(hear(stream, None, 1))
        await asyncio.sleep(0)
        log.lose()

        assert await listening == ["reset"]
        assert await hear(stream, change(1).token, 1) == ["reset"]


async def test_stopping_sends_everybody_away() -> None:
    stream = stream_of(Followed())
    async with stream.run(True):
        listening = asyncio.create_task(hear(stream, None, 1))
        await asyncio.sleep(0)

    assert await asyncio.wait_for(listening, SECONDS) == []


async def test_a_listener_is_sent_away_after_its_time() -> None:
    stream = stream_of(Followed())
    async with stream.run(True):
        assert [item async for item in stream.listen(SOMEBODY, None, 0.05)] == []


async def test_a_person_has_so_many_screens_and_the_oldest_go_first() -> None:
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        screens = [asyncio.create_task(hear(stream, None, 1)) for _ in range(SCREENS_MOST + 2)]
        other = asyncio.create_task(hear(stream, None, 1, Listener("u-2", always)))
        await asyncio.sleep(0.01)
        log.add(1)

        assert await asyncio.gather(*screens) == [[], [], *([[1]] * SCREENS_MOST)]
        assert await other == [1]


async def test_who_has_signed_out_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.dispatch.stream.CHECK_SECONDS", 0.01)
    log = Followed()
    stream = stream_of(log)
    signed_in = [True, True, False]

    async def may_listen() -> bool:
        return signed_in.pop(0)

    async with stream.run(True):
        listening = asyncio.create_task(hear(stream, None, 2, Listener("u-1", may_listen)))
        await asyncio.sleep(0)
        log.add(1)

        assert await asyncio.wait_for(listening, SECONDS) == [1]


async def told(team: str, who: Person, work: WorkOrder) -> Any:
    """What that person's stream says first after `hello` when this work has changed."""
    log = Followed()
    stream = stream_of(log)
    async with stream.run(True):
        said = follow_team(Request({"type": "http"}), team=team, stream=stream, who=who, last=None)
        await anext(said)
        waiting = asyncio.ensure_future(anext(said))
        await asyncio.sleep(0)
        log.add(1, work=work)
        event = await asyncio.wait_for(waiting, SECONDS)
        await said.aclose()  # type: ignore[attr-defined]  # it is a generator
    return event.data.model_dump()


CREW = Person(sub="crew-water", roles=frozenset({"crew"}), team="works-water")


async def test_the_team_that_holds_the_work_is_told_all_of_it() -> None:
    said = await told("works-water", CREW, WORK)

    assert (said["text"], said["location"]) == (WORK.text, WORK.place and WORK.place.model_dump())


async def test_a_team_that_held_it_is_told_only_who_has_it_now() -> None:
    moved = desk_work.assign(town(), WORK, by(OFFICER, MONDAY), team="works-roads").state

    assert await told("works-water", CREW, moved) == {"id": "w", "team": "works-roads"}


@pytest.mark.parametrize("role", ["officer", "supervisor", "admin"])
async def test_who_sees_everything_goes_on_seeing_it(role: str) -> None:
    moved = desk_work.assign(town(), WORK, by(OFFICER, MONDAY), team="works-roads").state
    who = Person(sub="officer", roles=frozenset({role}))

    assert (await told("works-water", who, moved))["text"] == WORK.text
