"""What everybody reads holds no telephone number, address of mail, citizen or LINE id."""

import pytest

from shared.words.mask import MASK, masked


@pytest.mark.parametrize(
    "personal",
    ["081-234-5678", "0812345678", "053 123 456", "+66 81 234 5678", "๐๘๑๒๓๔๕๖๗๘", "1-5099-01234-56-7", "1509901234567",
     "somchai.k@example.co.th", "line: somchai99", "ไลน์ไอดี: @somchai"],
)  # fmt: skip
def test_personal_data_is_covered(personal: str) -> None:
    assert masked(f"ติดต่อ {personal} ครับ") == f"ติดต่อ {MASK} ครับ"


@pytest.mark.parametrize(
    "text", ["น้ำท่วม 30 ซม. ซอย 12/3 หมู่ 7", "เสาไฟ 3 ต้น เลขที่ 123456", "ปี 2569 เวลา 08.30 ถึง 16.30", "line of trees"]
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert masked(text) == text


def test_nothing_stays_nothing() -> None:
    assert masked(None) is None
