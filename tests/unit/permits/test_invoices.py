"""By what an invoice is named: its application's reference, and of a later one its number behind it."""

import pytest

from services.permits.codes import read_invoice
from services.permits.domain.invoices import write_invoice_reference
from shared.references import make_reference
from tests.support.permits import a_bill, application

PREFIX = "MH"
REFERENCE = make_reference(PREFIX, "a case")


@pytest.mark.parametrize("number", [1, 2, 9, 10, 99])
def test_what_is_printed_is_read_again_as_people_and_as_banks_write_it(number: int) -> None:
    case = application("decided").model_copy(update={"reference": REFERENCE})
    printed = write_invoice_reference(case, a_bill(number=number))

    for typed in (printed, printed.replace("-", ""), printed.lower(), f" {printed} "):
        assert read_invoice(PREFIX, typed) == (REFERENCE, number)


@pytest.mark.parametrize("behind", ["0", "1", "01", "100", "A", "-", "2X"])
def test_what_is_no_number_of_a_later_invoice_names_none(behind: str) -> None:
    bare = REFERENCE.replace("-", "")
    assert read_invoice(PREFIX, bare + behind) == ((REFERENCE, 1) if behind == "-" else None)


def test_a_number_is_read_behind_the_towns_prefix_alone() -> None:
    code = REFERENCE.replace("-", "").removeprefix(PREFIX)
    assert read_invoice(PREFIX, code) == (REFERENCE, 1)
    assert read_invoice(PREFIX, f"{code}2") is None
    assert read_invoice(PREFIX, "") is None


def test_no_two_invoices_share_what_the_bank_tells_them_apart_by() -> None:
    case = application("decided")
    named = {write_invoice_reference(case, a_bill(number=number)) for number in range(1, 100)}
    assert len(named) == 99
