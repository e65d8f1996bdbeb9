"""The cookie that tells a page which forms were taken, whatever became of the page in between."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.taken import COOKIE, MOST, TakenForms


class SignedIn:
    def __init__(self, app: ASGIApp, person: object) -> None:
        self.app, self.person = app, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "onestop.session": self.person}, receive, send)


async def answer(request: Request) -> Response:
    to = request.query_params.get("to")
    return RedirectResponse(to, 303) if to else PlainTextResponse("no", 409)


def client(person: object = "officer") -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    whole = SignedIn(TakenForms(app, secure=True), person)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=whole), base_url="https://town.example")


async def test_forms_that_were_taken_stand_one_behind_the_other_until_a_page_has_read_them() -> None:
    async with client() as asking:
        await asking.post("/desk/1/answer", params={"to": "/desk"})
        response = await asking.post("/crew/ก/done", params={"to": "/desk"})
    assert asking.cookies[COOKIE] == "/desk/1/answer|/crew/%E0%B8%81/done"
    assert "Secure" in response.headers["set-cookie"]
    assert "HttpOnly" not in response.headers["set-cookie"]


async def test_no_more_are_told_than_a_cookie_holds() -> None:
    async with client() as asking:
        for number in range(3 * MOST):
            await asking.post(f"/desk/{number}", params={"to": "/desk"})
    assert asking.cookies[COOKIE].split("|") == [f"/desk/{number}" for number in range(2 * MOST, 3 * MOST)]


@pytest.mark.parametrize(
    ("method", "path", "to", "person"),
    [
        ("POST", "/desk/1/answer", None, "officer"),  # refused
        ("POST", "/desk/1/answer", "/auth/login?return_to=/desk/1", "officer"),  # to be signed in again
        ("POST", "/auth/logout", "/", "officer"),
        ("POST", "/report", "/report/done/1", None),  # a resident's forms are kept otherwise
        ("GET", "/desk/1", "/desk", "officer"),
    ],
)
async def test_what_was_not_taken_is_not_told(method: str, path: str, to: str | None, person: object) -> None:
    async with client(person) as asking:
        await asking.request(method, path, params={"to": to} if to else {})
    assert COOKIE not in asking.cookies
