"""The refusals of acts in the reader's language: the domain itself speaks one language and knows no catalogue."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.intake.domain.answers import WrongAnswers
from shared.kernel import Reject
from shared.web import FieldProblem, Problem, language_of, say_refusal, web_of
from shared.web.errors import answer
from shared.web.refusals import words_of


def install(app: FastAPI) -> None:
    """Takes the place of the shared layer's answers: this service's words are for programs too, since residents read
    what those are told."""
    app.add_exception_handler(Reject, _on_reject)
    app.add_exception_handler(Problem, _on_problem)


def wrong_answers(request: Request, error: WrongAnswers) -> list[FieldProblem]:
    """What is wrong with each answer, under the field it has in the API."""
    words, language = web_of(request).pages.words, language_of(request)
    return [
        FieldProblem(f"answers.{code}", mistake, words(language, f"wrong.answer.{mistake}"))
        for code, mistake in error.mistakes.items()
    ]


async def _on_reject(request: Request, error: Exception) -> Response:
    assert isinstance(error, Reject)  # noqa: S101  # Starlette's type for handlers is wider than what it calls
    fields = wrong_answers(request, error) if isinstance(error, WrongAnswers) else []
    return answer(request, Problem(error.status, error.code, say_refusal(request, error), errors=fields))


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101  # as above
    worded = Problem(
        error.status,
        error.code,
        error.detail or words_of(request, error.code),
        detail_args=error.detail_args,
        errors=error.errors,
        headers=error.headers,
    )
    return answer(request, worded)
