"""How many dead letters are open follows from their topic alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.clock import now
from shared.kernel.open_dead_letters import OpenDeadLetters
from shared.settings import ServiceSettings
from shared.telemetry import metrics


@dataclass
class Parked:
    """One record of the topic, so many seconds ago."""

    notes: dict[str, str]
    seconds: float = 0.0
    topic: str = "private.notify.dlq"
    partition: int = 0
    offset: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = field(init=False)
    timestamp: int = field(init=False)

    def __post_init__(self) -> None:
        self.headers = [(f"dlq_{name}", text.encode()) for name, text in self.notes.items()]
        self.timestamp = int((now().timestamp() - self.seconds) * 1000)


def counted(*records: Parked) -> dict[str, float]:
    """What is open after these, by reason, where anything is."""
    letters = OpenDeadLetters("notify", ServiceSettings())
    for record in records:
        letters.take(record)
    letters.observe()
    (family,) = metrics.dlq_open.collect()
    return {one.labels["reason"]: one.value for one in family.samples if one.labels["group"] == "notify" and one.value}


def letter(name: str, reason: str = "bug", seconds: float = 60.0) -> Parked:
    return Parked({"id": name, "reason": reason}, seconds)


def resolution(name: str, seconds: float = 30.0) -> Parked:
    return Parked({"id": name, "resolution": "replayed"}, seconds)


def test_a_letter_is_open_until_it_is_resolved() -> None:
    assert counted(letter("a"), letter("b", "reject")) == {"bug": 1, "reject": 1}
    assert counted(letter("a"), letter("b", "reject"), resolution("a")) == {"reject": 1}


def test_a_letter_that_failed_again_after_its_replay_is_open_once() -> None:
    assert counted(letter("a"), resolution("a"), letter("a", seconds=10)) == {"bug": 1}


def test_a_letter_without_a_key_may_come_after_its_resolution() -> None:
    """Its partition is another one, which is read later."""
    assert counted(resolution("a"), letter("a")) == {}


def test_what_the_topic_has_forgotten_is_forgotten() -> None:
    assert counted(letter("a", seconds=31 * 24 * 3600), letter("b")) == {"bug": 1}


def test_a_record_that_is_no_letter_is_none() -> None:
    assert counted(Parked({})) == {}
