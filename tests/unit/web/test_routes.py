"""Routes answer as FastAPI would have them answer: the same question to both has the same answer, right or wrong."""

from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isasyncgenfunction, iscoroutinefunction
from pkgutil import iter_modules
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Form, Header, HTTPException, Query, Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import PlainTextResponse

from deploy.local.machine import ROOT
from shared.events.catalogue import SERVICES
from shared.web.plain import Plain
from shared.web.routes import add_routes

ROUTED = ("shared.web", *(f"services.{service}.{part}" for service in SERVICES for part in ("api", "pages")))

router = APIRouter(prefix="/things")
asked: list[str] = []


class Thing(BaseModel):
    """What is sent and answered."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2)]
    size: int = 3
    hidden: str | None = None


async def read_page(after: Annotated[int, Query(ge=0)] = 0, size: Annotated[list[int] | None, Query()] = None) -> Any:
    """Needed by two others, and asked once."""
    asked.append("page")
    return after, size


async def read_key(
    page: Annotated[Any, Depends(read_page)], key: Annotated[str | None, Header(alias="X-Key")] = None
) -> str:
    """Refuses before anything of the body is judged."""
    asked.append("key")
    if key == "bad":
        raise HTTPException(403, "this key opens nothing", {"X-Why": "bad"})
    return f"{key} {page}"


async def say_more(response: Response) -> None:
    """Speaks through the answer's headers and status."""
    response.headers["X-More"] = "yes"


Key = Annotated[str, Depends(read_key)]
Page = Annotated[Any, Depends(read_page)]


@router.post("", status_code=201, dependencies=[Depends(say_more)])
async def create(request: Request, response: Response, key: Key, page: Page, thing: Thing) -> dict[str, Any]:
    """Everything at once."""
    if thing.name == "again":
        response.status_code = 200
    return {"key": key, "page": page, "thing": thing, "method": request.method}


@router.get("", response_model=list[Thing], response_model_exclude_none=True)
async def index(page: Page) -> Any:
    """Answers by its model, which leaves things out."""
    return [{"name": f"thing {page[0]}", "size": 1, "hidden": None}]


@router.get("/about")
async def about() -> Response:
    """Stands before what would take its address too."""
    return PlainTextResponse("about", headers={"X-Own": "1"})


@router.get("/{number}", dependencies=[Depends(say_more)])
async def read(number: int, mark: Annotated[str | None, Cookie(max_length=3)] = None) -> dict[str, Any]:
    """By a parameter of the path and a cookie."""
    return {"number": number, "mark": mark}


@router.get("/hidden", response_model=None)
async def hide() -> dict[str, Any]:
    """Never asked: what stands before takes its address."""
    return {}


@router.head("/hidden", response_model=None)
async def look() -> dict[str, Any]:
    """No model says how it is written, and JSON is the class of the answer."""
    return {"text": "น้ำ"}


@router.get("/{number}/late")
async def late(number: str) -> str:
    """Would take `/about/late` too."""
    return number


class Wanted(BaseModel):
    """Several parameters as one."""

    sort: str = "name"
    most: int = 10


@router.get("/{number}/more")
async def more(
    number: int,
    wanted: Annotated[Wanted, Query()],
    must: Annotated[str, Query(min_length=2)],
    judged: Annotated[int, Query(ge=0, validate_default=True)] = -1,
    words: Annotated[list[str], Query(alias="word")] = [],  # noqa: B006
) -> Any:
    """Parameters of every kind."""
    return number, wanted, must, judged, words


@router.delete("/{number}", status_code=204)
async def remove(number: int) -> None:
    """Answers nothing."""


@router.patch("/{number}")
async def change(number: int, names: list[str], thing: Thing | None = None) -> Any:
    """Two bodies in one."""
    return number, names, thing


@router.post("/{number}/form")
async def form(number: int, text: Annotated[str, Form()]) -> str:
    """FastAPI's own way."""
    return f"{number} {text}"


@router.get("/{number}/slow", response_class=PlainTextResponse)
def slow(number: int) -> str:
    """In a thread: FastAPI's own way."""
    return str(number)


@router.put("/{number}", max_body_size=30)
async def put(number: int, thing: Thing) -> Thing:
    """Takes little."""
    return thing


