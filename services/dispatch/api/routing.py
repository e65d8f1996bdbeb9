"""The dry run of routing: where a report would go, and for each rule why it does or does not match. Changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.dispatch.access import Officer
from services.dispatch.api.context import TheDesk
from services.dispatch.domain.routing import Facts, Routed, Tried, explain, route
from services.dispatch.questions import Question, facts_of_question
from shared.town import Town
from shared.town.answers import read_answers
from shared.town.models import Category
from shared.web import FieldProblem, Problem, language_of
from shared.web.language import words

router = APIRouter(prefix="/api/v1/routing", tags=["routing"])


ANSWERS_TO = {"yesno": ("yes", "no"), "number": ("1.5",), "date": ("2026-11-23",)}  # the last two as examples
NAMES = {*Question.model_fields, "lang"}


class DryRun(BaseModel):
    """`facts` is what the rules saw, `rules` every rule in its order."""

    facts: dict[str, Any]
    routed: Routed
    rules: list[Tried]


@router.get("/dry-run")
async def dry_run(request: Request, desk: TheDesk, _: Officer, question: Annotated[Question, Query()]) -> DryRun:
    """Which rule would decide, and why. What the town does not know is refused: a misspelt word explains nothing."""
    given, town = request.query_params, desk.town
    answers = {key.removeprefix("answer."): value for key, value in given.items() if key.startswith("answer.")}
    _check(request, town, question, answers)
    category = town.categories.get(question.category)
    facts = await facts_of_question(desk, question, read_answers(category, answers).values if category else answers)
    return DryRun(facts=_shown(facts), routed=route(town, facts), rules=explain(town, facts))


def _check(request: Request, town: Town, question: Question, answers: dict[str, str]) -> None:
    """422 that names each unknown parameter, category or answer, and what there is instead.

    A required answer may be missing: somebody asks about a report that is not there yet.
    """
    given, language = request.query_params, language_of(request)
    category = town.categories.get(question.category)
    there: dict[str, Sequence[str]] = {}
    if category is None and "category" in given:
        there["category"] = sorted(town.categories)
    if category is not None:
        there |= {f"answer.{code}": _instead(category, code) for code in _wrong_answers(category, answers)}
    parameters = [*Question.model_fields, "answer.…"]
    there |= {name: parameters for name in given if not name.startswith("answer.") and name not in NAMES}
    wrong = [_wrong(name, "unknown", language, known=", ".join(known) or "–") for name, known in there.items()]
    for name, other in (("lat", "lon"), ("lon", "lat")):
        if other in given and name not in given:
            wrong.append(_wrong(name, "missing", language))
    if wrong:
        raise Problem(422, "invalid", errors=wrong)


def _wrong_answers(category: Category, answers: Mapping[str, str]) -> list[str]:
    mistakes = read_answers(category, answers).mistakes
    return [code for code, mistake in mistakes.items() if mistake != "required"]


def _instead(category: Category, code: str) -> Sequence[str]:
    """What may be answered to that question; of one that is not asked, which are."""
    question = next((one for one in category.questions if one.code == code), None)
    if question is None:
        return [one.code for one in category.questions]
    return [one.code for one in question.choices] or ANSWERS_TO.get(question.type, ())


def _wrong(name: str, code: str, language: str, **more: str) -> FieldProblem:
    return FieldProblem(name, code, words(language, f"field.{code}", **more))


def _shown(facts: Facts) -> dict[str, Any]:
    return {
        "category": facts.category,
        "at": facts.at,
        "working_hours": facts.working,
        "zone": facts.zone,
        "outside_town": facts.outside_town,
        "channel": facts.channel,
        "kind": facts.kind,
        "answers": facts.answers,
        "earlier_reports": len(facts.earlier),
    }
