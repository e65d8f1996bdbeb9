"""What the profile asks for must be answered, wherever a report comes from, and each mistake is named."""

from collections.abc import Mapping

import pytest

from services.intake.domain.answers import WrongAnswers, check_answers
from services.intake.domain.submission import submit
from shared.town.models import Category, Question
from tests.support.reports import AT, CASE, submission, town


def asking(*questions: Mapping[str, object]) -> Category:
    label = {"th": "คำถาม", "en": "question"}
    every = tuple(Question.model_validate({"label": label, **one}) for one in questions)
    return next(iter(town().categories.values())).model_copy(update={"questions": every})


CHOICE = {
    "code": "flow",
    "type": "choice",
    "required": True,
    "choices": [{"code": "burst", "label": {"th": "ก", "en": "a"}}],
}
OPTIONAL = {"code": "depth", "type": "number"}
DAY = {"code": "since", "type": "date"}
DANGER = {"code": "danger", "type": "yesno"}
CATEGORY = asking(CHOICE, OPTIONAL, DAY, DANGER)


def mistakes(answers: dict[str, str]) -> dict[str, str]:
    with pytest.raises(WrongAnswers) as wrong:
        check_answers(CATEGORY, answers)
    assert wrong.value.status == 422
    return dict(wrong.value.mistakes)


@pytest.mark.parametrize("answers", [{}, {"flow": " "}])
def test_a_required_answer_that_is_missing_is_named(answers: dict[str, str]) -> None:
    assert mistakes(answers) == {"flow": "required"}


def test_every_mistake_is_named_at_once() -> None:
    wrong = {"flow": "flood", "depth": "knee", "since": "yesterday", "danger": "perhaps"}
    assert mistakes(wrong) == {"flow": "choice", "depth": "number", "since": "date", "danger": "yesno"}


@pytest.mark.parametrize("depth", ["", "30", "๓๐", "-1.5", "2,5"])
def test_what_fits_is_taken_and_what_is_optional_may_be_left_out(depth: str) -> None:
    check_answers(CATEGORY, {"flow": "burst", "depth": depth, "since": "2026-11-23", "danger": "no"})


def test_an_answer_to_a_question_that_was_taken_away_is_let_through() -> None:
    check_answers(CATEGORY, {"flow": "burst", "colour": "red"})


def test_no_report_is_taken_in_without_them() -> None:
    new = submission()
    strict = town().model_copy(update={"categories": {**town().categories, new.category: CATEGORY}})
    with pytest.raises(WrongAnswers):
        submit(CASE, "MH-4K7T-29Q8", new, strict, AT)
    submit(CASE, "MH-4K7T-29Q8", submission(answers={"flow": "burst"}), strict, AT)
