"""The dry run of routing: where a report would go, and for each rule why it does or does not match; or where each of
several would. Changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.access import Officer, TheDesk
from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts, Routed, Tried, explain, route
from services.dispatch.questions import Question, facts_of_question
from services.dispatch.typed_cases import CASES_MOST
from shared.town import Town
from shared.town.answers import read_answers
from shared.town.models import Category
from shared.web import FieldProblem, Problem, language_of, rate_limit
from shared.web.language import words

router = APIRouter(prefix="/api/v1/routing", tags=["routing"])


ANSWERS_TO = {"yesno": ("yes", "no"), "number": ("1.5",), "date": ("2026-11-23",)}  # the last two as examples
NAMES = {*Question.model_fields, "lang"}
CASES_BYTES = 4_000_000  # so many cases of 4,000 Thai letters, which have three bytes each


class DryRun(BaseModel):
    """`facts` is what the rules saw, `rules` every rule in its order."""

    facts: dict[str, Any]
    routed: Routed
    rules: list[Tried]


class AskedCase(Question):
    """One of several: a report that might come, with its answers to the category's questions by their codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: Annotated[dict[str, Annotated[str, Field(max_length=4000)]], Field(max_length=50, default_factory=dict)]


class AskedCases(BaseModel):
    """At once; each is answered by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: Annotated[list[AskedCase], Field(min_length=1, max_length=CASES_MOST)]


class RoutedCase(BaseModel):
    """Where one of them would go; of what cannot be asked about, what is wrong with it."""

    facts: dict[str, Any] | None = None
    routed: Routed | None = None
    errors: list[FieldProblem] = []


class RoutedCases(BaseModel):
    """One for each that was asked about, in that order."""

    items: list[RoutedCase]


@router.get("/dry-run")
async def dry_run(request: Request, desk: TheDesk, _: Officer, question: Annotated[Question, Query()]) -> DryRun:
    """Which rule would decide, and why. What the town does not know is refused: a misspelt word explains nothing."""
    given, town = request.query_params, desk.town
    answers = {key.removeprefix("answer."): value for key, value in given.items() if key.startswith("answer.")}
    if wrong := _wrong(town, question, answers, given.keys(), language_of(request)):
        raise Problem(422, "invalid", errors=wrong)
    category = town.categories.get(question.category)
    facts = await facts_of_question(desk, question, read_answers(category, answers).values if category else answers)
    return DryRun(facts=_show_facts(facts), routed=route(town, facts), rules=explain(town, facts))


@router.post(
    "/dry-run",
    max_body_size=CASES_BYTES,
    dependencies=[Depends(rate_limit("routing-trials", per_minute=20, burst=10))],
)
async def dry_run_of_several(request: Request, desk: TheDesk, _: Officer, asked: AskedCases) -> RoutedCases:
    """Where each of several would go, by which rule: of a list from elsewhere, or before and after a rule was changed.
    What is wrong with one of them stands in its place, and the others are answered. Why a rule did not match says
    the dry run of one."""
    return RoutedCases(items=[await _route_case(desk, one, language_of(request)) for one in asked.cases])


async def _route_case(desk: Desk, case: AskedCase, language: str) -> RoutedCase:
    given = [*case.model_fields_set - {"answers"}, *(f"answer.{code}" for code in case.answers)]
    if wrong := _wrong(desk.town, case, case.answers, given, language):
        return RoutedCase(errors=wrong)
    category = desk.town.categories.get(case.category)
    answers = read_answers(category, case.answers).values if category else case.answers
    facts = await facts_of_question(desk, case, answers)
    return RoutedCase(facts=_show_facts(facts), routed=route(desk.town, facts))


def _wrong(
    town: Town, question: Question, answers: Mapping[str, str], given: Collection[str], language: str
) -> list[FieldProblem]:
    """Each unknown parameter, category or answer of what was given, and what there is instead.

    A required answer may be missing: somebody asks about a report that is not there yet.
    """
    category = town.categories.get(question.category)
    there: dict[str, Sequence[str]] = {}
    if category is None and "category" in given:
        there["category"] = sorted(town.categories)
    if category is not None:
        there |= {f"answer.{code}": _instead(category, code) for code in _wrong_answers(category, answers)}
    parameters = [*Question.model_fields, "answer.…"]
    there |= {name: parameters for name in given if not name.startswith("answer.") and name not in NAMES}
    wrong = [_problem(name, "unknown", language, known=", ".join(known) or "–") for name, known in there.items()]
    for name, other in (("lat", "lon"), ("lon", "lat")):
        if other in given and name not in given:
            wrong.append(_problem(name, "missing", language))
    return wrong


def _wrong_answers(category: Category, answers: Mapping[str, str]) -> list[str]:
    mistakes = read_answers(category, answers).mistakes
    return [code for code, mistake in mistakes.items() if mistake != "required"]


def _instead(category: Category, code: str) -> Sequence[str]:
    """What may be answered to that question; of one that is not asked, which are."""
    question = next((one for one in category.questions if one.code == code), None)
    if question is None:
        return [one.code for one in category.questions]
    return [one.code for one in question.choices] or ANSWERS_TO.get(question.type, ())


def _problem(name: str, code: str, language: str, **more: str) -> FieldProblem:
    return FieldProblem(name, code, words(language, f"field.{code}", **more))


def _show_facts(facts: Facts) -> dict[str, Any]:
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
