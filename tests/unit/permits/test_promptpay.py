"""The PromptPay code, decoded again field by field; the checksum on codes that others have published."""

import pytest

from services.permits.domain.promptpay import build_payload, compute_checksum, reference_of
from shared.town.payments import PromptPay

# From the test suite of promptpay-qr and the documentation of thai-qr-payment: the checksum is the last four.
PUBLISHED = (
    "00020101021129370016A000000677010111011300668999999995802TH53037646304FE29",
    "00020101021229370016A0000006770101110413014123456789053037645406100.005802TH6304901D",
)
BILLER, TAX_ID, PHONE = "099400016550101", "0994000165501", "0812345678"


def decoded(text: str) -> dict[str, str]:
    """Every field by its tag: two digits of tag, two of length, the value."""
    fields = {}
    while text:
        length = int(text[2:4])
        assert len(text) >= 4 + length, "a field is longer than what is left"
        fields[text[:2]], text = text[4 : 4 + length], text[4 + length :]
    return fields


@pytest.mark.parametrize("published", PUBLISHED)
def test_the_checksum_is_the_one_that_others_compute(published: str) -> None:
    assert compute_checksum(published[:-4]) == published[-4:]


def test_a_bill_names_the_biller_the_reference_and_the_amount() -> None:
    text = build_payload(PromptPay(biller=BILLER), 9550, "MH4K7T29Q8")

    fields = decoded(text)
    assert next(iter(fields)) == "00"
    assert list(fields)[-1] == "63"
    assert (fields["00"], fields["01"], fields["53"], fields["54"], fields["58"]) == ("01", "12", "764", "95.50", "TH")
    assert decoded(fields["30"]) == {"00": "A000000677010112", "01": BILLER, "02": "MH4K7T29Q8"}
    assert fields["63"] == compute_checksum(text[:-4])


@pytest.mark.parametrize(
    ("to", "receiver"),
    [(PromptPay(phone=PHONE), {"01": "0066812345678"}), (PromptPay(tax_id="1101700230708"), {"02": "1101700230708"})],
)
def test_an_account_is_paid_by_what_it_is_known_by_and_the_reference_goes_beside_it(
    to: PromptPay, receiver: dict[str, str]
) -> None:
    fields = decoded(build_payload(to, 123_456_700, "MH4K7T29Q8"))

    assert decoded(fields["29"]) == {"00": "A000000677010111", **receiver}
    assert (fields["54"], decoded(fields["62"])) == ("1234567.00", {"05": "MH4K7T29Q8"})


def test_one_changed_character_is_seen() -> None:
    text = build_payload(PromptPay(biller=BILLER), 9550, "MH4K7T29Q8")
    assert compute_checksum(text[:-4].replace("95.50", "95.51")) != text[-4:]


def test_a_reference_has_letters_and_digits_alone() -> None:
    assert reference_of("MH-4K7T-29Q8") == reference_of("mh4k7t29q8 ") == "MH4K7T29Q8"


@pytest.mark.parametrize(
    "given",
    [
        {}, {"biller": BILLER, "phone": PHONE}, {"phone": "812345678"}, {"biller": "1"},
        {"tax_id": "1101700230709"},
    ],
)  # fmt: skip
def test_whom_it_pays_is_one_and_well_written(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"exactly one|does not fit|pattern"):
        PromptPay.model_validate(given)
