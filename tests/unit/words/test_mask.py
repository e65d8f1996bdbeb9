"""What everybody reads holds no telephone number, address of mail, citizen id, account or messenger name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words.mask import MASK, mask_text

PHONES = [
    "0812345678",
    "081-234-5678",
    "053 123 456",
    "+66 81 234 5678",
    "๐๘๑๒๓๔๕๖๗๘",
    "๐๘๑-๒๓๔-๕๖๗๘",
    "(081) 234-5678",
    "081 - 234 - 5678",
    "081–234–5678",
    "081—234—5678",
    "081‐234‐5678",
    "081  234 5678",
    "081/234/5678",
    "081_234_5678",
    "081.234.5678",
    "081,234,5678",
    "081·234·5678",
    "081:234:5678",
    "081~234~5678",
    "081...234...5678",
    "０８１２３４５６７８",
    "０８１－２３４－５６７８",
    "+66 (0)81 234 5678",
    "+66(0)812345678",
    "(+66) 81 234 5678",
    "+66-81-234-5678",
    "0066812345678",
    "0066 81 234 5678",
    "66812345678",
    "08 1234 5678",
    "0 8 1 2 3 4 5 6 7 8",
    "08\u200b12345678",
    "081\u00ad2345678",
    "081\n234\n5678",
    "0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "053-123456",
    "02-123-4567",
    "0-5312-3456",
    "+44 7700 900123",
    "+1 (415) 555-2671",
    "၀၈၁၂၃၄၅၆၇၈",
    "081ๆ2345678",
    "081ฯ234ฯ5678",
]
TYPED_AS_LETTERS = ["O812345678", "O81 234 5678", "o81-234-5678", "08l-2345678", "08l 234 5678", "O8I2345678"]
CITIZENS = [
    "1101700203451",
    "1-1017-00203-45-1",
    "1 1017 00203 45 1",
    "1.1017.00203.45.1",
    "1–1017–00203–45–1",
    "11017 00203 451",
    "1101 7002 0345 1",
    "๑-๑๐๑๗-๐๐๒๐๓-๔๕-๑",
    "１１０１７００２０３４５１",
    "1/1017/00203/45/1",
    "0-1017-00203-45-1",
]
MAIL = [
    "somchai.k@example.co.th",
    "SOMCHAI@EXAMPLE.COM",
    "somchai+tag@mail.example.co.th",
    "o'brien@example.com",
    "สมชาย@บริษัท.ไทย",
    "a＠b.co",
    "somchai @ gmail.com",
    "somchai(at)gmail.com",
    "somchai[at]gmail.com",
    "som\u200bchai@example.com",
]


@pytest.mark.parametrize("number", [*PHONES, *CITIZENS])
@pytest.mark.parametrize(("before", "after"), [("ติดต่อ ", " ครับ"), ("โทร", "ครับ"), ("tel", "ค่ะ"), ("", ".")])
def test_a_number_is_covered_whatever_stands_beside_it(number: str, before: str, after: str) -> None:
    assert mask_text(f"{before}{number}{after}") == f"{before}{MASK}{after}"


@pytest.mark.parametrize("number", TYPED_AS_LETTERS)
@pytest.mark.parametrize(("before", "after"), [("ติดต่อ ", " ครับ"), ("โทร", "ครับ"), ("", ".")])
def test_a_letter_typed_for_a_digit_hides_no_number(number: str, before: str, after: str) -> None:
    assert mask_text(f"{before}{number}{after}") == f"{before}{MASK}{after}"


@pytest.mark.parametrize(
    "text", ["ถนน 08l", "o81 2", "O8 1 2 3 4", "เสา o8-12-14", "ห้อง 08l-234", "ซอย 5ๆ 6 กว้าง 3ๆ 4 เมตร"]
)
def test_letters_beside_few_digits_stay(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("address", MAIL)
@pytest.mark.parametrize(("before", "after"), [("อีเมล ", " ครับ"), ("mail: ", ", please"), ("<", ">")])
def test_an_address_is_covered(address: str, before: str, after: str) -> None:
    assert mask_text(f"{before}{address}{after}") == f"{before}{MASK}{after}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("line: somchai99", "line: •••"),
        ("ไลน์ไอดี: @somchai", "ไลน์ไอดี: •••"),
        ("Line id somchai99", "Line id •••"),
        ("ไลน์ somchai.k99", "ไลน์ •••"),
        ("ไอดีไลน์ somchai99", "ไอดีไลน์ •••"),
        ("แอดไลน์ได้ที่ somchai_k ค่ะ", "แอดไลน์ได้ที่ ••• ค่ะ"),
        ("โทรo812345678", "โทร•••"),
        ("ไลน์:สมชาย", "ไลน์:•••"),
        ("Line somchai99", "Line •••"),
        ("LINE ID : somchai99", "LINE ID : •••"),
        ("id line: somchai99", "id line: •••"),
        ("lineid somchai99", "lineid •••"),
        ("ＬＩＮＥ somchai99", "ＬＩＮＥ •••"),
        ("line @somchai", "line •••"),
        ("FB: somchai.jaidee", "FB: •••"),
        ("IG @somchai.k", "IG •••"),
        ("https://line.me/ti/p/~somchai99", "https://•••"),
        ("ดู facebook.com/somchai.jaidee", "ดู •••"),
        ("whatsapp +44 7700 900123", "whatsapp •••"),
        ("Lineของผมคือ somchai99", "Lineของผมคือ •••"),
        ("Line@ somchai99", "Line@ •••"),
        ("ID somchai99", "ID •••"),
        ("ig somchai_k", "ig •••"),
    ],
)
def test_messenger_names_are_covered(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("เลขบัญชี 123-4-56789-0", "เลขบัญชี •••"),
        ("บัญชีกสิกร 1234567890", "บัญชีกสิกร •••"),
        ("พร้อมเพย์ 0812345678", "พร้อมเพย์ •••"),
        ("passport AA1234567", "passport •••"),
        ("โทร 812345678", "โทร •••"),
        ("เบอร์ 81-234-5678", "เบอร์ •••"),
    ],
)
def test_a_number_that_is_announced_is_covered_in_any_shape(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("053123456,0812345678", "•••,•••"),
        ("คุณสมชาย (0812345678)", "คุณสมชาย (•••)"),
        ("somchai@gmail ครับ", "••• ครับ"),
        ("053-123456,0812345678", "•••,•••"),
        ("เบอร์0812345678กับ0898765432", "เบอร์•••กับ•••"),
        ("08-1234-5678, 09 8765 4321", "•••, •••"),
        ("12/3 หมู่ 7 0812345678", "12/3 หมู่ 7 •••"),
        ("053-123456/7", "•••/7"),
        ("อีเมลsomchai@example.comครับ", "อีเมล•••ครับ"),
        ("ก" * 100 + "somchai@example.com", "ก" * 100 + MASK),
        ("08.30-16.30 โทร 0812345678", "08.30-16.30 โทร •••"),
        ("5/11/2569 08.30-09.30 0812345678", "5/11/2569 08.30-09.30 •••"),
    ],
)
def test_only_what_is_personal_is_covered(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "น้ำท่วม 30 ซม. ซอย 12/3 หมู่ 7",
        "เสาไฟ 3 ต้น เลขที่ 123456",
        "ปี 2569 เวลา 08.30 ถึง 16.30",
        "line of trees",
        "วันที่ 05/11/2569 9 โมง",
        "เวลา 08.30-16.30 12/11/2569",
        "วันที่ 5/11/2569 08.30-09.30",
        "2026-11-26 10:00:00",
        "พิกัด 18.7433, 98.9640",
        "18.743312,98.964012",
        "18.7433,98.96401",
        "โทร 1129",
        "โทร 199, 191, 1669",
        "191 199 1669 191",
        "เสาที่ 12, 15, 18, 24, 30, 35",
        "ราคา 1,200,000 บาท",
        "บ้าน 194 หมู่ 7 ต.แม่เหียะ 50100",
        "ทางหลวง 108 กม. 12+300",
        "0.5 1.25 3.75 2 ม.",
        "MH-4K7T-29Q8",
        "พบกัน @ 7.30 น.",
        "the water line: burst again",
        "power line down at soi 3",
        "online: shop",
        "The line is broken in 3 places",
        "ไล่น้ำ 3 วัน",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
    ],
)
def test_what_a_crew_needs_stays(text: str) -> None:
    assert mask_text(text) == text


def test_nothing_stays_nothing() -> None:
    assert mask_text(None) is None
    assert mask_text("") == ""


@given(st.text(st.sampled_from("0๘6-/. (+ก้@aline:ไลน์\u200b9\n")))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@given(st.text(), st.from_regex(r"0[689][0-9]{8}", fullmatch=True), st.text())
def test_no_mobile_number_is_shown_in_any_text(before: str, number: str, after: str) -> None:
    """Unless it is a part of a longer number."""
    text = f"{before} x{number}x {after}"
    assert number not in (mask_text(text) or "")
