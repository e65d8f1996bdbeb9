"""How the town takes fees, as data: where money goes, how its bank writes statements, how receipts are counted."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.town.base import Part, Text, Words

Digits15 = Annotated[str, Field(pattern=r"^[0-9]{15}$")]
Digits13 = Annotated[str, Field(pattern=r"^[0-9]{13}$")]
Mobile = Annotated[str, Field(pattern=r"^0[0-9]{9}$")]


class PromptPay(Part):
    """Whom a PromptPay QR code pays: a biller (บริการชำระบิล), which tells the town the reference of each payment, or an
    account that is known by a tax id, a citizen's id or a mobile number, which may not."""

    biller: Digits15 | None = None
    tax_id: Digits13 | None = None
    phone: Mobile | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "PromptPay":
        given = [one for one in (self.biller, self.tax_id, self.phone) if one]
        if len(given) != 1:
            raise ValueError("needs exactly one of biller, tax_id, phone")
        if self.tax_id and not is_checked(self.tax_id):
            raise ValueError("the last digit of this tax id does not fit the others")
        return self


def is_checked(number: str) -> bool:
    """Whether the last of a Thai id's 13 digits fits the others (modulo 11)."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(number[:12]))
    return (11 - total % 11) % 10 == int(number[12])


class StatementColumns(Part):
    """What the town's bank calls the columns of the file."""

    paid_on: Words
    amount: Words
    reference: Words
    transaction: Words | None = None  # the bank's own number of a payment; None: it gives none


class Statement(Part):
    """The file of payments that the town's bank gives: CSV with a line of names above."""

    columns: StatementColumns
    day: Words = "%d/%m/%Y"  # as `strptime` reads it; a time behind it is left out
    buddhist_year: bool = False
    encoding: Literal["utf-8", "tis-620"] = "utf-8"
    delimiter: Literal[",", ";", "\t"] = ","


class Payments(Part):
    """To whom and how fees are paid. `year_begins`: the month with which receipts are counted anew, 10 for the fiscal
    year of Thai government (ปีงบประมาณ)."""

    payee: Text  # as it stands on invoices and receipts
    counter: Text  # where cash is taken, and when
    promptpay: PromptPay | None = None
    notice: Text | None = None  # what whoever pays must know first
    year_begins: Annotated[int, Field(ge=1, le=12)] = 1
    statement: Statement | None = None
