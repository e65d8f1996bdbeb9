"""Traces survive storage, carry whose case they are about, and never hold what a person wrote."""

import time
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.settings import ServiceSettings
from shared.telemetry import (
    begin_sending,
    current_traceparent,
    end_sending,
    names,
    set_case,
    setup,
    shutdown,
    span,
    span_of_processing,
    start,
    time_save,
    trace_context,
)
from shared.telemetry import (
    spans as spans_module,
)


class Recorded:
    """What was exported; stopping first, because batches leave in the background."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        setup("intake", ServiceSettings(), exporter=self._exporter)

    def spans(self) -> dict[str, ReadableSpan]:
        shutdown()
        return {span.name: span for span in self._exporter.get_finished_spans()}


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    yield Recorded()
    shutdown()


def _attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def test_a_stored_trace_goes_on_where_it_was_stored(recorded: Recorded) -> None:
    with span("request"):
        stored_with_the_case = current_traceparent()
    with trace_context(stored_with_the_case), span("send later"):
        pass

    spans = recorded.spans()
    parent = spans["send later"].parent
    assert parent is not None
    assert spans["request"].context is not None
    assert parent.span_id == spans["request"].context.span_id
    assert parent.trace_id == spans["request"].context.trace_id


@pytest.mark.parametrize("nothing", [None, "", "nonsense", "00-0-0-01"])
def test_without_a_stored_trace_a_new_one_starts(recorded: Recorded, nothing: str | None) -> None:
    with span("around"), trace_context(nothing), span("alone"):
        pass

    assert recorded.spans()["alone"].parent is None


def test_after_an_attached_trace_the_former_one_is_current_again(recorded: Recorded) -> None:
    with span("around"):
        before = current_traceparent()
        with trace_context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
            assert current_traceparent() != before
        assert current_traceparent() == before


def test_outside_of_any_trace_there_is_nothing_to_store(recorded: Recorded) -> None:
    assert current_traceparent() is None


def test_a_citizens_unsampled_header_cannot_switch_the_trace_off(recorded: Recorded) -> None:
    with trace_context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), span("request"):
        pass

    assert "request" in recorded.spans()


def test_an_error_is_named_by_class_and_goes_on_without_its_message(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="0812345678"), span("save"):
        raise ValueError("phone 0812345678 is wrong")

    failed = recorded.spans()["save"]
    assert failed.status.status_code is StatusCode.ERROR
    assert _attributes(failed)[names.ERROR_TYPE] == "ValueError"
    assert "0812345678" not in failed.to_json()


def test_a_reject_is_named_by_its_code(recorded: Recorded) -> None:
    class Refused(Exception):
        code = "already-decided"

    with pytest.raises(Refused), span("decide"):
        raise Refused

    assert _attributes(recorded.spans()["decide"])[names.ERROR_TYPE] == "already-decided"


def test_whose_case_it_is_reaches_the_spans_below_and_no_other(recorded: Recorded) -> None:
    with span("request"):
        set_case(case_id="01J", correlation_id="01R", reference="MH-1")
        with span("save"), span("command"):
            pass
    with span("another"):
        pass

    spans = recorded.spans()
    assert _attributes(spans["command"]) == {
        names.CASE_ID: "01J",
        names.CORRELATION_ID: "01R",
        names.REFERENCE: "MH-1",
    }
    assert names.CASE_ID not in _attributes(spans["another"])


def test_a_span_keeps_its_own_case_below_anothers(recorded: Recorded) -> None:
    with span("request"):
        set_case(case_id="01A")
        with span("save", attributes={names.CASE_ID: "01B"}):
            pass

    assert _attributes(recorded.spans()["save"])[names.CASE_ID] == "01B"


def test_paths_and_queries_are_taken_out_of_request_spans(recorded: Recorded) -> None:
    with span("GET", attributes={"url.path": "/preferences/s3cret", "url.query": "secret=s3cret"}):
        pass

    assert "s3cret" not in recorded.spans()["GET"].to_json()


def test_what_is_sent_goes_on_in_the_trace_that_it_was_saved_in(recorded: Recorded) -> None:
    with span("request"):
        stored = current_traceparent()
    with span("another"):  # not the relay's affair
        sent = begin_sending(
            stored, "internal.reports.v1", key="01J", message_id="01E", event_type="x", outbox_wait_ms=1,
            correlation_id="01C", reference="MH-1",
        )  # fmt: skip
        told = sent.traceparent
        end_sending(sent, TimeoutError("สมชาย"))

    spans = recorded.spans()
    request, ended = spans["request"], spans["send internal.reports.v1"]
    assert ended.context is not None
    assert request.context is not None
    assert (ended.parent and ended.parent.span_id) == request.context.span_id
    assert (told or "")[:-2] == f"00-{request.context.trace_id:032x}-{ended.context.span_id:016x}-"
    assert _attributes(ended)[names.ERROR_TYPE] == "TimeoutError"
    assert ended.status.status_code is StatusCode.ERROR
    assert (_attributes(ended)[names.CORRELATION_ID], _attributes(ended)[names.REFERENCE]) == ("01C", "MH-1")


def test_messaging_spans_follow_the_conventions(recorded: Recorded) -> None:
    topic = "internal.reports.v1"
    sent = begin_sending(
        None, topic, key="01J", message_id="01E", event_type="onestop.report.submitted.v1", outbox_wait_ms=3.14,
        correlation_id=None, reference=None,
    )  # fmt: skip
    end_sending(sent)
    with span_of_processing(
        topic,
        key="01J",
        message_id="01E",
        event_type="onestop.report.submitted.v1",
        kafka_wait_ms=2.5,
    ):
        pass

    spans = recorded.spans()
    common = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.message.id": "01E",
        "cloudevents.event_type": "onestop.report.submitted.v1",
        "onestop.case.id": "01J",
    }
    assert _attributes(spans[f"send {topic}"]) == common | {
        "messaging.operation.name": "send",
        "outbox.wait_ms": 3.1,
    }
    assert _attributes(spans[f"process {topic}"]) == common | {
        "messaging.operation.name": "process",
        "kafka.wait_ms": 2.5,
    }


def test_saves_are_timed_on_the_step_that_waited_for_them(recorded: Recorded) -> None:
    with span("request"):
        for _ in range(2):
            with time_save():
                time.sleep(0.005)

    spans = recorded.spans()
    assert list(spans) == ["request"]
    waited = _attributes(spans["request"])[names.SAVE_WAIT]
    assert isinstance(waited, float)
    assert waited >= 10


def test_before_setup_everything_works_and_records_nothing() -> None:
    with span("request") as nothing:
        set_case(case_id="01J")
        assert current_traceparent() is None
    assert not nothing.is_recording()
    assert spans_module.case_of_span() == {}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (ServiceSettings(otel_traces_exporter="zipkin", zipkin_endpoint="http://z/api/v2/spans"), "ZipkinExporter"),
        (ServiceSettings(otel_exporter_otlp_endpoint="http://collector:4318"), "OTLPSpanExporter"),
        (ServiceSettings(otel_exporter_otlp_endpoint=""), "NoneType"),
        (ServiceSettings(otel_traces_exporter="none", otel_exporter_otlp_endpoint="http://c:4318"), "NoneType"),
    ],
)
def test_the_settings_choose_where_spans_go(chosen: ServiceSettings, expected: str) -> None:
    exporter = start._exporter(chosen)

    assert type(exporter).__name__ == expected
