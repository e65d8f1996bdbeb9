"""`make trace REF=…` against a small Zipkin of our own: what it asks, what it shows, what it says when it cannot."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from tools.operate import trace

START = 1_763_863_200_000_000  # 2025-11-23T02:00:00Z in microseconds


def _span(trace_id: str, service: str, name: str, after_ms: float, took_ms: float, **tags: str) -> dict[str, Any]:
    return {
        "traceId": trace_id,
        "id": f"{after_ms}",
        "name": name,
        "timestamp": START + int(after_ms * 1000),
        "duration": int(took_ms * 1000),
        "localEndpoint": {"serviceName": service},
        "tags": {tag.replace("__", "."): value for tag, value in tags.items()},
    }


TRACES = [
    [_span("dd", "intake", "get /track", 120_000, 4, onestop__reference="MH-2611-0001")],
    [
        _span(
            "bb", "dispatch", "post /api/v1/work-orders/{id}/acknowledge", 60_000, 9,
            onestop__correlation__id="01REPORT",
        ),
    ],
    [
        _span(
            "aa", "dispatch", "process internal.reports.v1", 31, 7, kafka__wait_ms="12.5",
            onestop__correlation__id="01REPORT",
            cloudevents__event_type="onestop.report.submitted.v1",
        ),
        _span(
            "aa", "intake", "post /api/v1/reports", 0, 20, onestop__reference="MH-2611-0001",
            http__route="/api/v1/reports", http__request__method="POST", http__response__status_code="201",
        ),
        _span(
            "aa", "intake", "send internal.reports.v1", 22, 1500, outbox__wait_ms="2.0", error__type="KafkaTimeoutError"
        ),
    ],
    [_span("cc", "intake", "post /api/v1/reports", 5, 20, onestop__reference="MH-2611-0002")],
]  # fmt: skip


class Zipkin(BaseHTTPRequestHandler):
    """Answers like Zipkin: traces of which any span has the tag."""

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query)
        tag, value = query["annotationQuery"][0].split("=", 1)
        found = [spans for spans in TRACES if any(span["tags"].get(tag) == value for span in spans)]
        self.send_response(200 if int(query["lookback"][0]) > 86_400_000 else 400)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def store() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Zipkin)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_whole_way_is_shown_in_order_with_waits_and_links(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.main([" mh-2611-0001 ", "--store", store]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    assert [" ".join(line) for line in lines] == [
        "time service what took outbox kafka",
        f"2025-11-23 {store}/zipkin/traces/aa",
        "09:00:00.000 intake POST /api/v1/reports → 201 20.0 ms",
        "09:00:00.022 intake send internal.reports.v1 ✗ KafkaTimeoutError 1.50 s 2.0 ms",
        "09:00:00.031 dispatch process internal.reports.v1 report.submitted 7.0 ms 12.5 ms",
        f"2025-11-23 {store}/zipkin/traces/bb",
        "09:01:00.000 dispatch post /api/v1/work-orders/{id}/acknowledge 9.0 ms",
        f"2025-11-23 {store}/zipkin/traces/dd",
        "09:02:00.000 intake get /track 4.0 ms",
        "3 traces, 5 spans; waited 2.0 ms in outboxes, 12.5 ms in Kafka",
    ]


def test_waiting_times_stand_in_their_columns(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    trace.main(["MH-2611-0001", "--store", store])

    lines = capsys.readouterr().out.splitlines()
    head = lines[0]
    sent = next(line for line in lines if "send internal" in line)
    processed = next(line for line in lines if "process internal" in line)
    assert sent.rstrip().endswith("2.0 ms")
    assert len(sent) == head.index("outbox") + len("outbox")
    assert len(processed) == len(head)


def test_an_unknown_reference_is_said_with_what_to_check(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.main(["MH-9999", "--store", store]) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "No trace names MH-9999" in shown.err


def test_a_store_that_is_away_is_said_with_how_to_start_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.main(["MH-2611-0001", "--store", "http://127.0.0.1:1"]) == 2

    assert "http://127.0.0.1:1 gives no answer" in capsys.readouterr().err
