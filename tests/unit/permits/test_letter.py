"""The letter's words, before they are printed."""

from pathlib import Path

import pytest

from services.permits import letter
from services.permits.domain.application import Applicant
from services.permits.domain.decision import decide
from shared.kernel import Transient
from tests.support.permits import TOWN, application, at, signed


def test_a_permit_names_its_number_holder_and_conditions() -> None:
    case = decide(application("examined"), at(), TOWN, signed(conditions=("แจ้งก่อนเริ่ม 3 วัน",))).state

    text = letter.html(case, TOWN, "https://town.example")

    for words in ("ใบอนุญาตเลขที่ 1/2569", "สมชาย", "23 พฤศจิกายน 2569", "แจ้งก่อนเริ่ม 3 วัน", "150.00",
                  "https://town.example/verify/7QHX-29MD-KT4P", "23 พฤศจิกายน 2570"):  # fmt: skip
        assert words in text
    assert "อุทธรณ์" not in text


def test_a_refusal_names_its_reason_and_the_right_to_appeal() -> None:
    case = decide(application("examined"), at(), TOWN, signed("refused", legal_reason="ระยะร่นไม่ถึง")).state

    text = letter.html(case, TOWN, "https://town.example")

    assert "ไม่อนุญาต" in text
    assert "ระยะร่นไม่ถึง" in text
    assert "ภายใน 30 วัน" in text


def test_what_an_applicant_wrote_stays_text() -> None:
    case = application("decided").model_copy(update={"applicant": Applicant(name="<script>alert(1)</script>")})

    text = letter.html(case, TOWN, "https://town.example")

    assert "<script" not in text
    assert "&lt;script&gt;" in text


async def test_a_browser_that_prints_nothing_is_tried_again_later() -> None:
    with pytest.raises(Transient):
        await letter.print_html("<p>", "/bin/true")


async def test_a_missing_browser_can_be_mended_too(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        await letter.print_html("<p>", str(tmp_path / "nowhere"))
