"""What strangers wrote is set apart in the town's messages, cut short, and nothing in it can be tapped."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.foreign import BAR, MOST, blocks, plain_name, quote_text, without_links

LINKS = [
    "https://maehia-refund.evil.example/login?id=123", "http://evil.example", "HTTPS://EVIL.EXAMPLE",
    "www.evil.example", "evil.example", "evil.example/refund", "(evil.example)", "evil.co.th,", "line.me/ti/p/x",
    "bit.ly/3xYz", "a@evil.example", "evil.example:8080/x", "xn--o3cw4h.xn--o3cw4h", "javascript://evil", "tel://191",
    "ftp://evil.example", "evil.example,now", "evil.example#x", "see=evil.example", "evil.example|x", "1.evil.example",
    "...evil.example", "evil.example.7", "İ" * 20 + "https://evil.example", "İ" * 20 + "www.evil.example",
]  # fmt: skip
NO_LINKS = [
    "3.5",
    "27.11.2569",
    "พ.ย.",
    "น้ำท่วม...มาก",
    "etc.",
    "No.7",
    "a/b",
    "9:30",
    "และ/หรือ",
    "U.",
    "..",
    "@",
    "ซ.3",
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("around", ["{}", "see {} now", "ดูที่{}", "line one\n{}\nline three"])
def test_nothing_that_a_mail_program_would_link_is_left(link: str, around: str) -> None:
    plain = without_links(around.format(link), "[link]")
    assert "[link]" in plain
    assert "evil" not in plain.lower()
    assert "bit.ly" not in plain
    assert "line.me" not in plain


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_address_stays(text: str) -> None:
    assert without_links(text, "[link]") == text


def test_a_quotation_is_lines_of_its_own_and_short() -> None:
    text = "see below\n\n!!! IMPORTANT !!!\nYour tax refund https://evil.example\n\n" + "ก" * 5000
    said = quote_text(text, link_left_out="[link]")
    assert all(line.startswith(BAR) for line in said.splitlines() if line)
    assert len(said) < MOST + 60
    assert said.endswith("…")
    assert "Your tax refund [link]" in said


def test_a_quotation_on_our_own_page_is_whole() -> None:
    assert (
        quote_text("https://evil.example\nก", link_left_out="[link]", whole=True)
        == f"\n{BAR}https://evil.example\n{BAR}ก"
    )


def test_a_forged_bar_is_only_a_line_of_the_quotation() -> None:
    assert blocks("Reason:" + quote_text(f"a\n{BAR}b", link_left_out="")) == [(False, "Reason:"), (True, f"a\n{BAR}b")]


def test_paragraphs_and_quotations_are_drawn_apart() -> None:
    body = f"Dear\nresident,\n\nyou wrote:\n{BAR}one\n{BAR}two\nGoodbye"
    assert blocks(body) == [
        (False, "Dear\nresident,"), (False, "you wrote:"), (True, "one\ntwo"), (False, "Goodbye"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("สมหญิง  ใจดี", "สมหญิง ใจดี"), ("O'Neil-ณ อยุธยา", "O'Neil-ณ อยุธยา"), (None, None), (" ", None),
        ("Win a prize at evil.example", None), ("ก" * 61, None), ("https://evil.example", None), ("A\nB", "A B"),
    ],
)  # fmt: skip
def test_a_message_in_place_of_a_name_greets_nobody(name: str | None, greeted: str | None) -> None:
    assert plain_name(name) == greeted


@given(st.text())
def test_any_text_can_be_quoted(text: str) -> None:
    said = quote_text(text, link_left_out="[link]")
    assert "://" not in said
    assert all(foreign for foreign, _ in blocks(said))


@pytest.mark.parametrize("piece", ["a.", "a-", "@", "http", "://", "a.b/", "ก", "www", "(", "…"])
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def spent(times: int) -> float:
        text = piece * times
        began = time.perf_counter()
        without_links(text, "[link]")
        return time.perf_counter() - began

    small = min(spent(20_000) for _ in range(5))
    assert min(spent(80_000) for _ in range(5)) < 16 * small + 0.05
