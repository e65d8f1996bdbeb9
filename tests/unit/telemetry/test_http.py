"""Requests are traced, counted and logged by route template; probes are not, and URLs with secrets never are."""

import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.settings import ServiceSettings
from shared.telemetry import metrics, set_case, setup, shutdown, span
from shared.telemetry.http import HttpTelemetry


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    setup("intake", ServiceSettings(), exporter=exporter)
    yield exporter
    shutdown()


@pytest.fixture
async def client(exporter: InMemorySpanExporter) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    router = APIRouter(prefix="/api/v1")

    @router.get("/things/{key}")
    async def thing(key: str) -> str:
        set_case(case_id="01J", reference=key)
        with span("save"):
            return key

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("private words")

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    app.include_router(router)
    transport = httpx.ASGITransport(HttpTelemetry(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://town.example") as client:
        yield client


def _count(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return metrics.registry.get_sample_value("onestop_http_requests_total", labels) or 0


async def test_a_request_is_one_span_named_by_its_route_with_its_work_below(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    await client.get("/api/v1/things/MH-1?secret=s3cret")
    shutdown()

    below, request = exporter.get_finished_spans()
    assert request.name == "GET /api/v1/things/{key}"
    assert request.kind is SpanKind.SERVER
    assert below.parent is not None
    assert request.context is not None
    assert below.parent.span_id == request.context.span_id
    assert (below.attributes or {})["onestop.reference"] == "MH-1"
    assert "s3cret" not in request.to_json()


async def test_a_strangers_trace_is_linked_and_never_joined(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    theirs = "deadbeef" * 4
    await client.get("/api/v1/things/MH-1", headers={"traceparent": f"00-{theirs}-00f067aa0ba902b7-01"})
    await client.get("/api/v1/things/MH-1", headers={"traceparent": "rubbish"})
    shutdown()

    _, told, _, not_told = exporter.get_finished_spans()
    assert [format(link.context.trace_id, "032x") for link in told.links] == [theirs]
    assert told.context is not None
    assert format(told.context.trace_id, "032x") != theirs
    assert told.parent is None
    assert not not_told.links


async def test_a_failed_request_is_marked_without_the_errors_words(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    await client.get("/api/v1/broken")
    shutdown()

    (request,) = exporter.get_finished_spans()
    assert (request.attributes or {})["error.type"] == "RuntimeError"
    assert "private words" not in request.to_json()
    assert _count("GET", "/api/v1/broken", 500) >= 1


async def test_probes_leave_no_span_no_count_no_line(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/healthz")
    shutdown()

    assert exporter.get_finished_spans() == ()
    assert _count("GET", "/healthz", 200) == 0
    assert capsys.readouterr().out == ""


async def test_requests_are_counted_by_template(client: httpx.AsyncClient) -> None:
    before = _count("GET", "/api/v1/things/{key}", 200)
    await client.get("/api/v1/things/MH-1")
    await client.get("/api/v1/things/MH-2")

    assert _count("GET", "/api/v1/things/{key}", 200) - before == 2


async def test_paths_and_methods_that_match_nothing_share_one_name(client: httpx.AsyncClient) -> None:
    for path in ("/wp-admin", "/.env", "/x/y/z"):
        await client.request("BREW", path)

    assert _count("OTHER", "unmatched", 404) == 3


async def test_a_request_leaves_one_log_line_with_its_route_and_ids(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/api/v1/things/MH-1?secret=s3cret")

    line = next(line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "route" in line)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/things/{key}", 200)
    assert line["case_id"] == "01J"
    assert "s3cret" not in json.dumps(line)
