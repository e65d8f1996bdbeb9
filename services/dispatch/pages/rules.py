"""The routing rules in the reader's language: their names, and what each condition wanted and found."""

from collections.abc import Callable, Iterator, Sequence

from services.dispatch.domain.routing import Checked, Tried
from services.dispatch.pages.answers import answer_text, question_of
from shared.town import Town
from shared.town.work import RoutingRule

MOST_NAMED = 2  # categories in the name of a rule that has none of its own
SAID_BY_CODE = ("channels", "kinds", "hours", "outside_town")


class RuleWords:
    """Words for one reader; `say` looks up the page's strings, `name_of` those of a code that may have none."""

    def __init__(self, town: Town, language: str, say: Callable[..., str], name_of: Callable[[str, str], str]) -> None:
        self._town, self._language, self._say, self._name_of = town, language, say, name_of
        self._rules = {rule.code: rule for rule in town.routing.rules}

    def name(self, code: str) -> str:
        """What the town calls the rule; without a name, what it speaks of."""
        rule = self._rules.get(code)
        if rule is None:
            return code  # of an older version
        if rule.name:
            return rule.name.get(self._language)
        kinds = [self._say(f"kinds.{kind}") for kind in rule.when.kinds]
        spoken_of = [*map(self._category, rule.when.categories), *kinds]
        more = self._say("routing.and-others") if len(spoken_of) > MOST_NAMED else ""
        subject = ", ".join(spoken_of[:MOST_NAMED]) + more if spoken_of else self._say("routing.everything")
        return " · ".join([subject, *self._particulars(rule)])

    def _particulars(self, rule: RoutingRule) -> Iterator[str]:
        """What tells rules of one category apart."""
        if rule.when.hours:
            yield self._say(f"hours.{rule.when.hours}")
        for code, values in rule.when.answers.items():
            question = question_of(self._town, self._categories(rule.code), code)
            said = answer_text(question, values[0], self._language, self._say)
            yield f"{question.label.get(self._language) if question else code}: {said}"

    def condition(self, code: str, check: Checked) -> str:
        """What is looked at."""
        kind, _, asked = check.condition.partition(".")
        question = question_of(self._town, self._categories(code), asked)
        words = self._say(f"condition.{kind}")
        return f"{words} “{question.label.get(self._language) if question else asked}”" if asked else words

    def say_wanted(self, code: str, check: Checked) -> str:
        """What the rule wants to find there."""
        rule = self._rules[code]
        if check.condition == "recurrence" and (often := rule.when.recurrence):
            return self._say("routing.often", reports=often.reports, days=often.days, radius=often.radius_m)
        return ", ".join(dict.fromkeys(self._value(code, check, value) for value in check.wanted))

    def found(self, code: str, check: Checked) -> str:
        """What this report has there."""
        if not check.found:
            return self._say("routing.nothing")
        if check.condition == "recurrence":
            return self._say("routing.times", count=check.found)
        return self._value(code, check, check.found)

    def _value(self, code: str, check: Checked, value: str) -> str:
        kind, _, asked = check.condition.partition(".")
        if kind in SAID_BY_CODE:
            return self._name_of(f"{kind}.{value}", value)
        match kind:
            case "categories":
                return self._category(value)
            case "zones":
                named = (zone.name.get(self._language) for zone in self._town.zones if zone.code == value)
                return next(named, value)
            case "answers":
                question = question_of(self._town, self._categories(code), asked)
                return answer_text(question, value, self._language, self._say)
            case _:
                return value  # words, as the rule has them

    def _categories(self, code: str) -> Sequence[str]:
        return self._rules[code].when.categories or [*self._town.categories]

    def _category(self, code: str) -> str:
        return self._town.category_name(code, self._language)


def split_rules(tried: Sequence[Tried]) -> dict[str, Sequence[Tried]]:
    """The rules that could take this category, and those that speak of others: 40 rules at once explain nothing."""
    others = [rule for rule in tried if any(c.condition == "categories" and not c.holds for c in rule.checks)]
    return {"rules": [rule for rule in tried if rule not in others], "others": others}
