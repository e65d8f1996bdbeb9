"""Conditions on what a form says: of lanes, documents, questions and fees. Numbers compare exactly."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from shared.kernel import Lenient, StoredModel

Check = Literal["zone-allows-use", "documents-complete", "plan-checks-pass"]


class Text(StoredModel):
    """One text in Thai and English."""

    th: str
    en: str

    def get(self, language: str = "th") -> str:
        """The text in `language`; Thai when it is neither."""
        return self.en if language == "en" else self.th


class Condition(StoredModel):
    """One condition: on a form field (`equals`, `at_most`, `at_least`, `one_of`) or the result of a `check`."""

    code: str
    name: Text
    field: str | None = None
    check: Annotated[Check, Lenient] | None = None
    equals: Decimal | None = None
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    one_of: tuple[str, ...] = ()

    def holds(self, value: object) -> bool:
        """Whether the value passes. Numbers compare exactly (150.0 is in where 150.01 is out); nothing never passes."""
        if self.check is not None:
            return value is True
        if self.one_of:
            return str(value) in self.one_of
        number = as_decimal(value)
        if number is None:
            return False
        if self.equals is not None:
            return number == self.equals
        return number <= self.at_most if self.at_most is not None else number >= (self.at_least or Decimal(0))

    @property
    def limit(self) -> str:
        """The limit as it is shown and recorded: `= 1`, `<= 150.0`, `house, row-house`, `yes`."""
        for sign, number in (("=", self.equals), ("<=", self.at_most), (">=", self.at_least)):
            if number is not None:
                return f"{sign} {number}"
        return ", ".join(self.one_of) or "yes"


def as_decimal(value: object) -> Decimal | None:
    """A form's number as it was written: through its text, so that a float's binary tail never decides a lane."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def all_hold(conditions: tuple[Condition, ...], form: Mapping[str, object]) -> bool:
    """Whether this form fulfils every one; also when there is none."""
    return all(condition.holds(form.get(condition.field or "")) for condition in conditions)
