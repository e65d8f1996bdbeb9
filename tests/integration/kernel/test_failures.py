"""Each class of failure on the real broker: poison is parked, what is away is waited for, bugs stop in time."""

from functools import partial

import pytest

from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import Reject, Transient
from shared.kernel import consume as consume_module
from tests.support.kernel import REPORTS, Pair, equals, eventually, has_taken


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (b"\xff\x00", []),
        (None, [("ce_id", None)]),
        (b"{}", [("ce_id", b"\xff\xfe"), ("ce_type", b"onestop.report.submitted.v1")]),
        (b'{"reference": 1}', [("content-type", b"application/json")]),
        (b"", []),
    ],
)
async def test_poison_is_parked_with_its_bytes_and_others_go_on(
    pair: Pair, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    case_id = new_id()
    async with pair.running():
        for key in (b"a", b"b", b"c", None if value else b"d"):  # every partition, also beside the good one
            await pair.write_raw(value, headers, key)
        await pair.submit(case_id)
        await eventually(lambda: equals(pair.taken(case_id), [1]))
        for letter in await pair.parked(4):
            assert (letter.value, list(letter.headers)) == (value, headers)
            assert letter.reason == "undecodable"
            assert letter.topic == REPORTS


async def test_a_reject_is_parked_and_its_replay_takes_effect_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = new_id()

    async def refuse(envelope: Envelope) -> None:
        raise Reject("not-now", "the rule is broken")

    async with pair.running():
        monkeypatch.setattr(pair, "before", refuse)
        await pair.submit(case_id)
        (letter,) = await pair.parked(1)
        assert "the rule is broken" in letter.why
        monkeypatch.undo()
        for _ in range(2):  # twice is harmless: the event keeps its id
            await pair.letters.replay([letter], by="operator")
        await eventually(lambda: equals(pair.taken(case_id), [1]))
        await pair.submit(case_id)
        await eventually(lambda: equals(pair.taken(case_id), [1, 2]))
        (after,) = await pair.letters.all()
        assert (after.state, after.note) == ("replayed", "operator")


async def test_what_is_away_is_waited_for(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, calls = new_id(), []

    async def away(envelope: Envelope) -> None:
        calls.append(envelope.id)
        if len(calls) < 5:
            raise Transient("the provider is away")

    monkeypatch.setattr(consume_module, "BACKOFF_SECONDS", (0.01, 0.05))
    monkeypatch.setattr(pair, "before", away)
    async with pair.running():
        await pair.submit(case_id)
        await eventually(lambda: equals(pair.taken(case_id), [1]))
        assert await pair.letters.all() == []


async def test_a_bug_is_tried_again_and_then_parked(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, calls = new_id(), new_id(), []

    async def bug(envelope: Envelope) -> None:
        if envelope.subject == bad:
            calls.append(envelope.id)
            raise ZeroDivisionError

    monkeypatch.setattr(pair, "before", bug)
    async with pair.running():
        await pair.submit(bad)
        await pair.submit(good)
        await eventually(lambda: equals(pair.taken(good), [1]))
        (letter,) = await pair.parked(1)
        assert (letter.reason, len(calls)) == ("bug", consume_module.TRIES)


async def test_a_bad_deploy_stops_the_consumer_and_loses_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [new_id() for _ in range(40)]

    async def bug(envelope: Envelope) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pair, "before", bug)
    async with pair.running():
        for case_id in cases:
            await pair.submit(case_id)
        await eventually(lambda: _is_stopped(pair))
        assert len(await pair.letters.all()) < 20, "the topic was emptied into the dead letters"
    monkeypatch.undo()
    parked = await pair.letters.all()
    mended, orders = pair.make_reader()
    async with pair.running(mended):
        await pair.letters.replay(parked, by="operator")
        for case_id in cases:
            await eventually(partial(has_taken, orders, case_id, [1]))


async def _is_stopped(pair: Pair) -> bool:
    return "stopped" in (await pair.reader.health.work_problems()).get("consumer", "")
