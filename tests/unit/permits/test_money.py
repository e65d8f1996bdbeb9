"""Money is whole satang: read as people write it, written as receipts have it, also in Thai words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.permits.domain.money import MOST, baht, in_words, plain_baht, read_baht, satang


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (100, "หนึ่งบาทถ้วน"),
        (1000, "สิบบาทถ้วน"),
        (1100, "สิบเอ็ดบาทถ้วน"),
        (2000, "ยี่สิบบาทถ้วน"),
        (2100, "ยี่สิบเอ็ดบาทถ้วน"),
        (9500, "เก้าสิบห้าบาทถ้วน"),
        (10000, "หนึ่งร้อยบาทถ้วน"),
        (10100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (12125, "หนึ่งร้อยยี่สิบเอ็ดบาทยี่สิบห้าสตางค์"),
        (1_000_000, "หนึ่งหมื่นบาทถ้วน"),
        (100_000_000, "หนึ่งล้านบาทถ้วน"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน"),
        (1_112_345_600, "สิบเอ็ดล้านหนึ่งแสนสองหมื่นสามพันสี่ร้อยห้าสิบหกบาทถ้วน"),
        (50, "ห้าสิบสตางค์"),
        (1, "หนึ่งสตางค์"),
        (111, "หนึ่งบาทสิบเอ็ดสตางค์"),
        (0, "ศูนย์บาทถ้วน"),
    ],
)
def test_an_amount_is_written_in_thai_words(amount: int, words: str) -> None:
    assert in_words(amount) == words


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("95", 9500),
        ("95.5", 9550),
        ("95.50", 9550),
        ("1,234.50", 123450),
        (" 20 บาท ", 2000),
        ("฿1,000", 100000),
        ("๑,๒๓๔.๕๐", 123450),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str, amount: int) -> None:
    assert read_baht(written) == amount


@pytest.mark.parametrize("written", ["", "-1", "+1", "1.234", "1,23", "1,2345", "9e3", "NaN", "1 000", "ten"])
def test_what_is_no_amount_is_none(written: str) -> None:
    assert read_baht(written) is None


@given(some.integers(0, MOST))
def test_what_is_written_is_read_back_to_the_satang(amount: int) -> None:
    assert (read_baht(baht(amount)), read_baht(plain_baht(amount))) == (amount, amount)


def test_half_a_satang_counts_as_one() -> None:
    assert [satang(Decimal(one)) for one in ("0.004", "0.005", "75.00", "0.1")] == [0, 1, 7500, 10]
