"""The answers to a category's extra questions: what the profile asks for must be there, and be of its kind."""

from collections.abc import Mapping

from shared.kernel import Reject
from shared.town.answers import read_answers
from shared.town.models import Category


class WrongAnswers(Reject):
    """Answers that are missing or cannot be; `mistakes` says for each question's code which mistake it is."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        named = ", ".join(f"{code} ({mistake})" for code, mistake in mistakes.items())
        super().__init__("wrong-answers", f"answer the questions of the category: {named}", status=422)
        self.mistakes = mistakes


def check_answers(category: Category, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as rules and pages compare them. Raises `WrongAnswers`, also for a question that is not asked: the
    rules would not see it, and whoever wrote "yes" to a live wire would wait like everybody else."""
    read = read_answers(category, answers)
    if read.mistakes:
        raise WrongAnswers(read.mistakes)
    return dict(read.values)
