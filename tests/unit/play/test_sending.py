"""Sending until there is an answer: tries again with the same key, waits as it is told, and says why not."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.support.played import row
from tools.play.sending import Answer, submit

Handler = Callable[[httpx.Request], httpx.Response]
CREATED = {"id": "01", "reference": "MH-1", "secret": "s", "state": "received", "tracking_url": "/track/MH-1"}


class Server:
    """Answers with the given responses in order, the last one for ever; an exception is a broken connection."""

    def __init__(self, *script: httpx.Response | Exception) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.times.append(asyncio.get_running_loop().time())
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


async def sent(server: Handler, patience: float = 5) -> Answer:
    async with httpx.AsyncClient(transport=httpx.MockTransport(server), base_url="http://town") as http:
        return await submit(http, row(), "play-key-1", patience)


def problem(status: int, code: str, title: str, **more: object) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "title": title, "status": status, **more})


async def test_an_accepted_row_has_its_reference() -> None:
    server = Server(httpx.Response(201, json=CREATED))
    found = await sent(server)
    assert (found.outcome, found.reference, found.id, found.secret, found.tries) == ("accepted", "MH-1", "01", "s", 1)
    assert server.requests[0].headers["idempotency-key"] == "play-key-1"
    assert server.requests[0].headers["accept-language"] == "th"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(429, headers={"Retry-After": "0"}),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(502),
        httpx.Response(500),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
    ids=repr,
)
async def test_what_passes_is_tried_again_with_the_same_key(trouble: httpx.Response | Exception) -> None:
    server = Server(trouble, httpx.Response(200, json=CREATED))
    found = await sent(server)
    assert (found.outcome, found.tries) == ("accepted", 2)
    assert {request.headers["idempotency-key"] for request in server.requests} == {"play-key-1"}
    assert len({request.content for request in server.requests}) == 1


async def test_it_waits_as_long_as_the_server_asks() -> None:
    server = Server(httpx.Response(429, headers={"Retry-After": "1"}), httpx.Response(201, json=CREATED))
    await sent(server)
    assert server.times[1] - server.times[0] >= 1


async def test_a_refusal_is_final_and_says_its_code_title_and_fields() -> None:
    errors = [{"field": "text", "code": "string_too_long", "message": "…"}]
    server = Server(problem(422, "invalid", "Not valid", errors=errors))
    found = await sent(server)
    assert (found.outcome, found.tries) == ("refused", 1)
    assert found.reason == "invalid (Not valid; text: string_too_long)"


async def test_a_refusal_without_problem_details_is_named_by_its_status() -> None:
    found = await sent(Server(httpx.Response(413, text="too large")))
    assert found.reason == "HTTP 413 Request Entity Too Large"


async def test_patience_ends() -> None:
    found = await sent(Server(problem(503, "away", "Database away")), patience=0.4)
    assert found.outcome == "unanswered"
    assert found.reason == "gave up after 2 tries: away (Database away)"


async def test_a_wait_longer_than_the_patience_is_not_begun() -> None:
    server = Server(httpx.Response(429, headers={"Retry-After": "3600"}))
    found = await sent(server)
    assert (found.outcome, len(server.requests)) == ("unanswered", 1)
    assert found.took < 1
