"""The permit type that an application is judged by, and the rules about it: conditions, documents, fees, lanes.

The town's profile is read and checked in `shared/town`. This is the service's own copy of it, because a type is kept
for as long as an application that was handed in under it, whatever the profile becomes: see `rules.py`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from services.permits.domain.condition import Check, Condition, Text, all_hold, as_decimal
from services.permits.domain.fee import Fee, FeeStep
from shared.calendar import WorkingCalendar
from shared.events.permits import Lane as LaneCode
from shared.kernel import Lenient, StoredModel

FieldType = Literal["text", "longtext", "integer", "decimal", "choice", "yesno", "date", "phone", "email", "citizen-id"]

__all__ = [
    "Appeal", "Check", "Choice", "Clause", "Condition", "Document", "Duration", "Fee", "FeeStep", "FieldType",
    "FormField", "Lane", "PermitType", "RequestForm", "Section", "Text", "all_hold", "as_decimal",
]  # fmt: skip


class Choice(StoredModel):
    """One answer of a field that offers some."""

    code: str
    label: Text


class Section(StoredModel):
    """A part of a form under a heading of its own."""

    code: str
    title: Text
    help: Text | None = None


class FormField(StoredModel):
    """One field of a form; `code` is its key in the application's form."""

    code: str
    label: Text
    help: Text | None = None
    type: Annotated[FieldType, Lenient]
    section: str | None = None
    when: tuple[Condition, ...] = ()  # only asked when all hold
    required: bool = True
    pattern: str | None = None  # for all of a text
    example: str | None = None  # that fits it
    in_letter: bool = True
    personal: bool = False  # somebody can be reached by it
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 2
    max_length: int = 200
    choices: tuple[Choice, ...] = ()
    unit: Text | None = None


class Document(StoredModel):
    """A document the applicant hands in."""

    code: str
    name: Text
    help: Text | None = None
    accepts: tuple[str, ...]
    max_mb: int = 20
    required: bool = True
    required_when: tuple[Condition, ...] = ()  # only asked for when all hold
    machine_checked: bool = False  # what is checked when its file comes is enough: nobody need look at it


class Duration(StoredModel):
    """How long a lane may take: working minutes, or working days (the day of acceptance does not count)."""

    minutes: int | None = None
    days: int | None = None

    def compute_due(self, calendar: WorkingCalendar, start: datetime) -> datetime:
        """The due time of a clock that starts at `start`."""
        if self.minutes is not None:
            return calendar.add_minutes(start, self.minutes)
        return calendar.add_working_days(start, self.days or 1)


class Lane(StoredModel):
    """A way through the office: the first lane whose conditions all hold is taken, the last one has none."""

    code: Annotated[LaneCode, Lenient]
    name: Text
    conditions: tuple[Condition, ...] = ()
    duration: Duration
    answer_days: int | None = None  # None: those of the type
    pay_first: bool = False


class Appeal(StoredModel):
    """The right to appeal against a refusal: so many days after it, by this law."""

    days: int
    law: Text


class Clause(StoredModel):
    """One clause of the printed request, with `{code}` where a field's value stands."""

    text: str
    when: tuple[Condition, ...] = ()


class RequestForm(StoredModel):
    """The law's own request form, to be printed with what was written, signed, and handed in as `document`."""

    code: str
    title: str
    document: str
    clauses: tuple[Clause, ...] = ()
    signers: tuple[Clause, ...] = ()


class PermitType(StoredModel):
    """One kind of application."""

    name: Text
    description: Text | None = None
    team: str | None = None  # whose examiners look at it
    request_form: RequestForm | None = None
    form_code: Text  # the legal form of the request, e.g. ข.1
    permit_code: Text | None = None  # and of the permit, e.g. อ.1
    law: Text
    sections: tuple[Section, ...] = ()
    fields: tuple[FormField, ...] = ()
    documents: tuple[Document, ...] = ()
    check: Duration | None = None  # the promise: by then the documents are looked at
    answer_days: int | None = None  # working days to answer a request for more; None: nobody gives a day
    lanes: tuple[Lane, ...] = ()
    declaration: Text | None = None  # what whoever hands it in declares
    fees: tuple[Fee, ...] = ()
    fee_due_days: int | None = None
    pay_first: bool = False
    receipt_series: str = "P"
    valid_days: int | None = None  # how long the permit holds; None: until revoked
    expiry_warning_days: int | None = None  # before its last day; None: its holder is not warned
    extension_law: Text | None = None  # by which more time is given or refused
    extension_fees: tuple[Fee, ...] = ()  # what more time costs
    extension_pay_first: bool = False  # it is given only when they are paid
    transfer_law: Text | None = None  # by which it goes to another holder
    building_work: bool = True  # something is built under it, or pulled down
    appeal: Appeal | None = None

    def lane(self, code: str) -> Lane | None:
        """The lane with that code, if this type has it."""
        return next((lane for lane in self.lanes if lane.code == code), None)

    def pays_first(self, lane: str) -> bool:
        """Whether what takes this lane is decided only when its fees are paid."""
        taken = self.lane(lane)
        return self.pay_first or (taken is not None and taken.pay_first)

    def fields_for(self, form: Mapping[str, object]) -> list[FormField]:
        """The fields that are asked of who has answered this, in the order of the profile."""
        return [field for field in self.fields if all_hold(field.when, form)]

    def documents_for(self, form: Mapping[str, object]) -> list[Document]:
        """The documents that this form needs, in the order of the profile."""
        needed = (d for d in self.documents if d.required or d.required_when)
        return [d for d in needed if all_hold(d.required_when, form)]

    def judged_by_machine(self, handed_in: Collection[str]) -> bool:
        """Whether nobody need look at any of these documents; never where there is none."""
        machine = {document.code for document in self.documents if document.machine_checked}
        return bool(handed_in) and set(handed_in) <= machine

    def price_list(self, purpose: str = "application") -> tuple[Fee, ...]:
        """The fees that may fall due for that purpose: an extension has its own, all else the application's."""
        return self.extension_fees if purpose == "extension" else self.fees

    def fees_for(self, form: Mapping[str, object], purpose: str = "application") -> list[tuple[Fee, int]]:
        """What it costs for this form, fee by fee, in satang."""
        return [(fee, fee.cost(form)) for fee in self.price_list(purpose) if all_hold(fee.when, form)]

    def fees_wait_for(self, form: Mapping[str, object]) -> list[str]:
        """The fields that are still empty and that a fee may follow from."""
        possible = [
            fee for fee in self.fees if all_hold(tuple(one for one in fee.when if form.get(one.field or "")), form)
        ]
        needed = [name for fee in possible for name in (*(one.field for one in fee.when), fee.per) if name]
        asked = {field.code for field in self.fields_for(form)}
        return [name for name in dict.fromkeys(needed) if name in asked and not form.get(name)]
