"""`make trace REF=…` against a small Zipkin of our own: what it asks, what it shows, what it says when it cannot."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
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
    [_span("dd", "intake", "get /track", 120_000, 4, onestop__reference="MH-B1QW-CPXJ")],
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
            "aa", "intake", "post /api/v1/reports", 0, 20, onestop__reference="MH-B1QW-CPXJ",
            http__route="/api/v1/reports", http__request__method="POST", http__response__status_code="201",
        ),
        _span(
            "aa", "intake", "send internal.reports.v1", 22, 1500, outbox__wait_ms="2.0", error__type="KafkaTimeoutError"
        ),
    ],
    [_span("cc", "intake", "post /api/v1/reports", 5, 20, onestop__reference="MH-NH19-4T1K")],
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
    assert trace.main([" mh-b1qw-cpxj ", "--store", store]) == 0

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
    trace.main(["MH-B1QW-CPXJ", "--store", store])

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
    assert trace.main(["MH-B1QW-CPXJ", "--store", "http://127.0.0.1:1"]) == 2

    assert "http://127.0.0.1:1 gives no answer" in capsys.readouterr().err


def _row(trace_id: str, second: float, what: str, **waits: float) -> trace.Row:
    at = datetime.fromtimestamp(START / 1e6 + second, UTC)
    return trace.Row(trace_id, at, "notify", what, 1.0, waits.get("outbox"), waits.get("kafka"))


def test_what_waited_side_by_side_is_counted_once() -> None:
    journey = [
        _row("aa", 43.7, "process", kafka=43_700),
        _row("aa", 43.8, "process", kafka=43_700),
        _row("aa", 60.0, "process", kafka=1_000),
    ]
    assert trace.render(journey, "").splitlines()[-1] == "1 trace, 3 spans; waited 0.0 ms in outboxes, 44.80 s in Kafka"


def test_moments_after_which_nothing_happened_are_folded_beneath() -> None:
    tries = [_row(f"d{number}", 10 * number, "due notices") for number in range(1, 6)]
    mailed = [_row("ee", 70, "due notices"), _row("ee", 71, "deliver email")]

    shown = trace.render([_row("aa", 0, "POST /api/v1/reports → 201"), *tries, *mailed], "http://zipkin").splitlines()

    assert sum("due notices" in line for line in shown) == 2
    assert shown[-2] == (
        "5 × due notices (notify) with nothing after it, 2025-11-23 02:00:10 to 2025-11-23 02:00:50, "
        "the last: http://zipkin/zipkin/traces/d5"
    )
    assert shown[-1].startswith("7 traces, 8 spans")
