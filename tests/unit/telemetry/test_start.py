"""The trace store may be away: nothing waits for it, and the log says so once, not per batch."""

import json
import threading
from collections.abc import Sequence

import pytest
import requests
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from shared.settings import ServiceSettings
from shared.telemetry import setup, shutdown, span


class Away(SpanExporter):
    """A trace store that nobody started."""

    def __init__(self) -> None:
        self.attempts = 0
        self.closed = False

    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.attempts += 1
        raise requests.ConnectionError

    def shutdown(self) -> None:
        self.closed = True


class Stuck(Away):
    """A trace store that answers only when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.attempts += 1
        self.released.wait(10)
        return SpanExportResult.SUCCESS


def test_a_store_that_is_away_costs_one_attempt_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    away = Away()
    setup("intake", ServiceSettings(), exporter=away)
    for _ in range(2000):  # four batches
        with span("request"):
            pass
    shutdown()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["reason"] for line in lines] == ["ConnectionError"]
    assert away.attempts == 1
    assert away.closed


def test_a_store_that_hangs_stops_no_request() -> None:
    stuck = Stuck()
    setup("intake", ServiceSettings(), exporter=stuck)
    for _ in range(1200):  # more than two batches: the first is on its way and does not come back
        with span("request"):
            pass
    assert stuck.attempts <= 1
    stuck.released.set()
    shutdown()

    assert stuck.attempts == 3


def test_a_second_setup_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Away(), Away()
    setup("intake", ServiceSettings(), exporter=first)
    setup("intake", ServiceSettings(), exporter=second)
    with span("request"):
        pass
    shutdown()

    assert (first.attempts, second.attempts) == (0, 1)
