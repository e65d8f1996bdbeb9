"""Permit types as data: form fields, documents, lanes with their conditions, fees, signatories. Numbers are exact."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.calendar import WorkingCalendar
from shared.events.permits import Lane as LaneCode
from shared.town.base import Code, FieldName, Part, Text
from shared.town.work import Choice

FieldType = Literal["text", "longtext", "integer", "decimal", "choice", "yesno", "date", "phone", "email", "citizen-id"]
Check = Literal["zone-allows-use", "documents-complete", "plan-checks-pass"]
Value = Decimal | bool | str
Exact = Annotated[Decimal, Field(allow_inf_nan=False)]


class FormField(Part):
    """One field of a form; `code` is its key in the application's form."""

    code: FieldName
    label: Text
    help: Text | None = None
    type: FieldType
    required: bool = True
    minimum: Exact | None = None
    maximum: Exact | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    max_length: Annotated[int, Field(ge=1, le=4000)] = 200
    choices: tuple[Choice, ...] = ()
    unit: Text | None = None

    @model_validator(mode="after")
    def _choices_with_choice(self) -> "FormField":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a field of type choice needs choices, and no other has them")
        return self


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


class Document(Part):
    """A document the applicant hands in. Nothing acts on `machine_checkable`, for no program sees that a copy shows
    all pages of the right deed and an officer accepts every application; nor on `public_after_decision`, for the
    register shows no documents."""

    code: Code
    name: Text
    help: Text | None = None
    accepts: tuple[Literal["application/pdf", "image/jpeg", "image/png"], ...]
    max_mb: Annotated[int, Field(ge=1, le=100)] = 20
    required: bool = True
    required_when: tuple[Condition, ...] = ()  # only asked for when all hold
    machine_checkable: bool = False
    public_after_decision: bool = False


class Duration(Part):
    """How long a lane may take: working minutes, or working days (the day of acceptance does not count)."""

    minutes: Annotated[int, Field(gt=0)] | None = None
    days: Annotated[int, Field(gt=0, le=365)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "Duration":
        if (self.minutes is None) == (self.days is None):
            raise ValueError("needs either minutes or days")
        return self

    def due(self, calendar: WorkingCalendar, start: datetime) -> datetime:
        """The due time of a clock that starts at `start`."""
        if self.minutes is not None:
            return calendar.add_minutes(start, self.minutes)
        return calendar.add_working_days(start, self.days or 1)


class Lane(Part):
    """A way through the office: the first lane whose conditions all hold is taken, the last one has none."""

    code: LaneCode
    name: Text
    conditions: tuple[Condition, ...] = ()
    duration: Duration


class Fee(Part):
    """`amount`, or `rate` per unit of `per` (a form field), in baht; due when all of `when` hold."""

    code: Code
    name: Text
    law: Text
    amount: Exact | None = None
    rate: Exact | None = None
    per: FieldName | None = None
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _amount_or_rate(self) -> "Fee":
        if (self.amount is None) == (self.rate is None) or (self.rate is None) != (self.per is None):
            raise ValueError("needs either amount, or rate and per")
        return self


class PermitStep(Part):
    """At `percent` of an application's clock the holder of `level` is told."""

    percent: Annotated[int, Field(ge=1, le=10000)]
    level: Code


class PermitType(Part):
    """One kind of application."""

    name: Text
    description: Text | None = None
    team: Code | None = None  # whose examiners look at it, and whose head and director are warned
    form_code: Text  # the legal form, e.g. ข.1 (request) and อ.1 (permit)
    law: Text
    fields: tuple[FormField, ...]
    documents: tuple[Document, ...]
    lanes: tuple[Lane, ...]
    fees: tuple[Fee, ...] = ()
    valid_days: Annotated[int, Field(gt=0)] | None = None  # how long the permit holds; None: until revoked

    def lane(self, code: LaneCode) -> Lane:
        """The lane with that code."""
        return next(lane for lane in self.lanes if lane.code == code)

    def documents_for(self, form: dict[str, object]) -> list[Document]:
        """The documents that this form needs, in the order of the profile."""
        needed = (d for d in self.documents if d.required or d.required_when)
        return [d for d in needed if all(c.holds(form.get(c.field or "")) for c in d.required_when)]

    def fees_for(self, form: dict[str, object]) -> list[tuple[Fee, Decimal]]:
        """What this form costs, fee by fee, in baht."""
        due = (f for f in self.fees if all(c.holds(form.get(c.field or "")) for c in f.when))
        return [(fee, _cost(fee, form)) for fee in due]


def _cost(fee: Fee, form: dict[str, object]) -> Decimal:
    if fee.rate is None:
        return fee.amount or Decimal(0)
    units = as_decimal(form.get(fee.per or "")) or Decimal(0)
    return (fee.rate * units).quantize(Decimal("0.01"))


class Signatory(Part):
    """An office that may sign decisions, in the order in which they stand in for each other."""

    code: Code
    title: Text
    acting_for: Text | None = None  # printed under the title when it signs for the office above
    permits: tuple[Code, ...] = ()  # empty: every type
    email: str | None = None

    def may_sign(self, permit: str) -> bool:
        """Whether this office may sign that type of permit."""
        return not self.permits or permit in self.permits
