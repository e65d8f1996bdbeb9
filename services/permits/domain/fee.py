"""One fee of a permit type, and what it comes to for a form."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from services.permits.domain.condition import Condition, Text, as_decimal
from services.permits.domain.money import satang
from shared.kernel import Lenient, StoredModel

FeePart = Literal["permit", "inspection"]
Units = Literal["half-up", "up", "down"]


class FeeStep(StoredModel):
    """What a fee is up to this number of units; of the last step, beyond all others."""

    up_to: Decimal | None = None
    amount: Decimal | None = None
    rate: Decimal | None = None  # for each unit, of all of them


class Fee(StoredModel):
    """`amount`, or `rate` per unit of `per` (a form field), or `steps` by it, in baht; due when all of `when` hold."""

    code: str
    name: Text
    law: Text
    part: Annotated[FeePart, Lenient] = "permit"
    amount: Decimal | None = None
    rate: Decimal | None = None
    per: str | None = None
    steps: tuple[FeeStep, ...] = ()
    units: Annotated[Units, Lenient] | None = None
    when: tuple[Condition, ...] = ()

    def cost(self, form: Mapping[str, object]) -> int:
        """What it comes to for this form, in satang. Never less than nothing, whatever stands in an old form."""
        units = self._round_units(max(Decimal(0), as_decimal(form.get(self.per or "")) or Decimal(0)))
        step = next((one for one in self.steps if one.up_to is None or units <= one.up_to), None)
        priced = step or self
        if priced.rate is not None:
            return satang(priced.rate * units)
        return satang(priced.amount or Decimal(0))

    def _round_units(self, units: Decimal) -> Decimal:
        """A part of a unit as the profile has it: whole, left out, or whole from the half on."""
        how = {"half-up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}.get(self.units or "")
        return units.to_integral_value(how) if how else units
