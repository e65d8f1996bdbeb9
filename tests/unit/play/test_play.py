"""Sending side by side and knowing when it is over: all has come, or nothing more comes."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from shared.events.ids import derive_id, new_id
from tests.support.played import answer, created, row, rules, submitted, whole
from tools.play.bus import Listener
from tools.play.ledger import Ledger, Seen
from tools.play.look import look_up
from tools.play.mapping import BadInput
from tools.play.play import Pace, Run, follow, send_all

PACE = Pace(parallel=3, patience=5, quiet=0.4, wait=5, linger=0.1)


def run(count: int = 0) -> Run:
    return Run(key=new_id(), rows=[row(number) for number in range(1, count + 1)], rules=rules(), ledger=Ledger())


def listener(heard_at: float = 0.0, broken: BaseException | None = None) -> Listener:
    return cast(Listener, SimpleNamespace(heard_at=heard_at, broken=broken))


async def nothing() -> None:
    """Sending that is over at once."""


async def followed(one: Run, pace: Pace = PACE, hears: Listener | None = None) -> float:
    """Seconds until it was over."""
    clock = asyncio.get_running_loop().time
    began = clock()
    await follow(one, hears or listener(), pace, asyncio.create_task(nothing()), lambda: None)
    return clock() - began


async def later(one: Run, events: Sequence[Seen], hears: Listener) -> None:
    """They come when it has looked once or twice."""
    await asyncio.sleep(0.7)
    for event in events:
        one.ledger.note(event)
    hears.heard_at = asyncio.get_running_loop().time()


async def test_each_row_is_sent_once_with_a_key_of_its_own() -> None:
    keys: Counter[str] = Counter()
    busy, most = 0, 0

    async def api(request: httpx.Request) -> httpx.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.001)
        busy -= 1
        key = request.headers["idempotency-key"]
        keys[key] += 1
        return httpx.Response(201, json={"id": derive_id("0" * 26, key), "reference": key[-8:], "secret": "s"})

    one = run(40)
    clients = [httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://town") for _ in range(3)]
    await send_all(one, clients, 5)
    assert len(one.accepted) == 40
    assert sorted(answer.row.number for answer in one.answers) == list(range(1, 41))
    assert set(keys.values()) == {1}
    assert most == 3


async def test_two_runs_share_no_key() -> None:
    assert run(1).idempotency_key(row(1)) != run(1).idempotency_key(row(1))


async def test_it_is_over_soon_after_all_has_come() -> None:
    one, case = run(1), new_id()
    one.answers.append(answer(1, case=case))
    for event in whole(case):
        one.ledger.note(event)
    assert await followed(one, replace(PACE, quiet=60, wait=60)) < 30
    assert one.settled == 1


async def test_it_waits_for_what_is_still_missing() -> None:
    one, case = run(1), new_id()
    one.answers.append(answer(1, case=case))
    *first, last = whole(case)
    for event in first:
        one.ledger.note(event)
    hears = listener()
    late = asyncio.create_task(later(one, [last], hears))
    await followed(one, replace(PACE, quiet=60, wait=60), hears)
    await late
    assert one.settled == 1


async def test_it_gives_up_when_nothing_more_comes() -> None:
    one = run(1)
    one.answers.append(answer(1))
    assert 1 <= await followed(one, replace(PACE, quiet=1, wait=600)) < 300
    assert one.settled == 0


async def test_a_busy_bus_does_not_keep_it_waiting_for_ever() -> None:
    one = run(1)
    one.answers.append(answer(1))
    far = asyncio.get_running_loop().time() + 1000
    assert await followed(one, Pace(3, 5, quiet=60, wait=0.5), listener(far)) < 30


async def test_a_channel_seen_late_is_owed_to_everybody() -> None:
    one, early, late = run(2), new_id(), new_id()
    one.answers += [answer(1, case=early), answer(2, case=late)]
    for event in whole(early)[:-1]:  # all but the mail, of which nobody knows yet that there is one
        one.ledger.note(event)
    hears = listener()
    coming = asyncio.create_task(later(one, whole(late), hears))
    await followed(one, replace(PACE, quiet=1), hears)
    await coming
    assert one.settled == 1


async def test_an_ear_that_went_deaf_ends_it() -> None:
    with pytest.raises(BadInput, match="broker went"):
        await followed(run(0), hears=listener(broken=ConnectionError("broker went")))


@pytest.mark.parametrize(
    ("team", "timeline", "wrong"),
    [
        ("works-water", ["received", "routed"], None),
        (None, ["received", "triaged"], None),
        (None, [], "its page cannot be read"),
    ],
)
async def test_a_report_must_show_its_citizen_where_it_went(
    team: str | None, timeline: list[str], wrong: str | None
) -> None:
    one, case = run(1), new_id()
    one.answers.append(answer(1, case=case))
    for event in (submitted(case), created(case, team)):
        one.ledger.note(event)

    def api(request: httpx.Request) -> httpx.Response:
        assert request.headers["x-report-secret"] == "secret"
        entries = [{"type": kind} for kind in timeline]
        return httpx.Response(200 if timeline else 404, content=json.dumps({"timeline": entries}))

    found = await look_up(one, [httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://town")], None)
    assert [each.case for each in found] == (["MH-1"] if wrong else [])
    assert all(each.what.startswith(wrong or "") for each in found)


@pytest.mark.parametrize("lost", ["", "in notify", "on the bus", "outcome"])
async def test_staff_must_be_shown_the_notices_that_the_bus_told_of(lost: str) -> None:
    one, case = run(1), new_id()
    one.answers.append(answer(1, case=case))
    events = whole(case)
    notices: list[dict[str, str | None]] = [
        {"id": event.envelope.subject, "outcome": "sent", "audience": "reporter"}
        for event in events
        if event.noun == "notice"
    ]
    if lost == "in notify":
        notices.pop()
    if lost == "on the bus":
        events.pop()
    if lost == "outcome":
        notices[0]["outcome"] = None
    for event in events:
        one.ledger.note(event)

    def api(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/deliveries":
            assert request.headers["authorization"] == "Bearer token"
            assert request.url.params["case"] == case
            return httpx.Response(200, json={"items": notices, "next": None})
        return httpx.Response(200, json={"timeline": [{"type": "routed"}]})

    found = await look_up(one, [httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://town")], "token")
    told = ["the bus and notify disagree about its notices"] if lost else []
    assert [each.what for each in found] == told
