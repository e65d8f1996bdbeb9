"""Has a plain route answered with as little between it and its request as can be.

FastAPI works out for each request again what is known once the app is made: what each dependency is given, whether it
is a coroutine; and it makes room to clean up behind dependencies that leave nothing. Here that is worked out once.
Forms, streams, and functions without `async` go FastAPI's own way, and for the schema every route stays FastAPI's. What
is used of its inside is named in this file alone: `test_routes.py` asks both ways for the same, and compares.
"""

import json
from collections.abc import Awaitable, Callable
from copy import copy, deepcopy
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request, Response, params
from fastapi._body_limit import wrap_app_with_body_limit
from fastapi._compat import ModelField
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import (
    _get_param_aliases,
    _get_param_model,
    request_body_to_args,
    request_params_to_args,
)
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, serialize_response
from fastapi.utils import is_body_allowed_for_status_code
from pydantic_core import PydanticUndefined
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

Errors = list[Any]


def answer_plainly(route: BaseRoute) -> BaseRoute:
    """The same route; a plain one answers without FastAPI. What is refused is drawn further out, where all is."""
    plain = Plain.of(route) if isinstance(route, APIRoute) else None
    if plain is None or not isinstance(route, APIRoute):
        return route
    led = copy(route)
    led.app = wrap_app_with_body_limit(plain, route.max_body_size)
    return led


class _NotPlain(Exception):
    """Something of a route is FastAPI's to do."""


class _Call:
    """A dependency, or the route's own function. `needs`: what it is given of those before it, by their places."""

    def __init__(self, of: Dependant, needs: list[tuple[str | None, int]]) -> None:
        if of.call is None or not iscoroutinefunction(of.call):
            raise _NotPlain
        if of.background_tasks_param_name or of.security_scopes_param_name or of.concurrency:
            raise _NotPlain
        self.ask: Callable[..., Awaitable[Any]] = of.call
        self.needs = needs
        self.body_params = of.body_params
        self.response_name = of.response_param_name
        self.request_names = [name for name in (of.request_param_name, of.http_connection_param_name) if name]
        self._params = [
            (field, where, _names_of(field))
            for fields, where in (
                (of.path_params, "path_params"),
                (of.query_params, "query_params"),
                (of.header_params, "headers"),
                (of.cookie_params, "cookies"),
            )
            for field in fields
        ]

    def read_params(self, request: Request, values: dict[str, Any]) -> Errors:
        """Adds what it wants of the request to `values`, and answers what is wrong with that."""
        errors: Errors = []
        for field, where, names in self._params:
            given = getattr(request, where)
            if names and not any(name in given for name in names):
                values[field.name] = deepcopy(field.default)
                continue
            found, wrong = request_params_to_args([field], given)
            values |= found
            errors += wrong
        for name in self.request_names:
            values[name] = request
        return errors


def _names_of(field: ModelField) -> list[str]:
    """Under which a parameter may come whose default is taken as it is when it does not; of any other none."""
    if _get_param_model(field) or field.field_info.is_required() or field.field_info.validate_default:
        return []
    return [name for _, name in _get_param_aliases(field)]


class Plain:
    """A route that only coroutines answer, from parameters and at most JSON."""

    def __init__(self, route: APIRoute) -> None:
        is_form = route.body_field is not None and isinstance(route.body_field.field_info, params.Form)
        if is_form or route.is_sse_stream or route.is_json_stream:
            raise _NotPlain
        self._route = route
        self._calls: list[_Call] = []  # in the order in which they are asked, the route's own at last
        self._plan(route.dependant, {})
        self._has_response = any(call.response_name for call in self._calls)
        default = route.response_class
        self._writes_json = isinstance(default, DefaultPlaceholder)
        self._response_class: type[Response] = default.value if isinstance(default, DefaultPlaceholder) else default

    @classmethod
    def of(cls, route: APIRoute) -> "Plain | None":
        """None: FastAPI must answer."""
        try:
            return cls(route)
        except _NotPlain:
            return None

    def _plan(self, of: Dependant, places: dict[Any, int]) -> int:
        """The place of this call behind those that it needs; who is needed twice is asked once."""
        if of.use_cache and of.call in places:
            return places[of.call]
        needs = [(one.name, self._plan(one, places)) for one in of.dependencies]
        self._calls.append(_Call(of, needs))
        return places.setdefault(of.call, len(self._calls) - 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """All that is wrong with the request is said at once, but for what a dependency refuses before."""
        body = await _read_json(request) if self._route.body_field else PydanticUndefined
        said = _begin_response() if self._has_response else None
        found: list[Any] = []
        failed: dict[int, Errors] = {}
        errors: Errors = []
        for place, call in enumerate(self._calls):
            errors = []
            values: dict[str, Any] = {}
            for name, needed in call.needs:
                if needed in failed:
                    errors += failed[needed]
                elif name is not None:
                    values[name] = found[needed]
            errors += call.read_params(request, values)
            if call.body_params:
                read, wrong = await request_body_to_args(call.body_params, body, self._route._embed_body_fields)  # noqa: SLF001
                values |= read
                errors += wrong
            if call.response_name:
                values[call.response_name] = said
            if errors:
                failed[place] = errors
            found.append(None if errors else await call.ask(**values))
        if errors:
            raise RequestValidationError(errors, body=None if body is PydanticUndefined else body)
        return found[-1] if isinstance(found[-1], Response) else await self._write(found[-1], said)

    async def _write(self, answer: Any, said: Response | None) -> Response:
        """What the route's function has returned, as its model has it; with the status and headers that it said."""
        route = self._route
        as_json = self._writes_json and route.response_field is not None
        content = await serialize_response(
            field=route.response_field,
            response_content=answer,
            include=route.response_model_include,
            exclude=route.response_model_exclude,
            by_alias=route.response_model_by_alias,
            exclude_unset=route.response_model_exclude_unset,
            exclude_defaults=route.response_model_exclude_defaults,
            exclude_none=route.response_model_exclude_none,
            dump_json=as_json,
        )
        status = (said and said.status_code) or route.status_code
        how: dict[str, Any] = {"status_code": status} if status else {}
        if as_json:
            response = Response(content, media_type="application/json", **how)
        else:
            response = self._response_class(content, **how)
        if not is_body_allowed_for_status_code(response.status_code):
            response.body = b""
        if said:
            response.headers.raw.extend(said.headers.raw)
        return response


def _begin_response() -> Response:
    """On which a route says its status and headers, and nothing else."""
    response = Response()
    del response.headers["content-length"]
    response.status_code = None  # type: ignore[assignment]  # FastAPI's own sign that nothing is said
    return response


async def _read_json(request: Request) -> Any:
    """What the body holds; the bytes themselves where they are not said to be JSON, and those no model takes."""
    raw = await request.body()
    kind, _, subtype = request.headers.get("content-type", "").partition(";")[0].strip().lower().partition("/")
    if not raw:
        return PydanticUndefined
    if kind != "application" or not (subtype == "json" or subtype.endswith("+json")):
        return raw
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        wrong = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error", "input": {}}
        raise RequestValidationError([{**wrong, "ctx": {"error": error.msg}}], body=error.doc) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "There was an error parsing the body") from error
