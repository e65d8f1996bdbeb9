"""Permit types as data: form fields, documents, lanes with their conditions, fees, signatories. Numbers are exact.

Read and checked here; what they mean for an application is the permit service's own (its `domain/permit_type.py`).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.emails import Email
from shared.events.permits import Lane as LaneCode
from shared.town.base import Code, FieldName, Part, Text, Words
from shared.town.conditions import Condition, Exact
from shared.town.work import Choice
from shared.words.pattern import fits

FieldType = Literal["text", "longtext", "integer", "decimal", "choice", "yesno", "date", "phone", "email", "citizen-id"]
FeePart = Literal["permit", "inspection"]
Units = Literal["half-up", "up", "down"]
Baht = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=2, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(gt=0, le=1_000_000, allow_inf_nan=False)]


class Section(Part):
    """A part of a form under a heading of its own, in the order in which people fill it in."""

    code: Code
    title: Text
    help: Text | None = None


class FormField(Part):
    """One field of a form; `code` is its key in the application's form."""

    code: FieldName
    label: Text
    help: Text | None = None
    type: FieldType
    section: Code | None = None  # needed where the form has sections
    when: tuple[Condition, ...] = ()  # only asked when all hold of fields that stand before it
    required: bool = True
    pattern: Annotated[str, Field(max_length=200)] | None = None  # of a text: a regular expression for all of it
    example: Annotated[str, Field(max_length=60)] | None = (
        None  # of what the pattern wants, told to who writes it wrong
    )
    in_letter: bool = True  # the permit says it
    personal: bool = False  # somebody can be reached by it: it goes with the applicant's contact
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

    @model_validator(mode="after")
    def _pattern_with_example(self) -> "FormField":
        if (self.pattern is None) != (self.example is None):
            raise ValueError("a pattern needs an example, and the reverse")
        if self.pattern is not None and (self.type != "text" or not fits(self.pattern, self.example or "")):
            raise ValueError("a pattern is for a field of type text, and its example must fit it")
        return self


class Document(Part):
    """A document the applicant hands in."""

    code: Code
    name: Text
    help: Text | None = None
    accepts: tuple[Literal["application/pdf", "image/jpeg", "image/png"], ...]
    max_mb: Annotated[int, Field(ge=1, le=100)] = 20
    required: bool = True
    required_when: tuple[Condition, ...] = ()  # only asked for when all hold
    machine_checked: bool = False  # kind, size and that it opens are enough: the system itself accepts it


