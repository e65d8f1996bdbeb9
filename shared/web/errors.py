"""Draws errors as people and programs need them: RFC 9457 problem details for APIs, a friendly page for browsers."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel import Reject
from shared.kernel.errors import say_error
from shared.kernel.failures import MAYBE_AWAY, is_transient
from shared.settings import ServiceSettings
from shared.telemetry.http import route_of
from shared.town import Text, Town
from shared.web.headers import policy, secure_headers
from shared.web.language import language_of, words
from shared.web.ops import PATHS
from shared.web.own_path import own_path
from shared.web.pages import page
from shared.web.parts import part_of
from shared.web.problem import FieldProblem, Problem
from shared.web.refusals import say_refusal
from shared.web.security_log import note_refusal
from shared.web.session import secure_origin

log = logging.getLogger(__name__)
API_PREFIXES = ("/api/", "/open311/", "/feeds/", *PATHS)


def install(app: FastAPI) -> None:
    """Every way to fail, mapped to one shape."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(Reject)(_on_reject)
    app.exception_handler(HTTPException)(_on_http)
    app.exception_handler(RequestValidationError)(_on_invalid)
    app.exception_handler(ClientDisconnect)(_on_gone)
    for kind in MAYBE_AWAY:
        app.exception_handler(kind)(_on_away)
    app.exception_handler(Exception)(_on_bug)


def wants_page(request: Request) -> bool:
    """True for a person in a browser: asks for HTML, outside the API's paths."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API_PREFIXES)


def field_errors(error: ValidationError | RequestValidationError, language: str) -> list[FieldProblem]:
    """Each wrong field with a message in `language`; forms show it beside the field."""
    return [_field(dict(item), language) for item in error.errors()]


def _field(item: Mapping[str, Any], language: str) -> FieldProblem:
    path = [str(part) for part in item["loc"]]
    where = ".".join(path[1:] if path and path[0] in ("body", "query", "path", "header", "cookie") else path)
    kind = _kind(item)
    keys = (f"field.{kind}.{where.rpartition('.')[2]}", f"field.{kind}")  # the most specific first
    key = next((key for key in keys if words.has(key)), "field.other")
    more = dict(item.get("ctx", {}))
    if "expected" in more:  # pydantic joins what may stand there in English
        more["expected"] = str(more["expected"]).replace(" or ", words(language, "field.or"))
    return FieldProblem(where or "body", kind, words(language, key, **more))


def _kind(item: Mapping[str, Any]) -> str:
    """Pydantic reports the length of a cleaned text like a list's; readers must know which of the two is meant."""
    kind = str(item["type"])
    is_text = isinstance(item.get("input"), str) and kind in ("too_short", "too_long")
    return f"string_{kind}" if is_text else kind


async def _on_problem(request: Request, error: Problem) -> Response:
    return answer(request, error)


async def _on_reject(request: Request, error: Reject) -> Response:
    """To people in the words of the service. Programs are told the facts, but for what all services say alike."""
    in_words = wants_page(request) or words.has(f"refused.{error.code}")
    return answer(request, Problem(error.status, error.code, say_refusal(request, error) if in_words else error.detail))


async def _on_http(request: Request, error: HTTPException) -> Response:
    # This is also how the framework reports a body that is neither JSON nor a form, and 404, 405 and 413.
    if error.status_code == 404 and (elsewhere := _without_slash(request)):
        return RedirectResponse(elsewhere, 308)
    return answer(request, Problem(error.status_code, f"http-{error.status_code}", headers=error.headers))


def _without_slash(request: Request) -> str | None:
    """The same address without the slash at its end, which people type; on our own origin whatever `Host` says."""
    path = request.url.path
    if request.method != "GET" or not path.endswith("/") or own_path(path) != path or path == "/":
        return None
    return path.rstrip("/") + (f"?{request.url.query}" if request.url.query else "")


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return answer(request, Problem(400, "malformed-json"))
    return answer(request, Problem(422, "invalid", errors=field_errors(error, language_of(request))))


async def _on_gone(request: Request, _: ClientDisconnect) -> Response:
    return answer(request, Problem(400, "http-400"))  # for the figures: nobody reads it


async def _on_away(request: Request, error: Exception) -> Response:
    if not is_transient(error):
        raise error
    log.warning("request.away", extra={"route": route_of(request.scope), "why": say_error(error)})
    return answer(request, Problem(503, "away", headers={"Retry-After": "5"}))


