"""The trace store may be away: nothing waits for it, and the log says so once, not per batch."""

import json
import time
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

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.attempts += 1
        raise requests.ConnectionError

    def shutdown(self) -> None:
        self.closed = True


class Slow(Away):
    """A trace store that hangs for a second."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.attempts += 1
        time.sleep(1)
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


def test_a_slow_store_delays_no_request() -> None:
    setup("intake", ServiceSettings(), exporter=Slow())
    started = time.perf_counter()
    for _ in range(2000):
        with span("request"):
            pass
    elapsed = time.perf_counter() - started
    shutdown()

    assert elapsed < 1  # less than a single export takes


def test_a_second_setup_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Away(), Away()
    setup("intake", ServiceSettings(), exporter=first)
    setup("intake", ServiceSettings(), exporter=second)
    with span("request"):
        pass
    shutdown()

    assert (first.attempts, second.attempts) == (0, 1)