class Duration(Part):
    """How long a lane may take: working minutes, or working days (the day of acceptance does not count)."""

    minutes: Annotated[int, Field(gt=0)] | None = None
    days: Annotated[int, Field(gt=0, le=365)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "Duration":
        if (self.minutes is None) == (self.days is None):
            raise ValueError("needs either minutes or days")
        return self


class Lane(Part):
    """A way through the office: the first lane whose conditions all hold is taken, the last one has none."""

    code: LaneCode
    name: Text
    conditions: tuple[Condition, ...] = ()
    duration: Duration
    answer_days: Annotated[int, Field(gt=0, le=365)] | None = None  # in it, instead of the type's
    pay_first: bool = False  # its decision waits until the fees are paid


class FeeStep(Part):
    """What a fee is up to this number of units; of the last step, beyond all others."""

    up_to: Exact | None = None
    amount: Baht | None = None
    rate: Rate | None = None  # for each unit, of all of them

    @model_validator(mode="after")
    def _amount_or_rate(self) -> "FeeStep":
        if (self.amount is None) == (self.rate is None):
            raise ValueError("needs either amount or rate")
        return self


class Fee(Part):
    """`amount`, or `rate` per unit of `per` (a form field), or `steps` by it, in baht; due when all of `when` hold."""

    code: Code
    name: Text
    law: Text
    part: FeePart = "permit"  # for the permit itself, or for looking at the plans
    amount: Baht | None = None
    rate: Rate | None = None
    per: FieldName | None = None
    steps: tuple[FeeStep, ...] = ()
    units: Units | None = None  # how a part of a unit counts; None: as what it is
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_price(self) -> "Fee":
        prices = [self.amount is not None, self.rate is not None, bool(self.steps)]
        if sum(prices) != 1 or (self.amount is None) == (self.per is None):
            raise ValueError("needs either amount, or rate and per, or steps and per")
        if self.units and not self.per:
            raise ValueError("units needs per")
        return self

    @model_validator(mode="after")
    def _steps_rise(self) -> "Fee":
        limits = [step.up_to for step in self.steps]
        known = [one for one in limits if one is not None]
        if limits and (limits[-1] is not None or len(known) != len(limits) - 1):
            raise ValueError("every step but the last has up_to")
        if known != sorted(set(known)):
            raise ValueError("steps rise")
        return self


class Appeal(Part):
    """The right to appeal against a refusal: within so many days of being told, by this law."""

    days: Annotated[int, Field(gt=0, le=365)]
    law: Text


class PermitStep(Part):
    """At `percent` of an application's clock the holder of `level` is told."""

    percent: Annotated[int, Field(ge=1, le=10000)]
    level: Code


class Clause(Part):
    """One clause of the printed request: `{code}` stands for what was written in that field, or for one of
    `REQUEST_WORDS`. What nobody has written yet is a dotted line."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    when: tuple[Condition, ...] = ()  # only printed when all hold


# What the printed request knows beside the form's own fields.
REQUEST_WORDS = frozenset(("name", "phone", "email", "post", "address", "place", "type", "reference", "town", "blank"))


class RequestForm(Part):
    """The law's own request form, printed with what was written, to be signed by hand and handed in as `document`."""

    code: Words  # as it stands in the corner of the law's form: แบบ ข.1
    title: Words
    document: Code
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]
    signers: Annotated[tuple[Clause, ...], Field(min_length=1)]  # who signs it: a line for each


class PermitType(Part):
    """One kind of application."""

    name: Text
    description: Text | None = None
    team: Code | None = None  # whose examiners look at it, and whose head and director are warned
    request_form: RequestForm | None = None
    form_code: Text  # the legal form of the request, e.g. ข.1
    permit_code: Text | None = None  # and of the permit, e.g. อ.1
    law: Text
    sections: tuple[Section, ...] = ()
    fields: tuple[FormField, ...]
    documents: tuple[Document, ...]
    check: Duration | None = None  # by when the documents are looked at after handing in; None: nothing is promised
    # Working days to answer a request for more; the applicant is reminded, and the office told. None: no day is given.
    answer_days: Annotated[int, Field(gt=0, le=365)] | None = None
    declaration: Text | None = None  # what whoever hands it in declares; None: the words of every town
    lanes: tuple[Lane, ...]
    fees: tuple[Fee, ...] = ()
    fee_due_days: Annotated[int, Field(gt=0)] | None = None  # to pay them in; None: no invoice is made
    pay_first: bool = False  # invoiced when the documents are complete, and decided when paid; a lane may say so too
    receipt_series: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}$")] = "P"  # in which its receipts are counted
    valid_days: Annotated[int, Field(gt=0)] | None = None  # how long the permit holds; None: until revoked
    expiry_warning_days: Annotated[int, Field(gt=0)] | None = None  # before the last day; None: no warning
    extension_law: Text | None = None  # by which more time is given or refused; None: its letter names no law
    extension_fees: tuple[Fee, ...] = ()  # what more time costs; none: nothing
    extension_pay_first: bool = False  # invoiced when it is asked for, and given when paid; else invoiced with it
    transfer_law: Text | None = None  # by which it goes to another holder
    building_work: bool = True  # something is built under it: its start and its end are told, and it is inspected
    appeal: Appeal | None = None  # against a refusal or a revocation; None: there is none

    @model_validator(mode="after")
    def _check_warning_days(self) -> "PermitType":
        if self.expiry_warning_days is not None and self.expiry_warning_days >= (self.valid_days or 0):
            raise ValueError("expiry_warning_days needs valid_days, and must be less")
        return self


class Signatory(Part):
    """An office that may sign decisions, in the order in which they stand in for each other."""

    code: Code
    title: Text
    acting_for: Text | None = None  # printed under the title when it signs for the office above
    permits: tuple[Code, ...] = ()  # empty: every type
    email: Email | None = None