JSON = {"content-type": "application/json"}
QUESTIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/things", {"json": {"name": "lamp"}}),
    ("POST", "/things?after=4&size=1&size=2", {"json": {"name": "again"}, "headers": {"X-Key": "k"}}),
    ("POST", "/things?after=-4&size=x", {"json": {"name": "a", "other": 1}, "headers": {"X-Key": "k"}}),
    ("POST", "/things", {"json": {"name": "a"}, "headers": {"X-Key": "bad"}}),
    ("POST", "/things?after=x", {"json": {"name": "a"}, "headers": {"X-Key": "bad"}}),
    ("POST", "/things", {}),
    ("POST", "/things", {"content": b"{", "headers": JSON}),
    ("POST", "/things", {"content": b'{"name": "\xff"}', "headers": JSON}),
    ("POST", "/things", {"content": b"[" * 100_000, "headers": JSON}),
    ("POST", "/things", {"content": b'{"name": "lamp"}'}),
    ("POST", "/things", {"content": b'{"name": "lamp"}', "headers": {"content-type": "text/plain"}}),
    ("POST", "/things", {"content": b'{"name": "lamp"}', "headers": {"content-type": "application/x+json; a=b"}}),
    ("POST", "/things", {"content": b'{"name": "lamp"}', "headers": {"content-type": "Application/JSON;charset=x"}}),
    ("POST", "/things", {"content": b"null", "headers": JSON}),
    ("GET", "/things?after=2", {}),
    ("GET", "/things?after=two", {}),
    ("GET", "/things/about", {}),
    ("GET", "/things/7", {"headers": {"cookie": "mark=abc"}}),
    ("GET", "/things/seven", {"headers": {"cookie": "mark=abcd"}}),
    ("GET", "/things/hidden", {}),
    ("HEAD", "/things/hidden", {}),
    ("GET", "/things/about/late", {}),
    ("GET", "/things/7/slow", {}),
    ("GET", "/things/x/slow", {}),
    ("DELETE", "/things/7", {}),
    ("GET", "/things/7/more", {}),
    ("GET", "/things/7/more?must=ab", {}),
    ("GET", "/things/7/more?must=ab&judged=1", {}),
    ("GET", "/things/7/more?must=a&judged=-2&most=x&word=a", {}),
    ("GET", "/things/7/more?must=ab&judged=2&most=3&sort=x&word=a&word=b", {}),
    ("PATCH", "/things/7", {"json": {"names": ["a"], "thing": {"name": "lamp"}}}),
    ("PATCH", "/things/x", {"json": {"names": "a"}}),
    ("PATCH", "/things/7", {"json": [1]}),
    ("POST", "/things/7/form", {"data": {"text": "hello"}}),
    ("POST", "/things/7/form", {}),
    ("PUT", "/things/7", {"json": {"name": "lamp"}}),
    ("PUT", "/things/7", {"json": {"name": "lamp" * 20}}),
    ("PUT", "/things", {}),
    ("GET", "/nothing", {}),
    ("OPTIONS", "/things/7", {}),
]  # fmt: skip


async def refuse_nobody(_: Request) -> None:
    """Before each route."""


def theirs() -> FastAPI:
    """As FastAPI's documentation says."""
    app = FastAPI()
    app.include_router(router)
    return app


def ours() -> FastAPI:
    """As a service has it."""
    app = FastAPI()
    add_routes(app.router, router.routes, refuse_nobody)
    return app


async def answer(build: Callable[[], FastAPI], method: str, path: str, sent: dict[str, Any]) -> Any:
    """All of it, and in which order what was asked for it."""
    asked.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build()), base_url="http://one.example") as api:
        told = await api.request(method, path, **sent)
    return told.status_code, sorted(told.headers.items()), told.content, list(asked)


@pytest.mark.parametrize(("method", "path", "sent"), QUESTIONS)
async def test_the_same_question_has_the_same_answer(method: str, path: str, sent: dict[str, Any]) -> None:
    assert await answer(ours, method, path, sent) == await answer(theirs, method, path, sent)


def test_what_the_schema_says_is_the_same() -> None:
    assert ours().openapi() == theirs().openapi()


def test_forms_streams_and_functions_without_async_are_left_to_fastapi() -> None:
    left = [route.name for route in router.routes if isinstance(route, APIRoute) and Plain.of(route) is None]

    assert left == ["form", "slow"]


def find_routes() -> Iterator[APIRoute]:
    """Of all services, and those they share."""
    names = [
        f"{package}.{name}"
        for package in ROUTED
        for _, name, _ in iter_modules([str(ROOT / package.replace(".", "/"))])
    ]
    for module in map(import_module, names):
        found = getattr(getattr(module, "router", None), "routes", [])
        yield from (route for route in found if isinstance(route, APIRoute))


def find_calls(of: Dependant) -> Iterator[Any]:
    """A route's function and all that it needs."""
    yield of.call
    for needed in of.dependencies:
        yield from find_calls(needed)


def test_nothing_that_a_request_needs_waits_for_a_thread() -> None:
    calls = {call for route in find_routes() for call in find_calls(route.dependant)}

    assert len(calls) > 300
    assert [call for call in calls if not (iscoroutinefunction(call) or isasyncgenfunction(call))] == []


def test_all_but_forms_and_streams_is_plain() -> None:
    routes = list(find_routes())
    left = [route for route in routes if Plain.of(route) is None]

    assert [route.path for route in left if not (route.is_sse_stream or takes_form(route))] == []
    assert len(left) < len(routes) / 2


def takes_form(route: APIRoute) -> bool:
    """FastAPI reads it."""
    return route.body_field is not None and isinstance(route.body_field.field_info, params.Form)


async def test_a_route_is_known_when_somebody_is_refused_before_it() -> None:
    async def refuse(request: Request) -> None:
        raise HTTPException(429, request.scope["route"].path)

    app = FastAPI()
    add_routes(app.router, router.routes, refuse)
    for method, path, route in (("POST", "/things", "/things"), ("GET", "/things/7", "/things/{number}")):
        status, _, told, before = await answer(lambda: app, method, path, {})
        assert (status, told, before) == (429, b'{"detail":"%s"}' % route.encode(), [])
