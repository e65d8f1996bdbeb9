"""Conditions on what a form says: of lanes, documents, questions and fees. Numbers are exact."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.town.base import Code, FieldName, Part, Text

Check = Literal["zone-allows-use", "documents-complete", "plan-checks-pass"]
Exact = Annotated[Decimal, Field(allow_inf_nan=False)]


class Condition(Part):
    """One condition: on a form field (`equals`, `at_most`, `at_least`, `one_of`) or the result of a `check`."""

    code: Code
    name: Text
    field: FieldName | None = None
    check: Check | None = None
    equals: Exact | None = None
    at_most: Exact | None = None
    at_least: Exact | None = None
    one_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        tests = [self.equals is not None, self.at_most is not None, self.at_least is not None, bool(self.one_of)]
        if (self.field is None) == (self.check is None):
            raise ValueError("needs either field or check")
        if sum(tests) != (1 if self.field else 0):
            raise ValueError("a field needs exactly one of equals, at_most, at_least, one_of; a check needs none")
        return self
