"""Pages as pictures: the page that was asked for, upright, with the marks where they were set."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from shared.files.sheets import SIDE_MOST, draw
from tests.support.papers import CARELESS, paper, picture

FRAME = {"number": 1, "x": 0.25, "y": 0.5, "width": 0.5, "height": 0.25}
PIN = {"number": 2, "x": 0.75, "y": 0.25, "width": 0, "height": 0}


def drawn(room: Path, document: bytes, **wanted: object) -> dict[int, Image.Image]:
    """The pages that were shown; `p1=[mark]` asks for the first."""
    (room / "document").write_bytes(document)
    shown = draw(room / "document", room, {name.removeprefix("p"): marks for name, marks in wanted.items()})
    return {page: Image.open(room / f"{page}.png").convert("RGB") for page in shown}


def is_red(image: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is marked at these fractions of it."""
    colour = image.getpixel((min(int(x * image.width), image.width - 1), min(int(y * image.height), image.height - 1)))
    assert isinstance(colour, tuple)
    return colour[0] > 120 > colour[1]


def test_a_frame_and_a_pin_are_where_they_were_set(tmp_path: Path) -> None:
    (sheet,) = drawn(tmp_path, paper(), p1=[FRAME, PIN]).values()

    assert (sheet.height, round(sheet.width / sheet.height, 2)) == (SIDE_MOST, round(595 / 842, 2))
    assert [is_red(sheet, *at) for at in ((0.25, 0.6), (0.75, 0.6), (0.5, 0.5), (0.5, 0.75))] == [True] * 4
    assert is_red(sheet, 0.75, 0.258)  # beside its number, which is white
    assert [is_red(sheet, *at) for at in ((0.5, 0.6), (0.1, 0.1), (0.85, 0.25))] == [False] * 3


def test_a_page_that_lies_on_its_side_is_shown_as_readers_show_it(tmp_path: Path) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = 90

    (sheet,) = drawn(tmp_path, paper(turn), p1=[FRAME]).values()

    assert (sheet.width, sheet.width > sheet.height) == (SIDE_MOST, True)
    assert is_red(sheet, 0.25, 0.6)


def test_each_page_that_was_asked_for_is_shown_and_none_that_is_not_there(tmp_path: Path) -> None:
    def second(pdf: pikepdf.Pdf) -> None:
        pdf.add_blank_page(page_size=(842, 595))

    shown = drawn(tmp_path, paper(second), p1=[], p2=[FRAME], p3=[])

    assert {page: sheet.width > sheet.height for page, sheet in shown.items()} == {1: False, 2: True}


@pytest.mark.parametrize(
    "document", [CARELESS, paper(encryption=pikepdf.Encryption(owner="x", user="")), picture("JPEG", (300, 200))]
)
def test_whatever_can_be_handed_in_can_be_shown(tmp_path: Path, document: bytes) -> None:
    assert list(drawn(tmp_path, document, p1=[FRAME])) == [1]


def test_a_large_photo_is_made_small_first(tmp_path: Path) -> None:
    (sheet,) = drawn(tmp_path, picture("PNG", (5000, 2500)), p1=[FRAME], p2=[]).values()

    assert sheet.size == (SIDE_MOST, SIDE_MOST // 2)
    assert is_red(sheet, 0.25, 0.6)


def test_what_cannot_be_opened_is_not_shown_and_no_failure(tmp_path: Path) -> None:
    def broken(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 0, 0])

    assert drawn(tmp_path, b"%PDF-1.4\nnothing", p1=[]) == {}
    assert set(drawn(tmp_path, paper(broken), p1=[])) <= {1}


def test_the_process_answers_with_the_pages_that_it_has_drawn(tmp_path: Path) -> None:
    (tmp_path / "document").write_bytes(paper())
    asked = [sys.executable, "-m", "shared.files.sheets", str(tmp_path / "document"), str(tmp_path),
             json.dumps({"1": [FRAME], "9": []})]  # fmt: skip
    told = subprocess.run(asked, capture_output=True, check=True, env={})

    assert json.loads(told.stdout) == {"shown": [1]}
    assert Image.open(io.BytesIO((tmp_path / "1.png").read_bytes())).height == SIDE_MOST
