"""What the kernel says of itself on `/metrics` is true: how far a consumer is behind, and what is parked."""

import pytest

from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import bus
from shared.telemetry import metrics
from tests.support.kernel import REPORTS, Pair, eventually


def behind(pair: Pair) -> float:
    (family,) = metrics.consume_lag.collect()
    return sum(one.value for one in family.samples if one.labels["topic"] == pair.prefix + REPORTS)


def opened(reason: str) -> float:
    value = metrics.registry.get_sample_value("onestop_dlq_open", {"group": "dispatch", "reason": reason})
    return value or 0.0


async def reaches(pair: Pair, events: float) -> None:
    async def is_so() -> bool:
        return behind(pair) == events

    await eventually(is_so)


async def test_what_waits_is_counted_until_it_has_had_its_effect(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "OBSERVE_SECONDS", 0.1)
    blocked = True

    async def wait(envelope: Envelope) -> None:
        if blocked:
            raise TimeoutError("what the handler needs is away")

    pair.before = wait  # type: ignore[method-assign]
    async with pair.running():
        for case_id in (new_id(), new_id(), new_id()):
            await pair.submit(case_id)
        await reaches(pair, 3)
        blocked = False
        await reaches(pair, 0)


async def test_a_letter_is_counted_as_open_until_it_is_resolved(pair: Pair) -> None:
    before = opened("undecodable")
    async with pair.running(pair.reader):
        await pair.write_raw(b"nonsense", [])
        letters = await pair.parked(1)
        await eventually(lambda: _is(before + 1))
        await pair.letters.discard(letters, "a test wrote it")
        await eventually(lambda: _is(0))


async def _is(count: float) -> bool:
    return opened("undecodable") == count
