"""Moments on the real database: what waits in one pool delays no other, and what cannot be done is in nobody's way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, Transient, now
from shared.kernel.attempts import TRIES
from shared.kernel.moments import PARTS, Kept, Search, as_documents, part_of, read_moments
from shared.kernel.mongo import MongoCases
from shared.kernel.mongo_moments import MongoMoments
from shared.kernel.service import Service
from shared.settings import Role
from tests.support.kernel import Pair, eventually
from tools.operate.__main__ import main

DEAD_POOLS, POOLS, DEAD = 50, 1000, 100_000


class Letter(BaseModel):
    """A case that waits to be sent, by one pool or several."""

    pools: list[str] = [""]
    sent: list[str] = []


def moments(letter: Letter) -> list[Moment]:
    """One for each pool it has not been sent by; long overdue, so that nothing but the pools orders them."""
    overdue = now().replace(microsecond=0) - timedelta(minutes=1)
    return [Moment(f"send {pool}", overdue, pool) for pool in letter.pools if pool not in letter.sent]


class Post:
    """One process of a service that sends letters, as `send` says."""

    def __init__(self, pair: Pair, *roles: Role) -> None:
        self.pair = pair
        self.service: Service = pair.make_reader(*(roles or ("timers",)))[0]
        self.letters: MongoCases[Letter] = self.service.cases("letters", Letter, moments=moments, kinds=("send",))
        self.send: Callable[[str, str], Awaitable[None]] = self._done
        self.service.on_due(self.letters, self._on_due)

    async def write(self, *pools: str) -> str:
        """A letter that is due."""
        case_id = new_id()
        await self.letters.step(case_id, lambda _, __: Step(Letter(pools=list(pools or [""]))), Cause.request())
        return case_id

    async def sent(self, case_id: str) -> list[str]:
        """By which pools it has been sent."""
        found = await self.letters.get(case_id)
        return found.state.sent if found else []

    async def has_sent(self, case_id: str, *pools: str) -> bool:
        """Whether by these."""
        return set(await self.sent(case_id)) == set(pools or [""])

    async def _done(self, case_id: str, pool: str) -> None:
        return None

    async def _on_due(self, case_id: str, moment: Moment, cause: Cause) -> None:
        await self.send(case_id, moment.pool)

        def decide(letter: Letter | None, _: Cause) -> Step[Letter] | None:
            return Step(letter.model_copy(update={"sent": [*letter.sent, moment.pool]})) if letter else None

        await self.letters.step(case_id, decide, cause)


@asynccontextmanager
async def running(*posts: Post) -> AsyncIterator[None]:
    """All of them at once."""
    async with posts[0].service.lifespan():
        if posts[1:]:
            async with running(*posts[1:]):
                yield
        else:
            yield


async def test_one_letter_goes_by_a_pool_that_works_while_its_other_pool_hangs(pair: Pair) -> None:
    post, never = Post(pair), asyncio.Event()

    async def send(case_id: str, pool: str) -> None:
        if pool == "mail":
            await never.wait()

    post.send = send
    post.service.limit_pool("mail", most=2)
    async with running(post):
        crowd = [await post.write("mail") for _ in range(5)]
        both = await post.write("line", "mail")
        await eventually(partial(post.has_sent, both, "line"), 5)
        assert [await post.sent(one) for one in crowd] == [[]] * 5
        never.set()
        await eventually(partial(post.has_sent, both, "line", "mail"), 5)


async def test_a_pool_has_no_more_under_way_than_its_limit(pair: Pair) -> None:
    post, at_once, most = Post(pair), 0, 0

    async def send(case_id: str, pool: str) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1

    post.send = send
    post.service.limit_pool("hook", most=3)
    async with running(post):
        letters = [await post.write("hook:one") for _ in range(20)]
        await eventually(partial(post.has_sent, letters[-1], "hook:one"), 10)
    assert most == 3


async def test_a_bug_is_parked_and_a_replay_puts_it_back(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    post, tries = Post(pair), 0

    async def send(case_id: str, pool: str) -> None:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    post.send = send
    async with running(post):
        bad = await post.write()
        (letter,) = await pair.parked(1)
        assert (tries, letter.reason, letter.key) == (TRIES, "timer-bug", bad.encode())
        await eventually(partial(_parked, post, 1))
        post.send = post._done
        good = await post.write()
        await eventually(partial(post.has_sent, good), 5)
        assert await post.sent(bad) == []
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KAFKA_BOOTSTRAP_SERVERS", pair.settings.kafka_bootstrap_servers)
            patch.setenv("TOPIC_PREFIX", pair.prefix)
            patch.setenv("MONGODB_URI", pair.settings.mongodb_uri)
            patch.setenv("MONGODB_PREFIX", pair.settings.mongodb_prefix)
            command = ["dlq", "replay", "--group", "dispatch", "--reason", "timer-bug", "--yes"]
            assert await asyncio.to_thread(main, command) == 0
        await eventually(partial(post.has_sent, bad), 5)
        assert await _parked(post, 0)


async def test_what_waits_for_something_that_is_away_is_tried_for_ever(pair: Pair) -> None:
    post, tries = Post(pair), 0

    async def send(case_id: str, pool: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 5:
            raise Transient("the mail server is away")

    post.send = send
    async with running(post):
        letter = await post.write()
        await eventually(partial(post.has_sent, letter), 30)
    assert tries == 5


class _Overtaken:
    """A collection in which something happens between a look and what is done about it."""

    def __init__(self, collection: Any, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._collection = collection
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    async def find_one(self, *asked: Any) -> Any:
        """As it was before."""
        found = await self._collection.find_one(*asked)
        while self._meanwhile:
            await self._meanwhile.pop()()
        return found


async def test_a_failure_that_is_noted_late_takes_nothing_away_that_the_case_waits_for_since(pair: Pair) -> None:
    post = Post(pair)
    case_id = await post.write("mail")

    async def wait_for_more() -> None:
        await post.letters.step(case_id, lambda _, __: Step(Letter(pools=["mail", "line"])), Cause.request())

    (mail,) = read_moments(await _stored(post, case_id))
    collection: Any = _Overtaken(post.letters.collection, wait_for_more)
    await MongoMoments(collection, ("send",)).keep(case_id, replace(mail, tries=1))
    assert {one.moment.pool for one in read_moments(await _stored(post, case_id))} == {"mail", "line"}


async def test_what_a_clock_that_was_ahead_has_put_to_rest_is_tried_again(pair: Pair) -> None:
    post = Post(pair)
    case_id = await post.write("mail")
    (mail,) = read_moments(await _stored(post, case_id))
    await post.letters.waiting.keep(case_id, replace(mail, tries=1, rests_until=now() + timedelta(hours=1)))
    async with running(post):
        await eventually(partial(post.has_sent, case_id, "mail"), 10)


async def _stored(post: Post, case_id: str) -> dict[str, Any]:
    found = await post.letters.collection.find_one({"_id": case_id})
    assert found is not None
    return found


async def test_a_handler_that_leaves_its_moment_where_it_was_does_not_run_hot(pair: Pair) -> None:
    post, calls = Post(pair), 0
    service, letters = post.service, post.letters

    async def nothing(case_id: str, moment: Moment, cause: Cause) -> None:
        nonlocal calls
        calls += 1

    service._clockwork.timers[0]._attempts._handler = nothing
    async with running(post):
        await letters.step(new_id(), lambda _, __: Step(Letter()), Cause.request())
        await asyncio.sleep(2)
    assert calls <= 3


async def test_replicas_share_the_work_and_take_over_from_one_that_goes(pair: Pair) -> None:
    first, second = Post(pair), Post(pair)
    by: dict[str, list[str]] = {"first": [], "second": []}

    def noting(name: str) -> Callable[[str, str], Awaitable[None]]:
        async def send(case_id: str, pool: str) -> None:
            by[name].append(case_id)

        return send

    first.send, second.send = noting("first"), noting("second")
    async with running(first):
        async with running(second):
            await eventually(partial(_shares, first, second), 10)
            letters = [await first.write() for _ in range(40)]
            for letter in letters:
                await eventually(partial(first.has_sent, letter), 10)
            assert min(len(sent) for sent in by.values()) > 5
            assert sorted(by["first"] + by["second"]) == sorted(letters), "somebody was woken twice"
        more = [await first.write() for _ in range(20)]
        for letter in more:
            await eventually(partial(first.has_sent, letter), 15)


async def test_each_look_costs_what_it_finds_however_much_waits_in_dead_pools(pair: Pair) -> None:
    post = Post(pair)
    await post.letters.collection.create_indexes(post.service.wanted_indexes["letters"])
    await _fill(post.letters)
    database = post.letters.collection.database
    dead = frozenset(f"hook:{number}" for number in range(DEAD_POOLS))
    await database.command("profile", 2)
    found = await post.letters.waiting.due(Search(now(), 500, but=dead))
    one = await post.letters.waiting.due(Search(now(), 4, range(PARTS // 2), pool="hook:7"))
    await database.command("profile", 0)
    assert len(found) == 500  # the first page of the 950 that work
    assert len(one) == 4
    asked = await database["system.profile"].find({"command.find": "letters"}).to_list(None)
    assert [query["docsExamined"] for query in asked] == [500, 4]
    assert asked[0]["keysExamined"] < 3 * POOLS
    assert asked[1]["keysExamined"] < 100


async def _fill(letters: MongoCases[Letter]) -> None:
    """Two thousand letters in each dead pool, one in each of the others."""
    overdue = now() - timedelta(hours=1)
    rows: list[dict[str, Any]] = []
    for number in range(POOLS):
        for _ in range(DEAD // DEAD_POOLS if number < DEAD_POOLS else 1):
            case_id = new_id()
            kept = [Kept(Moment("send", overdue, f"hook:{number}"))]
            rows.append({"_id": case_id, "v": 1, "state": {}, **as_documents(case_id, kept)})
    await letters.collection.insert_many(rows, ordered=False)


async def _parked(post: Post, count: int) -> bool:
    return await post.letters.waiting.count_parked() == count


async def _shares(*posts: Post) -> bool:
    shards = [post.service._clockwork.timers[0].shard for post in posts]
    return [shard.of for shard in shards] == [2, 2] and {shard.place for shard in shards} == {0, 1}


def test_parts_are_spread_and_shares_cover_them() -> None:
    ids = [new_id() for _ in range(5000)]
    assert len({part_of(one) for one in ids}) == PARTS
