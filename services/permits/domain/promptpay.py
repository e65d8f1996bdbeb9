"""PromptPay as a QR code's text: EMVCo's merchant-presented mode with the Bank of Thailand's additions.

Fields of two digits, two digits of length, and the value; the last is a checksum over all that stands before it.
"""

import re
from binascii import crc_hqx

from services.permits.domain.money import plain_baht
from shared.town.payments import PromptPay

_ACCOUNT, _BILL = "A000000677010111", "A000000677010112"  # of a transfer, and of a bill that somebody pays
_BAHT, _THAILAND = "764", "TH"  # ISO 4217, ISO 3166
REFERENCE_MOST = 20  # characters of a bill's Ref.1: letters and digits


def build_payload(to: PromptPay, amount: int, reference: str) -> str:
    """What the QR code says: pay this many satang to them, for this reference."""
    text = "".join(
        (
            _write_field("00", "01"),
            _write_field("01", "12"),  # for one payment
            _write_receiver(to, reference),
            _write_field("53", _BAHT),
            _write_field("54", plain_baht(amount)),
            _write_field("58", _THAILAND),
            "" if to.biller else _write_field("62", _write_field("05", reference)),
            "6304",
        )
    )
    return text + compute_checksum(text)


def reference_of(reference: str) -> str:
    """A case's reference as banks take it: `MH-4K7T-29Q8` is `MH4K7T29Q8`."""
    return re.sub(r"[^0-9A-Z]", "", reference.upper())[:REFERENCE_MOST]


def compute_checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE (as EMV QR codes end), four hexadecimal digits; the text is ASCII."""
    return f"{crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def _write_receiver(to: PromptPay, reference: str) -> str:
    if to.biller:
        return _write_field(
            "30", _write_field("00", _BILL) + _write_field("01", to.biller) + _write_field("02", reference)
        )
    if to.tax_id:
        return _write_field("29", _write_field("00", _ACCOUNT) + _write_field("02", to.tax_id))
    return _write_field("29", _write_field("00", _ACCOUNT) + _write_field("01", "0066" + (to.phone or "")[1:]))


def _write_field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"
