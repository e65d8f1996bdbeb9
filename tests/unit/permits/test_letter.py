"""What the letter says, and its page as readers get it."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from services.permits import letter
from services.permits.domain.application import Applicant, Application
from services.permits.domain.decision import decide
from services.permits.domain.rules import Office, rules_of
from shared.town import load_town
from tests.support.permits import HOUSE, MONDAY, RULES, TOWN, a_bill, a_payment, application, at, signed
from tests.support.permits import words as in_both

MAEHIA = Path("deploy/municipalities/maehia")
ORIGIN = "https://town.example"


def decided(how: str = "approved", **values: Any) -> Application:
    """An application with this decision on it."""
    return decide(application("examined"), at(), RULES, TOWN, signed(how, **values)).state


def text_of(told: Any) -> str:
    """Everything that is said, in order."""
    if isinstance(told, str):
        return told
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return " ".join(filter(None, map(text_of, parts)))


def in_mae_hia(how: str, **form: str) -> dict[str, Any]:
    """The letter about a house, with the first town's own profile."""
    town = load_town(MAEHIA)
    case = decide(application("examined", MONDAY, **form), at(), RULES, TOWN, signed(how)).state
    return letter.compose(case, rules_of(town, "house-new"), town, ORIGIN)


def test_a_permit_names_its_number_holder_and_conditions() -> None:
    told = letter.compose(decided(conditions=("แจ้งก่อนเริ่ม 3 วัน",)), RULES, TOWN, ORIGIN)

    text = text_of(told)
    for words in ("ใบอนุญาตเลขที่ 1/2569", "สมชาย", "23 พฤศจิกายน 2569", "แจ้งก่อนเริ่ม 3 วัน", "150.00",
                  "https://town.example/verify/7QHX-29MD-KT4P", "23 พฤศจิกายน 2570"):  # fmt: skip
        assert words in text
    assert "อุทธรณ์" not in text


def test_a_permit_says_what_it_permits_by_which_law_and_what_it_costs() -> None:
    told = in_mae_hia("approved")

    assert told["kind"] == "ใบอนุญาตก่อสร้างบ้านพักอาศัย (แบบ อ.1)"
    assert told["opening"]["before"] == "ตามที่ท่านได้ยื่นคำขออนุญาตก่อสร้างบ้านพักอาศัย (แบบ ข.1) ต่อ"
    assert told["grant"] == "อนุญาตให้ สมชาย ก่อสร้างบ้านพักอาศัย โดยมีรายละเอียดดังนี้"
    assert "อาศัยอำนาจตามพระราชบัญญัติควบคุมอาคาร พ.ศ. 2522 มาตรา 21" in told["opening"]["after"]
    fees = "ค่าใบอนุญาตก่อสร้าง 20.00 บาท, ค่าตรวจแบบแปลน (ไม่เกิน 2 ชั้น) 75.00 บาท รวม 95.00 บาท"
    assert ["ค่าธรรมเนียม", fees] in told["rows"]


def test_it_says_when_and_by_which_law_it_was_signed_electronically() -> None:
    words = " ".join(letter.compose(decided(), RULES, TOWN, ORIGIN)["signed"]["electronically"])

    assert "ลงลายมือชื่อด้วยวิธีการทางอิเล็กทรอนิกส์ เมื่อวันที่ 23 พ.ย. 2569 เวลา 09.00 น." in words
    assert "พ.ศ. 2544" in words


def test_what_was_paid_is_proven_and_what_was_not_has_its_last_day() -> None:
    case = decided()
    bill = a_bill(standing="paid", payment=a_payment(9500, receipt="P-17/2569"))

    def payment(of: Application) -> list[str]:
        return [
            value for label, value in letter.compose(of, RULES, TOWN, ORIGIN)["rows"] if label == "การชำระค่าธรรมเนียม"
        ]

    assert payment(case) == ["ชำระภายในวันที่ 23 ธันวาคม 2569"]
    paid = case.model_copy(update={"bill": bill})
    assert payment(paid) == ["ชำระแล้ว 95.00 บาท เมื่อวันที่ 23 พฤศจิกายน 2569 ใบเสร็จรับเงินเลขที่ P-17/2569"]
    assert payment(case.model_copy(update={"bill": None})) == []