async def _on_bug(request: Request, error: Exception) -> Response:
    if is_transient(error):  # in a layer outside of the routes, such as the one that reads sessions
        response = await _on_away(request, error)
    else:
        trace_id = current_trace_id()
        where = {"trace_id": trace_id, "route": route_of(request.scope)}
        log.error("request.failed", extra=where, exc_info=error)
        response = answer(request, Problem(500, "http-500"), trace_id)
    # This handler runs outside every middleware of ours, so the headers are set here.
    settings = part_of(request, ServiceSettings)
    for name, value in secure_headers(policy(settings, part_of(request, Town)), https=secure_origin(settings)):
        response.headers.setdefault(name.decode(), value.decode())
    return response


def current_trace_id() -> str:
    """The id of the current trace, or a new one where there is none, so that every error can be referred to."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else secrets.token_hex(16)


def answer(request: Request, problem: Problem, trace_id: str | None = None) -> Response:
    """A page for browsers, JSON for programs. The one way in which anybody is refused, so it is written down here."""
    note_refusal(request, problem)
    if not wants_page(request):
        return JSONResponse(
            body_of(request, problem, trace_id),
            problem.status,
            {**problem.headers, "Cache-Control": "no-store"},
            media_type="application/problem+json",
        )
    if problem.code in ("sign-in", "prove-yourself"):  # not when that was refused: it would go round for ever
        prove = {"prove": "true"} if problem.code == "prove-yourself" else {}
        return RedirectResponse(f"/auth/login?{urlencode({'return_to': _came_from(request), **prove})}", 303)
    return error_page(request, problem, trace_id)


def body_of(request: Request, problem: Problem, trace_id: str | None = None) -> dict[str, Any]:
    """RFC 9457 members, and `code`, `errors`, `trace_id` as ours."""
    language = language_of(request)
    title, detail = texts(problem, language)
    body: dict[str, Any] = {
        "type": f"urn:onestop:problem:{problem.code}",
        "title": title,
        "status": problem.status,
        "detail": detail,
        "instance": request.url.path,
        "code": problem.code,
        "trace_id": trace_id or current_trace_id(),
    }
    if problem.errors:
        body["errors"] = [asdict(error) for error in problem.errors]
    return body


def texts(problem: Problem, language: str) -> tuple[str, str]:
    """Title and detail in the reader's language; a code of a service's own takes the title of its status."""
    known = f"problem.{problem.code}"
    if not words.has(f"{known}.title"):
        known = (
            f"problem.http-{problem.status}" if words.has(f"problem.http-{problem.status}.title") else "problem.other"
        )
    detail = problem.detail or words(language, f"{known}.detail", **_in_words(problem.detail_args, language))
    return words(language, f"{known}.title"), detail


def _in_words(args: Mapping[str, object], language: str) -> dict[str, object]:
    """Names in the reader's language, roles included: a crew on the wrong page does not know their codes."""
    named = {name: value.get(language) if isinstance(value, Text) else value for name, value in args.items()}
    if "roles" not in named:
        return named
    codes = str(named["roles"]).split(", ")
    names = (words(language, f"role.{code}") if words.has(f"role.{code}") else code for code in codes)
    return {**named, "roles": ", ".join(names)}


def error_page(request: Request, problem: Problem, trace_id: str | None = None) -> Response:
    """The problem as a page in the visitor's language; `trace_id` is shown where somebody may have to ask us."""
    title, detail = texts(problem, language_of(request))
    context = {"title": title, "detail": detail, "problem": problem, "trace_id": trace_id}
    response = page(request, "error.html", status_code=problem.status, **context)
    response.headers.update(problem.headers)
    return response


def _came_from(request: Request) -> str:
    """Where to go after signing in: this page or, for a submitted form, the one it was on. Every form of the staff
    posts to the address of its case and the name of the act: the case has a page, whatever Referer a browser sends."""
    path = request.url.path
    if request.method not in ("GET", "HEAD"):
        return path.rpartition("/")[0] or "/"
    return path + (f"?{request.url.query}" if request.url.query else "")


class TooLargeAsProblem:
    """Turns the framework's plain-text 413 (for a body that no route has read) into a problem of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def shape(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                kind = dict(message["headers"]).get(b"content-type", b"")
                if kind.startswith(b"text/plain"):
                    replaced = True
                    await answer(Request(scope), Problem(413, "http-413"))(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, shape if scope["type"] == "http" else send)
