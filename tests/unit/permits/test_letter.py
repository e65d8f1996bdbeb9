"""The letter's words, before they are printed."""

import asyncio
import re
from pathlib import Path

import pytest

from services.permits import letter
from services.permits.domain.application import Applicant
from services.permits.domain.decision import decide
from services.permits.domain.rules import rules_of
from shared.kernel import Transient
from shared.town import load_town
from tests.support.permits import MONDAY, RULES, TOWN, application, at, signed
from tests.support.waiting import until

MAEHIA = Path("deploy/municipalities/maehia")


def test_a_permit_names_its_number_holder_and_conditions() -> None:
    case = decide(application("examined"), at(), RULES, TOWN, signed(conditions=("แจ้งก่อนเริ่ม 3 วัน",))).state

    text = letter.write_html(case, RULES, TOWN, "https://town.example")

    for words in ("ใบอนุญาตเลขที่ 1/2569", "สมชาย", "23 พฤศจิกายน 2569", "แจ้งก่อนเริ่ม 3 วัน", "150.00",
                  "https://town.example/verify/7QHX-29MD-KT4P", "23 พฤศจิกายน 2570"):  # fmt: skip
        assert words in text
    assert "อุทธรณ์" not in text


def in_mae_hia(decided: str, **form: str) -> str:
    """The letter about a house, with the first town's own profile, as a reader sees it."""
    town = load_town(MAEHIA)
    case = decide(application("examined", MONDAY, **form), at(), RULES, TOWN, signed(decided)).state
    html = letter.write_html(case, rules_of(town, "house-new"), town, "https://town.example")
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def test_a_permit_says_what_it_permits_by_which_law_and_what_it_costs() -> None:
    text = in_mae_hia("approved")

    assert "ใบอนุญาตก่อสร้างบ้านพักอาศัย (คำขอ ข.1 ใบอนุญาต อ.1)" in text
    assert "อนุญาตให้ สมชาย ก่อสร้างบ้านพักอาศัย โดยมีรายละเอียดดังนี้" in text
    assert "อาศัยอำนาจตามพระราชบัญญัติควบคุมอาคาร พ.ศ. 2522 มาตรา 21" in text
    assert "ค่าใบอนุญาตก่อสร้าง 20.00 บาท, ค่าตรวจแบบแปลน (ไม่เกิน 2 ชั้น) 75.00 บาท รวม 95.00 บาท" in text


def test_a_refusal_permits_nothing_and_asks_no_fee() -> None:
    text = in_mae_hia("refused")

    assert "อนุญาตให้" not in text
    assert "ค่าธรรมเนียม" not in text
    assert "ใบอนุญาตก่อสร้างบ้านพักอาศัย" not in text


def test_the_place_is_written_once_and_down_to_its_province() -> None:
    text = in_mae_hia("approved", site_address="99/4 หมู่ 3")

    assert text.count("99/4 หมู่ 3") == 1
    assert "ตำบลแม่เหียะ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่" in text
    assert "99/4 หมู่ 3 ติดวัด" in in_mae_hia("approved", site_address="99/4 หมู่ 3 ติดวัด")


def test_a_refusal_names_its_reason_and_the_right_to_appeal() -> None:
    case = decide(application("examined"), at(), RULES, TOWN, signed("refused", legal_reason="ระยะร่นไม่ถึง")).state

    text = letter.write_html(case, RULES, TOWN, "https://town.example")

    assert "ไม่อนุญาต" in text
    assert "ระยะร่นไม่ถึง" in text
    assert "ภายใน 30 วัน" in text


def test_what_an_applicant_wrote_stays_text() -> None:
    case = application("decided").model_copy(update={"applicant": Applicant(name="<script>alert(1)</script>")})

    text = letter.write_html(case, RULES, TOWN, "https://town.example")

    assert "<script" not in text
    assert "&lt;script&gt;" in text


async def test_a_browser_that_prints_nothing_is_tried_again_later() -> None:
    with pytest.raises(Transient):
        await letter.print_html("<p>", "/bin/true")


async def test_a_missing_browser_can_be_mended_too(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="nowhere"):
        await letter.print_html("<p>", str(tmp_path / "nowhere"))


async def test_a_browser_that_is_cut_off_takes_its_children_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, child = tmp_path / "browser", tmp_path / "child"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {child}.part; mv {child}.part {child}; wait\n")
    program.chmod(0o700)
    monkeypatch.setattr(letter, "PRINT_SECONDS", 1.0)

    with pytest.raises(TimeoutError):
        await letter.print_html("<p>ก</p>", str(program))

    pid = int(child.read_text())
    await asyncio.to_thread(until, lambda: _has_ended(pid), "its child to end")


def _has_ended(pid: int) -> bool:
    """It may still stand among the processes, until process 1 takes note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