def test_a_deputy_signs_for_the_office_above() -> None:
    above = RULES.offices[0].title
    deputy = Office(code="mayor", title=RULES.offices[0].title, acting_for=above)
    told = letter.compose(decided(), RULES.model_copy(update={"offices": (deputy,)}), TOWN, ORIGIN)

    assert told["signed"]["titles"] == [above.th, above.th]


def test_a_refusal_permits_nothing_and_asks_no_fee() -> None:
    told = in_mae_hia("refused")

    assert told["verdict"] == "ไม่อนุญาต"
    assert told["grant"] is None
    assert told["kind"] is None
    assert not [label for label, _ in told["rows"] if "ค่าธรรมเนียม" in label]


def test_the_place_is_written_once_and_down_to_its_province() -> None:
    text = text_of(in_mae_hia("approved"))

    assert text.count("99/4 หมู่ 3") == 1
    assert "ตำบลแม่เหียะ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่" in text


def test_a_refusal_names_its_reason_and_the_right_to_appeal() -> None:
    told = letter.compose(decided("refused", legal_reason="ระยะร่นไม่ถึง"), RULES, TOWN, ORIGIN)

    assert told["verdict"] == "ไม่อนุญาต"
    assert told["reason"]["text"] == "ระยะร่นไม่ถึง"
    assert "ภายใน 30 วัน" in told["reason"]["appeal"]


async def test_what_an_applicant_wrote_stays_text(tmp_path: Path) -> None:
    name = "#panic() \\ *a* $x$ <b> [นาย] // @x"
    case = decided().model_copy(update={"applicant": Applicant(name=name)})

    assert name in read(await letter.make(case, RULES, TOWN, ORIGIN, None), tmp_path)


@pytest.mark.parametrize("name", ["မောင်မောင်", "ພອນ", "សុខ"], ids=["burmese", "lao", "khmer"])
async def test_who_has_moved_here_is_named_in_their_own_letters(name: str, tmp_path: Path) -> None:
    case = decided().model_copy(update={"applicant": Applicant(name=name)})

    assert name in read(await letter.make(case, RULES, TOWN, ORIGIN, None), tmp_path)


async def test_a_letter_that_no_font_has_holds_up_nothing(tmp_path: Path) -> None:
    case = decided().model_copy(update={"applicant": Applicant(name="王小明 😀 Wang")})

    assert "Wang" in read(await letter.make(case, RULES, TOWN, ORIGIN, None), tmp_path)


def read(pdf: bytes, folder: Path) -> str:
    """The text layer, in one line."""
    (folder / "letter.pdf").write_bytes(pdf)
    asked = ["pdftotext", "-layout", str(folder / "letter.pdf"), "-"]
    return " ".join(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split())


def pixels(pdf: bytes, folder: Path) -> Image.Image:
    """The first page as a picture of 50 dots an inch."""
    (folder / "letter.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "50", "-png", "-singlefile", folder / "letter.pdf", folder / "page"], check=True)
    return Image.open(BytesIO((folder / "page.png").read_bytes())).convert("RGB")


@pytest.mark.parametrize("how", ["approved", "refused"])
async def test_a_house_is_one_sheet_that_can_be_read_and_read_aloud(how: str, tmp_path: Path) -> None:
    town = load_town(MAEHIA)
    reason = "ระยะร่นจากเขตที่ดินไม่ถึง 2 เมตร" if how == "refused" else ""
    case = decide(application("examined"), at(), RULES, TOWN, signed(how, legal_reason=reason)).state
    pdf = await letter.make(case, rules_of(town, "house-new"), town, ORIGIN, None)

    text = read(pdf, tmp_path)
    for words in ("เทศบาลเมืองแม่เหียะ", "พื้นที่อาคารปกคลุมดิน", "23 พฤศจิกายน 2569", "7QHX-29MD-KT4P", reason):
        assert words in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1, "a signature never stands on a page of its own"
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.Root.Lang).startswith("th")


