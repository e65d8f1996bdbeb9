"""What the letter of an act after the decision says, and its page as readers get it."""

import subprocess
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from services.permits import act_letter
from services.permits.domain import appeals, decision
from services.permits.domain.application import Actor, Application
from services.permits.domain.rules import rules_of
from shared.town import load_town
from tests.support.permits import MONDAY, RULES, TOWN, application, at, signed, signing
from tests.support.signed_acts import DAY, DEPUTY, extended, not_extended, revoked, transferred, won


def lost_against_refusal() -> Application:
    refused = decision.decide(application("examined"), at(), RULES, TOWN, signed("refused", number=None)).state
    appealed = appeals.make_appeal(refused, at(MONDAY + DAY), Actor(), "ไม่จริง").state
    return appeals.answer_appeal(appealed, at(MONDAY + 2 * DAY), signing(DEPUTY), "dismissed", "มติที่ 5/2569").state


MAEHIA = Path("deploy/municipalities/maehia")
ORIGIN = "https://town.example"


CASES = {
    "extension": extended(application("decided"), 10),
    "extension-refusal": not_extended(application("decided"), 10),
    "transfer": transferred(application("decided"), 10).state,
    "revocation": revoked(application("decided"), 10),
    "appeal-granted": won(revoked(application("decided"), 10), 11),
    "appeal-dismissed": lost_against_refusal(),
}
VERDICTS = {
    "extension": "อนุญาตให้ต่ออายุใบอนุญาต",
    "extension-refusal": "ไม่อนุญาตให้ต่ออายุใบอนุญาต",
    "transfer": "อนุญาตให้โอนใบอนุญาต",
    "revocation": "เพิกถอนใบอนุญาต",
    "appeal-granted": "อุทธรณ์ฟังขึ้น ให้เพิกถอนคำสั่งเพิกถอนใบอนุญาต",
    "appeal-dismissed": "ยกอุทธรณ์",
}


def read(pdf: bytes, folder: Path) -> str:
    """The text layer, in one line."""
    (folder / "letter.pdf").write_bytes(pdf)
    asked = ["pdftotext", "-layout", str(folder / "letter.pdf"), "-"]
    return " ".join(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split())


def told(kind: str) -> dict[str, Any]:
    case = CASES[kind]
    return act_letter.compose(case, case.signed[-1], RULES, TOWN, ORIGIN)


def test_there_is_a_case_of_each_kind() -> None:
    assert set(CASES) == set(VERDICTS) == act_letter.KINDS
    assert [case.signed[-1].kind for case in CASES.values()] == list(CASES)


@pytest.mark.parametrize("kind", CASES)
def test_it_says_what_was_ordered_its_number_its_day_and_where_it_is_verified(kind: str) -> None:
    case, said = CASES[kind], told(kind)
    act, text = case.signed[-1], str(said)

    assert said["verdict"] == VERDICTS[kind]
    assert f"{ORIGIN}/verify/{act.verify_code}" in text
    number = case.decision.number if case.decision else None
    assert f"หนังสือเลขที่ {number or case.reference}-{act.turn}" in text
    assert ("ใบอนุญาตเลขที่" in text) == bool(number)
    assert "พฤศจิกายน 2569" in text or "ธันวาคม 2569" in text
    assert (act.name, "นายก") == (said["signed"]["name"], said["signed"]["titles"][0])
    assert "{" not in f"{said['title']}{said['verdict']}{said['heads']}"


@pytest.mark.parametrize(
    ("kind", "reason", "appeal"),
    [
        ("extension", "", False),
        ("extension-refusal", "ม. 35", True),
        ("transfer", "", False),
        ("revocation", "ม. 40", True),
        ("appeal-granted", "มติที่ 4/2569", False),
        ("appeal-dismissed", "มติที่ 5/2569", False),
    ],
)
def test_an_order_against_its_holder_has_its_reason_and_the_right_to_appeal(
    kind: str, reason: str, appeal: bool
) -> None:
    said = told(kind)

    assert (said["reason"] is not None) == bool(reason)
    assert reason in str(said)
    assert ("ภายใน 30 วัน" in str(said)) == appeal


def test_the_law_of_the_profile_is_named_where_it_has_one() -> None:
    town = load_town(MAEHIA)
    rules = rules_of(town, "house-new")

    def opening(kind: str) -> str:
        case = CASES[kind]
        return str(act_letter.compose(case, case.signed[-1], rules, town, ORIGIN)["opening"])

    assert "อาศัยอำนาจตามพระราชบัญญัติควบคุมอาคาร พ.ศ. 2522 มาตรา 35 มีคำสั่งดังนี้" in opening("extension")
    assert "มาตรา 35" in opening("extension-refusal")
    assert "มาตรา 36" in opening("transfer")
    assert "อาศัยอำนาจ" not in opening("revocation")
    assert "อาศัยอำนาจ" not in str(told("transfer")), "the small town says nothing of it"


def test_a_transfer_names_both_and_until_when_the_permit_holds() -> None:
    rows = dict(told("transfer")["rows"])

    assert (rows["ผู้โอน"], rows["ผู้รับโอน"]) == ("สมชาย", "สมศรี")
    assert rows["ใบอนุญาตใช้ได้ถึงวันที่"] == "23 พฤศจิกายน 2570"
    assert dict(told("extension")["rows"])["ใบอนุญาตใช้ได้ถึงวันที่"] == "23 ธันวาคม 2570"


async def test_it_is_one_sheet_that_can_be_read_and_read_aloud(tmp_path: Path) -> None:
    town, case = load_town(MAEHIA), CASES["revocation"]
    rules = rules_of(town, "house-new")
    pdf = await act_letter.make(case, case.signed[-1], rules, town, ORIGIN)

    text = read(pdf, tmp_path)
    for words in ("เพิกถอนใบอนุญาตก่อสร้างบ้านพักอาศัย", "ตำบลแม่เหียะ", "ม. 40", "3 ธันวาคม 2569"):
        assert words in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        assert bool(opened.Root.MarkInfo.Marked)
    assert pdf == await act_letter.make(case, case.signed[-1], rules, town, ORIGIN)


def test_it_is_dated_by_the_towns_clock_when_it_was_signed() -> None:
    midnight = datetime.fromisoformat("2026-12-31T17:30:00+00:00")
    case = CASES["revocation"]
    act = case.signed[-1].model_copy(update={"at": midnight})

    assert act_letter.compose(case, act, RULES, TOWN, ORIGIN)["date"] == "1 มกราคม 2570"
