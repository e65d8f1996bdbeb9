"""What a reporter answered to the questions of the category, in words, and which answers the town calls urgent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.dispatch.domain.place import ADDRESS_ANSWER
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import Priority
from shared.town import Town
from shared.town.work import Question, RoutingRule

URGENT: tuple[Priority, ...] = ("emergency", "high")
YES_NO = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}  # by page, and by Open311


@dataclass(frozen=True)
class Answered:
    """A question and its answer; `urgent`: a rule of the town gives it a high priority."""

    question: str
    answer: str
    urgent: bool


def answers_of(town: Town, order: WorkOrder, language: str, say: Callable[[str], str]) -> list[Answered]:
    """Every answer, the urgent ones first. What the profile no longer asks is shown by its code."""
    found: list[Answered] = []
    for code, value in order.answers.items():
        question = question_of(town, [order.category], code)
        if question is None and code == ADDRESS_ANSWER:
            continue  # shown as the place
        label = question.label.get(language) if question else code
        found.append(Answered(label, answer_text(question, value, language, say), _urgent(town, order, code, value)))
    return sorted(found, key=lambda each: not each.urgent)


def question_of(town: Town, categories: Sequence[str], code: str) -> Question | None:
    """The question with that code, as the first of these categories that has it asks it."""
    asked = (town.categories[name].questions for name in categories if name in town.categories)
    return next((question for questions in asked for question in questions if question.code == code), None)


def answer_text(question: Question | None, value: str, language: str, say: Callable[[str], str]) -> str:
    """The label of what was chosen; what was written stays as it is."""
    if question is not None and question.type == "yesno" and value in YES_NO:
        return say(f"answer.{YES_NO[value]}")
    chosen = next((choice for choice in question.choices if choice.code == value), None) if question else None
    return chosen.label.get(language) if chosen else value


def _urgent(town: Town, order: WorkOrder, code: str, value: str) -> bool:
    return any(
        value in rule.when.answers.get(code, ()) and rule.then.priority in URGENT and _speaks_of(rule, order)
        for rule in town.routing.rules
    )


def _speaks_of(rule: RoutingRule, order: WorkOrder) -> bool:
    return not rule.when.categories or order.category in rule.when.categories