def pages(pdf: bytes, folder: Path) -> list[str]:
    """The text of each."""
    (folder / "letter.pdf").write_bytes(pdf)
    asked = ["pdftotext", "-layout", str(folder / "letter.pdf"), "-"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split("\f")[:-1]


CONDITIONS = tuple(
    f"ข้อกำหนด {number} แจ้งก่อนเข้างานและปิดกั้นฝุ่นทุกด้านของอาคารตลอดเวลาที่ทำงานจนแล้วเสร็จ" for number in range(1, 13)
)


@pytest.mark.parametrize("count", range(13))
@pytest.mark.parametrize("how", ["approved", "refused"])
async def test_no_page_has_the_signature_without_a_word_of_the_order(how: str, count: int, tmp_path: Path) -> None:
    """What precedes the closing words stands on their page: the last condition or reason, or the last of the facts."""
    town = load_town(MAEHIA)
    order: dict[str, Any] = {"conditions": CONDITIONS[:count]}
    if how == "refused":
        order = {"conditions": (), "legal_reason": "\n".join(CONDITIONS[: count + 1])}
    case = decide(application("examined"), at(), RULES, TOWN, signed(how, **order)).state
    case = case.model_copy(update={"form": {**case.form, "supervisor": "ช่างดี"}, "bill": a_bill()})
    sheets = pages(await letter.make(case, rules_of(town, "house-new"), town, ORIGIN, None), tmp_path)

    last = sheets[-1]
    said = last.partition("จึงเรียนมาเพื่อทราบ")[0].split()
    assert len(said) >= 4, last
    if how == "approved":
        assert len(sheets) == (1 if count <= 9 else 2)
        assert count == 0 or f"ข้อกำหนด {count} " in " ".join(said)


async def test_a_signature_stands_on_the_page_where_it_was_placed_and_nowhere_else(tmp_path: Path) -> None:
    drawn = BytesIO()
    Image.new("RGB", (600, 200), (255, 0, 0)).save(drawn, "PNG")
    with_it = pixels(await letter.make(decided(), RULES, TOWN, ORIGIN, drawn.getvalue()), tmp_path)
    without = pixels(await letter.make(decided(), RULES, TOWN, ORIGIN, None), tmp_path)

    def red(page: Image.Image) -> set[int]:
        """How far to the right each pixel of that colour is."""
        found = (page.getpixel((x, y)) for y in range(page.height) for x in range(page.width))
        return {at % page.width for at, (r, g, _) in enumerate(found) if r > 200 and g < 60}  # type: ignore[misc]

    assert red(without) == set()
    placed = red(with_it)
    assert len(placed) > 50
    assert min(placed) > with_it.width / 2, "on the right, above the name"


async def test_the_same_decision_gives_the_same_letter() -> None:
    case = decided()

    assert await letter.make(case, RULES, TOWN, ORIGIN, None) == await letter.make(case, RULES, TOWN, ORIGIN, None)


def test_a_permit_does_not_repeat_what_only_the_office_asked() -> None:
    said = str(in_mae_hia("approved", owns_land="yes", has_agent="yes", agent_phone="0812345678", supervisor="ช่างดี"))

    assert "ช่างดี" in said
    assert "0812345678" not in said
    assert "ผู้ขออนุญาตเป็นเจ้าของที่ดิน" not in said


@pytest.mark.parametrize(
    ("name", "request_code", "permit_code", "codes"),
    [
        ("ก่อสร้างบ้าน", "แบบ ข.1", "แบบ อ.1", ("แบบ ข.1", "แบบ อ.1")),
        ("ก่อสร้างบ้าน", "คำขอ ข.1 ใบอนุญาต อ.1", None, ("แบบ ข.1", "แบบ อ.1")),
        ("เปลี่ยนการใช้อาคาร", "คำขออนุญาตเปลี่ยนการใช้อาคาร", None, ("", "")),
    ],
)
def test_the_laws_forms_are_named_once_also_of_what_was_pinned_while_one_text_named_both(
    name: str, request_code: str, permit_code: str | None, codes: tuple[str, str]
) -> None:
    changes = {
        "name": in_both(name),
        "form_code": in_both(request_code),
        "permit_code": in_both(permit_code) if permit_code else None,
    }
    assert letter.forms_of(HOUSE.model_copy(update=changes)) == codes
