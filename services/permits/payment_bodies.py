"""What programs and pages may send about money: whole amounts in baht, written as text, never as a float."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.permits.bodies import Body, Note
from services.permits.domain.bill import Method
from services.permits.domain.money import BAHT, MOST, read_baht
from shared.times import Time
from shared.words import CleanLine
from shared.words.typed import Empty


def _as_satang(value: Any) -> Any:
    """Baht as they are written, never as a float: 0.1 + 0.2 is no sum of money."""
    amount = read_baht(value) if isinstance(value, str) else value * BAHT if type(value) is int else None
    if amount is None or not 0 < amount <= MOST:
        raise PydanticCustomError("amount", "write the amount in baht, as a text: 95.00")
    return amount


class TakenPayment(Body):
    """`POST …/payments`: money that the cashier has. `amount`: what came, in baht, `95.00`."""

    satang: Annotated[int, BeforeValidator(_as_satang, json_schema_input_type=str), Field(alias="amount")]
    method: Method
    paid_on: Time | None = None
    transaction: Annotated[Annotated[CleanLine, Field(max_length=64)] | None, Empty] = None
    # Ref.1 of the payment, where the bank tells it: another application's is refused.
    reference: Annotated[Annotated[CleanLine, Field(max_length=40)] | None, Empty] = None


class CancelledEntry(Body):
    """`POST …/payments/cancel`: why the payment should not have been entered; the applicant is told."""

    note: Annotated[Note, Field(min_length=1)]


class GivenBack(Body):
    """`POST …/refund`: why all of it goes back, and by which document."""

    note: Annotated[Note, Field(min_length=1)]
    document: Annotated[CleanLine, Field(min_length=1, max_length=64)]
