"""Money: whole satang, a hundredth of a baht each, never a float; and how it is read and written."""

import re
from decimal import ROUND_HALF_UP, Decimal

from shared.words.fold import plain_digits

BAHT = 100  # satang
MOST = 1_000_000_000 * BAHT  # of one payment; what stands above is a typing error
_WRITTEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION = 1_000_000


def satang(baht: Decimal) -> int:
    """An amount in baht as satang (a hundredth of a baht), half a satang rounded up."""
    return int((baht * BAHT).to_integral_value(ROUND_HALF_UP))


def read_baht(written: str) -> int | None:
    """`1,234.50` in satang; None for what is no amount: a sign, a third decimal, a comma in the
    wrong place. Thai digits are digits."""
    text = plain_digits(written).strip().removesuffix("บาท").removeprefix("฿").strip()
    return satang(Decimal(text.replace(",", ""))) if _WRITTEN.fullmatch(text) else None


def baht(amount: int) -> str:
    """Satang as people read an amount in baht: `1,234.50`."""
    whole, rest = divmod(amount, BAHT)
    return f"{whole:,}.{rest:02}"


def plain_baht(amount: int) -> str:
    """Satang as programs read an amount in baht: `1234.50`."""
    return baht(amount).replace(",", "")


def in_words(amount: int) -> str:
    """As receipts have it: `หนึ่งร้อยเอ็ดบาทถ้วน`, `เก้าสิบห้าบาทห้าสิบสตางค์`."""
    whole, rest = divmod(amount, BAHT)
    if not rest:
        return f"{_say_number(whole)}บาทถ้วน"
    return (f"{_say_number(whole)}บาท" if whole else "") + f"{_say_number(rest)}สตางค์"


def _say_number(number: int) -> str:
    """Above a million the millions are a number of their own; a one behind anything is เอ็ด."""
    if number < _MILLION:
        return _say_below_million(number, alone=True) or _DIGITS[0]
    millions, rest = divmod(number, _MILLION)
    return f"{_say_number(millions)}ล้าน{_say_below_million(rest, alone=False)}"


def _say_below_million(number: int, *, alone: bool) -> str:
    digits = [int(digit) for digit in str(number)]
    return "".join(
        _say_digit(digit, len(digits) - 1 - index, alone=alone and len(digits) == 1)
        for index, digit in enumerate(digits)
        if digit
    )


def _say_digit(digit: int, place: int, *, alone: bool) -> str:
    if place == 0:
        return "เอ็ด" if digit == 1 and not alone else _DIGITS[digit]
    if place == 1:
        return {1: "", 2: "ยี่"}.get(digit, _DIGITS[digit]) + _PLACES[place]
    return _DIGITS[digit] + _PLACES[place]
