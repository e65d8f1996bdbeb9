"""The answers to a category's extra questions: what the profile asks for must be there, and be of its kind."""

import re
from collections.abc import Mapping
from datetime import date

from shared.kernel import Reject
from shared.town.models import Category, Question

YES_NO = ("yes", "no")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")  # Thai digits are digits too


class WrongAnswers(Reject):
    """Answers that are missing or cannot be; `mistakes` says for each question's code which mistake it is."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        named = ", ".join(f"{code} ({mistake})" for code, mistake in mistakes.items())
        super().__init__("wrong-answers", f"answer the questions of the category: {named}", status=422)
        self.mistakes = mistakes


def check_answers(category: Category, answers: Mapping[str, str]) -> None:
    """Raises `WrongAnswers`. An answer to no question of the category is let through: a report that waited on a phone
    may be older than the profile, and its other words are worth having."""
    mistakes = {
        question.code: mistake
        for question in category.questions
        if (mistake := _mistake(question, answers.get(question.code, "").strip()))
    }
    if mistakes:
        raise WrongAnswers(mistakes)


def _mistake(question: Question, answer: str) -> str | None:
    if not answer:
        return "required" if question.required else None
    match question.type:
        case "choice":
            return None if answer in [choice.code for choice in question.choices] else "choice"
        case "yesno":
            return None if answer in YES_NO else "yesno"
        case "number":
            return None if NUMBER.fullmatch(answer) else "number"
        case "date":
            return None if _is_date(answer) else "date"
        case _:
            return None


def _is_date(answer: str) -> bool:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True
