"""What the proxy does by itself: compresses text, lets streams through, and answers people when no service does."""

import asyncio
import base64
import hashlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import DEVNULL

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.parts.edge import proxy
from deploy.local.ports import Ports

TEXT = "ศูนย์บริการ " * 500
BROWSER = {"accept": "text/html,application/xhtml+xml"}
PAGES = Path(__file__).parents[2] / "deploy/proxy/errors"


async def _text(request: Request) -> Response:
    kind = request.query_params["kind"]
    return Response(TEXT, media_type=kind, headers={"ETag": '"one"', "Vary": "Cookie"})


async def _stream(_: Request) -> Response:
    async def events() -> AsyncIterator[bytes]:
        yield b"data: one\n\n"
        await asyncio.sleep(30)

    return StreamingResponse(events(), media_type="text/event-stream")


async def _problem(_: Request) -> Response:
    return JSONResponse({"status": 500}, 500, media_type="application/problem+json")


INTAKE = Starlette(
    routes=[Route("/text", _text), Route("/stream", _stream), Route("/problem", _problem)],
)


@pytest.fixture
async def origin(tmp_path: Path) -> AsyncIterator[str]:
    """The proxy, with one service behind it that answers; the other three are away."""
    ports = Ports.free()
    server = uvicorn.Server(uvicorn.Config(INTAKE, port=ports.intake, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    part = proxy(tmp_path, ports)
    caddy = await asyncio.create_subprocess_exec(*part.argv, env={**os.environ, **part.env}, stderr=DEVNULL)
    address = f"http://127.0.0.1:{ports.proxy}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{address}/problem")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    yield address
    caddy.terminate()
    await caddy.wait()
    server.should_exit = server.force_exit = True
    await running


@pytest.mark.parametrize(
    ("kind", "packed"),
    [
        ("text/html; charset=utf-8", True),
        ("text/css; charset=utf-8", True),
        ("text/javascript; charset=utf-8", True),
        ("application/json", True),
        ("application/geo+json", True),
        ("application/problem+json", True),
        ("text/csv; charset=utf-8", True),
        ("image/svg+xml", True),
        ("image/jpeg", False),
        ("font/woff2", False),
        ("application/pdf", False),
        ("application/octet-stream", False),
    ],
)
async def test_text_is_compressed_and_nothing_else(origin: str, kind: str, packed: bool) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{origin}/text", params={"kind": kind}, headers={"accept-encoding": "gzip"})

    assert answer.text == TEXT
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    if packed:
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.num_bytes_downloaded < len(TEXT.encode()) / 20


async def test_events_are_let_through_as_they_come(origin: str) -> None:
    async with (
        httpx.AsyncClient(timeout=5) as client,
        client.stream("GET", f"{origin}/stream", headers={"accept-encoding": "gzip, zstd"}) as answer,
    ):
        assert "content-encoding" not in answer.headers
        assert await anext(answer.aiter_text()) == "data: one\n\n"


@pytest.mark.parametrize(
    ("path", "cookie", "status", "words"),
    [
        ("/crew", "", 502, "ระบบไม่ตอบสนองชั่วคราว"),
        ("/permits?lang=en", "", 502, "The service is not answering"),
        ("/inbox", "onestop-lang=en", 502, "The service is not answering"),
        ("/inbox?lang=th", "onestop-lang=en", 502, "ระบบไม่ตอบสนองชั่วคราว"),
        ("/metrics", "", 404, "ไม่พบหน้าที่ต้องการ"),
    ],
)
async def test_people_get_a_page_in_their_language(
    origin: str, path: str, cookie: str, status: int, words: str
) -> None:
    async with httpx.AsyncClient(timeout=15) as client:
        answer = await client.get(origin + path, headers={**BROWSER, "cookie": cookie})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert words in answer.text
    assert ("retry-after" in answer.headers) == (status == 502)
    assert_closed_down(answer.headers)


@pytest.mark.parametrize("path", ["/api/v1/work-orders", "/crew"])
async def test_programs_get_a_problem(origin: str, path: str) -> None:
    accept = BROWSER["accept"] if path.startswith("/api/") else "*/*"
    async with httpx.AsyncClient(timeout=15) as client:
        answer = await client.get(origin + path, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json")
    assert (answer.json()["status"], answer.headers["retry-after"]) == (502, "5")
    assert_closed_down(answer.headers)


async def test_who_sends_too_much_is_told_the_limit_before_it_is_sent(origin: str) -> None:
    url = httpx.URL(origin)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST /report HTTP/1.1\r\nHost: x\r\nAccept: {BROWSER['accept']}\r\nContent-Length: 60000001\r\n\r\n"
    writer.write(head.encode())
    answer = (await reader.read()).decode()
    writer.close()

    assert answer.startswith("HTTP/1.1 413 ")
    assert "text/html" in answer
    assert "60 MB" in answer


async def test_what_a_service_answers_stays_as_it_is(origin: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{origin}/problem", headers=BROWSER)

    assert (answer.status_code, answer.json()) == (500, {"status": 500})


def assert_closed_down(headers: httpx.Headers) -> None:
    """As the services' own answers are; and the policy lets the page's one style in."""
    style = re.search(r"<style>(.*?)</style>", (PAGES / "error.html").read_text("utf-8"), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
