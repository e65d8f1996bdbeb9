"""What people write without a space stays on the paper, in every document."""

import re
import subprocess
from pathlib import Path

import pytest
import typst

from services.permits import letter
from services.permits.domain.decision import decide
from shared.documents.typeset import breakable, typeset
from tests.support.permits import MONDAY, RULES, TOWN, application, at, signed

RUNS = {
    "deeds": ",".join(str(number) for number in range(12300, 12330)),
    "latin": "x" * 120,
    "wide": "W" * 120,
    "thai-letter": "ก" * 120,
    "thai-digits": "๑๒๓๔๕" * 24,
    "path": "แปลง/12300/" * 12,
    "lines": "a_b_c_d_" * 15,
    "signs": "=" * 130,
    "marks": "ก่" * 80,
}
RIGHT = (21 - 2) / 2.54 * 72  # points: the letter's right margin
PAGE = """#let told = json(bytes(sys.inputs.data))
#set document(title: "x")
#set page(paper: "a4", margin: (left: 2.5cm, right: 2cm))
#set text(font: "Sarabun", size: 11pt, lang: "th")
#told.text
"""


def right_edge(pdf: bytes, folder: Path) -> float:
    (folder / "made.pdf").write_bytes(pdf)
    boxes = subprocess.run(["pdftotext", "-bbox", folder / "made.pdf", "-"], capture_output=True, text=True, check=True)
    return max(float(edge) for edge in re.findall(r'xMax="([0-9.]+)"', boxes.stdout))


@pytest.mark.parametrize("run", RUNS)
async def test_a_run_without_a_space_ends_at_the_margin(tmp_path: Path, run: str) -> None:
    (tmp_path / "page.typ").write_text(PAGE, "utf-8")

    pdf = await typeset(tmp_path / "page.typ", {"text": RUNS[run]}, MONDAY)

    assert right_edge(pdf, tmp_path) <= RIGHT + 1
    assert b"pdfuaid" in pdf, "and is as readable aloud as before"


async def test_a_letter_keeps_its_margin_whatever_was_written(tmp_path: Path) -> None:
    case = decide(application("examined", MONDAY, deed_number=RUNS["deeds"]), at(), RULES, TOWN,
                  signed("approved", conditions=(RUNS["latin"], RUNS["thai-digits"]))).state  # fmt: skip

    pdf = await typeset(letter.TEMPLATE, letter.compose(case, RULES, TOWN, "https://town.example"), MONDAY)

    assert right_edge(pdf, tmp_path) <= RIGHT + 1


class PanicException(BaseException):
    """As Rust's arrives in Python."""


async def test_a_panic_of_typst_is_a_failure_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passed the timer's handler, which neither counted it nor put it aside."""

    def panics(*_: object, **__: object) -> None:
        raise PanicException("attempt to subtract with overflow")

    monkeypatch.setattr(typst, "compile", panics)
    with pytest.raises(RuntimeError, match="Typst has panicked"):
        await typeset(tmp_path / "page.typ", {}, MONDAY)


def test_what_fits_a_line_and_what_is_copied_stay_as_they_are() -> None:
    told = {
        "url": "https://town.example/verify/" + "7QHX-29MD-KT4P-" * 5, "code": "7QHX-29MD-KT4P",
        "text": "อาคารพาณิชย์และบ้านพักอาศัยรวมกันหลายหลัง somchai.namjaidee@example.org 2026-10-31T10:00:00",
        "rows": [["a", 1], None, True], "picture": [137, 80],
    }  # fmt: skip

    assert breakable(told) == told


def test_nothing_is_lost_or_added_that_is_seen() -> None:
    for run in RUNS.values():
        assert breakable(run).replace("\u200b", "") == run
    assert breakable(RUNS["deeds"]) == RUNS["deeds"].replace(",", ",\u200b"), "between numbers, never in one"
    assert not re.search("\u200b[\u0e48]", breakable(RUNS["marks"])), "a mark stays on its letter"
