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
    "choices": [{"code": "burst", "label": {"th": "แตกพุ่งแรง", "en": "Burst, strong"}}],
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


@pytest.mark.parametrize(
    ("code", "said", "meant"),
    [
        ("flow", "แตกพุ่งแรง", "burst"),
        ("flow", "burst, STRONG ", "burst"),
        ("danger", "Yes", "yes"),
        ("danger", "ใช่", "yes"),
        ("danger", "true", "yes"),
        ("danger", "ไม่ใช่", "no"),
        ("danger", "ไม่\u200bใช่่", "no"),
        ("flow", "เเตกพุ่งแรง", "burst"),
        ("depth", "๓๐", "30"),
        ("depth", "３０．５", "30.5"),
        ("since", "๒๐๒๖-๑๑-๒๓", "2026-11-23"),
    ],
)
def test_what_people_write_for_a_choice_is_read_as_its_code(code: str, said: str, meant: str) -> None:
    assert check_answers(CATEGORY, {"flow": "burst", code: said})[code] == meant


def test_an_answer_to_a_question_that_is_not_asked_is_named() -> None:
    assert mistakes({"flow": "burst", "colour": "red"}) == {"colour": "unknown"}


def test_a_year_of_the_buddhist_era_is_no_day_of_ours() -> None:
    assert mistakes({"flow": "burst", "since": "2569-11-26"}) == {"since": "date"}


def test_a_live_wire_is_an_emergency_however_yes_was_written() -> None:
    step = submit(CASE, "MH-4K7T-29Q8", submission(category="power-cut", answers={"danger": "Yes"}), town(), AT)
    assert step.state.answers == {"danger": "yes"}
    assert step.events[0].model_dump()["answers"] == {"danger": "yes"}


def test_no_report_is_taken_in_without_them() -> None:
    new = submission()
    strict = town().model_copy(update={"categories": {**town().categories, new.category: CATEGORY}})
    with pytest.raises(WrongAnswers):
        submit(CASE, "MH-4K7T-29Q8", new, strict, AT)
    submit(CASE, "MH-4K7T-29Q8", submission(answers={"flow": "burst"}), strict, AT)
