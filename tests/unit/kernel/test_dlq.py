"""Dead letters as alarms and logs see them."""

from typing import Any, cast

import pytest

from shared.events.ids import new_id
from shared.kernel.dlq import REASONS, build_park
from shared.kernel.producer import Producer
from shared.telemetry import metrics
from tests.support.tally import comment


class Sent:
    """A producer that only takes."""

    async def send(self, *_: Any) -> None:
        """Taken."""


def test_each_reason_begins_at_0_before_the_first_letter() -> None:
    build_park(cast("Producer", Sent()), "nobody")

    body = metrics.render()[0].decode()
    for reason in REASONS:
        assert f'onestop_dlq_total{{group="nobody",reason="{reason}"}} 0.0' in body


async def test_the_log_names_a_letter_as_the_command_takes_it(caplog: pytest.LogCaptureFixture) -> None:
    record = comment("hello", 1, new_id())
    record.topic = "town." + record.topic

    await build_park(cast("Producer", Sent()), "permits", "town.")(record, "bug", "KeyError: 'x'")

    (line,) = caplog.records
    said = vars(line)
    assert said["letter"] == f"{record.topic.removeprefix('town.')}/{record.partition}/{record.offset}"
    assert (said["reason"], said["why"]) == ("bug", "KeyError: 'x'")
    assert said["what"].startswith("onestop.")


async def test_notes_that_a_record_brings_along_are_not_taken_for_ours() -> None:
    """With `dlq_resolution` among its own headers a letter was parked and never listed."""
    sent: list[list[tuple[str, bytes]]] = []

    class Noted:
        async def send(self, _topic: str, _key: object, _value: object, headers: list[tuple[str, bytes]]) -> None:
            sent.append(headers)

    record = comment("hello", 1, new_id())
    record.headers = [*record.headers, ("dlq_resolution", b"replayed"), ("dlq_id", b"x"), ("dlq_note", b"\xff")]
    await build_park(cast("Producer", Noted()), "permits")(record, "bug", "KeyError: 'x'")

    ours = {name: value for name, value in sent[0] if name.startswith("dlq_")}
    assert "dlq_resolution" not in ours
    assert "dlq_note" not in ours
    assert ours["dlq_id"] == f"{record.topic}/{record.partition}/{record.offset}".encode()
    assert len([name for name, _ in sent[0] if name == "dlq_id"]) == 1
