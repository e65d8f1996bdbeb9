"""What was answered to a category's questions, read by the town's profile: at the door and in routing's dry run."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shared.events.times import need_our_day
from shared.town.work import Category, Question
from shared.words.fold import fold_text, plain_digits

_SAID = {"yes": ("yes", "true", "ใช่"), "no": ("no", "false", "ไม่", "ไม่ใช่")}
YES_NO = {fold_text(said): code for code, ways in _SAID.items() for said in ways}
_SHORT_MOST = 500  # characters: a longer answer is a text, or a mistake, and need not be made comparable to be that
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?")


@dataclass(frozen=True)
class ReadAnswers:
    """`values` as rules compare them: the code of a choice, `yes` or `no`; `mistakes` by the question's code."""

    values: Mapping[str, str]
    mistakes: Mapping[str, str]


def read_answers(category: Category, answers: Mapping[str, str]) -> ReadAnswers:
    """Each answer by its question. A choice may be given by its code or by its label in any language."""
    asked = {question.code: question for question in category.questions}
    values = {
        code: _value(asked[code], answer.strip()) if code in asked else answer for code, answer in answers.items()
    }
    return ReadAnswers(values, dict(_mistakes(asked, values)))


def _mistakes(asked: Mapping[str, Question], values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for code, question in asked.items():
        mistake = _mistake(question, values.get(code, ""))
        if mistake:
            yield code, mistake
    yield from ((code, "unknown") for code in values if code not in asked)


def _value(question: Question, answer: str) -> str:
    if len(answer) > _SHORT_MOST:
        return answer
    said = fold_text(answer)
    match question.type:
        case "choice":
            named = (one.code for one in question.choices if said in _names(one.code, one.label.th, one.label.en))
            return next(named, answer)
        case "yesno":
            return YES_NO.get(said, answer)
        case "number" | "date":
            return plain_digits(answer)
        case _:
            return answer


def _names(*names: str | None) -> set[str]:
    return {fold_text(name) for name in names if name}


def _mistake(question: Question, value: str) -> str | None:
    if not value:
        return "required" if question.required else None
    match question.type:
        case "choice":
            return None if value in [choice.code for choice in question.choices] else "choice"
        case "yesno":
            return None if value in YES_NO.values() else "yesno"
        case "number":
            return None if _NUMBER.fullmatch(value) else "number"
        case "date":
            return None if _is_date(value) else "date"
        case _:
            return None


def _is_date(answer: str) -> bool:
    try:
        need_our_day(date.fromisoformat(answer))
    except ValueError:
        return False
    return True
