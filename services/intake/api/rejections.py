"""The domain's refusals in the reader's language: the domain itself speaks one language and knows no catalogue."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from shared.kernel import Reject
from shared.web import Problem, language_of, web_of
from shared.web.errors import answer


def install(app: FastAPI) -> None:
    """Takes the place of the shared layer's answer to `Reject`."""
    app.add_exception_handler(Reject, _on_reject)
    app.add_exception_handler(Problem, _on_problem)


def refusal(request: Request, code: str, otherwise: str | None = None) -> str | None:
    """What a refusal means, from this service's catalogue."""
    words = web_of(request).pages.words
    return words(language_of(request), f"refused.{code}") if words.has(f"refused.{code}") else otherwise


async def _on_reject(request: Request, error: Exception) -> Response:
    assert isinstance(error, Reject)  # noqa: S101  # Starlette's type for handlers is wider than what it calls
    return answer(request, Problem(error.status, error.code, refusal(request, error.code, error.detail)))


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101  # as above
    detail = error.detail or refusal(request, error.code)
    told = Problem(error.status, error.code, detail, detail_args=error.detail_args, errors=error.errors,
                   headers=error.headers)  # fmt: skip
    return answer(request, told)
