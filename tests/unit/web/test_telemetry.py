"""Each request to an app is one span and one count, without anybody asking for it."""

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.settings import ServiceSettings
from shared.telemetry import metrics, setup, shutdown
from tests.support.sample_pages import Client


async def test_what_takes_something_begins_with_no_failure(client: Client) -> None:
    """An alarm on failures must see the first one, and a count that was not there does not rise."""
    client()

    for status in ("500", "503"):
        labels = {"method": "POST", "route": "/api/v1/things", "status": status}
        assert metrics.registry.get_sample_value("onestop_http_requests_total", labels) is not None


async def test_a_request_is_traced_and_counted_by_its_route(client: Client) -> None:
    exporter = InMemorySpanExporter()
    setup("sample", ServiceSettings(), exporter=exporter)
    labels = {"method": "GET", "route": "/api/v1/things", "status": "200"}
    before = metrics.registry.get_sample_value("onestop_http_requests_total", labels) or 0

    await client().get("/api/v1/things")
    shutdown()

    assert [span.name for span in exporter.get_finished_spans()] == ["GET /api/v1/things"]
    assert metrics.registry.get_sample_value("onestop_http_requests_total", labels) == before + 1
