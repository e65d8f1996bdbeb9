"""The trace store may be away: nothing waits for it, and the log says so once, not per batch."""

import json
import threading
from collections.abc import Sequence

import pytest
import requests
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pydantic import ValidationError

from shared.settings import ALL_ROLES, ServiceSettings
from shared.telemetry import get_log, metrics, names, set_case, setup, shutdown, span, trace_context


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
    assert [line["why"] for line in lines] == ["ConnectionError: "]
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


class Kept(Away):
    """A trace store that takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"  # a caller that does not want to be traced
LOW, HIGH = (f"00-{trace_id:032x}-b7ad6b7169203331-00" for trace_id in (1, 2**64 - 1))


@pytest.mark.parametrize(
    ("name", "share", "caller", "sent"),
    [
        ("always_on", 1.0, UNSAMPLED, 1),
        ("always_off", 1.0, None, 0),
        ("traceidratio", 0.5, LOW, 1),
        ("traceidratio", 0.5, HIGH, 0),
        ("parentbased_always_on", 1.0, None, 1),
        ("parentbased_always_on", 1.0, UNSAMPLED, 0),
        ("parentbased_always_off", 1.0, None, 0),
        ("parentbased_traceidratio", 0.0, None, 0),
    ],
)
def test_the_standard_samplers_decide_what_is_sent(name: str, share: float, caller: str | None, sent: int) -> None:
    kept = Kept()
    settings = ServiceSettings.model_validate({"otel_traces_sampler": name, "otel_traces_sampler_arg": share})
    setup("intake", settings, exporter=kept)
    with trace_context(caller), span("request"):
        pass
    shutdown()

    assert len(kept.spans) == sent


def test_logs_name_the_case_of_a_trace_that_is_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    kept = Kept()
    setup("intake", ServiceSettings(otel_traces_sampler="always_off"), exporter=kept)
    with span("request"):
        set_case(case_id="01J", reference="MH-1")
        get_log("tests").info("here")
    shutdown()

    line = json.loads(capsys.readouterr().out)
    assert (line["case_id"], line["reference"]) == ("01J", "MH-1")
    assert kept.spans == []


def test_a_sampler_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "sometimes")

    with pytest.raises(ValidationError, match="always_on"):
        ServiceSettings()


def test_a_process_says_of_each_part_of_the_work_whether_it_does_it() -> None:
    """Of those that it does not do too: only so a part that nobody does any more is a 0, and not a silence."""
    setup("intake", ServiceSettings(roles=frozenset(("api", "relay")), otel_traces_exporter="none"))
    shutdown()

    said = {role: metrics.registry.get_sample_value(names.ROLE.exposed, {"role": role}) for role in sorted(ALL_ROLES)}
    assert said == {"api": 1, "relay": 1, "timers": 0, "worker": 0}
