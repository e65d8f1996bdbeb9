"""A receiver of traces inside the test (OTLP over HTTP, protobuf), so that the shape of a trace can be asserted."""

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.local.secured import COLLECTOR, Secured


@dataclass(frozen=True)
class Span:
    """One span as it was received; times in nanoseconds since the epoch."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: int
    start: int
    end: int
    attributes: Mapping[str, Any]
    links: tuple[str, ...]  # trace ids


class Traces:
    """Listens on a port of 127.0.0.1 from `start` to `stop`; may be started again.

    `secured`: it takes spans over TLS alone, from who brings the key.
    """

    def __init__(self, port: int, secured: Secured | None = None) -> None:
        self.port = port
        self._secured = secured
        self._spans: list[Span] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    @property
    def spans(self) -> list[Span]:
        """Everything received so far."""
        with self._lock:
            return list(self._spans)

    def of(self, trace_id: str) -> list[Span]:
        """One trace, earliest span first."""
        return sorted((span for span in self.spans if span.trace_id == trace_id), key=lambda span: span.start)

    def start(self) -> None:
        """Listen."""
        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
            if self._secured:
                tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                tls.load_cert_chain(self._secured.server)
                self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Hang up; the spans stay."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, body: bytes) -> None:
        """One export request."""
        request = ExportTraceServiceRequest.FromString(body)
        received = [
            _span(span, str(_attributes(group.resource).get("service.name", "")))
            for group in request.resource_spans
            for scope in group.scope_spans
            for span in scope.spans
        ]
        with self._lock:
            self._spans.extend(received)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        traces = self
        wanted = key_header(self._secured) if self._secured else None

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                known = wanted in (None, self.headers["Authorization"])
                if known:
                    traces.take(body)
                self.send_response(200 if known else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Nothing on the terminal."""

        return Handler


def key_header(secured: Secured) -> str:
    """What `Authorization` says."""
    return f"Bearer {secured.password(COLLECTOR)}"


def _span(span: Any, service: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(), span_id=span.span_id.hex(), parent_id=span.parent_span_id.hex(),
        service=service, name=span.name, kind=span.kind,
        start=span.start_time_unix_nano, end=span.end_time_unix_nano,
        attributes=_attributes(span), links=tuple(link.trace_id.hex() for link in span.links),
    )  # fmt: skip


def _attributes(holder: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in holder.attributes:
        kind = pair.value.WhichOneof("value")
        values[pair.key] = getattr(pair.value, kind) if kind else None
    return values
